// Who is ejected, for how long, and who never is.

import PlumbTesting
import Testing

@testable import PlumbEngine

struct OutlierMachineTests {
    private func well(_ id: String, requests: Int = 50, milliseconds: Double = 10) -> InstanceVitals {
        InstanceVitals(
            id: id, isReady: true, requests: requests, latencySeconds: Double(requests) * milliseconds / 1000)
    }

    private func run(
        _ machine: inout OutlierMachine, _ seconds: Range<Int>, _ fleet: (Int) -> [InstanceVitals]
    ) -> [OutlierAction] {
        seconds.flatMap { machine.tick(at: Double($0), seeing: fleet($0)) }
    }

    @Test func equalInstancesAreLeftAlone() {
        var machine = OutlierMachine()
        #expect(run(&machine, 0..<100) { _ in [well("a"), well("b", milliseconds: 25), well("c")] } == [])
    }

    @Test func aSlowInstanceIsEjectedAfterTwoLooksAndComesBack() throws {
        var machine = OutlierMachine()
        let actions = run(&machine, 0..<12) { _ in [well("a"), well("b", milliseconds: 100)] }
        guard case .eject("b", 10, let reason) = actions.first else {
            Issue.record("b is slow: \(actions)")
            return
        }
        #expect(reason == "it takes 100.0 ms in the mean, its siblings 10.0 ms")
        #expect(actions.dropFirst() == [.readmit(id: "b")])
    }

    @Test func ejectionsGrowAndEndInARestart() {
        var machine = OutlierMachine()
        let actions = run(&machine, 0..<60) { _ in [well("a"), well("b", milliseconds: 100)] }
        let lengths = actions.compactMap { if case .eject(_, let seconds, _) = $0 { seconds } else { nil } }
        #expect(Array(lengths.prefix(2)) == [10, 20])
        #expect(actions.contains { if case .restart("b", _) = $0 { true } else { false } })
    }

    @Test func aFaultyInstanceIsEjectedAtOnceAndABadRevisionIsNot() {
        var machine = OutlierMachine()
        var bad = well("b")
        bad.faultsInARow = OutlierMachine.faultsInARowMax
        #expect(machine.tick(at: 0, seeing: [well("a"), bad]).count == 1)
        var errors = well("c")
        errors.serverErrors = 30
        var other = OutlierMachine()
        #expect(other.tick(at: 0, seeing: [well("a"), errors]).count == 1)
        var both = OutlierMachine()
        var alike = errors
        alike.id = "d"
        #expect(run(&both, 0..<50) { _ in [errors, alike] } == [])
    }

    @Test func neverMoreThanHalfOfAFleetAndNeverTheOnlyOne() {
        var generator = SeededGenerator(seed: 9)
        for count in 1...4 {
            var machine = OutlierMachine()
            var out: Set<String> = []
            for second in 0..<2000 {
                let fleet = (0..<count).map { index in
                    var vitals = well("\(index)", milliseconds: Double(generator.number(1...200)))
                    vitals.faultsInARow = generator.happens(0.2) ? 9 : 0
                    return vitals
                }
                for action in machine.tick(at: Double(second), seeing: fleet) {
                    switch action {
                    case .eject(let id, let seconds, _):
                        out.insert(id)
                        #expect(seconds <= OutlierMachine.ejectionSecondsMax)
                    case .readmit(let id): out.remove(id)
                    case .restart: break
                    }
                }
                #expect(out.count <= count / 2)
            }
        }
    }

    @Test func fewRequestsSayNothing() {
        var machine = OutlierMachine()
        #expect(run(&machine, 0..<100) { _ in [well("a"), well("b", requests: 1, milliseconds: 900)] } == [])
    }

    @Test func aClockSetBackKeepsNobodyOut() {
        var machine = OutlierMachine()
        var bad = well("b")
        bad.faultsInARow = 9
        #expect(machine.tick(at: 10_000, seeing: [well("a"), bad]).count == 1)
        #expect(machine.tick(at: 5, seeing: [well("a"), well("b")]) == [.readmit(id: "b")])
    }
}

