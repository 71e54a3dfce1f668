// What long work is at, for a person who waits; nothing for programs, nor for work that is over at once.

import Foundation

/// One line on standard error that is written over, and cleared at the end.
struct Progress {
    private static let patience = Duration.seconds(1)
    private let started = ContinuousClock.now
    private var isShown = false

    /// Tells what is done next, once the work has taken longer than a person waits without asking.
    mutating func say(_ text: @autoclosure () -> String) {
        guard Terminal.showsProgress, ContinuousClock.now - started > Self.patience else { return }
        isShown = true
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text())".utf8))
    }

    mutating func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        isShown = false
    }
}
