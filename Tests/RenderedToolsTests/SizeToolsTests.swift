// Real models measured by the model server, and the instance types that they want.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite struct SizeToolsTests {
        private let plumb: Tool
        private let folder: URL
        private static let digits = Repository.root.appending(path: "Examples/digits")

        init() throws {
            plumb = try Tool.plumb
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in ["plumb.yaml", "request.csv", "model.onnx"] {
                try FileManager.default.copyItem(at: Self.digits.appending(path: name), to: path(name))
            }
        }

        private func path(_ name: String) -> URL { folder.appending(path: name) }

        private func size(_ arguments: String...) throws -> (status: Int32, report: [String: Any]) {
            let words = ["size", "plumb.yaml", "--seconds", "0.2", "--format", "json"]
            let run = try plumb.run(words + arguments, in: folder)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.text)")
            return (run.status, report)
        }

        @Test func aSmallModelWantsTheSmallestTypeOfThePolicy() throws {
            let (status, report) = try size("--target-rate", "400")
            #expect(status == 0 && report["workload"] as? String == "cpu")
            let choice = try #require(report["choice"] as? [String: Any])
            #expect(choice["type"] as? String == "ml.m5.large" && choice["instancesAtPeak"] as? Int == 1)
            let model = try #require(report["model"] as? [String: Any])
            #expect(model["parameters"] as? Int == 17_365)
            let runs = try #require(model["runs"] as? [String: Any])
            #expect((runs["processorMilliseconds"] as? Double ?? 0) > 0 && (runs["runs"] as? Int ?? 0) >= 100)
            #expect((report["memoryGiB"] as? Double ?? 9) < 1)
            // The month is the estimate's, to the cent: that of a spec which names the type.
            let text = try String(contentsOf: path("plumb.yaml"), encoding: .utf8)
            try (text + "\ninstances: {type: ml.m5.large}\npeakRequestsPerSecond: 400\n")
                .write(to: path("large.yaml"), atomically: true, encoding: .utf8)
            let estimate = try plumb.run("cost", "estimate", "large.yaml", "--format", "json", in: folder)
            let spend = try #require(
                (try JSONSerialization.jsonObject(with: Data(estimate.output.utf8)) as? [[String: Any]])?.first)
            for key in ["floorUSD", "worstUSD"] {
                let (one, other) = (choice[key] as? Double ?? 0, spend[key] as? Double ?? -1)
                #expect(abs(one - other) < 0.01, "\(key): \(one) and \(other)")
            }
            // In staging there is but one type.
            #expect(
                (try size("--environment", "staging").report["choice"] as? [String: Any])?["type"] as? String
                    == "ml.m5.xlarge")
        }

        @Test func whereOnlyAnExceptionFitsItsWaiversAreProposed() throws {
            // More requests than four of the largest allowed machines can be paid for with 5,000 USD.
            let rate = try size().report["fitting"] as? [[String: Any]] ?? []
            let each = try #require(rate.first { $0["type"] as? String == "ml.m5.12xlarge" }?["requestsPerSecond"])
            let wanted = try #require(each as? Double) * 4.2
            let run = try plumb.run(
                "size", "plumb.yaml", "--seconds", "0.2", "--target-rate", "\(wanted)", in: folder)
            #expect(run.status == 1, "\(run.text)")
            #expect(run.output.contains("finding: "), "\(run.text)")
            let text = try String(contentsOf: path("plumb.yaml"), encoding: .utf8)
            // A busy machine measures another rate; where no type does at all there is nothing to waive.
            guard let waivers = run.output.split(separator: "\nwaivers:\n").dropFirst().first else { return }
            let lines = waivers.prefix { $0 != "\n" } == "" ? "" : waivers.components(separatedBy: "\n\n")[0]
            try (text + lines + "\n").write(to: path("waived.yaml"), atomically: true, encoding: .utf8)
            let check = try plumb.run("check", "waived.yaml", "--only", "COST-3.5", in: folder)
            #expect(check.status != 2, "the waivers are no spec: \(check.text)")
        }

        @Test func aLargerModelIsReadAndMeasured() throws {
            // 64 numbers through two hidden layers of 2,048: 17 MB of weights.
            try Data(DenseModel.bytes(sizes: [64, 2_048, 2_048, 10])).write(to: path("model.onnx"))
            let (status, report) = try size("--target-rate", "5")
            let model = try #require(report["model"] as? [String: Any])
            #expect(model["parameters"] as? Int == 64 * 2_048 + 2_048 * 2_048 + 2_048 * 10)
            #expect(model["operators"] as? [String: Int] == ["MatMul": 3, "Relu": 3])
            let runs = try #require(model["runs"] as? [String: Any])
            // Its weights are in memory, once at least.
            let grown = (runs["loadedBytes"] as? Int ?? 0) - (runs["emptyBytes"] as? Int ?? 0)
            #expect(grown >= 17_000_000, "\(runs)")
            #expect((runs["processorMilliseconds"] as? Double ?? 0) > 0.1)
            #expect(status == 0 && report["choice"] != nil, "\(report)")
        }

        /// Models beyond two gigabytes keep their weights beside the file: they are measured, but an artefact is one
        /// file.
        @Test func weightsInAnotherFileAreMeasuredAndNotDeployed() throws {
            let whole = DenseModel.bytes(sizes: [64, 256, 10])
            let (model, weights) = DenseModel.parts(sizes: [64, 256, 10], file: "weights.bin")
            #expect(model.count < 1000 && weights.count == (64 * 256 + 256 * 10) * 4 && whole.count > weights.count)
            try Data(model).write(to: path("model.onnx"))
            try Data(weights).write(to: path("weights.bin"))
            let (_, report) = try size("--target-rate", "5")
            let told = try #require(report["model"] as? [String: Any])
            #expect(told["parameters"] as? Int == 64 * 256 + 256 * 10 && told["hasExternalValues"] as? Bool == true)
            for command in [["deploy", "plumb.yaml"], ["optimize", "plumb.yaml", "--data", "request.csv"]] {
                let run = try plumb.run(command, in: folder)
                #expect(run.status == 2 && run.errors.contains("keeps weights in other files"), "\(run.text)")
            }
        }

        @Test func whatCannotBeMeasuredIsRefused() throws {
            try Data("no model".utf8).write(to: path("model.onnx"))
            let run = try plumb.run("size", "plumb.yaml", in: folder)
            #expect(run.status == 2 && run.errors.contains("model.onnx is no ONNX model"), "\(run.text)")
            let text = try String(contentsOf: path("plumb.yaml"), encoding: .utf8)
            try text.replacing("{path: model.onnx}", with: "{path: 's3://models/digits.onnx'}")
                .write(to: path("plumb.yaml"), atomically: true, encoding: .utf8)
            let far = try plumb.run("size", "plumb.yaml", in: folder)
            #expect(far.status == 2 && far.errors.contains("of this machine"), "\(far.text)")
            #expect(try plumb.run("size", "plumb.yaml", "--target-rate", "0", in: folder).status == 2)
        }
    }
}