struct StallMachineTests {
    private func load(_ id: String, silent: Double, inFlight: Int = 1, isReady: Bool = true) -> StallMachine.Load {
        StallMachine.Load(id: id, isReady: isReady, inFlight: inFlight, silentSeconds: silent)
    }

    @Test func patienceFollowsTheLatencyThatIsUsual() {
        var machine = StallMachine()
        machine.learn(requests: 10, p99Seconds: 0.02)
        #expect(machine.patienceSeconds == StallMachine.patienceSecondsFirst)
        machine.learn(requests: 990, p99Seconds: 0.02)
        #expect(machine.patienceSeconds == 0.06)
        machine.learn(requests: 1000, p99Seconds: 0.001)
        #expect(machine.patienceSeconds == StallMachine.patienceSecondsMin)
        machine.learn(requests: 1000, p99Seconds: 100)
        #expect(machine.patienceSeconds == StallMachine.patienceSecondsMax)
    }

    @Test func onlyASilentInstanceWithRequestsAndASiblingIsSuspected() {
        let machine = StallMachine()
        #expect(machine.suspects(at: 0, seeing: [load("a", silent: 2), load("b", silent: 0.1)]) == ["a"])
        #expect(machine.suspects(at: 0, seeing: [load("a", silent: 2, inFlight: 0), load("b", silent: 0.1)]) == [])
        #expect(machine.suspects(at: 0, seeing: [load("a", silent: 2, isReady: false), load("b", silent: 0)]) == [])
        // When all are silent, it is the requests and not the instances.
        #expect(machine.suspects(at: 0, seeing: [load("a", silent: 2), load("b", silent: 2)]) == [])
        #expect(machine.suspects(at: 0, seeing: [load("a", silent: 2)]) == [])
        let domain = [load("a", silent: 2), load("b", silent: 2), load("c", silent: 0), load("d", silent: 0)]
        #expect(machine.suspects(at: 0, seeing: domain) == ["a", "b"])
    }

    @Test func afterAStallThereIsAPause() {
        var machine = StallMachine()
        let fleet = [load("a", silent: 2), load("b", silent: 0.1)]
        machine.confirmed(at: 100)
        #expect(machine.suspects(at: 101, seeing: fleet) == [])
        #expect(machine.suspects(at: 100 + StallMachine.pauseSeconds, seeing: fleet) == ["a"])
        // A clock that was set back is no pause.
        #expect(machine.suspects(at: 5, seeing: fleet) == ["a"])
    }
}

struct GoldenAnswerTests {
    @Test func learnsFromTwoEqualAnswersAndThenObjects() {
        var golden = GoldenAnswer()
        #expect(golden.objection(to: "{\"p\": 0.25}", status: 200) == nil)
        #expect(golden.objection(to: "{\"p\": 0.2500001}", status: 200) == nil)
        #expect(golden.objection(to: "{\"p\": 0.25}", status: 200) == nil)
        #expect(golden.objection(to: "{\"p\": 0.75}", status: 200) == "its answer to the example is not the fleet's")
        #expect(golden.objection(to: "{\"p\": 0.25}", status: 500) == "it answers the example with status 500")
        #expect(golden.objection(to: "{\"q\": 0.25}", status: 200) != nil)
    }

    @Test func whatDiffersEachTimeOrIsRefusedIsNotCompared() {
        var random = GoldenAnswer()
        for text in ["1", "2", "3", "4"] { #expect(random.objection(to: text, status: 200) == nil) }
        var refused = GoldenAnswer()
        for status in [400, 200, 500, 200] { #expect(refused.objection(to: "x", status: status) == nil) }
    }

    @Test(arguments: [
        ("1,2,3", "1,2,3", true), ("1e-3", "0.001", true), ("1,2", "1,2,3", false), ("[1.0]", "[1.0004]", true),
        ("[1.0]", "[1.1]", false), ("cat", "dog", false), ("1e-12", "3e-11", true), ("", "", true), ("-1", "1", false),
    ])
    func comparesNumbersByValueAndTheRestByLetter(one: String, other: String, isSame: Bool) {
        #expect(GoldenAnswer.isSame(one, other) == isSame)
    }
}
