// The last answers of one endpoint, kept in memory: errors apart, so that no flood of good answers drives them out.

import NIOConcurrencyHelpers
import PlumbEngine

/// Notes each answer to a caller who was let in. To note one allocates nothing once the rings are full.
final class RequestLog: Sendable {
    /// Answers that are kept of either sort.
    static let linesMax = 2000

    /// What is noted of one answer; written out as a line only for whoever looks.
    struct Entry {
        var number: RequestNumber
        var seconds: Double
        var caller: String?
        var revision: Int
        var worker: String?
        var status: Int
        var microseconds: Int
        var requestBytes: Int
        var answerBytes: Int
        var refusal: Refusal?
    }

    private struct Ring {
        private var entries: [Entry] = []
        private var oldest = 0

        mutating func add(_ entry: Entry) {
            if entries.count < RequestLog.linesMax {
                entries.append(entry)
            } else {
                entries[oldest] = entry
                oldest = (oldest + 1) % RequestLog.linesMax
            }
        }

        /// Oldest first.
        var all: [Entry] { Array(entries[oldest...] + entries[..<oldest]) }
    }
    private struct State {
        var good = Ring()
        var errors = Ring()
    }
    private let state = NIOLockedValueBox(State())

    func note(_ entry: Entry) {
        state.withLockedValue { state in
            if entry.status < 400 { state.good.add(entry) } else { state.errors.add(entry) }
        }
    }

    /// What is looked for, the newest first.
    func lines(of endpoint: String, _ search: RequestSearch) -> RequestLines {
        let (good, errors) = state.withLockedValue { ($0.good.all, $0.errors.all) }
        let candidates = (search.errorsOnly ? errors : good + errors).sorted { $0.seconds > $1.seconds }
        let found = candidates.lazy.map { $0.line }.filter { search.isMet(by: $0) }
        return RequestLines(
            endpoint: endpoint, lines: Array(found.prefix(search.limit)), since: good.first?.seconds,
            errorsSince: errors.first?.seconds)
    }
}

extension RequestLog.Entry {
    fileprivate var line: RequestLine {
        RequestLine(
            id: number.text, at: seconds, caller: caller, revision: revision > 0 ? revision : nil, worker: worker,
            status: status, milliseconds: Double(microseconds) / 1000, requestBytes: requestBytes,
            answerBytes: answerBytes, errorType: refusal?.type, reason: refusal?.message)
    }
}
