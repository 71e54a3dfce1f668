// plumb logs: the last requests of an endpoint by name, errors first to find.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show an endpoint's last requests: when, whose, by which instance, with which outcome.",
        discussion: """
            Every answer names its request in x-amzn-requestid: --id finds it, or those
            whose names begin so. What was in a request is never shown. Of each endpoint
            the last 2,000 errors are kept and the last 2,000 other answers, since the
            engine's start; PLUMB_ACCESS_LOG keeps more. docs/OBSERVABILITY.md

            Examples:
              plumb logs digits --errors
              plumb logs digits --id 1f0c2a77
              plumb logs digits --last 20 --format json
            """)

    @Argument(help: "The endpoint.") var endpoint: String
    @Option(help: "A request's name, or how it begins.") var id: String?
    @Flag(help: "Only what was answered with 400 or more.") var errors = false
    @Option(help: "How many to show, the newest.") var last = 50
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (1...RequestSearch.limitMax).contains(last) else {
            throw ValidationError("--last takes 1 to \(RequestSearch.limitMax)")
        }
    }

    func run() async throws {
        let found = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.requests(of: endpoint, RequestSearch(id: id, errorsOnly: errors, limit: last))
        }
        if let id, found.lines.isEmpty {
            let since = found.since.map { "good answers since \(TimeText.text(of: $0))" } ?? "no good answer"
            let errors = found.errorsSince.map { "errors since \(TimeText.text(of: $0))" } ?? "no error"
            throw PlumbError(
                .notFound, "no request of \(endpoint) begins with '\(id.prefix(60))': \(since) and \(errors) are kept",
                hint: "the x-amzn-requestid of the answer is its name; older ones are in the file of PLUMB_ACCESS_LOG")
        }
        if format.format == .json { return try Terminal.printJSON(found) }
        // As a terminal is read: the newest last.
        for line in found.lines.reversed() { print(Self.text(line)) }
        if found.lines.isEmpty {
            print(errors ? "no error is kept" : "no request was answered since the engine's start")
        }
    }

    static func text(_ line: RequestLine) -> String {
        let milliseconds = (line.milliseconds * 10).rounded() / 10
        var text = "\(TimeText.text(of: line.at))  \(line.id)  \(line.status)  \(milliseconds) ms"
        text += "  \(line.revision.map { "r\($0)" } ?? "-")  \(line.worker ?? "-")  \(line.caller ?? "-")"
        if let type = line.errorType { text += "  \(type): \(line.reason ?? "")" }
        return text
    }
}
