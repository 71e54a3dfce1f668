// What one daemon leaves to the next when it is replaced in place: the listening socket and the workers.
//
// The daemon becomes the next one by exec: the process and its children stay, the program is new. What is handed over
// are open descriptors, and an environment variable that says which is what.

import Foundation
import Glibc
import PlumbModel

/// A worker's process, as the next daemon goes on with it.
struct AdoptedWorker: Sendable, Hashable, Codable {
    var endpoint: String
    var revision: Int
    var number: Int
    var zone: String
    var processID: Int32
    /// The daemon's end of the worker's standard input.
    var pipe: Int32
    /// Of a program that speaks TCP.
    var port: Int?
    var startSeconds: Double?
}

/// All that is handed over.
struct Handover: Sendable, Hashable, Codable {
    private static let variable = "PLUMB_HANDOVER"
    var listener: Int32
    var workers: [AdoptedWorker]

    /// What an earlier daemon left to this process; taken out of the environment, because it is good for once.
    static func received() throws(PlumbError) -> Handover? {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return nil }
        unsafe unsetenv(variable)
        do {
            return try JSONDecoder().decode(Handover.self, from: Data(text.utf8))
        } catch {
            throw PlumbError(.internalFault, "what the earlier daemon has handed over cannot be read", cause: error)
        }
    }

    /// Becomes another program, with the descriptors that are handed over and no others. Returns only by throwing.
    func become(_ executable: String, arguments: [String]) throws -> Never {
        let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        let kept = Set([listener] + workers.map(\.pipe))
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, kept.contains(descriptor) ? 0 : FD_CLOEXEC)
        }
        // A thread of the pool blocks signals, and what is blocked stays blocked in the next program.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        for signal in [SIGTERM, SIGINT, SIGUSR2, SIGCHLD] { _ = Glibc.signal(signal, SIG_DFL) }
        unsafe setenv(Self.variable, text, 1)
        var words = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
        unsafe execv(executable, &words)
        throw PlumbError(
            .internalFault, "\(executable) cannot take over: \(unsafe String(cString: strerror(errno)))")
    }
}
