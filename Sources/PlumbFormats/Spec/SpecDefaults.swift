// What holds where nothing is written: values that keep the policies, for each environment.
//
// Numbers in brackets are the catalogue's: rules T-1 to T-25 and arithmetic A-1 to A-4.

import Foundation
import PlumbModel

enum SpecDefaults {
    /// A spec of which nothing has been written yet. Required keys are empty; `settle` mends what depends on others.
    static func start(in environment: Environment) -> Spec {
        let isProduction = environment == .production
        var spec = Spec(
            name: "", environment: environment, team: "", region: "us-east-1", workload: .cpu, model: model,
            example: ExampleRequest(contentType: "application/json"),
            // High availability is a floor in production; the seed's minimum of one is for the rest (T-1).
            instances: Instances(
                type: "", minimum: isProduction ? 2 : 1, maximum: 4, initial: isProduction ? 2 : 1,
                zones: isProduction ? 2 : 1),
            scaling: Scaling(
                isEnabled: true, targetPercent: 70, scaleOutAbovePercent: 80, scaleInBelowPercent: 0,
                scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 300, scheduled: []),
            budget: BudgetPlan(
                monthlyUSD: budgetUSD(in: environment), alertPercents: [50, 80, 100], stopsAtLimit: !isProduction),
            alarms: alarms,
            rollout: RolloutPlan(
                strategy: .canary, canaryPercent: 10, stepPercent: 25, waitSeconds: 0, terminationWaitSeconds: 0,
                timeoutSeconds: 0, requestsMinimum: environment == .dev ? 0 : 100, keptRevisions: 2,
                warmRollbackMinutes: isProduction ? 60 : 0,
                rollsBackLate: true),
            // A fifth of production's traffic shows drift; elsewhere there is so little that all of it is kept.
            capture: CapturePlan(isEnabled: true, samplingPercent: isProduction ? 20 : 100, ttlDays: 30),
            drift: DriftPlan(isEnabled: environment != .dev),
            // SageMaker's own limits for a request: 6 MiB and 60 s.
            limits: RequestLimits(bodyBytesMax: 6 << 20, timeoutSeconds: 60, queueMax: 100, requestsPerSecondMax: nil),
            retentionDays: 365)
        spec.workingHours = isProduction ? nil : workingHours
        return spec
    }

    /// Download and start within 20 minutes, so that a recovery with a person's decision fits into an hour (A-4).
    static let model = ModelSource(concurrencyMax: 4, startupTimeoutSeconds: 300, downloadTimeoutSeconds: 900)

    /// Twelve hours on five days: three ml.m5.large then cost $89.95 a month (T-17).
    static let workingHours = WorkingHours(
        timezone: "Etc/UTC", days: ["mon", "tue", "wed", "thu", "fri"], start: "08:00", stop: "20:00")

    /// Two periods of a minute: detection takes 60 + 2 x 60 + 60 + 60 = 300 s (A-1), which one bake of five minutes
    /// covers. Silence is no error and no latency, but it is ill health.
    private static let alarms = AlarmPlan(
        errorRate: AlarmPlan.Rule(
            threshold: 1, periodSeconds: 60, evaluationPeriods: 2, datapointsToAlarm: 2, missingData: .notBreaching),
        latencyP99: AlarmPlan.Rule(
            threshold: 500, periodSeconds: 60, evaluationPeriods: 2, datapointsToAlarm: 2, missingData: .notBreaching),
        health: AlarmPlan.Rule(
            threshold: 1, periodSeconds: 60, evaluationPeriods: 2, datapointsToAlarm: 2, missingData: .breaching),
        requestsMinimum: 20, probeIntervalSeconds: 5, probeTimeoutSeconds: 2, probeFailuresMax: 3, notify: [])

    /// Under the caps of $100 and $500 by what one alert takes to be heard; production begins at the band's lower end.
    private static func budgetUSD(in environment: Environment) -> Double {
        switch environment {
        case .dev: 95
        case .staging: 495
        case .production: 2000
        }
    }

    /// Fills in what was not written and follows from other values.
    static func settle(_ spec: inout Spec, isWritten: (String) -> Bool) {
        settleCapacity(&spec, isWritten: isWritten)
        settleAlarms(&spec, isWritten: isWritten)
        settleRollout(&spec, isWritten: isWritten)
        if !isWritten("retentionDays"), spec.regimes?.names.contains("hipaa") == true { spec.retentionDays = 2192 }
        if let days = spec.personalData?.captureTTLDays {
            if !isWritten("capture.ttlDays") { spec.capture.ttlDays = max(1, min(spec.capture.ttlDays, days)) }
        } else {
            spec.personalData?.captureTTLDays = spec.capture.ttlDays
        }
        if !isWritten("example.contentType"), spec.example.file?.lowercased().hasSuffix(".csv") == true {
            spec.example.contentType = "text/csv"
        }
    }

    private static func settleCapacity(_ spec: inout Spec, isWritten: (String) -> Bool) {
        if !isWritten("instances.type") {
            spec.instances.type = instanceType(for: spec.workload, in: spec.environment)
        }
        if !isWritten("instances.maximum") {
            spec.instances.maximum = max(spec.instances.minimum, affordableMaximum(of: spec, isWritten: isWritten))
        }
        if !isWritten("instances.initial") { spec.instances.initial = spec.instances.minimum }
        if !isWritten("scaling.scaleInBelowPercent") {
            // After one of m + 1 instances goes, the rest carry (m + 1) / m of the load each; that must stay under the
            // target (T-3): 46 % for two, 35 % for one.
            let least = Double(max(1, spec.instances.minimum))
            spec.scaling.scaleInBelowPercent = min(
                50, (spec.scaling.targetPercent * least / (least + 1)).rounded(.down))
        }
        if !isWritten("budget.monthlyUSD"), spec.environment == .production {
            spec.budget.monthlyUSD = productionBudgetUSD(of: spec)
        }
    }

