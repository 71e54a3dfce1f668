// The last requests of an endpoint: what is kept of them, and for how long.

import PlumbEngine
import Testing

@testable import PlumbLocal

struct RequestLogTests {
    private func entry(_ second: Double, status: Int = 200) -> RequestLog.Entry {
        RequestLog.Entry(
            number: RequestNumber(), seconds: second, caller: "ada", revision: status < 500 ? 1 : 0, worker: "a-1",
            status: status, microseconds: 1500, requestBytes: 10, answerBytes: 20,
            refusal: status < 400 ? nil : .unavailable("nobody answers"))
    }

    @Test func theNewestComeFirstAndErrorsAreNotDrivenOut() {
        let log = RequestLog()
        log.note(entry(1, status: 503))
        for second in 2..<(RequestLog.linesMax + 102) { log.note(entry(Double(second))) }
        let all = log.lines(of: "digits", RequestSearch(limit: 3))
        #expect(all.lines.map(\.at) == [2101, 2100, 2099] && all.since == 102 && all.errorsSince == 1)
        let errors = log.lines(of: "digits", RequestSearch(errorsOnly: true)).lines
        #expect(errors.map(\.at) == [1] && errors[0].errorType == "ServiceUnavailable" && errors[0].revision == nil)
        #expect(all.lines[0].milliseconds == 1.5 && all.lines[0].errorType == nil && all.lines[0].caller == "ada")
    }

    @Test func aRequestIsFoundByItsNameAndByTheBeginningOfIt() {
        let log = RequestLog()
        let wanted = entry(5)
        for second in 0..<50 { log.note(entry(Double(second))) }
        log.note(wanted)
        let name = wanted.number.text
        #expect(log.lines(of: "digits", RequestSearch(id: name)).lines.map(\.id) == [name])
        #expect(log.lines(of: "digits", RequestSearch(id: name.uppercased())).lines.map(\.id) == [name])
        #expect(log.lines(of: "digits", RequestSearch(id: String(name.prefix(18)))).lines.map(\.id) == [name])
        #expect(log.lines(of: "digits", RequestSearch(id: "nothing")).lines.isEmpty)
        #expect(log.lines(of: "digits", RequestSearch(id: name, errorsOnly: true)).lines.isEmpty)
    }

    @Test func aSearchHasALimit() {
        #expect(RequestSearch(limit: 1_000_000).limit == RequestSearch.limitMax && RequestSearch(limit: -1).limit == 1)
        #expect(RequestSearch(id: "").id == nil)
    }
}
