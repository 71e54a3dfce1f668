// What a person sees: colours only on a terminal, errors with their hint, progress that does not fill files.

import Foundation
import PlumbModel

/// The terminal at hand.
enum Terminal {
    /// Whether standard output is a terminal that wants colours (https://no-color.org).
    static var wantsColours: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
            && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return min(max(Int(size.ws_col), 60), 140)
    }

    /// Whether a person reads standard error, so that progress may be shown there.
    static var showsProgress: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Whether somebody is there to answer a question.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// A line on standard output at once: whoever follows long work through a pipe reads it as it happens.
    static func say(_ text: String, terminator: String = "\n") {
        FileHandle.standardOutput.write(Data((text + terminator).utf8))
    }

    /// A line that the person types; nil where the input has ended.
    static func answer(to question: String) -> String? {
        FileHandle.standardError.write(Data(question.utf8))
        return readLine()
    }

    static func printError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// An error in one line, and its hint in another.
    static func complain(_ error: PlumbError) {
        var text = error.place.map { "\($0): " } ?? ""
        text += "error: \(error.message)"
        if let cause = error.cause { text += " (\(cause))" }
        printError(text)
        if let hint = error.hint { printError("  hint: \(hint)") }
    }

    /// What was odd about the input, all of it.
    static func tell(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            let place = diagnostic.place.map { "\($0): " } ?? ""
            printError("\(place)\(diagnostic.severity.rawValue): \(diagnostic.message)")
            if let hint = diagnostic.hint { printError("  hint: \(hint)") }
        }
    }

    /// A value as JSON with sorted keys.
    static func printJSON(_ value: some Encodable) throws { print(try json(value)) }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
