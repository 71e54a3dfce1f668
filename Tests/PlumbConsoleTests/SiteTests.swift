// The console's parts by themselves: sessions, the order of judging, charts, forms, and what strangers may be called.

import Foundation
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbConsole

struct SiteTests {
    @Test func whatASearchOfTheAuditRecordSkipsCouldNotHaveMetIt() throws {
        var search = AuditSearch()
        #expect(search.words.isEmpty)
        (search.actor, search.action, search.endpoint, search.outcome) = ("ann", "deploy", "digits", .done)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for (actor, action, subject) in [
            ("ann", "deploy", "endpoint/digits"), ("ann", "deploy.more", "endpoint/digits/x"),
            ("ann", "deploy", "endpoint/digits2"), ("anne", "deploy", "endpoint/digits"),
            ("ann", "rollback", "endpoint/digits"), ("b", "deploy", "endpoint/digits"),
        ] {
            let entry = AuditEntry(at: 0, actor: actor, action: action, subject: subject)
            let text = String(decoding: try encoder.encode(entry), as: UTF8.self)
            #expect(!search.isMet(by: entry) || search.words.allSatisfy(text.contains), "\(text)")
        }
        #expect(search.words.count == 4)
        // What JSON may write in several ways is left to the search itself.
        (search.actor, search.action, search.endpoint, search.outcome) = ("a\"b", "ü", "a/b", nil)
        #expect(search.words.isEmpty)
    }

    // MARK: - Sessions

