// What measuring reads and judges: rows for models of any form, and answers of any form.

import Foundation
import OnnxRuntime
import Testing

@testable import plumb_worker

@Suite struct MeasureTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A network of one product, 3 numbers to 2, for `rows` rows at a time.
    private func model(rows: Int) throws -> Model {
        let weights = (0..<6).flatMap { index in
            (0..<4).map { UInt8(truncatingIfNeeded: Float(index).bitPattern >> ($0 * 8)) }
        }
        let graph =
            Wire.field(1, Wire.text(1, "x") + Wire.text(1, "w") + Wire.text(2, "y") + Wire.text(4, "MatMul"))
            + Wire.text(2, "one")
            + Wire.field(
                5,
                Wire.number(1, 3) + Wire.number(1, 2) + Wire.number(2, 1) + Wire.text(8, "w") + Wire.field(9, weights))
            + Wire.field(11, Wire.value("x", [rows, 3])) + Wire.field(12, Wire.value("y", [rows, 2]))
        return try Model(bytes: Wire.number(1, 8) + Wire.field(7, graph) + Wire.field(8, Wire.number(2, 17)))
    }

    @Test func aModelOfAFixedNumberOfRowsGetsAsManyAtATime() throws {
        try (0..<6).map { "\($0),1,2\n" }.joined().write(toFile: path("rows.csv"), atomically: true, encoding: .utf8)
        for (rows, requests) in [(1, 6), (2, 3), (3, 2), (6, 1)] {
            let model = try model(rows: rows)
            let samples = try Samples(model, path: path("rows.csv"))
            #expect(samples.rows.map { $0[0].shape } == Array(repeating: [rows, 3], count: requests))
            #expect(
                samples.rows.flatMap { $0[0].floats }.enumerated().allSatisfy { index, value in
                    value == [Float(index / 3), 1, 2][index % 3]
                })
            #expect(try model.run(samples.rows[0])[0].shape == [rows, 2])
        }
        let error = #expect(throws: StartFailure.self) { try Samples(try model(rows: 4), path: path("rows.csv")) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("4 rows at a time, and 6 are no multiple"))
    }

    private func tensor(_ shape: [Int], _ elements: Tensor.Elements) throws -> Tensor {
        try Tensor(shape: shape, elements: elements)
    }

    private func quality(
        _ candidate: [Tensor], _ baseline: [Tensor], _ expected: [String]?
    ) throws -> (metric: String, baseline: Double?, candidate: Double?) {
        var writer = JSONWriter()
        Quality(candidate.map { Prediction([$0]) }, baseline.map { Prediction([$0]) }, expected: expected).write(
            &writer)
        let text = "{" + String(decoding: writer.bytes.dropFirst(), as: UTF8.self) + "}"
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: Any]]
        let told = try #require(object?["quality"])
        return (told["metric"] as? String ?? "", told["baseline"] as? Double, told["candidate"] as? Double)
    }

    /// Masks and several labels at once are answers too: where they differ, the models do not agree.
    @Test func wholeNumbersOfAnyTypeAreLabels() throws {
        for (one, other): (Tensor.Elements, Tensor.Elements) in [
            (.int64([0, 1, 2, 1]), .int64([0, 1, 1, 1])), (.uint8([0, 1, 2, 1]), .uint8([3, 1, 2, 1])),
            (.int8([0, 1, 2, 1]), .int8([0, 1, 2, -1])),
            (.bool([true, false, true, true]), .bool([true, true, true, true])),
            (.string(["a", "b", "c", "d"]), .string(["a", "b", "c", "e"])),
        ] {
            let (mine, others) = (try tensor([1, 4], one), try tensor([1, 4], other))
            let told = try quality([mine, others], [others, others], nil)
            #expect(told.metric == "agreement with the baseline" && told.candidate == 0.5 && told.baseline == 1)
        }
        #expect(Prediction([try tensor([1, 2], .int64([7, 8]))]).matches("7 8"))
        #expect(Prediction([try tensor([1], .uint16([7]))]).matches("7.0"))
    }

    @Test func severalValuesAreHeldToAsManyExpectedOnes() throws {
        let rows = try [[1, 10], [2, 20]].map { try tensor([1, 2], .float32($0)) }
        let worse = try [[2, 10], [2, 20]].map { try tensor([1, 2], .float32($0)) }
        let told = try quality(worse, rows, ["1,10", "2 20"])
        #expect(told.metric == "rmse" && told.baseline == 0 && told.candidate == 0.5)
        // Without labels the second is the highest of each row: to agree in that is no agreement.
        let alone = try quality(worse, rows, nil)
        #expect(alone.metric == "rmse to the baseline" && alone.candidate == 0.5)
        // Scores of classes are told by their labels, one a line.
        #expect(try quality(worse, rows, ["1", "1"]).metric == "accuracy")
        let classes = try [[1, 0], [0, 1]].map { try tensor([1, 2], .float32($0)) }
        #expect(try quality(classes, classes, nil).metric == "agreement with the baseline")
    }

    @Test func halvesAndTheWidestWholeNumbersAreReadFromArrays() throws {
        for (elements, wanted): (Tensor.Elements, [Double]) in [
            (.float16([0, -1.5, 65504]), [0, -1.5, 65504]), (.uint64([0, 7, 1 << 40]), [0, 7, 1_099_511_627_776]),
        ] {
            let file = try #require(try tensor([1, 3], elements).numpyFile)
            let info = TensorInfo(name: "x", elementType: .float64, shape: [.free(""), .fixed(3)])
            let request = try RequestReader([info]).read(Body(file), as: .numpy)
            #expect(request.tensors == [try tensor([1, 3], .float64(wanted))])
        }
        let beyond = try #require(try tensor([1, 1], .uint64([.max])).numpyFile)
        let info = TensorInfo(name: "x", elementType: .uint64, shape: [.free(""), .fixed(1)])
        #expect(throws: Refusal.self) { try RequestReader([info]).read(Body(beyond), as: .numpy) }
    }
}

/// Writes messages of Protocol Buffers, as onnx.proto3 numbers them.
private enum Wire {
    static func varint(_ value: Int) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest > 127 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
    static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
    static func field(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(content.count) + content
    }
    static func text(_ field: Int, _ text: String) -> [UInt8] { self.field(field, Array(text.utf8)) }
    static func value(_ name: String, _ sizes: [Int]) -> [UInt8] {
        let shape = sizes.flatMap { field(1, number(1, $0)) }
        return text(1, name) + field(2, field(1, number(1, 1) + field(2, shape)))
    }
}
