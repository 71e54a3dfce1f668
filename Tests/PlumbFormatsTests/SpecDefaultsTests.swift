// What holds where nothing is written, held against the rules that it is to keep.

import PlumbModel
import Testing

@testable import PlumbFormats

/// What is expected of a spec that says no more than its workload.
struct ExpectedDefaults: Sendable {
    var environment: Environment
    var workload: Workload
    var type: String
    var bounds: ClosedRange<Int>
    var zones: Int
    var scaleInBelow: Double
    var budgetUSD: Double
    var timeoutSeconds: Int
}

struct SpecDefaultsTests {
    static let expected: [ExpectedDefaults] =
        Workload.allCases.flatMap { workload in
            [
                ExpectedDefaults(
                    environment: .dev, workload: workload, type: "ml.m5.large", bounds: 1...3, zones: 1,
                    scaleInBelow: 35,
                    budgetUSD: 95, timeoutSeconds: 1800),
                ExpectedDefaults(
                    environment: .staging, workload: workload, type: "ml.m5.xlarge", bounds: 1...4, zones: 1,
                    scaleInBelow: 35, budgetUSD: 495, timeoutSeconds: 1800),
            ]
        } + [
            ExpectedDefaults(
                environment: .production, workload: .cpu, type: "ml.m5.xlarge", bounds: 2...4, zones: 2,
                scaleInBelow: 46,
                budgetUSD: 2000, timeoutSeconds: 1800),
            ExpectedDefaults(
                environment: .production, workload: .gpu, type: "ml.g5.xlarge", bounds: 2...4, zones: 2,
                scaleInBelow: 46,
                budgetUSD: 4300, timeoutSeconds: 1800),
            ExpectedDefaults(
                environment: .production, workload: .memory, type: "ml.g5.2xlarge", bounds: 2...4, zones: 2,
                scaleInBelow: 46, budgetUSD: 4600, timeoutSeconds: 1800),
        ]

    private func spec(
        _ lines: String = "", in environment: Environment = .production, workload: Workload = .cpu
    ) throws -> Spec {
        let text = SpecSamples.least.replacing("workload: cpu", with: "workload: \(workload)") + lines + "\n"
        let reading = SpecReader.read(text, file: "a.yaml", environment: environment)
        return try #require(reading.spec, "\(reading.diagnostics)")
    }

