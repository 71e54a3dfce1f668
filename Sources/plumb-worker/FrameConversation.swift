// A connection in the gateway's own framing: many requests a read, many answers a write.

/// One connection on which the gateway sends requests without waiting for answers.
///
/// A system call and a wake-up cost as much as a small model, so they are shared: all requests that one read brought
/// are answered, and then sent with one write. A slow model's answers are not held back for that.
struct FrameConversation {
    /// The most time that answers wait for others to be sent with.
    private static let holdMax = Duration.microseconds(200)
    /// The most bytes of answers that wait for others.
    private static let heldBytesMax = 64 * 1024
    /// The room for requests at first, and what is kept when more was needed.
    private static let roomAtFirst = 64 * 1024

    private let handle: ConnectionHandle
    private let server: ModelServer
    private var input: [UInt8]
    /// The bytes of `input` that are received and not yet used.
    private var unread: Range<Int>
    private var output: [UInt8] = []
    private var sentAt = ContinuousClock.now
    /// The last head, as bytes and as read: nearly all requests of a connection have the same.
    private var knownHeadBytes: [UInt8] = []
    private var knownHead: RequestHead?

    /// Goes on with a connection of which `input[unread]` has been received.
    init(_ handle: ConnectionHandle, server: ModelServer, input: [UInt8], unread: Range<Int>) {
        self.handle = handle
        self.server = server
        self.input = input
        self.unread = unread
    }

    /// Answers until the gateway or the server ends the connection.
    mutating func run() {
        while answerWhatIsThere(), receiveMore() {}
    }

    /// Answers every request that is there as a whole; false when the connection is of no more use.
    private mutating func answerWhatIsThere() -> Bool {
        sentAt = .now
        while unread.count >= Frame.headerBytes {
            guard let frame = Frame(input, at: unread.lowerBound), frame.bodyCount <= server.limits.bodyBytesMax else {
                server.log.line("connection lost", [("error", "what came is no frame of this version")])
                // What came before it was right, and has its answer.
                if !output.isEmpty { _ = send() }
                return false
            }
            guard unread.count >= frame.count else { break }
            if server.limits.batchMax > 1 {
                answerBatch()
            } else {
                let (head, body) = take(frame)
                Frame.append(respond(head, body), to: frame.number, &output)
            }
            if output.count >= Self.heldBytesMax || ContinuousClock.now - sentAt >= Self.holdMax {
                guard send() else { return false }
            }
        }
        return output.isEmpty || send()
    }

    /// Takes the frame that comes next, of which all bytes are there.
    private mutating func take(_ frame: Frame) -> (head: Result<RequestHead, Refusal>, body: Body) {
        let start = unread.lowerBound + Frame.headerBytes
        let body = (start + frame.headCount)..<(unread.lowerBound + frame.count)
        unread = body.upperBound..<unread.upperBound
        return (head(at: start..<body.lowerBound), Body(input, body))
    }

    private mutating func head(at range: Range<Int>) -> Result<RequestHead, Refusal> {
        if let knownHead, input[range].elementsEqual(knownHeadBytes) { return .success(knownHead) }
        do throws(Refusal) {
            let head = try RequestHead(frame: input, range)
            knownHead = head
            knownHeadBytes = Array(input[range])
            return .success(head)
        } catch {
            return .failure(error)
        }
    }

    private func respond(_ head: Result<RequestHead, Refusal>, _ body: Body) -> Response {
        switch head {
        case .success(let head): server.service.respond(head, body)
        case .failure(let refusal): Response(refusal)
        }
    }

    /// Answers as many requests as are there, up to a batch.
    private mutating func answerBatch() {
        var numbers: [UInt32] = []
        var requests: [(head: RequestHead, body: Body)] = []
        while numbers.count < server.limits.batchMax, unread.count >= Frame.headerBytes,
            let frame = Frame(input, at: unread.lowerBound), frame.bodyCount <= server.limits.bodyBytesMax,
            unread.count >= frame.count
        {
            let (head, body) = take(frame)
            switch head {
            case .success(let head):
                numbers.append(frame.number)
                requests.append((head, body))
            case .failure(let refusal): Frame.append(Response(refusal), to: frame.number, &output)
            }
        }
        for (number, response) in zip(numbers, server.service.respond(batch: requests)) {
            Frame.append(response, to: number, &output)
        }
    }

    private mutating func send() -> Bool {
        defer {
            sentAt = .now
            output.removeAll(keepingCapacity: output.count <= 4 * Self.heldBytesMax)
        }
        return handle.socket.send(output)
    }

    /// Waits for more; false when there will be nothing more.
    private mutating func receiveMore() -> Bool {
        makeRoom()
        // What is under way is answered when the server stops; only then is the connection idle.
        handle.isIdle = unread.isEmpty
        defer { handle.isIdle = false }
        while true {
            if server.isStopping, unread.isEmpty { handle.socket.stopReceiving() }
            switch handle.socket.receive(into: &input, at: unread.upperBound) {
            case .bytes(let count):
                unread = unread.lowerBound..<(unread.upperBound + count)
                return true
            case .end: return false
            case .timedOut:
                // Between requests as long as it takes, within one no longer than the system was told to wait.
                guard unread.isEmpty else { return false }
            }
        }
    }

    /// Makes room for the rest of a request that has begun, or for the next ones.
    private mutating func makeRoom() {
        if unread.isEmpty {
            unread = 0..<0
            if input.count != Self.roomAtFirst { input = [UInt8](repeating: 0, count: Self.roomAtFirst) }
            return
        }
        let needed =
            unread.count >= Frame.headerBytes ? Frame(input, at: unread.lowerBound)?.count ?? 0 : Frame.headerBytes
        guard input.count - unread.lowerBound < max(needed, unread.count + 1) else { return }
        if input.count < needed {
            var larger = [UInt8](repeating: 0, count: needed + Self.roomAtFirst)
            larger.replaceSubrange(0..<unread.count, with: input[unread])
            input = larger
        } else {
            input.replaceSubrange(0..<unread.count, with: Array(input[unread]))
        }
        unread = 0..<unread.count
    }
}
