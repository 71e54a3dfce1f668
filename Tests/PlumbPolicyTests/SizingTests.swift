// Sizing by hand: what bounds a model, what a type bears, and which is chosen.

import Foundation
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct SizingTests {
    private func profile(
        millions: Int = 1, bytes: Double = 4, processor: Double = 10, p99: Double = 12, residentGiB: Double = 0
    ) -> ModelProfile {
        let gibibyte = 1_073_741_824
        return ModelProfile(
            parameters: millions * 1_000_000, bytesPerParameter: bytes, emptyBytes: gibibyte / 16,
            loadedBytes: gibibyte / 8, residentBytes: gibibyte / 8 + Int(residentGiB * Double(gibibyte)),
            peakBytes: gibibyte / 8, processorMilliseconds: processor, p99Milliseconds: p99, concurrency: 1)
    }

    private func demand(_ rate: Double? = 100, p99: Double = 500, most: Int = 4) -> SizeDemand {
        SizeDemand(rate: rate, p99Milliseconds: p99, instancesMax: most)
    }

    @Test func theShareThatWaitsIsErlangs() {
        // Tables of Erlang's C: one server waits as it is used; 10 servers at 8 erlangs 0.409, 2 at 1 a third.
        #expect(abs(InstanceCapacity.waitingShare(load: 0.5, processors: 1) - 0.5) < 1e-12)
        #expect(abs(InstanceCapacity.waitingShare(load: 1, processors: 2) - 1.0 / 3) < 1e-12)
        #expect(abs(InstanceCapacity.waitingShare(load: 8, processors: 10) - 0.4092) < 1e-4)
    }

    @Test func seventyPercentIsPlannedForWhereLatencyAllowsIt() {
        let easy = profile()
        #expect(abs(InstanceCapacity.requestsPerSecond(processors: 4, easy, within: 500) - 280) < 1e-6)
        // One processor, 10 ms each, 1 of 100 may wait longer than 28 ms: the rate is where that is so.
        let tight = InstanceCapacity.requestsPerSecond(processors: 1, easy, within: 40)
        #expect(tight < 70 && tight > 0)
        #expect(abs(tight / 100 * exp(-(100 - tight) * 0.028) - 0.01) < 1e-6)
        #expect(InstanceCapacity.requestsPerSecond(processors: 96, easy, within: 11) == 0)
    }

    @Test func aClassIsWhatDecidesTheSizeOfAnOrdinaryMachine() {
        #expect(WorkloadReading(profile(), demand()).workload == .cpu)
        // 20 GB of weights want ml.m5.2xlarge, where ml.m5.large is fast enough.
        let heavy = WorkloadReading(profile(millions: 5_000), demand())
        #expect(heavy.workload == .memory && heavy.reason.contains("ml.m5.2xlarge"), "\(heavy.reason)")
        // 100 requests a second at 10 ms each want one and a half processors; 30,000 want more than four times 96.
        let busy = WorkloadReading(profile(), demand(30_000))
        #expect(busy.workload == .gpu && busy.reason.contains("26880 of the 30000"), "\(busy.reason)")
        let slow = WorkloadReading(profile(processor: 900, p99: 1_000), demand(1))
        #expect(slow.workload == .gpu && slow.reason.contains("over the 500 ms"), "\(slow.reason)")
    }

    @Test func memoryIsTheComputationOfThePolicyAndNeverLessThanWasSeen() throws {
        // 1 million parameters of 4 bytes x 1.2 + 0.5 GiB activations + 1/16 GiB runtime.
        let need = profile(residentGiB: 0.5).needGiB
        #expect(abs(need - (4e6 * 1.2 / 1_073_741_824 + 0.5 + 0.0625)) < 1e-9)
        #expect(profile().needGiB == 0.125)
        let large = try #require(InstanceType.named("ml.m5.large"))
        // 30 % more than the need has to be there: 6.15 GiB of 8.
        #expect(profile(residentGiB: 6.0).fits(large) && !profile(residentGiB: 6.2).fits(large))
    }

    private func candidate(_ type: String, month: Double, breaks: [String] = [], misfit: String? = nil) throws
        -> SizeCandidate
    {
        let known = try #require(InstanceType.named(type))
        var candidate = SizeCandidate(known, usdPerHour: 1, profile(), demand(), workload: .cpu)
        candidate.expectedUSD = month
        candidate.breaches = breaks.map { SizeCandidate.Breach(control: $0, message: "no") }
        candidate.misfits = misfit.map { [$0] } ?? []
        return candidate
    }

    @Test func theCheapestThatFitsAndKeepsThePolicyIsChosen() throws {
        let choice = SizeChoice(
            among: [
                try candidate("ml.m5.xlarge", month: 200),
                try candidate("ml.m5.large", month: 100, misfit: "too small"),
                try candidate("ml.c6i.large", month: 90, breaks: ["PERF-1.2"]),
                try candidate("ml.c6i.xlarge", month: 250, breaks: ["PERF-1.2"]),
            ], workload: .cpu)
        #expect(choice.best?.type == "ml.m5.xlarge" && choice.exception == nil)
        #expect(choice.cheaper.map(\.type) == ["ml.c6i.large"] && choice.suggested.map(\.type) == ["ml.m5.xlarge"])
        #expect(choice.waivers(owner: "a", until: Day(daysSinceEpoch: 1)).isEmpty)
    }

    @Test func whereNothingKeepsThePolicyTheLeastExceptionIsProposedWithItsWaivers() throws {
        let choice = SizeChoice(
            among: [
                try candidate("ml.g5.12xlarge", month: 900, breaks: ["COST-3.5"]),
                try candidate("ml.g6.12xlarge", month: 700, breaks: ["COST-3.5", "PERF-1.2"]),
                try candidate("ml.p5.48xlarge", month: 9000, breaks: ["COST-3.5"]),
            ], workload: .memory)
        #expect(choice.best == nil && choice.exception?.type == "ml.g5.12xlarge")
        let waivers = choice.waivers(owner: "risk", until: Day(daysSinceEpoch: 20_700))
        #expect(waivers.map(\.control) == ["COST-3.5"] && waivers.map(\.owner) == ["risk"])
        #expect(waivers[0].reason.contains("ml.g5.12xlarge"))
    }

    @Test func aGPUsSpeedIsNotToldByAProcessors() throws {
        let type = try #require(InstanceType.named("ml.g5.xlarge"))
        let candidate = SizeCandidate(type, usdPerHour: 1.408, profile(), demand(), workload: .gpu)
        #expect(candidate.fits && candidate.requestsPerSecond == nil && candidate.unknown.count == 1)
        let plain = try #require(InstanceType.named("ml.m5.xlarge"))
        #expect(!SizeCandidate(plain, usdPerHour: 0.23, profile(), demand(), workload: .gpu).fits)
    }
}
