import Foundation
import OnnxRuntime
import Testing

@testable import plumb_worker

@Suite struct InferenceTests {
    private let digits: ServiceUnderTest
    private let heldOut: HeldOut

    init() throws {
        digits = try ServiceUnderTest(Files.digits("model.onnx"))
        heldOut = try HeldOut()
    }

    /// The .npy file of a matrix.
    private func npy(_ descr: String, shape: String, version: UInt8 = 1, order: String = "False", _ data: [UInt8])
        -> [UInt8]
    {
        let header = Array("{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
        let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + data
    }

    private func little<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
        values.flatMap { value in (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    @Test func everyRequestTypeHasTheSameAnswer() throws {
        let rows = heldOut.rows.prefix(20)
        let json =
            "[" + rows.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" }.joined(separator: ",\n") + "]"
        let csv = rows.map { $0.map(\.description).joined(separator: ",") }.joined(separator: "\n")
        let flat = rows.flatMap { $0 }
        let expected = try digits.invoke(.json, "{\"instances\": \(json)}")
        #expect(expected.0 == 200)
        let predictions = try #require(parsed(expected.1)["predictions"] as? [[String: Any]])
        #expect(predictions.count == 20)
        let right = zip(predictions, heldOut.labels).count { $0["label"] as? Int == Int($1) }
        #expect(right >= 19)

        #expect(try digits.invoke(.json, json) == expected)
        #expect(
            try digits.invoke(
                .json,
                "{\"instances\": ["
                    + rows.map { row in
                        "{\"X\": \(row)}"
                    }.joined(separator: ",") + "]}") == expected)
        #expect(try digits.invoke(.csv, csv) == expected)
        #expect(try digits.invoke(.csv, csv.replacing("\n", with: "\r\n") + "\r\n\r\n") == expected)
        let arrays: [(String, UInt8, [UInt8])] = [
            ("<f4", 1, little(flat.map(\.bitPattern))), ("<f8", 2, little(flat.map { Double($0).bitPattern })),
            ("<i4", 3, little(flat.map { Int32($0) })), ("<i8", 1, little(flat.map { Int64($0) })),
            ("|u1", 1, flat.map { UInt8($0) }), ("<u2", 1, little(flat.map { UInt16($0) })),
        ]
        for (descr, version, data) in arrays {
            let body = npy(descr, shape: "(20, 64)", version: version, data)
            let response = try digits.post("/invocations", .numpy, body)
            #expect(String(decoding: response.body, as: UTF8.self) == expected.1, "\(descr)")
        }
    }

    @Test func theOpenInferenceProtocolIsSpoken() throws {
        let row = heldOut.rows[0].description
        let nested = "[" + row + "]"
        let body =
            "{\"inputs\":[{\"data\":\(nested),\"datatype\":\"FP32\",\"shape\":[1,64],\"name\":\"X\"}],\"id\":\"a7\"}"
        let response = try digits.post("/v2/models/m/infer", .other(""), Array(body.utf8))
        #expect(response.status == 200)
        let answer = try parsed(String(decoding: response.body, as: UTF8.self))
        #expect(answer["model_name"] as? String == "m" && answer["id"] as? String == "a7")
        let outputs = try #require(answer["outputs"] as? [[String: Any]])
        #expect(outputs.map { $0["name"] as? String } == ["label", "probabilities"])
        #expect(outputs.map { $0["datatype"] as? String } == ["INT64", "FP32"])
        #expect(outputs.map { $0["shape"] as? [Int] } == [[1], [1, 10]])
        #expect((outputs[0]["data"] as? [Int])?.first == Int(heldOut.labels[0]))

        let one =
            "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,64],\"datatype\":\"FP32\",\"data\":\(row),\"parameters\":{}}],"
            + "\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"x\":[1,{}]}}]}"
        let (status, text) = try digits.invoke(.json, one)
        #expect(status == 200)
        #expect((try parsed(text)["outputs"] as? [[String: Any]])?.count == 1)
        #expect(try digits.get("/v2/models/m").1.contains("\"shape\":[-1,64]"))
        #expect(try digits.get("/v2/models/m/ready").0 == 200)
        #expect(try digits.get("/v2/health/live").0 == 200)
        #expect(try digits.get("/v2/health/ready").0 == 200)
    }

    @Test func csvIsAnsweredWhenAskedFor() throws {
        let (status, text) = try digits.invoke(.csv, String(decoding: heldOut.csv, as: UTF8.self), accept: .csv)
        #expect(status == 200)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 450)
        let right = zip(lines, heldOut.labels).count { $0.split(separator: ",")[0] == String($1) }
        #expect(Double(right) / 450 >= 0.95)
        #expect(lines[0].split(separator: ",").count == 11)
    }

    @Test func mapsAreAnsweredByLabel() throws {
        let iris = try ServiceUnderTest(Files.fixture("zipmap.onnx"))
        let (_, text) = try iris.invoke(.csv, "5.1,3.5,1.4,0.2")
        let prediction = try #require((parsed(text)["predictions"] as? [[String: Any]])?.first)
        #expect(prediction["label"] as? String == "setosa")
        #expect(
            (prediction["probabilities"] as? [String: Double])?.keys.sorted() == ["setosa", "versicolor", "virginica"])
        #expect(try iris.invoke(.csv, "5.1,3.5,1.4,0.2", accept: .csv).1.hasPrefix("setosa,0.98"))
        let infer = "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[5.1,3.5,1.4,0.2]}]}"
        #expect(
            try iris.invoke(.json, infer).1.contains(
                "\"parameters\":{\"labels\":[\"setosa\",\"versicolor\",\"virginica\"]}"))
    }

    @Test func severalInputsAreRowsOfObjectsOrColumns() throws {
        let trees = try ServiceUnderTest(Files.fixture("columns.onnx"))
        let objects =
            "{\"instances\":[{\"kind\":\"oak\",\"length\":1.5,\"count\":[2]},"
            + "{\"length\":8,\"count\":1,\"kind\":[\"fir\"]}]}"
        let (status, text) = try trees.invoke(.json, objects)
        #expect(status == 200, "\(text)")
        #expect(try trees.invoke(.csv, "1.5,2,oak\n8,1,\"fir\"\n") == (status, text))
        let messages = [
            ("{\"instances\":[{\"kind\":\"oak\",\"length\":1.5}]}", "row 1 has no \"count\""),
            ("{\"instances\":[{\"kind\":\"oak\",\"kind\":\"oak\"}]}", "row 1 has the key \"kind\" twice"),
            ("{\"instances\":[{\"color\":\"red\"}]}", "the model has no input \"color\"; it takes length, count, kind"),
            (
                "{\"instances\":[[1,2,3]]}",
                "the model takes the inputs length, count, kind: send rows as objects with these keys"
            ),
            (
                "{\"instances\":[{\"count\":1.5}]}",
                "row 1: 1.5 is not an integer from -9223372036854775808 to 9223372036854775807, which the model takes"
            ),
        ]
        for (body, message) in messages {
            let (status, text) = try trees.invoke(.json, body)
            #expect(status == 400)
            #expect(try parsed(text)["error"] as? String == message)
        }
        #expect(try trees.invoke(.csv, "1.5,2.5,oak").1.contains("line 1, column 2: \\\"2.5\\\" is not a int64"))
    }

    @Test func wrongRequestsAreToldWhatIsWrong() throws {
        let row = Array(repeating: "1", count: 64).joined(separator: ",")
        let short = Array(repeating: "1", count: 63).joined(separator: ",")
        let cases: [(MediaType, String, Int, String)] = [
            (.json, "{\"instances\":[[\(row)],[\(row)],[\(short)]]}", 400, "the model takes 64 features, row 3 has 63"),
            (.csv, "\(row)\n\(row)\n\(short)\n", 400, "the model takes 64 features, row 3 has 63"),
            (.csv, "\(row),1", 400, "the model takes 64 features, row 1 has 65"),
            (.csv, "a,\(short)\n\(row)", 400, "line 1, column 1: \"a\" is not a number"),
            (.csv, "\(row)\n\(short),x7", 400, "line 2, column 64: \"x7\" is not a number"),
            (.csv, "\(row)\n\n\(row)", 400, "line 2, column 1: \"\" is not a number"),
            (.csv, "", 400, "the request has no rows"),
            (.csv, "\"1", 400, "line 1: a quote is never closed"),
            (.json, "", 400, "the JSON ends at byte 0, where `{` was expected"),
            (.json, "{\"instances\":[]}", 400, "the request has no rows"),
            (.json, "{\"instances\":[1]}", 400, "row 1 is not nested like the model's input, [?, 64]"),
            (
                .json, "{\"instances\":[[\"a\"]]}", 400,
                "row 1: the JSON has `\"` at byte 15, where a number was expected"
            ),
            (.json, "{\"instances\":[[NaN]]}", 400, "row 1: the JSON has `N` at byte 15, where a number was expected"),
            (.json, "{\"instances\":[[1e39]]}", 400, "row 1: 1e39 is not a float32, which the model takes"),
            (.json, "{\"instances\":[[\(row)]]} x", 400, "the JSON has `x` at byte 146, where the end was expected"),
            (.json, "{\"rows\":[]}", 400, "unknown key \"rows\"; known are instances, inputs, outputs, id, parameters"),
            (.json, "{}", 400, "the request has neither \"instances\" nor \"inputs\""),
            (.json, "{\"inputs\":[]}", 400, "input \"X\" is missing"),
            (
                .json, "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP64\",\"shape\":[1,64],\"data\":[]}]}", 400,
                "input \"X\" takes FP32, got FP64"
            ),
            (
                .json, "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,63],\"data\":[]}]}", 400,
                "input \"X\" takes [?, 64], got [1, 63]"
            ),
            (
                .json, "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,64],\"data\":[1]}]}", 400,
                "input \"X\" has the shape [1, 64], but its data holds 1 values"
            ),
            (
                .other("image/png"), "", 415,
                "Content-Type image/png is not supported; send application/json, text/csv or application/x-npy"
            ),
            (
                .other(""), "", 415,
                "the request has no Content-Type; send application/json, text/csv or application/x-npy"
            ),
        ]
        for (type, body, status, message) in cases {
            let (found, text) = try digits.invoke(type, body)
            #expect(found == status)
            #expect(try parsed(text)["error"] as? String == message)
        }
        #expect(try digits.invoke(.csv, row, accept: nil).0 == 406)
        #expect(try digits.get("/invocations").0 == 405)
        #expect(try digits.get("/ping", method: "POST").0 == 405)
        #expect(try digits.get("/nothing").0 == 404)
        #expect(try digits.get("/v2/models/other").1.contains("the model here is \\\"m\\\""))
    }

    @Test func wrongArraysAreToldWhatIsWrong() throws {
        let floats = little([Float](repeating: 0, count: 64).map(\.bitPattern))
        let cases: [([UInt8], String)] = [
            ([], "does not begin with"), (Array("not numpy at all".utf8), "does not begin with"),
            (npy("<f4", shape: "(1, 64)", floats.dropLast()), "needs"),
            (npy("<f4", shape: "(2, 32)", floats), "got an array of [2, 32]"),
            (npy(">f4", shape: "(1, 64)", floats), "is not supported"),
            (npy("<f4", shape: "(64,)", floats), "got an array of [64]"),
            (npy("<f4", shape: "(9223372036854775807, 64)", floats), "no shape"),
            (npy("<f4", shape: "(-1, 64)", floats), "no shape"),
            (npy("<f4", shape: "(1, 64)", order: "True", floats), "Fortran order"),
            (Array(npy("<f4", shape: "(1, 64)", floats).prefix(20)), "ends inside its header"),
        ]
        for (body, message) in cases {
            let response = try digits.post("/invocations", .numpy, body)
            #expect(response.status == 400)
            #expect(String(decoding: response.body, as: UTF8.self).contains(message), "\(message)")
        }
    }

    @Test func aModelsOwnFailureIsA500WithItsWords() throws {
        let written = Collector()
        let erring = try ServiceUnderTest(Files.digits("model-error.onnx"), log: Log { written.add($0) })
        #expect(erring.service.trouble() == nil)
        let bright = Array(repeating: "16", count: 64).joined(separator: ",")
        let (status, text) = try erring.invoke(.csv, bright)
        #expect(status == 500)
        #expect(text.contains("out of data bounds"))
        #expect(written.text.hasPrefix("{\"event\":\"model error\",\"error\":"))
        for _ in 0..<100 { _ = try erring.invoke(.csv, bright) }
        #expect(written.text.split(separator: "\n").count <= 2 * Log.linesPerSecondMax)
    }

    @Test func healthIsARealInference() throws {
        #expect(try digits.get("/ping").0 == 200)
        let bright = Array(Array(repeating: "16", count: 64).joined(separator: ",").utf8)
        let sick = try ServiceUnderTest(Files.digits("model-error.onnx"), golden: (Body(bright), .csv))
        let (status, text) = try sick.get("/ping")
        #expect(status == 503)
        #expect(text.contains("fails on its golden input"))
        #expect(throws: Refusal.self) {
            try ServiceUnderTest(Files.digits("model.onnx"), golden: (Body(Array("1,2".utf8)), .csv))
        }
    }

    @Test func healthIsRunAgainWhenItIsOld() throws {
        let model = try Model(path: Files.digits("model.onnx"))
        let health = Health(model: model, golden: try model.synthesisedInput())
        let start = ContinuousClock.now
        #expect(health.trouble(at: start) == nil)
        let broken = Health(model: model, golden: [try .zeros(.float32, shape: [1, 3])])
        #expect(broken.trouble(at: start) != nil)
        #expect(broken.trouble(at: start + .seconds(10)) != nil)
    }

    @Test func numbersReadBackAsWritten() throws {
        let types = try ServiceUnderTest(Files.fixture("types.onnx"))
        let values = "[[1, 0], [0.1, 1e-45]]"
        var inputs: [String] = []
        for info in types.service.model.inputs {
            let type = try #require(info.elementType)
            let data =
                switch type {
                case .string: "[\"a,\\\"b\\u00fc\\ud83d\\ude00\\u0001\", \"\\\\\\n\", \"\", \"d\"]"
                case .bool: "[true, false, true, true]"
                case .float32, .float64: values
                case .float16: "[1, 0.5, -2, 65504]"
                default: "[1, 2, 3, 100]"
                }
            inputs.append(
                "{\"name\":\"\(info.name)\",\"shape\":[1,2,2],\"datatype\":\"\(type.protocolName)\",\"data\":\(data)}")
        }
        let (status, text) = try types.invoke(.json, "{\"inputs\":[\(inputs.joined(separator: ","))]}")
        #expect(status == 200, "\(text)")
        let outputs = try #require(try parsed(text)["outputs"] as? [[String: Any]])
        let byName = Dictionary(uniqueKeysWithValues: outputs.map { ($0["name"] as? String ?? "", $0["data"]) })
        #expect(byName["string_out"] as? [String] == ["a,\"bü😀\u{1}", "\\\n", "", "d"])
        #expect(byName["double_out"] as? [Double] == [1, 0, 0.1, 1e-45])
        #expect((byName["float_out"] as? [Double])?.map { Float($0) } == [1, 0, 0.1, .leastNonzeroMagnitude])
        #expect(byName["bool_out"] as? [Bool] == [true, false, true, true])
        #expect(byName["float16_out"] as? [Double] == [1, 0.5, -2, 65504])
        #expect(byName["uint8_out"] as? [Int] == [1, 2, 3, 100])
    }
}

/// Gathers what a log writes.
final class Collector: @unchecked Sendable {
    private let lock = NSLock()
    private var bytes: [UInt8] = []
    func add(_ more: [UInt8]) { lock.withLock { bytes += more } }
    var text: String { lock.withLock { String(decoding: bytes, as: UTF8.self) } }
}
