// Why a model cannot be loaded or run.

/// What went wrong with a model or with the library that runs it.
public struct ModelError: Error, Sendable, Equatable {
    /// Who has to act on an error.
    public enum Kind: String, Sendable {
        /// ONNX Runtime's library is missing, is not that library, or is too old.
        case library
        /// The file is not a model that ONNX Runtime can load.
        case invalidModel
        /// The tensors given are not the ones that the model takes.
        case invalidInput
        /// The model was run, and failed.
        case runFailed
        /// The model needs something that this product does not do.
        case unsupported
    }

    /// Who has to act.
    public let kind: Kind
    /// What is wrong and where, with ONNX Runtime's own words when it spoke.
    public let message: String
    /// What to do about it; empty when the message says all there is.
    public let hint: String

    /// Makes an error of `kind` from a message for people and a hint that names what to do.
    public init(_ kind: Kind, _ message: String, hint: String = "") {
        self.kind = kind
        self.message = message
        self.hint = hint
    }
}

extension ModelError: CustomStringConvertible {
    /// The message, and the hint when there is one.
    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}