/// Writes the file of a network of dense layers, as onnx.proto3 has it.
private enum DenseModel {
    static func bytes(sizes: [Int]) -> [UInt8] { parts(sizes: sizes, file: nil).model }

    /// With its weights in `file`, where one is named.
    static func parts(sizes: [Int], file: String?) -> (model: [UInt8], weights: [UInt8]) {
        var graph: [UInt8] = []
        var weights: [UInt8] = []
        var last = "x"
        for (index, (rows, columns)) in zip(sizes, sizes.dropFirst()).enumerated() {
            graph += field(1, node("MatMul", [last, "w\(index)"], "m\(index)"))
            graph += field(1, node("Relu", ["m\(index)"], "r\(index)"))
            last = "r\(index)"
            // Little numbers, all alike.
            let bits = Float(0.01).bitPattern
            let value = (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
            var raw: [UInt8] = []
            raw.reserveCapacity(rows * columns * 4)
            for _ in 0..<(rows * columns) { raw += value }
            let head = number(1, rows) + number(1, columns) + number(2, 1) + text(8, "w\(index)")
            guard let file else {
                graph += field(5, head + field(9, raw))
                continue
            }
            let place = [("location", file), ("offset", "\(weights.count)"), ("length", "\(raw.count)")]
            graph += field(5, head + place.flatMap { field(13, text(1, $0.0) + text(2, $0.1)) } + number(14, 1))
            weights += raw
        }
        graph += text(2, "dense") + field(11, value("x", sizes[0])) + field(12, value(last, sizes[sizes.count - 1]))
        return (number(1, 8) + field(7, graph) + field(8, number(2, 17)), weights)
    }

    private static func node(_ type: String, _ inputs: [String], _ output: String) -> [UInt8] {
        inputs.flatMap { text(1, $0) } + text(2, output) + text(4, type)
    }

    /// A matrix of floats with any number of rows.
    private static func value(_ name: String, _ columns: Int) -> [UInt8] {
        let shape = field(1, text(2, "batch")) + field(1, number(1, columns))
        return text(1, name) + field(2, field(1, number(1, 1) + field(2, shape)))
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest > 127 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
    private static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
    private static func field(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(content.count) + content
    }
    private static func text(_ field: Int, _ text: String) -> [UInt8] { self.field(field, Array(text.utf8)) }
}
