// plumb doctor: looks at the machine, and says what to do.

import ArgumentParser
import Foundation
import PlumbModel

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at this machine, and say what an engine would lack on it.",
        discussion: """
            Examples:
              plumb doctor                    before the first plumb up, and when something is odd
              plumb doctor --format json      for programs

            Nothing is changed, and nothing is sent anywhere.
            Exit codes: 0 an engine can run here, 1 it cannot.
            """)

    @Option(help: "The address that plumb up would listen on.") var host = "127.0.0.1"
    @Option(help: "The port that plumb up would listen on.") var port = 8443
    @Option(help: "The engine's folder (default: $PLUMB_HOME, else .plumb).") var home: String?
    @OptionGroup var format: FormatOption

    private struct Report: Encodable {
        var schema = "plumbline.doctor/1"
        var version = Composition.version
        var examinations: [Examination]
    }

    func run() async throws {
        let found = await Doctor(home: Composition.home(home), host: host, port: port).examine()
        if format.format == .json {
            try Terminal.printJSON(Report(examinations: found))
        } else {
            print(Self.text(found, colours: Terminal.wantsColours))
        }
        if found.contains(where: { $0.verdict == .failed }) { throw ExitCode(1) }
    }

    static func text(_ found: [Examination], colours: Bool) -> String {
        let width = found.map(\.name.count).max() ?? 0
        var lines: [String] = []
        for one in found {
            let colour: (String, String) =
                switch one.verdict {
                case .ok: ("\u{1B}[32m", "ok     ")
                case .warning: ("\u{1B}[33m", "warning")
                case .failed: ("\u{1B}[31m", "failed ")
                case .unknown: ("\u{1B}[36m", "unknown")
                }
            let word = colours ? "\(colour.0)\(colour.1)\u{1B}[0m" : colour.1
            lines.append("\(word)  \(one.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(one.found)")
            if let remedy = one.remedy { lines.append(String(repeating: " ", count: width + 11) + "do: \(remedy)") }
        }
        return lines.joined(separator: "\n")
    }
}
