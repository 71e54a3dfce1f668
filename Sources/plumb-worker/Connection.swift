// One client's connection, on a thread of its own: HTTP, or the gateway's frames.

/// One connection's conversation: read a request, answer it with one write, again until either side is done.
struct Connection {
    /// The room for a request at first; most fit, and take one read.
    private static let roomAtFirst = 16 * 1024
    /// The most room that is kept between requests.
    private static let roomKeptMax = 256 * 1024
    /// The most bytes of a refused request that are read and thrown away.
    private static let lingeringBytesMax = 1024 * 1024

    /// Why a request was not received.
    private enum Interruption: Error {
        case refused(Refusal)
        /// The client is gone: there is nobody to answer.
        case gone
    }

    private let handle: ConnectionHandle
    private let server: ModelServer
    private var input = [UInt8](repeating: 0, count: roomAtFirst)
    /// The bytes of `input` that are received and not yet used.
    private var unread = 0..<0
    private var output: [UInt8] = []
    /// When the request that is arriving must have arrived; set once it takes more than one read.
    private var deadline: ContinuousClock.Instant?

    init(_ handle: ConnectionHandle, server: ModelServer) {
        self.handle = handle
        self.server = server
    }

    /// Serves requests until the client or the server ends the connection.
    mutating func run() {
        guard waitForRequest() else { return }
        if input[unread.lowerBound] == Frame.mark {
            var frames = FrameConversation(handle, server: server, input: input, unread: unread)
            input = []
            frames.run()
        } else {
            while serveNext() {}
        }
    }

    /// Serves one request; false when it was the last.
    private mutating func serveNext() -> Bool {
        output.removeAll(keepingCapacity: true)
        deadline = nil
        do throws(Interruption) {
            guard let head = try receiveHead() else { return false }
            let body = try receiveBody(head)
            let response = server.service.respond(head, body)
            let keepsAlive = head.keepsAlive && !server.isStopping
            response.append(to: &output, keepsAlive: keepsAlive, isHeadOnly: head.method == "HEAD")
            return handle.socket.send(output) && keepsAlive
        } catch {
            if case .refused(let refusal) = error {
                Response(refusal).append(to: &output, keepsAlive: false, isHeadOnly: false)
                if handle.socket.send(output) { linger() }
            }
            return false
        }
    }

    private mutating func receiveHead() throws(Interruption) -> RequestHead? {
        var searched = 0
        while true {
            // A blank line before a request is to be passed over (RFC 9112, section 2.2).
            while unread.count >= 2, input[unread.lowerBound] == 0x0D, input[unread.lowerBound + 1] == 0x0A {
                unread = (unread.lowerBound + 2)..<unread.upperBound
            }
            if let end = RequestHead.end(in: input, unread, from: searched) {
                guard end - unread.lowerBound <= RequestHead.bytesMax else { throw tooLongHead }
                let range = unread.lowerBound..<end
                unread = end..<unread.upperBound
                do throws(Refusal) { return try RequestHead(input, range) } catch { throw .refused(error) }
            }
            guard unread.count < RequestHead.bytesMax else { throw tooLongHead }
            if unread.isEmpty {
                guard waitForRequest() else { return nil }
                searched = 0
            } else {
                let consumed = unread.lowerBound
                searched = unread.upperBound
                try fill()
                searched -= consumed - unread.lowerBound
            }
        }
    }

    private var tooLongHead: Interruption {
        .refused(Refusal(431, "the request's head is longer than \(RequestHead.bytesMax) bytes"))
    }

    /// Waits between requests, for as long as it takes; false when there will be no other.
    private mutating func waitForRequest() -> Bool {
        if input.count > Connection.roomKeptMax { input = [UInt8](repeating: 0, count: Connection.roomAtFirst) }
        handle.isIdle = true
        defer { handle.isIdle = false }
        while true {
            // A request that has arrived is still answered; then comes the end.
            if server.isStopping { handle.socket.stopReceiving() }
            switch handle.socket.receive(into: &input, at: 0) {
            case .bytes(let count):
                unread = 0..<count
                return true
            case .end: return false
            case .timedOut: continue
            }
        }
    }

    private mutating func receiveBody(_ head: RequestHead) throws(Interruption) -> Body {
        if head.isChunked { return try receiveChunks(head) }
        guard head.contentLength <= server.limits.bodyBytesMax else {
            throw .refused(Refusal(413, "the body is larger than \(server.limits.bodyBytesMax) bytes"))
        }
        if head.expectsContinue, unread.count < head.contentLength { try sendContinue() }
        while unread.count < head.contentLength { try fill() }
        let range = unread.lowerBound..<(unread.lowerBound + head.contentLength)
        unread = range.upperBound..<unread.upperBound
        return Body(input, range)
    }

    private mutating func receiveChunks(_ head: RequestHead) throws(Interruption) -> Body {
        var chunks = ChunkedBody(bytesMax: server.limits.bodyBytesMax)
        if head.expectsContinue, unread.isEmpty { try sendContinue() }
        while true {
            do throws(Refusal) {
                let taken = try chunks.take(input, unread)
                unread = (unread.lowerBound + taken)..<unread.upperBound
            } catch {
                throw .refused(error)
            }
            if chunks.isComplete { return Body(chunks.bytes) }
            try fill()
        }
    }

    private func sendContinue() throws(Interruption) {
        guard handle.socket.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { throw .gone }
    }

    /// Receives more of a request that has begun.
    private mutating func fill() throws(Interruption) {
        if unread.upperBound == input.count { makeRoom() }
        let now = ContinuousClock.now
        let deadline = deadline ?? now + .seconds(server.limits.requestSecondsMax)
        self.deadline = deadline
        guard now < deadline else { throw tooSlow }
        switch handle.socket.receive(into: &input, at: unread.upperBound) {
        case .bytes(let count): unread = unread.lowerBound..<(unread.upperBound + count)
        case .end: throw .gone
        case .timedOut: throw tooSlow
        }
    }

    private var tooSlow: Interruption {
        .refused(Refusal(408, "the request did not arrive within \(server.limits.requestSecondsMax) s"))
    }

    /// Moves what is unread to the front, into twice the room when the front is where it was.
    private mutating func makeRoom() {
        let room = unread.lowerBound > 0 ? input.count : input.count * 2
        var larger = [UInt8](repeating: 0, count: room)
        larger.replaceSubrange(0..<unread.count, with: input[unread])
        unread = 0..<unread.count
        input = larger
    }

    /// Reads on for a moment after a refusal: closing with bytes unread would make the system throw away the answer
    /// before the client has seen it.
    private mutating func linger() {
        handle.socket.stopSending()
        handle.socket.setTimeout(seconds: 1)
        var thrownAway = 0
        while thrownAway < Connection.lingeringBytesMax,
            case .bytes(let count) = handle.socket.receive(into: &input, at: 0)
        {
            thrownAway += count
        }
    }
}
