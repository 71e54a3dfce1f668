// The process around the server: signals, standard input, exit codes.

import Glibc

/// What the server needs of its process besides sockets: threads, signals, the standard streams and the environment.
enum HostProcess {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` on a thread of its own; false when the system has no thread left.
    static func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(body))
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, work.toOpaque())
        guard failure == 0 else {
            unsafe work.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private static var stopSignals: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT] { unsafe sigaddset(&signals, signal) }
        return signals
    }

    /// Keeps the stop signals for `waitForStopSignal`, and a broken pipe from ending the process. To be called before
    /// any other thread is started, because threads inherit it.
    static func holdSignals() {
        var signals = stopSignals
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for SIGTERM or SIGINT and returns its name.
    static func waitForStopSignal() -> String {
        var signals = stopSignals
        var caught: Int32 = 0
        while unsafe sigwait(&signals, &caught) != 0 {}
        return caught == SIGINT ? "SIGINT" : "SIGTERM"
    }

    /// Waits until standard input ends, which it does when the process that holds its other end does.
    static func waitForInputEnd() {
        var bytes = [UInt8](repeating: 0, count: 512)
        while true {
            let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
            if count == 0 || (count < 0 && errno != EINTR) { return }
        }
    }

    /// Writes to standard error, as well as it can be done: there is nowhere to tell of a failure.
    static func writeError(_ bytes: [UInt8]) {
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }

    /// The value of an environment variable.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    /// Removes a file that may be gone already.
    static func removeFile(_ path: String) { unsafe unlink(path) }

    /// The contents of a file, or why it cannot be read.
    static func contents(of path: String) throws(StartFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("reading \(path)") }
        defer { _ = close(descriptor) }
        var contents: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &part, part.count)
            if count == 0 { return contents }
            if count > 0 {
                contents += part[..<count]
            } else if errno != EINTR {
                throw .system("reading \(path)")
            }
        }
    }

    static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    /// Ends at once, while other threads are at work that nothing is to be heard of any more.
    static func abandon(_ status: Int32) -> Never { _exit(status) }
}
