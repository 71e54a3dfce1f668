import Foundation
import OnnxRuntime
import Testing

@testable import plumb_worker

/// Bodies and heads that are cut short, flipped and spliced: each must be answered, and none may end the process.
@Suite struct FuzzTests {
    private static let seeds: [(MediaType, [UInt8])] = {
        let row = (0..<64).map { "\(Double($0) / 4)" }.joined(separator: ",")
        let infer =
            "{\"id\":\"1\",\"inputs\":[{\"name\":\"X\",\"shape\":[1,64],\"datatype\":\"FP32\",\"data\":[[\(row)]],"
            + "\"parameters\":{\"a\":[true,null,-1.5e3,\"\\u00e9\\ud83d\\ude00\"]}}],"
            + "\"outputs\":[{\"name\":\"label\"}]}"
        let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 64), }\n".utf8)
        let npy =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header + [UInt8](repeating: 1, count: 256)
        return [
            (.json, Array("{\"instances\": [[\(row)], [\(row)]]}".utf8)), (.json, Array("[[\(row)]]".utf8)),
            (.json, Array("{\"instances\":[{\"X\":[\(row)]}]}".utf8)), (.json, Array(infer.utf8)),
            (.csv, Array("\(row)\r\n\(row)\n\"1\",\(row)".utf8)), (.numpy, npy),
        ]
    }()

    private static let pieces: [[UInt8]] =
        [
            "[", "]", "{", "}", "\"", "\\", ",", ":", "\\u", "\\ud800", "null", "-", "1e999999999", "\u{0}", "\r\n",
            "'shape': (",
            "99999999999999999999", "é", "[[[[[[[[[[[[", "{\"a\":", "\"instances\":",
        ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0x80], [0x93]]

    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard !bytes.isEmpty else { break }
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(contentsOf: FuzzTests.pieces.randomElement(using: &generator) ?? [], at: at)
            default:
                let end = Int.random(in: at..<bytes.count, using: &generator)
                bytes.insert(contentsOf: Array(bytes[at...end].prefix(64)), at: at)
            }
        }
        return bytes
    }

    @Test(arguments: ["digits/model.onnx", "columns.onnx"])
    func noBodyEndsTheProcess(_ name: String) throws {
        let path = name.hasPrefix("digits/") ? Files.digits("model.onnx") : Files.fixture(name)
        let service = try ServiceUnderTest(path)
        var generator = SeededGenerator(seed: 7)
        var statuses: [Int: Int] = [:]
        for (type, seed) in FuzzTests.seeds {
            for cut in 0..<seed.count {
                let status = try service.post("/invocations", type, Array(seed[..<cut])).status
                statuses[status, default: 0] += 1
            }
            for round in 0..<3000 {
                let body = mutated(seed, &generator)
                let path = round.isMultiple(of: 2) ? "/invocations" : "/v2/models/m/infer"
                let answer = try service.post(path, type, body, accept: round.isMultiple(of: 3) ? .csv : .json)
                statuses[answer.status, default: 0] += 1
                if answer.status == 200, answer.contentType == .json {
                    _ = try JSONSerialization.jsonObject(with: Data(answer.body))
                }
            }
        }
        #expect(Set(statuses.keys).isSubset(of: [200, 400, 406, 415]))
        #expect(statuses[400, default: 0] > 10_000)
    }

    @Test func noHeadOrChunkEndsTheProcess() {
        var generator = SeededGenerator(seed: 11)
        let head = Array(
            ("POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; q\r\nContent-Length: 12\r\n"
                + "Accept: text/csv;q=0.5, */*\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n").utf8)
        let chunks = Array("4;ext=1\r\nWiki\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nNEXT".utf8)
        var (taken, refused) = (0, 0)
        for _ in 0..<20_000 {
            let bytes = mutated(head, &generator)
            do throws(Refusal) {
                _ = try RequestHead(bytes, 0..<bytes.count)
                taken += 1
            } catch {
                #expect((400...599).contains(error.status))
                refused += 1
            }
            let cut = mutated(chunks, &generator)
            var body = ChunkedBody(bytesMax: 64)
            do throws(Refusal) {
                _ = try body.take(cut, 0..<cut.count)
                #expect(body.bytes.count <= 64)
            } catch {
                #expect(error.status == 400 || error.status == 413)
            }
        }
        #expect(taken > 1000 && refused > 1000)
    }

    @Test func deepNestingIsRefusedAndNotFollowed() throws {
        let service = try ServiceUnderTest(Files.digits("model.onnx"))
        let deep = String(repeating: "[", count: 200_000)
        let objects = String(repeating: "{\"a\":", count: 100_000)
        for body in [
            deep, objects, "{\"instances\":\(deep)", "{\"parameters\":\(deep)", "{\"parameters\":\(objects)",
            "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,64],\"data\":\(deep)",
        ] {
            #expect(try service.invoke(.json, body).0 == 400)
        }
    }
}
