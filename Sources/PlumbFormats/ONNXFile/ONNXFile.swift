// What an ONNX file says of its model without running it: inputs, operators, parameters, and how many bytes those take.
//
// `ONNXFileReader` reads the file, `WireReader` the encoding below it (Protocol Buffers, as onnx.proto3 numbers it).

/// The profile of a model that its file tells.
public struct ONNXFile: Sendable, Hashable {
    /// What a caller gives the model.
    public struct Input: Sendable, Hashable {
        public var name: String
        /// `float32` and so on.
        public var elementType: String
        /// Nil where the file does not say how many dimensions there are.
        public var dimensions: [Dimension]?
    }
    public enum Dimension: Sendable, Hashable {
        case fixed(Int)
        /// Any number, by the name that the file has for it; empty for none.
        case named(String)
    }
    /// In the file's order; weights that it lists as inputs too are none.
    public var inputs: [Input] = []
    /// The version of the format itself.
    public var formatVersion = 0
    /// Operator sets by domain; the standard one has the empty name.
    public var operatorSets: [String: Int] = [:]
    /// How often each operator stands in the graph, those of nested graphs and functions with it.
    public var operators: [String: Int] = [:]
    /// Numbers that the file holds: weights, constants, and the lists that classical models are made of.
    public var parameters = 0
    /// What they take, in bits, since some take four of them.
    var parameterBits = 0
    /// Parameters by element type, `float32` and so on.
    public var elementTypes: [String: Int] = [:]
    /// Whether values lie in files beside this one.
    public var hasExternalValues = false

    public init() {}

    public var parameterBytes: Int { (parameterBits + 7) / 8 }
    /// Of one parameter, on the average; nil without parameters.
    public var bytesPerParameter: Double? { parameters > 0 ? Double(parameterBits) / 8 / Double(parameters) : nil }
}
