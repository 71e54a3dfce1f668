// What code may not do: crash, swallow, promise for later, read the clock where time is an argument.

/// Constructs that are not used, and places where some are.
enum CraftLaws {
    private struct Rule {
        let pattern: Pattern
        let message: String
    }

    private static let everywhere: [Rule] = [
        Rule(pattern: #"\btry!"#, message: "try! crashes; throw a PlumbError"),
        Rule(pattern: #"\bas!"#, message: "as! crashes; use as? and say what else it may be"),
        Rule(
            pattern: #"\bfatalError\b"#, message: "fatalError crashes; throw, or state a precondition"),
        Rule(pattern: #"[\w)\]]!(?![=\w])"#, message: "a forced unwrap crashes; use guard let"),
        Rule(
            pattern: #"\bTask\s*(\(.*\)\s*)?\{|\bTask\.detached\b|\bTask\.init\b"#,
            message: "a bare Task is nobody's; use a Service or a task group"),
    ]

    /// Every breach of a construct that is used nowhere under Sources.
    static func constructBreaches(in file: SourceFile) -> [Breach] {
        everywhere.flatMap { rule in file.lines(with: rule.pattern).map { file.breach($0, rule.message) } }
            + swallowed(in: file) + promised(in: file)
    }

    /// `try?` is followed, or preceded, by a comment that says why the loss is harmless.
    private static func swallowed(in file: SourceFile) -> [Breach] {
        let comment: Pattern = #"^\s*// "#
        return file.lines(with: #"\btry\?"#).filter { index in
            let isSaidHere = file.lines[index].contains("// ")
            let isSaidAbove = index > 0 && comment.isIn(file.lines[index - 1])
            return !isSaidHere && !isSaidAbove
        }.map { file.breach($0, "try? swallows an error; say beside it why the loss is harmless, or catch it") }
    }

    private static let promises: Pattern =
        #"\b(TODO|FIXME|XXX|HACK)\b|(?i:\b(placeholder|stub|stubbed|for now|not yet implemented|to be implemented)\b)"#

    /// What is there is finished; what is not there is not announced.
    private static func promised(in file: SourceFile) -> [Breach] {
        file.lines.indices.filter { promises.isIn(file.lines[$0]) }.map {
            let word = promises.first(in: file.lines[$0]) ?? ""
            return file.breach($0, "'\(word)' promises something for later; do it or take it out")
        }
    }

    private static let clock = Pattern(
        stringLiteral: #"\bDate\(\)|\bDate\.now\b|\b(Continuous|Suspending)Clock\b|\.now\b(?!\s*\()"#
            + #"|\bclock_gettime\b|\bgettimeofday\b|\bDispatchTime\b|\bsystemUptime\b"#)

    /// A machine is handed the time and never waits.
    static func machineBreaches(in file: SourceFile) -> [Breach] {
        guard file.name.hasSuffix("Machine.swift") else { return [] }
        let waits: Pattern = #"\basync\b|\bawait\b|\bactor\b"#
        return file.lines(with: waits).map { file.breach($0, "a machine does not wait; its runner does") }
            + file.lines(with: clock).map { file.breach($0, "a machine is handed the time as an argument") }
    }

    static let pureRooms: Set<String> = ["PlumbModel", "PlumbPolicy", "PlumbFormats", "PlumbReport"]
    private static let outerWorld = Pattern(
        stringLiteral: #"\b(FileManager|FileHandle|ProcessInfo|URLSession|URLRequest|NWConnection|UserDefaults)\b"#
            + #"|\b(Process|Pipe|CommandLine)\b|\b(fopen|open|getenv|setenv|socket|popen|system)\("#
            + #"|\b(String|Data)\(contentsOf"#)

    /// The rooms that only think read no clock, file, environment or network.
    static func purityBreaches(in file: SourceFile) -> [Breach] {
        guard pureRooms.contains(file.target) else { return [] }
        return file.lines(with: clock).map {
            file.breach($0, "\(file.target) reads no clock; take the time as an argument")
        }
            + file.lines(with: outerWorld).map {
                file.breach($0, "\(file.target) reads no file, environment or network; take the content as an argument")
            }
    }

    /// Tests that await a real process may sleep between two looks at it.
    static let mayPoll: Set<String> = [
        "PlumbLocalTests", "OnnxRuntimeTests", "EndToEndTests", "PlumbConsoleTests", "RenderedToolsTests",
    ]

    static func sleepBreaches(in file: SourceFile) -> [Breach] {
        guard !mayPoll.contains(file.target) else { return [] }
        return file.lines(with: #"\b(Thread|Task)\.sleep\b|\busleep\(|\bsleep\("#).map {
            file.breach($0, "a test does not sleep; turn the time by hand")
        }
    }
}
