// The gateway's own framing, as bytes and spoken by the running worker.

import Foundation
import Testing

@testable import plumb_worker

@Suite(.serialized, .timeLimit(.minutes(20))) struct FrameTests {
    private func frame(_ number: UInt32, _ head: String, _ body: String) -> [UInt8] {
        func integer(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        return [0xF1, 1] + integer(head.utf8.count, 2) + integer(body.utf8.count, 4) + integer(Int(number), 4)
            + [0, 0, 0, 0] + Array(head.utf8) + Array(body.utf8)
    }

    private let invoke = "POST /invocations\napplication/json\n"
    private let digit: String

    init() throws { digit = try String(contentsOfFile: Files.digits("request.json"), encoding: .utf8) }

    @Test func aFrameHasTheBytesThatTheGatewayExpects() throws {
        var output: [UInt8] = []
        Frame.append(Response(status: 404, contentType: .csv, body: [0x41, 0x42]), to: 0x0102_0304, &output)
        let header: [UInt8] = [0xF1, 1, 8, 0, 2, 0, 0, 0, 4, 3, 2, 1, 0x94, 1, 0, 0]
        #expect(output == header + Array("text/csvAB".utf8))
        let read = try #require(Frame(output, at: 0))
        #expect(read.headCount == 8 && read.bodyCount == 2 && read.number == 0x0102_0304 && read.count == 26)
        for (offset, byte) in [(0, UInt8(ascii: "P")), (1, 2), (3, 0x21)] {
            var wrong = output
            wrong[offset] = byte
            #expect(Frame(wrong, at: 0) == nil)
        }
    }

    @Test func manyRequestsOfOneConnectionAreAnsweredByTheirNumbersHoweverTheyAreCut() throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let stream =
            frame(7, invoke, digit) + frame(3, "POST /invocations\ntext/csv\ntext/csv", "a,b")
            + frame(9, invoke, digit) + frame(0, "GET /ping\n\n", "") + frame(1, "nonsense", "")
            + frame(2, "POST /invocations\napplication/json\nimage/png", digit)
        for size in [1, 15, 16, 17, 100, stream.count] {
            let client = try worker.connect()
            for start in stride(from: 0, to: stream.count, by: size) {
                client.send(Array(stream[start..<min(start + size, stream.count)]))
            }
            var answers: [UInt32: (status: Int, body: String)] = [:]
            for _ in 0..<6 {
                let answer = try #require(client.frame())
                answers[answer.number] = (answer.status, answer.body)
            }
            #expect(answers.mapValues(\.status) == [7: 200, 3: 400, 9: 200, 0: 200, 1: 400, 2: 406], "\(size)")
            #expect(answers[7]?.body.hasPrefix("{\"predictions\":[{\"label\":0") == true)
            #expect(answers[7]?.body == answers[9]?.body && answers[0]?.body == "{\"ready\":true}")
        }
    }

    @Test func aBodyLargerThanTheRoomIsReadWhole() throws {
        let worker = try WorkerProcess()
        #expect(worker.isListening(), "\(worker.log)")
        let client = try worker.connect()
        let row = try String(contentsOfFile: Files.digits("request.csv"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let rows = Array(repeating: row + "\n", count: 3000).joined()
        #expect(rows.utf8.count > 300_000)
        for number in 0..<3 as Range<UInt32> {
            client.send(
                frame(number, invoke, digit) + frame(number + 10, "POST /invocations\ntext/csv\ntext/csv", rows))
            #expect(client.frame()?.status == 200)
            let answer = try #require(client.frame())
            #expect(answer.number == number + 10 && answer.type == "text/csv")
            #expect(answer.body.split(separator: "\n").count == 3000)
        }
    }

    @Test func whatIsNoFrameOrTooLargeEndsTheConnection() throws {
        let worker = try WorkerProcess("model.onnx", ["--max-body", "1000"])
        #expect(worker.isListening(), "\(worker.log)")
        for wrong in [
            frame(1, invoke, String(repeating: "1", count: 1001)), [0xF1, 2] + [UInt8](repeating: 0, count: 14),
        ] {
            let client = try worker.connect()
            client.send(frame(0, invoke, digit) + wrong)
            #expect(client.frame()?.status == 200)
            #expect(client.frame() == nil)
        }
        let client = try worker.connect()
        client.send("GET /ping HTTP/1.1\r\n\r\n")
        #expect(client.answer()?.status == 200, "the next connection may speak HTTP")
    }

    @Test func aSlowModelsAnswersAreNotHeldBackAndWhatWasReadIsAnsweredWhenStopped() throws {
        let worker = try WorkerProcess("model-slow.onnx")
        #expect(worker.isListening(within: .seconds(60)), "\(worker.log)")
        let client = try worker.connect()
        client.send((0..<4).flatMap { frame($0, invoke, digit) })
        #expect(client.frame()?.number == 0)
        worker.process.terminate()
        for number in 1..<4 as Range<UInt32> { #expect(client.frame()?.number == number) }
        #expect(client.frame() == nil)
        #expect(worker.status() == 0)
    }
}
