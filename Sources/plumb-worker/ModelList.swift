// The models that a worker may load: by name, each with the file it lies in.

/// A list in the form of `sha256sum`: a digest, two blanks and a name in each line. Each model's file lies beside the
/// list and is called by its digest, so no name that a client sends ever becomes a path.
struct ModelList: Sendable {
    /// The most models of one list.
    static let modelsMax = 100_000

    /// The file of each model.
    private(set) var files: [String: String] = [:]

    /// Reads a list whose files lie in `folder`.
    init(_ text: [UInt8], folder: String) throws(StartFailure) {
        for line in text.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
            let words = String(decoding: line, as: UTF8.self)
            guard words.utf8.count > 66, words.dropFirst(64).hasPrefix("  "), words.prefix(64).allSatisfy(\.isHexDigit)
            else { throw StartFailure("the list of models holds a line that is not DIGEST  NAME: \(words)") }
            guard files.count < Self.modelsMax else {
                throw StartFailure("the list holds more than \(Self.modelsMax) models")
            }
            files[String(words.dropFirst(66))] = "\(folder)/\(words.prefix(64))"
        }
        guard !files.isEmpty else { throw StartFailure("the list of models is empty") }
    }

    /// Undoes percent-encoding; nil where it is none, or no text.
    static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
