// A model as its file tells it and as it ran: read and measured on this machine.

import PlumbModel
import PlumbPolicy

/// Everything that is known of the model, as `plumb size` prints it.
struct MeasuredModel: Encodable {
    var path: String
    var digest: String
    var bytes: Int
    var operators: [String: Int]
    var operatorSets: [String: Int]
    var parameters: Int
    var parameterBytes: Int
    var elementTypes: [String: Int]
    var hasExternalValues: Bool
    var runs: Runs

    /// What `plumb-worker measure --profile` answers.
    struct Runs: Codable {
        var onnxruntime: String
        var runs: Int
        var emptyBytes: Int
        var loadedBytes: Int
        var residentBytes: Int
        var peakBytes: Int
        var loadMilliseconds: Double
        var processorMilliseconds: Double
        var p50Milliseconds: Double
        var p99Milliseconds: Double
    }

    func profile(concurrency: Int) -> ModelProfile {
        ModelProfile(
            parameters: parameters,
            bytesPerParameter: parameters > 0 ? Double(parameterBytes) / Double(parameters) : 4,
            emptyBytes: runs.emptyBytes, loadedBytes: runs.loadedBytes, residentBytes: runs.residentBytes,
            peakBytes: runs.peakBytes, processorMilliseconds: runs.processorMilliseconds,
            p99Milliseconds: runs.p99Milliseconds, concurrency: concurrency)
    }
}