    @Test(arguments: expected)
    func followTheEnvironmentAndTheWorkload(_ expected: ExpectedDefaults) throws {
        let spec = try spec(in: expected.environment, workload: expected.workload)
        let isProduction = expected.environment == .production
        #expect(
            spec.instances
                == Instances(
                    type: expected.type, minimum: expected.bounds.lowerBound, maximum: expected.bounds.upperBound,
                    initial: expected.bounds.lowerBound, zones: expected.zones))
        #expect(
            spec.scaling
                == Scaling(
                    isEnabled: true, targetPercent: 70, scaleOutAbovePercent: 80,
                    scaleInBelowPercent: expected.scaleInBelow, scaleInCooldownSeconds: 300,
                    scaleOutCooldownSeconds: 300, scheduled: []))
        #expect(
            spec.budget
                == BudgetPlan(
                    monthlyUSD: expected.budgetUSD, alertPercents: [50, 80, 100], stopsAtLimit: !isProduction))
        #expect((spec.workingHours == nil) == isProduction)
        #expect(spec.workingHours == nil || spec.workingHours?.hoursPerWeek == 60)
        #expect(spec.rollout.waitSeconds == 300 && spec.rollout.terminationWaitSeconds == 300)
        #expect(spec.rollout.timeoutSeconds == expected.timeoutSeconds)
        #expect(spec.rollout.strategy == (isProduction ? .canary : .allAtOnce) && spec.rollout.canaryPercent == 10)
        // In dev nobody sends requests that a verdict could rest on.
        #expect(spec.rollout.requestsMinimum == (spec.environment == .dev ? 0 : 100))
        #expect(spec.rollout.keptRevisions == 2)
        #expect(spec.capture.isEnabled && spec.capture.samplingPercent >= 20 && spec.capture.ttlDays <= 30)
        #expect(spec.retentionDays == 365 && spec.region == "us-east-1" && !spec.isCritical)
    }

    @Test func alarmsAreTheSeeds() throws {
        let alarms = try spec().alarms
        #expect(alarms.errorRate.threshold == 1 && alarms.latencyP99.threshold == 500)
        #expect(alarms.errorRate.missingData == .notBreaching && alarms.latencyP99.missingData == .notBreaching)
        #expect(alarms.health.missingData == .breaching)
        #expect(alarms.requestsMinimum == 20 && alarms.probeFailuresMax == 3)
        #expect(alarms.probeIntervalSeconds == 5 && alarms.probeTimeoutSeconds == 2)
    }

    /// A-1, whatever periods are written: the bake covers detection, and the timeout covers everything.
    @Test(
        arguments: Environment.allCases, ["60, evaluationPeriods: 1", "60", "300", "120, evaluationPeriods: 5", "10"])
    func theBakeCoversDetectionAndTheTimeoutAll(environment: Environment, period: String) throws {
        for strategy in ["canary", "linear, stepPercent: 30", "allAtOnce"] {
            for workload in Workload.allCases {
                let spec = try spec(
                    "alarms: {latencyP99: {period: \(period)}}\nrollout: {strategy: \(strategy)}", in: environment,
                    workload: workload)
                let rule = spec.alarms.latencyP99
                let evaluation = rule.periodSeconds < 60 ? 10 : 60
                let detection = rule.periodSeconds + rule.datapointsToAlarm * rule.periodSeconds + 60 + evaluation
                #expect(spec.rollout.waitSeconds >= detection && spec.rollout.terminationWaitSeconds >= detection)
                let steps = spec.rollout.strategy == .linear ? 4 : spec.rollout.strategy == .canary ? 1 : 0
                let provisioning = spec.instances.type.hasPrefix("ml.g") ? 900 : 600
                let needed =
                    provisioning + steps * spec.rollout.waitSeconds + spec.rollout.terminationWaitSeconds + 300
                #expect(spec.rollout.timeoutSeconds >= needed && (600...14_400).contains(spec.rollout.timeoutSeconds))
            }
        }
    }

    /// T-17, with the prices of controls' arithmetic: the worst case stays under the cap.
    @Test(arguments: [
        ("08:00", "20:00", 3), ("08:00", "18:00", 3), ("00:00", "24:00", 1), ("09:00", "17:00", 4),
    ])
    func devGrowsAsFarAsItsCapPaysFor(start: String, stop: String, maximum: Int) throws {
        let spec = try spec("workingHours: {start: '\(start)', stop: '\(stop)'}", in: .dev)
        #expect(spec.instances.maximum == maximum)
        let hours = PriceBook.hoursPerMonth(atWeekly: try #require(spec.workingHours).hoursPerWeek)
        #expect(Double(maximum) * 0.115 * hours < 100)
    }

    @Test func theRegionsPriceCounts() throws {
        // 3 x 0.138 $/h x 260.7 h = 107.9 $.
        #expect(try spec("region: eu-central-1", in: .dev).instances.maximum == 2)
    }

    @Test func aCanaryNeedsTwoInstances() throws {
        #expect(try spec("instances: {minimum: 2}", in: .staging).rollout.strategy == .canary)
        #expect(try spec("instances: {minimum: 1}").rollout.strategy == .allAtOnce)
        #expect(try spec("rollout: {strategy: canary}", in: .dev).rollout.strategy == .canary)
    }

    @Test func alwaysOnLeavesDevOneInstance() throws {
        let spec = try spec("workingHours: none", in: .dev)
        #expect(spec.instances.maximum == 1)
    }

    @Test func theMaximumIsNeverUnderAWrittenMinimum() throws {
        #expect(
            try spec("instances: {minimum: 6}").instances
                == Instances(type: "ml.m5.xlarge", minimum: 6, maximum: 6, initial: 6, zones: 2))
    }

    @Test func scaleInCannotFlap() throws {
        for minimum in 1...8 {
            let spec = try spec("instances: {minimum: \(minimum), maximum: 9}")
            let load = spec.scaling.scaleInBelowPercent * Double(minimum + 1) / Double(minimum)
            #expect(load <= 70 && spec.scaling.scaleInBelowPercent <= 50)
        }
    }

    @Test func whatIsWrittenDecidesWhatFollowsFromIt() throws {
        #expect(try spec("regimes: {names: [hipaa]}").retentionDays == 2192)
        #expect(try spec("regimes: {names: [hipaa]}\nretentionDays: 100").retentionDays == 100)
        #expect(try spec("regimes: {names: [soc2]}").retentionDays == 365)
        #expect(try spec("personalData: {processed: true, captureTTLDays: 7}").capture.ttlDays == 7)
        #expect(try spec("personalData: {processed: true}").personalData?.captureTTLDays == 30)
        #expect(try spec("owner: ada@example.org").alarms.notify == ["ada@example.org"])
        #expect(try spec("owner: Ada").alarms.notify == [])
        #expect(try spec("alarms: {health: {evaluationPeriods: 5}}").alarms.health.datapointsToAlarm == 5)
        #expect(try spec("alarms: {health: {datapointsToAlarm: 5}}").alarms.health.evaluationPeriods == 5)
        #expect(try spec("alarms: {notify: []}\nowner: ada@example.org").alarms.notify == [])
        let csv = SpecSamples.least.replacing("{body: \"0,0,5\"}", with: "{file: a.csv}")
        #expect(SpecReader.read(csv, file: "a.yaml").spec?.example.contentType == "text/csv")
        #expect(try spec().example.contentType == "application/json")
    }
}
