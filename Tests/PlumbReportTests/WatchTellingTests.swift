// News, metrics and findings as they are written.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct WatchTellingTests {
    private func change() -> WatchNews {
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [Sample.none])
        return machine.tick(at: 1_764_352_107, [Sample.many])[0]
    }

    @Test func newsAreToldInTextAndInOneLineOfJSON() throws {
        let news = change()
        expectGolden(NewsReport.text(news), "watch.txt")
        let line = NewsReport.json(news)
        #expect(!line.contains("\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "plumbline.watch/1")
        #expect(object["event"] as? String == "changed" && object["time"] as? String == "2025-11-28T17:48:27Z")
        #expect((object["new"] as? [Any])?.count == 2 && object["newCount"] as? Int == 2)
        #expect((object["verdicts"] as? [String: String])?["OPS-1"] == "fails")
    }

    @Test func aBoardIsTheHeadOfAReport() {
        let board = NewsReport.text(.board(of: Sample.one, at: 0))
        #expect(board.contains("OPS-1") && board.contains("policies") && !board.contains("ErrorRateAlarm"))
    }

    @Test func metricsFollowPrometheusFormat() throws {
        var metrics = WatchMetrics(version: "1")
        var hostile = Sample.many
        hostile.path = "a\"b\\c\nd"
        metrics.saw([hostile])
        (metrics.looks, metrics.lookErrors) = (3, 1)
        metrics.lastSuccessAt = 1_764_352_107.5
        metrics.deliveries["sns"] = .init()
        let text = PrometheusReport.text(metrics)
        expectGolden(text, "watch.prom")
        let sample = try Regex(
            #"^[a-z_]+(\{[a-z_]+="([^"\\\n]|\\["\\n])*"(,[a-z_]+="([^"\\\n]|\\["\\n])*")*\})? [0-9.e+-]+$"#)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(try sample.wholeMatch(in: String(line)) != nil, "\(line)")
        }
        // Each policy has one verdict.
        let ones = text.split(separator: "\n").filter { $0.hasPrefix("plumb_policy_verdict") && $0.hasSuffix(" 1") }
        #expect(ones.count == Sample.many.policies.count)
        #expect(text.hasSuffix("\n"))
    }

    @Test func failuresAreToldToSecurityHubOnceAndArchivedWhenTheyGo() throws {
        let owner = SecurityAccount(partition: "aws", region: "eu-west-1", account: "123456789012")
        var machine = WatchMachine()
        var ledger = SecurityLedger()
        _ = machine.tick(at: 0, [Sample.many])
        let due = ledger.due(machine.failures, in: owner, at: 10)
        #expect(due.count == 2 && Set(due.map(\.id)).count == 2)
        // One of them was refused: it is due again, alone.
        ledger.imported([due[0].identity], of: machine.failures, at: 10)
        #expect(ledger.due(machine.failures, in: owner, at: 20).map(\.id) == [due[1].id])
        ledger.imported([due[1].identity], of: machine.failures, at: 20)
        #expect(ledger.due(machine.failures, in: owner, at: 30).isEmpty)
        #expect(ledger.due(machine.failures, in: owner, at: 8 * 86_400).count == 2)
        ledger = try JSONDecoder().decode(SecurityLedger.self, from: JSONEncoder().encode(ledger))
        _ = machine.tick(at: 60, [Sample.none])
        let gone = ledger.due(machine.failures, in: owner, at: 61)
        #expect(gone.map(\.id).sorted() == due.map(\.id).sorted())
        #expect(gone.allSatisfy { $0.json.text.contains("\"ARCHIVED\"") && $0.json.text.contains("\"PASSED\"") })
        ledger.imported(gone.map(\.identity), of: machine.failures, at: 61)
        #expect(ledger.due(machine.failures, in: owner, at: 62).isEmpty)
    }

    @Test func findingsKeepWithinWhatSecurityHubTakes() throws {
        var long = Sample.one
        long.findings[0].message = String(repeating: "m", count: 5_000)
        long.findings[0].fix = ""
        long.findings[0].resource = String(repeating: "r", count: 2_000)
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [long])
        let owner = SecurityAccount(partition: "aws-cn", region: "cn-north-1", account: "123456789012")
        let finding = try #require(SecurityLedger().due(machine.failures, in: owner, at: 5).first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(finding.json.text.utf8)) as? [String: Any])
        #expect((object["Title"] as? String)?.count == 256)
        #expect((object["Description"] as? String)?.count == 1_024)
        #expect(
            object["ProductArn"] as? String
                == "arn:aws-cn:securityhub:cn-north-1:123456789012:product/123456789012/default")
        #expect(finding.json.text.utf8.count < 240_000 && finding.id.count <= 512)
    }

    @Test func aDeliveryIsTriedWithinItsBudget() {
        var machine = DeliveryMachine(attemptsMax: 4)
        var pauses: [Double] = []
        while case .retry(let at) = machine.failed(at: 0, isForGood: false, luck: 0.5) { pauses.append(at) }
        #expect(pauses == [0.75, 1.5, 3])
        var hopeless = DeliveryMachine()
        #expect(hopeless.failed(at: 0, isForGood: true, luck: 0) == .giveUp)
    }
}
