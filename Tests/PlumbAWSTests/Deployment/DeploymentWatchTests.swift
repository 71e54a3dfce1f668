// What a watcher makes of a deployment that it sees only now and then.

import PlumbTesting
import Testing

@testable import PlumbAWS

struct DeploymentWatchTests {
    /// What really happens in an account, from the call on.
    private struct Course {
        enum End: CaseIterable {
            case promoted, rolledBack, brokenBefore, endpointFailed, endless
        }
        let end: End
        let starts: Double
        let moves: Double
        let turns: Double
        let settles: Double

        init(_ seed: UInt64) {
            var luck = SeededGenerator(seed: seed)
            end = End.allCases[Int(seed) % End.allCases.count]
            starts = .random(in: 0...60, using: &luck)
            moves = starts + .random(in: 30...900, using: &luck)
            turns = moves + .random(in: 1...300, using: &luck)
            settles = turns + .random(in: 1...30, using: &luck)
        }

        func endpoint(at time: Double) -> EndpointLook? {
            guard time >= starts, end != .brokenBefore else { return EndpointLook(status: "InService", config: "old") }
            let pending = PendingDeployment(["EndpointConfigName": "new"])
            if time < moves || end == .endless {
                return EndpointLook(status: "Updating", config: "old", pending: pending)
            }
            switch end {
            case .promoted, .brokenBefore, .endless: return EndpointLook(status: "InService", config: "new")
            case .endpointFailed: return EndpointLook(status: "Failed", config: "old", failureReason: "no image")
            case .rolledBack:
                return EndpointLook(
                    status: time < turns ? "RollingBack" : "InService", config: "old",
                    firing: time < turns ? ["errors"] : [])
            }
        }

        func stack(at time: Double) -> StackLook {
            guard time >= settles, end != .endless else { return StackLook(status: "UPDATE_IN_PROGRESS") }
            return end == .promoted
                ? StackLook(status: "UPDATE_COMPLETE")
                : StackLook(status: "UPDATE_ROLLBACK_COMPLETE", failure: "Endpoint: did not stabilize")
        }
    }

    private static let secondsMax = 3_000.0

    private func watched(_ seed: UInt64) -> (DeploymentOutcome?, course: Course, hasSeenMotion: Bool, news: [String]) {
        let course = Course(seed)
        var luck = SeededGenerator(seed: seed &+ 1_000_000)
        var machine = DeploymentWatchMachine(
            wanted: "new", before: "old", startedAt: 0, secondsMax: Self.secondsMax)
        var (time, hasSeenMotion, news) = (0.0, false, [String]())
        while machine.outcome == nil, time < Self.secondsMax * 2 {
            let look = course.endpoint(at: time)
            if look?.isSettled == false { hasSeenMotion = true }
            news += machine.tick(at: time, endpoint: look, stack: course.stack(at: time))
            time += .random(in: 1...120, using: &luck)
        }
        return (machine.outcome, course, hasSeenMotion, news)
    }

    @Test func everyDeploymentEndsAndNoneIsCalledBetterThanItIs() {
        for seed in 0..<10_000 as Range<UInt64> {
            let (outcome, course, hasSeenMotion, _) = watched(seed)
            switch course.end {
            case .promoted: #expect(outcome == .promoted, "seed \(seed)")
            case .rolledBack:
                let expected: DeploymentOutcome =
                    hasSeenMotion ? .rolledBack : .failed("Endpoint: did not stabilize")
                #expect(outcome == expected, "seed \(seed)")
            case .brokenBefore: #expect(outcome == .failed("Endpoint: did not stabilize"), "seed \(seed)")
            case .endpointFailed: #expect(outcome == .failed("the endpoint is Failed: no image"), "seed \(seed)")
            case .endless: #expect(outcome == .timedOut, "seed \(seed)")
            }
        }
    }

    @Test func nothingIsToldTwice() {
        for seed in 0..<1_000 as Range<UInt64> {
            let news = watched(seed).news
            #expect(zip(news, news.dropFirst()).allSatisfy { $0 != $1 }, "seed \(seed): \(news)")
        }
    }

    @Test func anUpdateByHandWaitsForItsBeginning() {
        var machine = DeploymentWatchMachine(wanted: "old", before: "new", startedAt: 0, secondsMax: 600)
        _ = machine.tick(at: 1, endpoint: EndpointLook(status: "InService", config: "new"), stack: nil)
        #expect(machine.outcome == nil)
        _ = machine.tick(at: 5, endpoint: EndpointLook(status: "Updating", config: "new"), stack: nil)
        _ = machine.tick(at: 90, endpoint: EndpointLook(status: "InService", config: "old"), stack: nil)
        #expect(machine.outcome == .promoted)
    }

    @Test func anUpdateThatNeverBeginsIsNoSuccess() {
        var machine = DeploymentWatchMachine(wanted: "old", before: "new", startedAt: 0, secondsMax: 600)
        _ = machine.tick(at: 40, endpoint: EndpointLook(status: "InService", config: "new"), stack: nil)
        #expect(machine.outcome == .failed("new serves, and not old"))
    }

    @Test func anEndpointThatVanishesIsNoSuccess() {
        var machine = DeploymentWatchMachine(wanted: "new", before: "old", startedAt: 0, secondsMax: 600)
        _ = machine.tick(at: 1, endpoint: nil, stack: StackLook(status: "UPDATE_COMPLETE"))
        guard case .failed = machine.outcome else {
            return #expect(Bool(false), "\(String(describing: machine.outcome))")
        }
    }

    @Test func alarmsComeAndGo() {
        var machine = DeploymentWatchMachine(wanted: "new", before: "old", startedAt: 0, secondsMax: 600)
        let stack = StackLook(status: "UPDATE_IN_PROGRESS")
        func look(_ firing: [String]) -> EndpointLook {
            EndpointLook(status: "Updating", config: "old", firing: firing)
        }
        #expect(machine.tick(at: 0, endpoint: look([]), stack: stack) == ["Updating (old)"])
        #expect(machine.tick(at: 1, endpoint: look(["errors"]), stack: stack) == ["errors is in ALARM"])
        #expect(machine.tick(at: 2, endpoint: look(["errors"]), stack: stack) == [])
        #expect(machine.tick(at: 3, endpoint: look([]), stack: stack) == ["errors is no longer in ALARM"])
    }
}
