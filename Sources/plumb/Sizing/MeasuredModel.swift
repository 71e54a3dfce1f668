// A model as its file tells it and as it ran: read and measured on this machine.

import Foundation
import PlumbFormats
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

    /// Reads the file, then runs rows of `data` through it for about `seconds`.
    static func measure(_ path: String, data: String, seconds: Double) async throws -> MeasuredModel {
        let bytes = try contents(of: path)
        let file = try ONNXFileReader.read(bytes, file: path)
        let runs: Runs = try await ModelMeasure.run([
            "--model", path, "--data", data, "--profile", "--seconds", "\(seconds)",
        ])
        return MeasuredModel(
            path: path, digest: try Composition.digest(ofFileAt: path), bytes: bytes.count,
            operators: file.operators, operatorSets: file.operatorSets, parameters: file.parameters,
            parameterBytes: file.parameterBytes, elementTypes: file.elementTypes,
            hasExternalValues: file.hasExternalValues, runs: runs)
    }

    /// The bytes of the file; a message of Protocol Buffers has two gigabytes at most.
    private static func contents(of path: String) throws -> [UInt8] {
        guard FileKind(path) == .file else {
            throw PlumbError(.notFound, "\(path) is no file", hint: "model.path is relative to the spec")
        }
        guard FileKind.size(of: path) <= bytesMax else {
            throw PlumbError(.invalidInput, "\(path) is larger than \(bytesMax) bytes, and so no ONNX file")
        }
        return [UInt8](try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe))
    }
    private static let bytesMax = 1 << 31

    func profile(concurrency: Int) -> ModelProfile {
        ModelProfile(
            parameters: parameters,
            bytesPerParameter: parameters > 0 ? Double(parameterBytes) / Double(parameters) : 4,
            emptyBytes: runs.emptyBytes, loadedBytes: runs.loadedBytes, residentBytes: runs.residentBytes,
            peakBytes: runs.peakBytes, processorMilliseconds: runs.processorMilliseconds,
            p99Milliseconds: runs.p99Milliseconds, concurrency: concurrency)
    }
}
