// A budget freezes scaling out: the ceiling is what there is, for every writer, and the floor stays whole.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

struct ScalingFreezeTests {
    private func machine(count: Int) -> ScalingMachine {
        ScalingMachine(ScalingPlan(ScalingSimulation.spec(floor: 1)), count: count, at: 0)
    }

    @Test func nothingIsAddedWhileItIsFrozen() throws {
        var machine = machine(count: 2)
        let frozen = machine.freeze(true, at: 0, reason: "80 % are spent")
        let activity = try #require(frozen)
        #expect(activity.kind == .bounds && activity.ceiling == 2 && activity.reason == "80 % are spent")
        let again = machine.freeze(true, at: 1, reason: "80 % are spent")
        #expect(again == nil)
        var used = 0.0
        for period in 0..<100 {
            used += 10
            let load = (0..<machine.count).map { InstanceLoad(id: "\($0)", cpuSeconds: used, cores: 1) }
            _ = machine.tick(at: Double(period) * 10, seeing: ScalingSight(ready: machine.count, load: load))
        }
        #expect(machine.count == 2)
        #expect(throws: PlumbError.self) { _ = try machine.setCount(3, at: 1000, reason: "more") }
        _ = machine.freeze(false, at: 1000, reason: "a new month")
        #expect(machine.ceiling == 4)
        let more = try machine.setCount(3, at: 1001, reason: "more")
        #expect(more.to == 3)
    }

    @Test func anotherRevisionsBoundsAreFrozenTooAndItsFloorIsKept() {
        var machine = machine(count: 2)
        _ = machine.freeze(true, at: 0, reason: "80 % are spent")
        var spec = ScalingSimulation.spec(floor: 3)
        spec.instances.maximum = 6
        machine.adopt(ScalingPlan(spec), count: 5, at: 1)
        #expect(machine.floor == 3 && machine.ceiling == 3 && machine.count == 3)
        _ = machine.freeze(false, at: 2, reason: "a new month")
        #expect(machine.ceiling == 6)
    }
}
