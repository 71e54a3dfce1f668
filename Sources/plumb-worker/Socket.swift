// The few system calls on sockets.

import Glibc

/// Why the server cannot start; told in one line, and the process ends with status 2.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A failed system call, with the system's reason.
    static func system(_ doing: String) -> StartFailure {
        StartFailure("\(doing): \(Socket.reason(errno))")
    }
}

/// A blocking stream socket. All system calls on sockets are here.
struct Socket: Sendable {
    private let descriptor: Int32

    /// The waiting connections that the system keeps for a listener.
    private static let backlogMax: Int32 = 512

    // MARK: - Listening

    /// Listens on a Unix socket at `path`, which only this user may connect to. A socket file that nobody answers on
    /// any more is replaced; a live one is not.
    static func listening(at path: String) throws(StartFailure) -> Socket {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < room else {
            throw StartFailure("the socket path must have 1 to \(room - 1) bytes, \(path) has \(bytes.count)")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }

        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let probe = try make(AF_UNIX)
        defer { probe.close() }
        if unsafe probe.call(connect, &address, size) == 0 {
            throw StartFailure("another process is listening on \(path)")
        }
        if errno == ECONNREFUSED { unsafe unlink(path) }

        let socket = try make(AF_UNIX)
        // The mask is the process's own, and no other thread makes files at this point.
        let mask = umask(0o177)
        defer { umask(mask) }
        try socket.bindAndListen(&address, size, path)
        return socket
    }

    /// Listens on a TCP port of an IPv4 address; port 0 takes any free one.
    static func listening(host: String, port: Int) throws(StartFailure) -> Socket {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard let number = UInt16(exactly: port) else {
            throw StartFailure("\(port) is not a port, which is 0 to 65535")
        }
        address.sin_port = number.bigEndian
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw StartFailure("\(host) is not an IPv4 address, such as 127.0.0.1 or 0.0.0.0")
        }
        let socket = try make(AF_INET)
        socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        try socket.bindAndListen(&address, socklen_t(MemoryLayout<sockaddr_in>.size), "\(host):\(port)")
        return socket
    }

    private static func make(_ family: Int32) throws(StartFailure) -> Socket {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("making a socket") }
        return Socket(descriptor: descriptor)
    }

    private typealias AddressCall = (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32

    /// Calls `function` with an address of whatever family.
    private func call<Address>(_ function: AddressCall, _ address: inout Address, _ size: socklen_t) -> Int32 {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe function(descriptor, $0, size)
            }
        }
    }

    private func bindAndListen<Address>(
        _ address: inout Address, _ size: socklen_t, _ name: String
    ) throws(StartFailure) {
        guard unsafe call(bind, &address, size) == 0, listen(descriptor, Socket.backlogMax) == 0 else {
            let failure = StartFailure.system("listening on \(name)")
            close()
            throw failure
        }
    }

    /// The TCP port that a listener is on.
    var port: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// What came of waiting for a connection.
    enum Accepted {
        case connection(Socket)
        /// The listener was stopped.
        case stopped
        /// This connection could not be had; the next may. The text says why.
        case failed(String)
    }

    /// Waits for a connection.
    func accept() -> Accepted {
        let accepted = Glibc.accept(descriptor, nil, nil)
        if accepted >= 0 {
            let socket = Socket(descriptor: accepted)
            // Means nothing to a Unix socket, which refuses it harmlessly.
            socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
            return .connection(socket)
        }
        return errno == EINVAL || errno == EBADF ? .stopped : .failed(Socket.reason(errno))
    }

    // MARK: - Talking

    /// What came of waiting for bytes.
    enum Received {
        case bytes(Int)
        /// The other side will send no more, or is gone.
        case end
        case timedOut
    }

    /// Waits for bytes and puts them into `buffer` from `offset` on.
    func receive(into buffer: inout [UInt8], at offset: Int) -> Received {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { room in
                unsafe recv(descriptor, room.baseAddress.map { unsafe $0 + offset }, room.count - offset, 0)
            }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .timedOut : .end
        }
    }

    /// Sends all of `bytes`, usually in one system call; false when the other side is gone or does not read.
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                unsafe Glibc.send(
                    descriptor, room.baseAddress.map { unsafe $0 + sent }, room.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Bounds how long a call may wait for the other side.
    func setTimeout(seconds: Int) {
        let time = timeval(tv_sec: seconds, tv_usec: 0)
        set(SOL_SOCKET, SO_RCVTIMEO, time)
        set(SOL_SOCKET, SO_SNDTIMEO, time)
    }

    private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) {
        // An option that cannot be set costs speed or patience, not correctness.
        _ = unsafe withUnsafePointer(to: value) {
            unsafe setsockopt(descriptor, level, option, $0, socklen_t(MemoryLayout<Value>.size))
        }
    }

    // MARK: - Ending

    /// Ends waiting for bytes: what has arrived can still be read, then comes the end.
    func stopReceiving() { _ = shutdown(descriptor, Int32(SHUT_RD)) }

    /// Tells the other side that nothing more will come.
    func stopSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends waiting for connections.
    func stopListening() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { _ = Glibc.close(descriptor) }

    /// The system's words for an error number.
    static func reason(_ number: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
