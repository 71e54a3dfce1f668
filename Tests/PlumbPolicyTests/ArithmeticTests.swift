// The catalogue's worked numbers, to the digit.

import PlumbModel
import PlumbSignals
import Testing

@testable import PlumbPolicy

@Suite struct ArithmeticTests {
    @Test func twoInstancesInTwoZonesLoseLessThanFiveHoursAYear() {
        let two = Availability(instances: 2, zones: 2)
        #expect(abs(two.value - 0.999475) < 1e-6)
        #expect(Arithmetic.text(two.hoursDownPerYear) == "4.6")
        #expect(two.value >= Availability.target)
        #expect(two.loadAfterZoneLoss(from: 70) == 140)
    }

    @Test(arguments: [(1, 1), (1, 3), (4, 1)]) func oneInstanceOrOneZoneIsAWeekendLost(instances: Int, zones: Int) {
        let single = Availability(instances: instances, zones: zones)
        #expect(single.value == 0.995)
        #expect(Arithmetic.text(single.hoursDownPerYear) == "43.8")
        #expect(single.value < Availability.target)
    }

    @Test func thePilotLightOfTheCatalogueTakes3150Seconds() {
        var time = RecoveryTime(
            alarmSeconds: 300, decisionSeconds: 900, isWarm: false, provisioningSeconds: 600,
            downloadTimeoutSeconds: 900, startupTimeoutSeconds: 300, recordTTLSeconds: 60, healthCheckSeconds: 90)
        #expect(time.seconds == 3150)
        #expect(time.sum.hasSuffix("= 3150 s"))
        time.downloadTimeoutSeconds = 3600
        time.startupTimeoutSeconds = 3600
        #expect(time.seconds == 9150)
        time.isWarm = true
        #expect(time.seconds == 1350)
    }

    @Test func aGPUTakesLongerToProvision() {
        #expect(RecoveryTime.provisioningSeconds(of: InstanceType.named("ml.g5.xlarge")) == 900)
        #expect(RecoveryTime.provisioningSeconds(of: InstanceType.named("ml.m5.xlarge")) == 600)
    }

    @Test func memoryIsWeightsTimesOneFifthMorePlusTheRest() throws {
        var size = ModelSize()
        size.parametersMillions = 7_000
        size.bytesPerParameter = 2
        size.activationsGiB = 1
        size.runtimeGiB = 1
        let need = try #require(MemoryNeed(size))
        #expect(abs(need.gibibytes - (7e9 * 2 / 1_073_741_824 * 1.2 + 2)) < 1e-9)
        let small = try #require(InstanceType.named("ml.g5.2xlarge"))
        #expect(need.fits(small))
        size.bytesPerParameter = 4
        let large = try #require(MemoryNeed(size))
        let fourGPUs = try #require(InstanceType.named("ml.g5.12xlarge"))
        let oneGPU = try #require(InstanceType.named("ml.g5.16xlarge"))
        #expect(!large.fits(small) && !large.fits(oneGPU) && large.fits(fourGPUs))
        #expect(large.needsTensorParallelism(on: fourGPUs))
    }

    @Test func aSizeWithoutParametersCannotBeComputedWith() {
        #expect(MemoryNeed(ModelSize()) == nil)
    }

    @Test(arguments: [
        ("rate(12 hours)", 0.5), ("rate(7 days)", 7), ("cron(0 5 ? * MON-FRI *)", 7), ("cron(0 5 * * ? *)", 1),
        ("cron(0 5 1 * ? *)", 31), ("cron(0 5 1 1,4,7,10 ? *)", 93), ("cron(0 5 1 */3 ? *)", 93),
        ("cron(0 5 1 JAN ? *)", 372), ("cron(0 5 1 1/6 ? *)", 186), ("cron(0 5 ? * MON#1 *)", 35),
    ])
    func aScheduleRunsAtLeastEverySoManyDays(expression: String, days: Double) {
        #expect(ScheduleInterval.longestDays(of: expression) == days)
    }

    @Test(arguments: [
        "", "cron()", "rate(0 days)", "rate(5 moons)", "cron(0 5 1 13 ? *)", "cron(0 5 1 1 ? 2026)", "at(2026-01-01)",
        "cron(0 5 1 5-2 ? *)",
    ])
    func aScheduleThatIsNotUnderstoodSaysNothing(expression: String) {
        #expect(ScheduleInterval.longestDays(of: expression) == nil)
    }

    @Test func seventyOnSixteenProcessorsIsFourPercent() throws {
        let type = try #require(InstanceType.named("ml.m5.4xlarge"))
        let rows = [Self.row("m1", "CPUUtilization", returnsData: true)]
        guard case .fullUse(let full) = CapacityScale.answer(rows, on: Self.identity, of: type) else {
            Issue.record("no answer")
            return
        }
        #expect(full == 1600)
        #expect(Arithmetic.text(70 / full * 100) == "4.4")
    }

    @Test func metricMathScalesLikeTheMetricItStandsFor() throws {
        let type = try #require(InstanceType.named("ml.m5.4xlarge"))
        let rows = [
            Self.row("cpu", "CPUUtilization", returnsData: false),
            MetricDataQuery(id: "e1", source: .expression("cpu / 16"), returnsData: true),
        ]
        guard case .fullUse(let full) = CapacityScale.answer(rows, on: Self.identity, of: type) else {
            Issue.record("no answer")
            return
        }
        #expect(full == 100)
    }

    @Test func anOffsetIsNoScale() throws {
        let type = try #require(InstanceType.named("ml.m5.large"))
        let rows = [
            Self.row("cpu", "CPUUtilization", returnsData: false),
            MetricDataQuery(id: "e1", source: .expression("cpu / 2 + 20"), returnsData: true),
        ]
        guard case .unknown = CapacityScale.answer(rows, on: Self.identity, of: type) else {
            Issue.record("an offset was taken for a scale")
            return
        }
    }

    private static let identity = VariantIdentity(endpoint: "digits", variant: "primary")

    private static func row(_ id: String, _ metric: String, returnsData: Bool) -> MetricDataQuery {
        let metric = MetricIdentity(
            namespace: CapacityScale.namespace, name: metric, dimensions: identity.dimensions)
        return MetricDataQuery(
            id: id, source: .metric(metric, statistic: .average, periodSeconds: 60, unit: "Percent"),
            returnsData: returnsData)
    }
}
