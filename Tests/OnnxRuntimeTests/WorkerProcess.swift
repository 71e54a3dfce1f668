import Foundation
import Glibc

@testable import plumb_worker

/// The built worker as a process of its own, on a Unix socket.
final class WorkerProcess {
    let process = Process()
    let socketPath: String
    private let folder: URL
    private let errorLog: URL
    /// The write end of the worker's standard input.
    let input = Pipe()

    /// Starts the worker with a model of the digits example, on a socket of its own unless `socket` names another, or
    /// is empty for none.
    init(
        _ model: String = "model.onnx", _ arguments: [String] = [], socket: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socketPath = socket ?? folder.appending(path: "worker.sock").path
        errorLog = folder.appending(path: "stderr")
        try Data().write(to: errorLog)
        let path = model.hasPrefix("/") ? model : Files.digits(model)
        process.executableURL = try WorkerProcess.executable()
        process.arguments =
            ["--model", path]
            + (arguments.contains("--port") || socketPath.isEmpty ? [] : ["--socket", socketPath]) + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardError = try FileHandle(forWritingTo: errorLog)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        // Only a temporary folder is left behind if this fails.
        try? FileManager.default.removeItem(at: folder)
    }

    /// The worker lies beside the test bundle, whose path is this process's own.
    private static func executable() throws -> URL {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb-worker")
    }

    var log: String { (try? String(contentsOf: errorLog, encoding: .utf8)) ?? "" }

    /// Waits for the worker to listen; false when it ended or took too long.
    func isListening(within limit: Duration = .seconds(20)) -> Bool {
        wait(within: limit) { log.contains("\"event\":\"serving\"") }
    }

    /// Waits for the worker to end, and returns its status; nil when it does not.
    func status(within limit: Duration = .seconds(20)) -> Int32? {
        let deadline = ContinuousClock.now + limit
        while process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
        return process.isRunning ? nil : process.terminationStatus
    }

    /// Waits until `condition` holds.
    func wait(within limit: Duration = .seconds(20), _ condition: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if condition() { return true }
            if !process.isRunning { return condition() }
            usleep(2000)
        }
        return false
    }

    func connect() throws -> Client { try Client(socketPath) }

    /// A client that speaks plain bytes, so that a test decides how they are cut.
    final class Client {
        private let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            let connected = unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func send(_ text: String) { send(Array(text.utf8)) }

        func send(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.send(
                        descriptor, $0.baseAddress.map { unsafe $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }

        func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

        private var received: [UInt8] = []

        private func receive() -> Bool {
            var part = [UInt8](repeating: 0, count: 65536)
            let count = unsafe recv(descriptor, &part, part.count, 0)
            guard count > 0 else { return false }
            received += part[..<count]
            return true
        }

        /// Whether the server has closed the connection, with nothing more to say.
        var isClosed: Bool { received.isEmpty && !receive() }

        /// The next answer in a frame; nil when the connection ends without a whole one.
        func frame() -> (number: UInt32, status: Int, type: String, body: String)? {
            while true {
                if received.count >= Frame.headerBytes {
                    guard let frame = Frame(received, at: 0) else { return nil }
                    if received.count >= frame.count {
                        let status = Int(received[12]) | Int(received[13]) << 8
                        let (head, end) = (Frame.headerBytes + frame.headCount, frame.count)
                        let type = String(decoding: received[Frame.headerBytes..<head], as: UTF8.self)
                        let body = String(decoding: received[head..<end], as: UTF8.self)
                        received.removeSubrange(..<end)
                        return (frame.number, status, type, body)
                    }
                }
                guard receive() else { return nil }
            }
        }

        /// The next answer; nil when the connection ends without a whole one.
        func answer() -> (status: Int, head: String, body: String)? {
            while true {
                if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                    let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                    let lines = head.split(separator: "\r\n")
                    let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
                    let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
                    if let status, received.count >= end.upperBound + length {
                        let body = String(decoding: received[end.upperBound..<(end.upperBound + length)], as: UTF8.self)
                        received.removeSubrange(..<(end.upperBound + length))
                        return (status, head, body)
                    }
                }
                guard receive() else { return nil }
            }
        }
    }
}
