// A model made smaller by ONNX Runtime's own tools, measured by the model server, and proved to the policies.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite struct OptimizeToolsTests {
        private let plumb: Tool
        private let folder: URL
        private static let digits = Repository.root.appending(path: "Examples/digits")

        init() throws {
            var tool = try Tool.plumb
            // Installed once beside the build; each machine does it the first time.
            tool.environment["XDG_CACHE_HOME"] = Repository.root.appending(path: ".build/cache").path
            plumb = tool
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in ["model.onnx", "heldout.csv", "heldout-labels.csv", "request.csv"] {
                try FileManager.default.copyItem(at: Self.digits.appending(path: name), to: path(name))
            }
            // The example waives PERF-2; here it is to be judged.
            let text = try String(contentsOf: Self.digits.appending(path: "plumb.yaml"), encoding: .utf8)
            let kept = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
                !$0.contains("control: PERF-2.")
            }
            try kept.joined(separator: "\n").write(to: path("plumb.yaml"), atomically: true, encoding: .utf8)
        }

        private func path(_ name: String) -> URL { folder.appending(path: name) }

        private func json(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func aSmallerModelIsMadeMeasuredRecordedAndJudged() throws {
            let run = try plumb.run(
                "optimize", "plumb.yaml", "--data", "heldout.csv", "--labels", "heldout-labels.csv", "--goal", "size",
                "--seconds", "0.5", "--record", "--format", "json", in: folder)
            // Seventy kilobytes of weights are multiplied in microseconds: no technique makes that a third faster.
            try #require(run.status == 1, "\(run.text)")
            let report = try json(run.output)
            let candidates = try #require(report["candidates"] as? [[String: Any]])
            #expect(candidates.count == 5 && report["calibrationRows"] as? Int == 90)
            for candidate in candidates {
                #expect(candidate["rows"] as? Int == 360 && (candidate["reductions"] as? [Double])?.count == 30)
                #expect((candidate["baselineQuality"] as? Double).map { abs($0 - 0.9722) < 0.0001 } == true)
            }
            let chosen = try #require(report["chosen"] as? String)
            let file = path("model-\(chosen).onnx")
            let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? .max
            #expect(size < 30_000, "\(chosen) has \(size) bytes, and the model 70,902")

            // What was recorded is of the chosen artefact, and no other.
            let text = try String(contentsOf: path("plumb.yaml"), encoding: .utf8)
            #expect(text.contains("optimization:\n  technique: quantization"))
            let digests = text.matches(of: /(baselineDigest|optimizedDigest): ([0-9a-f]{64})/).map { String($0.2) }
            try #require(digests.count == 2)
            for (digest, verdict) in zip(digests, ["fails", "holds"]) {
                try text.replacing("model: {path: model.onnx}", with: "model: {path: model.onnx, digest: \(digest)}")
                    .write(to: path("plumb.yaml"), atomically: true, encoding: .utf8)
                #expect(try self.verdict("PERF-2.1") == verdict)
            }
            #expect(try verdict("PERF-2.2") == "fails")
            // 360 rows are fewer than PERF-2.3 wants.
            #expect(try verdict("PERF-2.3") == "fails")
        }

        private func verdict(_ control: String) throws -> String {
            let report = try json(try plumb.run("check", "plumb.yaml", "--format", "json", in: folder).output)
            let controls = try #require(report["controls"] as? [[String: Any]])
            return try #require(controls.first { $0["id"] as? String == control }?["verdict"] as? String)
        }

        @Test func whatCannotBeReadIsToldAndNothingIsWritten() throws {
            let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            let none = try plumb.run("optimize", "plumb.yaml", "--data", "missing.csv", in: folder)
            #expect(none.status == 2 && none.errors.contains("missing.csv"), "\(none.text)")
            try "1,2,3\n".write(to: path("narrow.csv"), atomically: true, encoding: .utf8)
            let narrow = try plumb.run("optimize", "plumb.yaml", "--data", "narrow.csv", in: folder)
            #expect(narrow.status == 2 && narrow.errors.contains("narrow.csv"), "\(narrow.text)")
            try FileManager.default.removeItem(at: path("narrow.csv"))
            let unknown = try plumb.run("optimize", "plumb.yaml", "--only", "magic", in: folder)
            #expect(unknown.status == 2 && unknown.errors.contains("int8-static"), "\(unknown.text)")
            let python = try plumb.run(
                "optimize", "plumb.yaml", "--data", "heldout.csv", "--python", "/usr/bin/false", in: folder)
            #expect(python.status == 3 && python.errors.contains("/usr/bin/false"), "\(python.text)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
        }
    }
}
