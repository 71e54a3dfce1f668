// A drill in a process of its own, as somebody at the terminal would run it.

import Foundation

/// Runs `plumb drill`; what it measured goes into the audit record.
struct DrillProcess {
    var home: String
    /// What closes the key rings; nil where nothing does.
    var passphrase: String?
    /// Of what a drill said, what is kept.
    private static let outputMax = 2000

    /// The words come behind `plumb drill KIND --record`.
    func run(_ kind: String, _ words: [String] = []) async throws -> (succeeded: Bool, text: String) {
        var environment = ProcessInfo.processInfo.environment.filter { $0.key != "PLUMB_ENGINE_URL" }
        if let passphrase { environment["PLUMB_PASSPHRASE"] = passphrase }
        let run = try await Program.run(
            Composition.executablePath, ["drill", kind, "--record", "--home", home] + words, environment: environment)
        let text = (run.output + run.errors).trimmingCharacters(in: .whitespacesAndNewlines)
        return (run.status == 0, String(text.suffix(Self.outputMax)))
    }
}
