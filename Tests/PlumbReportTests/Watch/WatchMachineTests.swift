// What of a look is news.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct WatchMachineTests {
    private static let minute = 60.0

    /// One control of one policy, and a failing finding where it fails.
    static func seen(_ verdicts: Verdict..., path: String = "plumb.yaml") -> Assessment {
        seen(verdicts, path: path)
    }

    static func seen(_ verdicts: [Verdict], path: String = "plumb.yaml") -> Assessment {
        let controls = verdicts.enumerated().map { index, verdict in
            ControlVerdict(
                id: "OPS-1.\(index + 1)", statement: "Statement \(index + 1).", verdict: verdict, severity: .high,
                judgements: [])
        }
        let findings = controls.filter { $0.verdict == .fails || $0.verdict == .unknown }.map { control in
            Finding(
                control: control.id, policy: "OPS-1", verdict: control.verdict, severity: .high,
                resource: "endpoint/digits", place: nil,
                message: control.verdict == .fails ? "it is broken for 3 days" : "cloudwatch:DescribeAlarms failed",
                fix: "Mend it.", seed: "Seed.")
        }
        return Assessment(
            source: .spec, path: path, environment: .production, environmentIsAssumed: false,
            policies: [
                PolicyVerdict(
                    id: "OPS-1", pillar: "Operational Excellence", title: "Title.", verdict: verdicts.combined,
                    controls: controls)
            ], findings: findings, diagnostics: [])
    }

    private func told(_ looks: [[Verdict]], every seconds: Double = 300) -> [[String]] {
        var machine = WatchMachine()
        return looks.enumerated().map { index, verdicts in
            machine.tick(at: Double(index) * seconds, [Self.seen(verdicts)]).flatMap { news -> [String] in
                var lines = news.kind == .changed ? [] : [news.kind.rawValue]
                for change in news.controls {
                    lines.append("\(change.id) \(change.before?.rawValue ?? "") \(change.after?.rawValue ?? "")")
                }
                lines += news.new.map { "new \($0.control)" }
                lines += news.gone.map { "gone \($0.control)" }
                lines += news.unsteady.map { "unsteady \($0)" }
                return lines
            }
        }
    }

    @Test func aChangeIsToldOnceWithItsFailure() {
        #expect(
            told([[.holds], [.holds], [.fails], [.fails], [.holds]]) == [
                ["first"], [], ["OPS-1.1 holds fails", "new OPS-1.1"], [], ["OPS-1.1 fails holds", "gone OPS-1.1"],
            ])
    }

    @Test func anUnknownForOneLookIsNotTold() {
        #expect(told([[.holds], [.unknown], [.holds]]) == [["first"], [], []])
        #expect(told([[.fails], [.unknown], [.fails]]) == [["first"], [], []])
        #expect(told([[.holds], [.unknown], [.fails]])[2] == ["OPS-1.1 holds fails", "new OPS-1.1"])
    }

    @Test func anUnknownThatStaysIsTold() {
        #expect(told([[.holds], [.unknown], [.unknown], [.unknown]])[1...] == [[], ["OPS-1.1 holds unknown"], []])
        #expect(told([[.fails], [.unknown], [.unknown]])[2] == ["OPS-1.1 fails unknown", "gone OPS-1.1"])
    }

    @Test func whatGoesToAndFroIsCalledUnsteadyAndLeftAlone() {
        let looks = (0..<40).map { [$0.isMultiple(of: 2) ? Verdict.holds : .fails] }
        let lines = told(looks, every: 60).flatMap { $0 }
        #expect(lines.filter { $0.hasPrefix("OPS-1.1") }.count == 6)
        #expect(lines.filter { $0 == "unsteady OPS-1.1" }.count == 1)
        #expect(lines.count <= 1 + 6 + 6 + 1)
        // At rest, what it rests at is told.
        let rest = told(looks + Array(repeating: [.holds], count: 70), every: 60)
        #expect(rest.suffix(70).flatMap { $0 }.isEmpty)
        let other = told(looks + Array(repeating: [.waived], count: 70), every: 60)
        #expect(other.suffix(70).flatMap { $0 }.first == "OPS-1.1 holds waived")
    }

    @Test func failuresThatStayAreToldAgainDailyForAWeek() {
        var machine = WatchMachine()
        var reminders = 0
        for hour in 0..<(24 * 20) {
            for news in machine.tick(at: Double(hour) * 3_600, [Self.seen(.fails)]) where news.kind == .reminder {
                reminders += 1
                #expect(NewsReport.title(of: news) == "plumb.yaml (production): still 1 failure: 1 high")
            }
        }
        #expect(reminders == 7)
    }

    @Test func blindnessIsToldOnceAndSoIsItsEnd() {
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [Self.seen(.holds)])
        let missed = (1...5).map { machine.missed(at: Double($0) * 60, because: "no credentials").map(\.kind) }
        #expect(missed == [[], [], [.blind], [], []])
        let after = machine.tick(at: 600, [Self.seen(.holds)])
        #expect(after.map(\.kind) == [.seesAgain])
        #expect(after.first?.reason == "1970-01-01T00:01:00Z")
    }

    @Test func anInputThatIsGoneIsToldWhenItStaysAway() {
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [Self.seen(.holds), Self.seen(.fails, path: "b.yaml")])
        #expect(machine.tick(at: 60, [Self.seen(.holds)]).isEmpty)
        #expect(machine.failures.count == 1)
        let news = machine.tick(at: 120, [Self.seen(.holds)])
        #expect(news.map(\.kind) == [.left] && news.first?.path == "b.yaml")
        #expect(machine.failures.isEmpty)
    }

    @Test func aNumberThatGrowsIsNoNews() {
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [Self.seen(.fails)])
        var older = Self.seen(.fails)
        older.findings[0].message = "it is broken for 4 days"
        #expect(machine.tick(at: 60, [older]).isEmpty)
        #expect(machine.failures.values.first?.finding.message == "it is broken for 4 days")
    }

    @Test func theSameLookTwiceHasTheSameIds() throws {
        var machine = WatchMachine()
        _ = machine.tick(at: 0, [Self.seen(.holds)])
        var again = machine
        let first = machine.tick(at: 60, [Self.seen(.fails)])
        let second = again.tick(at: 61, [Self.seen(.fails)])
        #expect(first.map(\.id) == second.map(\.id))
        let back = machine.tick(at: 120, [Self.seen(.holds)])
        let anew = machine.tick(at: 180, [Self.seen(.fails)])
        #expect(Set((first + back + anew).map(\.id)).count == 3)
    }

    /// Luck decides the verdicts and when the watch is started anew; what was told, added up, is what is.
    @Test(arguments: 0..<300)
    func whatWasToldAddsUpToWhatIs(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var machine = WatchMachine()
        var verdicts: [Verdict] = [.holds, .fails, .unknown]
        var board: [String: Verdict] = [:]
        var failing: Set<String> = []
        var now = 0.0
        func take(_ news: [WatchNews]) {
            for item in news {
                for control in (item.kind == .first ? item.assessment?.policies[0].controls : nil) ?? [] {
                    board[control.id] = control.verdict
                    if control.verdict == .fails { failing.insert(control.id) }
                }
                for change in item.controls {
                    #expect(change.before == board[change.id])
                    board[change.id] = change.after
                }
                for finding in item.new { #expect(failing.insert(finding.control).inserted) }
                for finding in item.gone { #expect(failing.remove(finding.control) != nil) }
            }
        }
        for _ in 0..<120 {
            now += random.happens(0.3) ? 1_800 : 60
            for index in verdicts.indices where random.happens(0.2) {
                verdicts[index] = Verdict.allCases[random.number(0...5)]
            }
            take(machine.tick(at: now, [Self.seen(verdicts)]))
            if random.happens(0.1) {
                machine = try JSONDecoder().decode(WatchMachine.self, from: JSONEncoder().encode(machine))
            }
        }
        for _ in 0..<3 {
            now += 7_200
            take(machine.tick(at: now, [Self.seen(verdicts)]))
        }
        for (index, verdict) in verdicts.enumerated() {
            #expect(board["OPS-1.\(index + 1)"] == verdict)
            #expect(failing.contains("OPS-1.\(index + 1)") == (verdict == .fails))
        }
        #expect(Set(machine.failures.values.map(\.finding.control)) == failing)
    }
}
