import PlumbTesting
import Testing

@testable import PlumbEngine

/// Ten thousand courses of things and more; a seed that fails is printed and fails again.
struct RolloutSimulationTests {
    /// Seeds in chunks, so that they run side by side.
    static let seedsPerChunk = 500
    static func chunks(_ seeds: Int) -> [Int] { Array(0..<seeds / seedsPerChunk) }

    private func breaches(in chunk: Int, of course: (UInt64) -> Course, flaw: Flaw = .none) -> [String] {
        var found: [String] = []
        for index in 0..<Self.seedsPerChunk {
            let seed = UInt64(chunk * Self.seedsPerChunk + index)
            var simulation = Simulation(course(seed), seed: seed, flaw: flaw)
            found += simulation.run().map { "seed \(seed): \($0)" }
            if found.count > 8 { break }
        }
        return found
    }

    @Test(arguments: chunks(8000))
    func whateverHappensEveryRolloutEndsAndNoLawIsBroken(chunk: Int) {
        let found = breaches(in: chunk, of: Course.hostile)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: chunks(2000))
    func aHealthyRevisionWithTrafficIsAlwaysPromoted(chunk: Int) {
        let found = breaches(in: chunk, of: Course.healthy)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: chunks(2000))
    func aRevisionWhoseAlarmGoesOffIsAlwaysRolledBack(chunk: Int) {
        let found = breaches(in: chunk, of: Course.alarming)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func theSameSeedIsTheSameCourse() {
        for seed: UInt64 in [1, 77, 4711] {
            var first = Simulation(.hostile(seed: seed), seed: seed)
            var second = Simulation(.hostile(seed: seed), seed: seed)
            #expect(first.run() == second.run())
            #expect(first.ticks == second.ticks)
        }
    }

    @Test func theCoursesTakeEveryWayOut() {
        var outcomes: [String: Int] = [:]
        for seed in UInt64(0)..<1000 {
            var simulation = Simulation(.hostile(seed: seed), seed: seed)
            _ = simulation.run()
            outcomes[simulation.way, default: 0] += 1
        }
        for way in [
            "promoted", "stopped by hand", "its instances", "no verdict within", "error-rate", "none of its",
            "not enough evidence",
        ] {
            #expect(outcomes.contains { $0.key.hasPrefix(way) && $0.value >= 5 }, "\(way) in \(outcomes)")
        }
    }

    /// A checker that finds nothing in a broken machine would find nothing anywhere.
    @Test(arguments: Flaw.allCases.filter { $0 != .none })
    func aFlawedMachineIsCaught(flaw: Flaw) {
        var found: [String] = []
        for chunk in 0..<4 where found.isEmpty {
            found += breaches(in: chunk, of: Course.hostile, flaw: flaw)
            found += breaches(in: chunk, of: Course.alarming, flaw: flaw)
        }
        #expect(!found.isEmpty)
    }
}
