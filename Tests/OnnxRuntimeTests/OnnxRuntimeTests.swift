// The model server, from ONNX Runtime's interface to the running process, on real models and real sockets.

import Foundation
import OnnxRuntime

@testable import plumb_worker

/// The files that the tests use.
enum Files {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static func digits(_ name: String) -> String { root.appending(path: "Examples/digits/\(name)").path }
    static func fixture(_ name: String) -> String {
        root.appending(path: "Tests/OnnxRuntimeTests/Fixtures/\(name)").path
    }
    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
    static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

/// The digits that were held out of training.
struct HeldOut {
    let rows: [[Float]]
    let labels: [Int64]
    let csv: [UInt8]

    init() throws {
        rows = try Files.lines(Files.digits("heldout.csv")).map { $0.split(separator: ",").compactMap { Float($0) } }
        labels = try Files.lines(Files.digits("heldout-labels.csv")).compactMap { Int64($0) }
        csv = try Files.bytes(Files.digits("heldout.csv"))
    }
}

extension Tensor {
    var floats: [Float] { if case .float32(let values) = elements { values } else { [] } }
    var integers: [Int64] { if case .int64(let values) = elements { values } else { [] } }
    var strings: [String] { if case .string(let values) = elements { values } else { [] } }
}

/// A service over a model, and requests put to it without a socket.
struct ServiceUnderTest {
    let service: ModelService

    init(_ path: String, golden: (body: Body, type: MediaType)? = nil, log: Log = Log { _ in }) throws {
        service = try ModelService(model: try Model(path: path), modelName: "m", golden: golden, log: log)
    }

    func post(_ path: String, _ type: MediaType, _ body: [UInt8], accept: MediaType? = .json) throws -> Response {
        var head = try RequestHead("POST \(path) HTTP/1.1\r\n\r\n")
        head.contentType = type
        head.accepted = accept
        return service.respond(head, Body(body))
    }

    func invoke(_ type: MediaType, _ body: String, accept: MediaType? = .json) throws -> (Int, String) {
        let response = try post("/invocations", type, Array(body.utf8), accept: accept)
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    func get(_ path: String, method: String = "GET") throws -> (Int, String) {
        let head = try RequestHead("\(method) \(path) HTTP/1.1\r\n\r\n")
        let response = service.respond(head, Body([]))
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }
}

extension RequestHead {
    init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        try self.init(bytes, 0..<bytes.count)
    }
}

/// What Foundation's JSON reader makes of an answer: a second opinion on what the server writes.
func parsed(_ json: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
