import Foundation
import Testing

@testable import PlumbEngine

struct RestartMachineTests {
    @Test func pausesDoubleUpToTheLimit() {
        var machine = RestartMachine()
        let pauses = (0..<10).map { machine.ended(at: Double($0)) }
        #expect(pauses == [0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10])
        #expect(machine.failedStarts == 10)
        for second in 10..<2000 { #expect(machine.ended(at: Double(second)) == 10) }
    }

    @Test func aHealthySpellWipesTheSlate() {
        var machine = RestartMachine()
        for second in 0..<5 { _ = machine.ended(at: Double(second)) }
        machine.becameReady(at: 10)
        #expect(machine.ended(at: 10 + RestartMachine.healthySeconds) == 0)
        #expect(machine.ends == 1)
        #expect(machine.failedStarts == 0)
    }

    @Test func aShortSpellDoesNot() {
        var machine = RestartMachine()
        _ = machine.ended(at: 0)
        machine.becameReady(at: 1)
        #expect(machine.ended(at: 1 + RestartMachine.healthySeconds - 0.1) == 0.2)
        machine.becameReady(at: 61)
        #expect(machine.ended(at: 62) == 0.4)
        #expect(machine.failedStarts == 0)
    }

    @Test func startsThatFailAreCountedUntilOneSucceeds() {
        var machine = RestartMachine()
        _ = machine.ended(at: 0)
        _ = machine.ended(at: 1)
        #expect(machine.failedStarts == 2)
        machine.becameReady(at: 2)
        _ = machine.ended(at: 3)
        #expect(machine.failedStarts == 0)
        _ = machine.ended(at: 4)
        #expect(machine.failedStarts == 1)
    }

    @Test func aClockThatJumpsBackIsNoHealthySpell() {
        var machine = RestartMachine()
        _ = machine.ended(at: 1000)
        machine.becameReady(at: 1001)
        #expect(machine.ended(at: 5) == 0.2)
    }

    @Test func itSurvivesItsOwnEncoding() throws {
        var machine = RestartMachine()
        _ = machine.ended(at: 0)
        machine.becameReady(at: 1)
        let copy = try JSONDecoder().decode(RestartMachine.self, from: JSONEncoder().encode(machine))
        #expect(copy == machine)
    }
}
