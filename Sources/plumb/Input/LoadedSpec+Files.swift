// The files of this machine that a spec names: its model, and a request to try it with.

import Foundation
import PlumbModel

extension Composition.LoadedSpec {
    /// The ONNX file of the spec. Throws `unsupported` where there is no single one on this machine.
    func modelFile(for command: String) throws -> String {
        guard let path = spec.model.path, !path.contains("://"), !spec.model.isMultiModel else {
            throw PlumbError(
                .unsupported, "\(command) takes one ONNX file of this machine (model.path)",
                hint: "a model in S3: download it, and name the file in a copy of the spec",
                at: spec.place(of: "model.path"))
        }
        return Composition.absolute(path, from: folder)
    }

    /// The file of the spec's example request; one that stands in the spec itself is written to `scratch`.
    func exampleFile(in scratch: String? = nil) throws -> String {
        if let file = spec.example.file { return Composition.absolute(file, from: folder) }
        let endings = ["text/csv": "csv", "application/json": "json"]
        guard let scratch, let body = spec.example.body, let ending = endings[spec.example.contentType] else {
            throw PlumbError(
                .invalidInput, "no rows to measure with", hint: "--data FILE.csv names rows, or requests")
        }
        let path = "\(scratch)/example.\(ending)"
        try Data(body.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
