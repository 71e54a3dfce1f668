// Thousands of courses of load: no flapping, no needless saturation, and less than the static maximum costs.

import Testing

@testable import PlumbEngine

struct ScalingSimulationTests {
    static let seedsPerShape: UInt64 = 400

    @Test(arguments: LoadShape.allCases)
    func noLoadMakesItFlapOrLeavesItSaturated(shape: LoadShape) {
        var found: [String] = []
        var (hours, saturated, changes) = (0.0, 0.0, 0)
        for seed in 0..<Self.seedsPerShape where found.count < 8 {
            var simulation = ScalingSimulation(shape, seed: seed)
            simulation.run()
            found += simulation.breaches.map { "\(shape) seed \(seed): \($0)" }
            hours += simulation.instanceHours
            saturated += simulation.saturatedSeconds
            changes += simulation.activities.count
        }
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
        // What it costs beside four instances all along.
        let full = ScalingSimulation.hours * Double(ScalingSimulation.ceiling) * Double(Self.seedsPerShape)
        #expect(hours / full < 0.9, "\(shape) costs \(hours / full * 100) % of the static maximum")
        print(
            "\(shape): \(Int(hours / full * 100)) % of the static maximum's instance-hours, "
                + "\(changes / Int(Self.seedsPerShape)) changes and \(Int(saturated) / Int(Self.seedsPerShape)) s of "
                + "saturation a course of six hours")
    }

    /// A check that finds nothing in a broken scaler would find nothing anywhere.
    @Test(arguments: ScalingSimulation.Flaw.allCases.filter { $0 != .none })
    func aFlawedScalerIsCaught(flaw: ScalingSimulation.Flaw) {
        let found = LoadShape.allCases.contains { shape in
            (UInt64(0)..<60).contains { seed in
                var simulation = ScalingSimulation(shape, seed: seed, flaw: flaw)
                simulation.run()
                return !simulation.breaches.isEmpty
            }
        }
        #expect(found)
    }
}
