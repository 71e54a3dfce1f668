// Tensors as plain bytes behind JSON: how the Open Inference Protocol's extension says so, and how SageMaker does.

/// The Open Inference Protocol has the JSON's size in a header of its own. SageMaker passes no such header on, so its
/// Triton containers put it into the Content-Type; and so it goes to workers, in frames too.
enum BinaryTensors {
    static let header: StaticString = "inference-header-content-length"
    private static let prefix = "application/vnd.sagemaker-triton.binary+json;json-header-size="

    static func contentType(jsonCount: Int) -> String { prefix + String(jsonCount) }

    /// The JSON's size by a content type; nil where it says nothing of tensors.
    static func jsonCount(of contentType: String) -> Int? {
        guard contentType.hasPrefix(prefix) else { return nil }
        return Int(contentType.dropFirst(prefix.count))
    }
}
