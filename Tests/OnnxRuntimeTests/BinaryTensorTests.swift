// The Open Inference Protocol's binary extension: every element type there and back, and what is told of wrong sizes.

import Foundation
import OnnxRuntime
import Testing

@testable import plumb_worker

@Suite struct BinaryTensorTests {
    private let types: ServiceUnderTest
    init() throws { types = try ServiceUnderTest(Files.fixture("types.onnx")) }

    /// Values of each type as JSON, of the shape [1, 2, 1], and the bytes that are the same.
    private static let samples: [(name: String, type: String, json: String, bytes: [UInt8])] = [
        ("float", "FP32", "[1.5,-2.0]", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]),
        ("double", "FP64", "[1.5,-2.0]", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0]),
        ("float16", "FP16", "[1.5,-2.0]", [0, 0x3E, 0, 0xC0]), ("int8", "INT8", "[-1,127]", [0xFF, 0x7F]),
        ("int16", "INT16", "[-2,258]", [0xFE, 0xFF, 2, 1]),
        ("int32", "INT32", "[-2,16909060]", [0xFE, 0xFF, 0xFF, 0xFF, 4, 3, 2, 1]),
        (
            "int64", "INT64", "[-9223372036854775808,1]",
            [0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0]
        ),
        ("uint8", "UINT8", "[0,255]", [0, 255]), ("uint16", "UINT16", "[1,65535]", [1, 0, 0xFF, 0xFF]),
        ("uint32", "UINT32", "[1,4294967295]", [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
        (
            "uint64", "UINT64", "[1,18446744073709551615]",
            [1, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        ), ("bool", "BOOL", "[true,false]", [1, 0]),
        ("string", "BYTES", "[\"é\",\"\"]", [2, 0, 0, 0, 0xC3, 0xA9, 0, 0, 0, 0]),
    ]

    /// A request whose inputs are in binary where `isBinary` says so, with other parameters and bytes where wanted.
    private func request(
        isBinary: (String) -> Bool, rest: String = "", change: (String, [UInt8]) -> (Int, [UInt8]) = { ($1.count, $1) }
    ) -> (json: [UInt8], binary: [UInt8]) {
        var (inputs, binary): ([String], [UInt8]) = ([], [])
        for sample in Self.samples {
            let head = "{\"name\":\"\(sample.name)\",\"datatype\":\"\(sample.type)\",\"shape\":[1,2,1],"
            guard isBinary(sample.name) else {
                inputs.append(head + "\"data\":\(sample.json)}")
                continue
            }
            let (count, bytes) = change(sample.name, sample.bytes)
            inputs.append(head + "\"parameters\":{\"binary_data_size\":\(count)}}")
            binary += bytes
        }
        return (Array("{\"inputs\":[\(inputs.joined(separator: ","))]\(rest)}".utf8), binary)
    }

    private func infer(_ request: (json: [UInt8], binary: [UInt8])) throws -> Response {
        try types.post(
            "/v2/models/m/infer", .binary(jsonCount: request.json.count), request.json + request.binary)
    }

    private func refusal(_ request: (json: [UInt8], binary: [UInt8])) throws -> String? {
        let response = try infer(request)
        #expect(response.status == 400)
        return try parsed(String(decoding: response.body, as: UTF8.self))["error"] as? String
    }

    @Test func everyTypeIsReadAndWrittenAsItsBytes() throws {
        let plain = try types.post("/v2/models/m/infer", .json, request(isBinary: { _ in false }).json)
        #expect(plain.status == 200 && plain.contentType == .json)
        // Read in binary, answered in JSON.
        let read = try infer(request(isBinary: { _ in true }))
        #expect(read.status == 200 && read.body == plain.body, "\(String(decoding: read.body, as: UTF8.self))")
        // Read as both in one request, and answered in binary.
        let written = try infer(
            request(
                isBinary: { $0 == "float" || $0 == "string" }, rest: ",\"parameters\":{\"binary_data_output\":true}"))
        guard case .binary(let count) = written.contentType else {
            Issue.record("the answer is \(written.contentType)")
            return
        }
        let outputs = try #require(
            parsed(String(decoding: written.body[..<count], as: UTF8.self))["outputs"] as? [[String: Any]])
        var rest = written.body[count...]
        for (output, sample) in zip(outputs, Self.samples) {
            let size = try #require((output["parameters"] as? [String: Int])?["binary_data_size"])
            #expect(Array(rest.prefix(size)) == sample.bytes && output["data"] == nil, "\(sample.name)")
            rest = rest.dropFirst(size)
        }
        #expect(rest.isEmpty && outputs.count == Self.samples.count)
    }

    @Test func eachOutputIsAnsweredAsItIsWanted() throws {
        let wish =
            ",\"outputs\":[{\"name\":\"int8_out\",\"parameters\":{\"binary_data\":true}},{\"name\":\"int16_out\"},"
            + "{\"parameters\":{\"binary_data\":true},\"name\":\"bool_out\"}]"
        let response = try infer(request(isBinary: { _ in false }, rest: wish))
        guard case .binary(let count) = response.contentType else {
            Issue.record("the answer is \(response.contentType)")
            return
        }
        #expect(Array(response.body[count...]) == [0xFF, 0x7F, 1, 0])
        let json = String(decoding: response.body[..<count], as: UTF8.self)
        #expect(json.contains("\"name\":\"int16_out\",\"datatype\":\"INT16\",\"shape\":[1,2,1],\"data\":[-2,258]}"))
    }

    @Test func wrongSizesAreToldByName() throws {
        func changed(_ name: String, _ to: @escaping ([UInt8]) -> (Int, [UInt8])) -> (json: [UInt8], binary: [UInt8]) {
            request(isBinary: { $0 == name }, change: { $0 == name ? to($1) : ($1.count, $1) })
        }
        #expect(
            try refusal(changed("int16") { (3, Array($0.dropLast())) })
                == "input \"int16\" of [1, 2, 1] INT16 has 2 × 2 bytes, but its binary_data_size is 3")
        #expect(
            try refusal(changed("int16") { ($0.count, Array($0.dropLast())) })
                == "input \"int16\" has 4 binary bytes, but 3 are left of the body")
        #expect(try refusal(changed("int16") { ($0.count, $0 + [7]) }) == "1 bytes behind the JSON belong to no input")
        #expect(
            try refusal(changed("bool") { ($0.count, [2, 0]) })
                == "input \"bool\" is BOOL, but a byte of it is neither 0 nor 1")
        #expect(try refusal(changed("string") { _ in (3, [1, 0, 0]) }) == "input \"string\" ends within a length")
        #expect(
            try refusal(changed("string") { _ in (6, [9, 0, 0, 0, 65, 66]) }) == "input \"string\" ends within a text")
        #expect(
            try refusal(changed("string") { _ in (4, [255, 255, 255, 255]) }) == "input \"string\" ends within a text")
        #expect(
            try refusal(changed("string") { _ in (5, [1, 0, 0, 0, 0xFF]) })
                == "value 1 of input \"string\" is not UTF-8")
        #expect(
            try refusal(changed("string") { _ in (4, [0, 0, 0, 0]) })
                == "input \"string\" has 2 values by its shape, but its bytes hold 1")
        let whole = request(isBinary: { $0 == "bool" })
        let beyond = try types.post(
            "/v2/models/m/infer", .binary(jsonCount: whole.json.count + 99), whole.json + whole.binary)
        #expect(beyond.status == 400 && String(decoding: beyond.body, as: UTF8.self).contains("the whole body has"))
        let unsaid = try types.post("/v2/models/m/infer", .json, whole.json)
        #expect(
            try parsed(String(decoding: unsaid.body, as: UTF8.self))["error"] as? String
                == "input \"bool\" is binary, but there is no Inference-Header-Content-Length")
    }

    @Test func theSizeOfTheJSONComesInAHeaderOrInTheContentType() throws {
        let start = "POST /v2/models/m/infer HTTP/1.1\r\n"
        let binary = MediaType.binary(jsonCount: 12)
        #expect(try RequestHead(start + "Inference-Header-Content-Length: 12\r\n\r\n").contentType == binary)
        #expect(
            try RequestHead(
                start + "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: 12\r\n\r\n"
            ).contentType == binary)
        let name = "application/vnd.sagemaker-triton.binary+json"
        #expect(try RequestHead(start + "Content-Type: \(name);json-header-size=12\r\n\r\n").contentType == binary)
        #expect(try RequestHead(start + "Content-Type: \(name)\r\n\r\n").contentType == .other(name))
        #expect(throws: Refusal.self) { try RequestHead(start + "Inference-Header-Content-Length: x\r\n\r\n") }
        var output: [UInt8] = []
        Response(contentType: binary, body: []).append(to: &output, keepsAlive: true, isHeadOnly: false)
        #expect(
            String(decoding: output, as: UTF8.self).contains(
                "Content-Type: \(name);json-header-size=12\r\nInference-Header-Content-Length: 12\r\n"))
    }
}
