// The last requests of an endpoint by name: a search that works without a script, errors first to find.

import PlumbEngine

struct RequestsPage: Page {
    static let template = "requests"
    struct Line: Sendable {
        let id: String
        let at: Moment
        let kind: String
        let symbol: String
        let status: Int
        let trouble: String?
        let revision: String
        let worker: String
        let caller: String
        let took: String
        let request: String
        let answer: String

        init(_ line: RequestLine) {
            (id, at, status) = (line.id, Moment(line.at), line.status)
            // An error of the client's is no fault of the endpoint's.
            (kind, symbol) =
                line.status >= 500 || line.status == 424
                ? ("fails", "✗") : line.isError ? ("unknown", "!") : ("holds", "✓")
            trouble = line.errorType.map { "\($0): \(PageWords.clipped(line.reason ?? "", to: 200))" }
            revision = line.revision.map { "r\($0)" } ?? "–"
            (worker, caller) = (line.worker ?? "–", line.caller ?? "–")
            took = PageWords.number(line.milliseconds, "ms")
            (request, answer) = (PageWords.bytes(line.requestBytes), PageWords.bytes(line.answerBytes))
        }
    }
    let title: String
    let name: String
    let path: String
    let id: String
    let isErrors: Bool
    let found: String
    let kept: String
    let hasLines: Bool
    let lines: [Line]
    /// Lines on one page.
    static let linesMax = 100

    init(_ search: RequestSearch, _ found: RequestLines) {
        name = found.endpoint
        title = "Requests of \(found.endpoint)"
        path = PageWords.escaped(found.endpoint)
        (id, isErrors) = (search.id ?? "", search.errorsOnly)
        lines = found.lines.map { Line($0) }
        hasLines = !lines.isEmpty
        let noun = search.errorsOnly ? "error" : "request"
        self.found =
            lines.count == search.limit
            ? "The newest \(lines.count) \(noun)s that fit, the newest first"
            : "\(PageWords.counted(lines.count, noun)), the newest first"
        let errors = found.errorsSince.map { "errors since \(Moment($0).text)" } ?? "no error"
        let good = found.since.map { "other answers since \(Moment($0).text)" } ?? "no other answer"
        kept = "Kept from the engine's start on: \(errors), \(good); never what was in them."
    }
}
