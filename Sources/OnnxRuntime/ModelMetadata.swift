// What a model file says of itself.

/// What an ONNX file says of itself.
public struct ModelMetadata: Sendable, Equatable {
    /// The tool that wrote the file, such as `skl2onnx`.
    public let producer: String
    /// The graph's name.
    public let graphName: String
    /// The author's description.
    public let description: String
    /// The author's version number; 0 when none was given.
    public let version: Int64
    /// The author's own key and value pairs.
    public let custom: [String: String]
}
