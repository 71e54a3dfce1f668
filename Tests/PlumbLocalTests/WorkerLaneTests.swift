// The gateway's end of the framing: the bytes, and answers in any order, late, unasked or never.

import NIOCore
import NIOEmbedded
import PlumbTesting
import Testing

@testable import PlumbLocal

struct WorkerLaneTests {
    private final class Asker: UpstreamReceiver {
        var answers: [String] = []
        func upstream(_ result: Result<UpstreamResponse, UpstreamFault>) {
            switch result {
            case .success(let response): answers.append("\(response.status) \(String(buffer: response.body))")
            case .failure(let fault): answers.append("\(fault)")
            }
        }
    }

    private func request(_ body: String) -> UpstreamRequest {
        UpstreamRequest(
            head: UpstreamHead(path: "/invocations", contentType: "text/csv"), body: ByteBuffer(string: body))
    }

    private func answer(_ number: UInt32, _ body: String, status: Int = 200, type: String = "text/csv") -> ByteBuffer {
        var buffer = ByteBuffer()
        Frame(headCount: type.utf8.count, bodyCount: body.utf8.count, number: number, status: status).write(to: &buffer)
        buffer.writeString(type + body)
        return buffer
    }

    private func lane() throws -> (WorkerLane, EmbeddedChannel) {
        let channel = EmbeddedChannel()
        let lane = WorkerLane(loop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(lane)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/lane")).wait()
        return (lane, channel)
    }

    @Test func aFrameHasTheBytesThatTheWorkerExpects() throws {
        let bytes = answer(0x0102_0304, "AB", status: 404)
        let header: [UInt8] = [0xF1, 1, 8, 0, 2, 0, 0, 0, 4, 3, 2, 1, 0x94, 1, 0, 0]
        #expect(Array(bytes.readableBytesView) == header + Array("text/csvAB".utf8))
        #expect(
            try Frame.peek(bytes) == Frame(headCount: 8, bodyCount: 2, number: 0x0102_0304, status: 404))
        #expect(try Frame.peek(ByteBuffer(bytes: header.dropLast())) == nil)
    }

    @Test func requestsOfOneTurnLeaveInOnePieceAndAnswersFindTheirAskers() throws {
        let (lane, channel) = try lane()
        let askers = (0..<3).map { _ in Asker() }
        let seats = askers.map { lane.send(request("x"), receiver: $0) }
        #expect(seats == [0, 1, 2] && lane.inFlight == 3)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.embeddedEventLoop.run()
        let sent = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(sent.readableBytes == 3 * (16 + "POST /invocations\ntext/csv\n".utf8.count + 1))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)

        lane.forget(1)
        var all = answer(2, "two")
        for part in [answer(1, "one"), answer(0, "none", status: 500)] { all.writeImmutableBuffer(part) }
        let cut = all.readableBytes / 2
        try channel.writeInbound(all.readSlice(length: cut))
        try channel.writeInbound(all)
        #expect(askers.map(\.answers) == [["500 none"], [], ["200 two"]])
        #expect(lane.inFlight == 0 && lane.send(request("y"), receiver: askers[0]) != nil)
        _ = try? channel.finish()  // What it leaves unread does not matter here.
    }

    @Test func whoeverWaitsIsToldWhenTheLaneEnds() throws {
        let (lane, channel) = try lane()
        let asker = Asker()
        var isClosed = false
        lane.onClose = { isClosed = true }
        _ = lane.send(request("x"), receiver: asker)
        channel.pipeline.fireChannelInactive()
        #expect(isClosed && asker.answers == ["connectionLost(\"the worker closed the connection\")"])
        #expect(lane.send(request("x"), receiver: asker) == nil)
        lane.forget(0)
    }

    @Test func anAnswerThatIsNoneEndsTheLane() throws {
        var noFrame = answer(0, "x")
        noFrame.setInteger(UInt8(ascii: "H"), at: 0)
        for wrong in [
            noFrame, answer(1, "unasked"), answer(0, "x", status: 7), answer(0, "x", type: "a\r\nSet-Cookie: b"),
        ] {
            let (lane, channel) = try lane()
            let asker = Asker()
            _ = lane.send(request("x"), receiver: asker)
            try channel.writeInbound(wrong)
            #expect(asker.answers.count == 1 && asker.answers[0].hasPrefix("malformed"), "\(asker.answers)")
        }
    }

    @Test func aLaneThatOwesTooManyAnswersTakesNoMore() throws {
        let (lane, _) = try lane()
        let asker = Asker()
        for _ in 0..<WorkerLane.requestsMax {
            let seat = try #require(lane.send(request("x"), receiver: asker))
            lane.forget(seat)
        }
        #expect(lane.send(request("x"), receiver: asker) == nil)
    }
}
