// The gateway's listening socket, held beside the event loops so that it outlives them.

import Glibc
public import PlumbModel

/// Opens it, and finds one that was given to this process.
public enum ListeningSocket {
    /// Connections that may wait to be accepted.
    static let backlogMax: Int32 = 1024

    /// Binds and listens; answers the descriptor, which programs that are started do not get by themselves. Port 0
    /// chooses a free one. Throws `conflict` when the port is taken, `invalidInput` for a host that is not here.
    public static func open(host: String, port: Int) throws(PlumbError) -> Int32 {
        var found: UnsafeMutablePointer<addrinfo>?
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found?.pointee else {
            throw PlumbError(.invalidInput, "'\(host)' is no address of this machine", hint: "--host 127.0.0.1")
        }
        defer { unsafe freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(bitPattern: SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(address.ai_family, type, 0)
        guard descriptor >= 0 else { throw failure(host, port) }
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, backlogMax) == 0
        else {
            let error = failure(host, port)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func failure(_ host: String, _ port: Int) -> PlumbError {
        PlumbError(
            .conflict, "cannot listen on \(host):\(port): \(unsafe String(cString: strerror(errno)))",
            hint: "is another plumb running here? plumb status shows it; --port chooses another port")
    }

    /// Standard input, where that is a socket that listens: a supervisor has opened it and keeps it.
    static func given() -> Int32? {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0, isListening != 0 else {
            return nil
        }
        return 0
    }

    /// Another descriptor of the same socket, for an event loop to close when it is done.
    static func duplicate(_ descriptor: Int32) throws(PlumbError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw PlumbError(.internalFault, "no descriptor is left for the listening socket") }
        return copy
    }
}