    /// Prescribed in dev and staging (COST-2.1). In production the smallest of the class's family that is worth having;
    /// for memory-bound models the largest of which four fit into $5,000 a month (T-5).
    static func instanceType(for workload: Workload, in environment: Environment) -> String {
        switch (environment, workload) {
        case (.dev, _): "ml.m5.large"
        case (.staging, _), (.production, .cpu): "ml.m5.xlarge"
        case (.production, .gpu): "ml.g5.xlarge"
        case (.production, .memory): "ml.g5.2xlarge"
        }
    }

    /// Four, or as many as the cap of dev and staging pays for in the hours in which they run (T-17).
    private static func affordableMaximum(of spec: Spec, isWritten: (String) -> Bool) -> Int {
        let cap: Double
        switch spec.environment {
        case .dev: cap = 100
        case .staging: cap = 500
        case .production: return 4
        }
        guard let price = usdPerHour(of: spec), price > 0 else { return 4 }
        let limit = (isWritten("budget.monthlyUSD") ? min(cap, spec.budget.monthlyUSD) : cap) - fixedUSD
        let hours = PriceBook.hoursPerMonth(atWeekly: spec.workingHours?.hoursPerWeek ?? 168)
        guard hours > 0 else { return 4 }
        return max(1, Int(min(4, (limit / (price * hours)).rounded(.down))))
    }

    /// What keys, alarms and deployments of dev or staging cost a month, next to the instances (A-2).
    private static let fixedUSD = 8.0

    /// The price in the spec's region, or us-east-1's where that region's is not known.
    private static func usdPerHour(of spec: Spec) -> Double? {
        let type = InstanceType.named(spec.instances.type)
        return type?.usdPerHour(in: spec.region) ?? type?.usdPerHour
    }

    /// The worst case (A-2) to the next hundred, and a hundred for keys, endpoints and alarms; within the seed's band.
    private static func productionBudgetUSD(of spec: Spec) -> Double {
        guard let price = usdPerHour(of: spec) else { return 2000 }
        let worst = Double(spec.instances.maximum) * price * 730
        return min(5000, max(2000, (worst / 100).rounded(.up) * 100 + 100))
    }

    private static func settleAlarms(_ spec: inout Spec, isWritten: (String) -> Bool) {
        for (name, path) in alarmRules {
            let writesPeriods = isWritten("alarms.\(name).evaluationPeriods")
            let writesDatapoints = isWritten("alarms.\(name).datapointsToAlarm")
            if writesPeriods, !writesDatapoints {
                spec.alarms[keyPath: path].datapointsToAlarm = spec.alarms[keyPath: path].evaluationPeriods
            } else if writesDatapoints, !writesPeriods {
                let rule = spec.alarms[keyPath: path]
                spec.alarms[keyPath: path].evaluationPeriods = max(rule.evaluationPeriods, rule.datapointsToAlarm)
            }
        }
        // Whoever answers for it is told, where nobody else is named.
        if !isWritten("alarms.notify"), let owner = spec.owner, owner.contains("@"), !owner.contains(" ") {
            spec.alarms.notify = [owner]
        }
    }

    static var alarmRules: [(name: String, path: WritableKeyPath<AlarmPlan, AlarmPlan.Rule>)] {
        [("errorRate", \.errorRate), ("latencyP99", \.latencyP99), ("health", \.health)]
    }

    private static func settleRollout(_ spec: inout Spec, isWritten: (String) -> Bool) {
        // Half of one instance is less than one: there is no legal canary of it (OPS-2.6).
        if spec.instances.initial < 2, !isWritten("rollout.strategy"), !isWritten("rollout.canaryPercent") {
            spec.rollout.strategy = .allAtOnce
        }
        let detection = alarmRules.map { detectionSeconds(spec.alarms[keyPath: $0.path]) }.max() ?? 300
        let bake = min(3600, max(300, detection))
        if !isWritten("rollout.wait") { spec.rollout.waitSeconds = bake }
        if !isWritten("rollout.terminationWait") { spec.rollout.terminationWaitSeconds = bake }
        guard !isWritten("rollout.timeout") else { return }
        let rollout = spec.rollout
        let steps =
            switch rollout.strategy {
            case .allAtOnce: 0
            case .canary: 1
            case .linear: (100 + rollout.stepPercent - 1) / rollout.stepPercent
            }
        let hasGPU = InstanceType.named(spec.instances.type).map { $0.gpus > 0 } ?? (spec.workload != .cpu)
        let needed = (hasGPU ? 900 : 600) + steps * rollout.waitSeconds + rollout.terminationWaitSeconds + 300
        // To the next five minutes, and SageMaker's limit is eight hours.
        spec.rollout.timeoutSeconds = min(28_800, max(1800, (needed + 299) / 300 * 300))
    }

    /// A-1: one period until the fault fills one, M periods that breach, delivery 60 s, evaluation 60 s (10 s for
    /// periods under a minute).
    static func detectionSeconds(_ rule: AlarmPlan.Rule) -> Int {
        rule.periodSeconds * (1 + rule.datapointsToAlarm) + 60 + (rule.periodSeconds < 60 ? 10 : 60)
    }
}