    @Test func aLinkOpensTheConsoleOnceAndNotForLong() throws {
        var book = SessionBook()
        let first = book.makeLink(for: "ada", at: 100)
        let code = try #require(first)
        #expect(code.count == 64)
        let uses = ["another", code, code].map { book.useLink($0, at: 101) }
        #expect(uses == [nil, "ada", nil])
        let second = book.makeLink(for: "ada", at: 100)
        let late = book.useLink(try #require(second), at: 100 + SessionBook.linkSecondsMax)
        #expect(late == nil)
        let many = (0...SessionBook.linksMax).map { _ in book.makeLink(for: "ada", at: 300) }
        #expect(many.dropLast().allSatisfy { $0 != nil } && many.last == .some(nil))
    }

    @Test func aSessionEndsByItselfAndByHand() throws {
        var book = SessionBook()
        let opened = book.open(.token("t"), at: 0)
        let session = try #require(opened)
        #expect(book.session(session.id, at: 10) == session)
        #expect(book.session(session.id, at: SessionBook.sessionSecondsMax) == nil)
        #expect(book.session(session.formToken, at: 10) == nil)
        book.tell(Notice(text: "once"), to: session.id)
        let told = (0..<2).map { _ in book.takeNotice(of: session.id)?.text }
        #expect(told == ["once", nil])
        book.close(session.id)
        #expect(book.session(session.id, at: 10) == nil)
        let many = (0...SessionBook.sessionsMax).map { _ in book.open(.token("t"), at: 0) }
        #expect(many.dropLast().allSatisfy { $0 != nil } && many.last == .some(nil))
        let later = book.open(.token("t"), at: SessionBook.sessionSecondsMax)
        #expect(later != nil)
    }

    // MARK: - The board

    @Test func whatHasChangedIsJudgedBeforeWhatHasWaited() {
        var schedule = BoardSchedule()
        var marks = ["a": BoardSchedule.Mark(active: 1, rollouts: 1), "b": .init(active: 1, rollouts: 1)]
        func judge(_ seconds: [Double]) -> [String?] { seconds.map { schedule.next(of: marks, at: $0) } }
        let first = judge([0, 1, 2])
        #expect(first == ["a", "b", nil])
        marks["b"]?.rollouts = 2
        let changed = judge([3, 6, 59, 60])
        #expect(changed == [nil, "b", nil, "a"])
        marks["a"] = nil
        let left = judge([66])
        #expect(left == ["b"])
    }

    @Test func withManyEndpointsEachHasItsTurn() {
        var schedule = BoardSchedule()
        let names = (0..<200).map { "e\($0)" }
        let marks = Dictionary(uniqueKeysWithValues: names.map { ($0, BoardSchedule.Mark(active: 1, rollouts: 1)) })
        var judged: [String: Int] = [:]
        for second in stride(from: 0.0, to: 1800, by: 2) {
            if let name = schedule.next(of: marks, at: second) { judged[name, default: 0] += 1 }
        }
        #expect(judged.count == 200)
        #expect(judged.values.allSatisfy { (2...4).contains($0) })
    }

    @Test func judgingLeavesTheMachineToOthers() {
        #expect(BoardSchedule.restSeconds(after: 0.05, isFirst: true) == 0.05)
        #expect(abs(BoardSchedule.restSeconds(after: 0.05, isFirst: false) - 4.95) < 1e-9)
        #expect(BoardSchedule.restSeconds(after: 60, isFirst: false) == 900)
    }

    // MARK: - Charts

    @Test func aChartDrawsGapsLimitsAndLonelyPoints() {
        let chart = Chart(
            "Errors", unit: "%", [.init(name: "r1", values: [0, nil, 2, nil, 4, 4])], limits: [("alarm above", 1)],
            end: 1_764_414_000, stepSeconds: 10)
        #expect(chart.series.map(\.path) == ["M0 100h2M118 54.5h2M240 9.1L300 9.1"])
        #expect(chart.alarms.map(\.y) == ["77.3"] && chart.alarms.map(\.name) == ["alarm above 1 %"])
        #expect(chart.latest == "4 %" && chart.most == "4.4 %")
        #expect(chart.until == "11:00" && chart.from == "10:59")
        #expect(chart.summary == "Errors from 10:59 to 11:00 UTC: highest 4 %, now 4 %, alarm above 1 %")
        // A whole day begins and ends at the same time of day.
        let day = Chart(
            "Errors", unit: "%", [.init(name: "r1", values: [1, 1])], end: 1_764_414_000, stepSeconds: 43_200)
        #expect(day.from == "11-28 11:00" && day.until == "11:00")
        let empty = Chart("Errors", unit: "%", [.init(name: "r1", values: [nil, nil])], end: 0, stepSeconds: 10)
        #expect(empty.latest == nil && empty.series.map(\.path) == [""])
        let odd = Chart("x", unit: "", [.init(name: "r1", values: [.infinity, -5, 1e300])], end: .nan, stepSeconds: 1)
        #expect(!odd.series[0].path.isEmpty)
    }

    // MARK: - Words

    @Test func momentsAreThoseOfTheCalendar() {
        #expect(Moment(0).text == "1970-01-01 00:00:00")
        #expect(Moment(1_764_413_999.9).iso == "2025-11-29T10:59:59Z")
        #expect(Moment(-1).text == "1969-12-31 23:59:59")
        #expect(Moment(.nan).text == "1970-01-01 00:00:00")
        #expect(PageWords.number(2.345) == "2.35" && PageWords.number(3) == "3" && PageWords.number(.nan) == "–")
    }

    @Test func capturesShowTheShapeOfWhatCameAlone() throws {
        let line: [String: Any] = [
            "captureData": [
                "endpointInput": ["data": "Ada, 36", "observedContentType": "text/csv", "encoding": "CSV"],
                "endpointOutput": ["data": "QURB", "observedContentType": "x", "encoding": "BASE64"],
            ], "eventMetadata": ["eventId": "e1", "inferenceTime": "2026-11-29T11:00:00Z"],
        ]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
        let page = CapturesPage(of: "digits", lines: text + "\nno json Ada")
        #expect(page.captures.map(\.input) == ["text/csv\nxxx, 99"])
        #expect(page.captures.map(\.output) == ["x\n4 bytes of BASE64"])
    }

    @Test func whatTurnsTheDirectionOfWritingIsTakenOut() {
        func made(_ text: String) -> String { String(decoding: HarmlessText.make(text), as: UTF8.self) }
        #expect(made("plain ✓ ü 😀\n") == "plain ✓ ü 😀\n")
        #expect(!made("a\u{202E}b").unicodeScalars.contains("\u{202E}"))
        for harmful in ["\u{202E}", "\u{2066}", "\u{200F}", "\u{061C}", "\u{0085}", "\u{2028}", "\u{7F}", "\u{1B}"] {
            let bytes = HarmlessText.make("x\(harmful)y")
            #expect(bytes.first == UInt8(ascii: "x") && bytes.last == UInt8(ascii: "y"))
            #expect(bytes.dropFirst().dropLast().allSatisfy { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: " ") })
        }
    }

    @Test func anAuditSearchHasToFitInAllThatItNames() {
        let entry = AuditEntry(
            at: 100, actor: "ada", action: "rollout.promote", subject: "endpoint/digits/revision/2",
            details: ["reason": "Looks Right"])
        var search = AuditSearch()
        #expect(search.isMet(by: entry))
        (search.actor, search.action, search.endpoint, search.text) = ("ada", "rollout", "digits", "looks right")
        (search.outcome, search.since) = (.done, 100)
        #expect(search.isMet(by: entry))
        for change: (inout AuditSearch) -> Void in [
            { $0.actor = "ben" }, { $0.action = "roll" }, { $0.endpoint = "dig" }, { $0.text = "wrong" },
            { $0.outcome = .denied }, { $0.since = 101 },
        ] {
            var other = search
            change(&other)
            #expect(!other.isMet(by: entry))
        }
    }

    // MARK: - Forms

    @Test func aFormIsReadAsBrowsersWriteIt() {
        let form = SiteRoutes.read(form: "reason=a+b%26c&revision=&reason=second&broken&x=%zz")
        #expect(form == ["reason": "a b&c", "revision": "", "x": ""])
    }

    @Test(arguments: [
        ("rollback", "endpoint=a%2Fb&reason=x", "POST /v1/endpoints/a%2Fb/rollback {\"reason\":\"x\"}"),
        (
            "rollback", "endpoint=d&reason=x&revision=2",
            "POST /v1/endpoints/d/rollback {\"reason\":\"x\",\"revision\":2}"
        ),
        (
            "steer", "endpoint=d&reason=x&command=pause",
            "POST /v1/endpoints/d/rollout {\"command\":\"pause\",\"reason\":\"x\"}"
        ),
        ("scale", "endpoint=d&reason=x&count=3", "POST /v1/endpoints/d/scale {\"count\":3,\"reason\":\"x\"}"),
        (
            "hours", "endpoint=d&reason=x&order=park",
            "POST /v1/endpoints/d/spending {\"order\":\"park\",\"reason\":\"x\"}"
        ),
        ("approve", "plan=p&reason=x", "POST /v1/access {\"approve\":{\"plan\":\"p\",\"reason\":\"x\"}}"),
        ("reject", "plan=p&reason=x", "POST /v1/access {\"reject\":{\"plan\":\"p\",\"reason\":\"x\"}}"),
        ("revokeKey", "id=PLMB", "DELETE /v1/access-keys/PLMB "),
        ("issueToken", "user=ada&minutes=5", "POST /v1/access {\"issueToken\":{\"seconds\":300,\"user\":\"ada\"}}"),
    ])
    func aFormIsACallOfTheControlAPI(action: String, form: String, call: String) throws {
        let wish = try SiteActions.read(
            action, SiteRoutes.read(form: form), by: Principal.owner(named: "ada"))
        #expect("\(wish.method) \(wish.uri) \(String(decoding: wish.body, as: UTF8.self))" == call)
        // What was written is what the API reads.
        #expect(throws: Never.self) { try ControlWish(method: wish.method, uri: wish.uri, body: wish.body) }
    }

    @Test(arguments: [
        ("rollback", "endpoint=d"), ("rollback", "reason=x"), ("rollback", "endpoint=d&reason=x&revision=two"),
        ("steer", "endpoint=d&reason=x&command=stop"), ("scale", "endpoint=d&reason=x&count="), ("approve", "plan=p"),
        ("hours", "endpoint=d&reason=x&order=sell"),
        ("issueToken", "user=a&minutes=100000"), ("issueToken", "user=a&minutes=9223372036854775807"),
        ("grant", "user=a&role=god"), ("grant", "user=a&role=viewer&condition=moon=full"), ("unknown", ""),
    ])
    func aFormThatLacksSomethingIsRefused(action: String, form: String) {
        #expect(throws: PlumbError.self) {
            try SiteActions.read(action, SiteRoutes.read(form: form), by: Principal.owner(named: "ada"))
        }
    }

    @Test func anEventIsWrittenLineByLine() {
        let event = SiteStream.event("part", Array("<p>\na\n".utf8))
        #expect(String(buffer: event) == "event: part\ndata: <p>\ndata: a\ndata: \n\n")
    }
}
