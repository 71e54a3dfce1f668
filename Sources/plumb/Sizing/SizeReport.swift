// What sizing found: the model, its class, the choice and what was weighed against it.

import PlumbModel
import PlumbPolicy

struct SizeReport: Encodable {
    var schema = "plumbline.size/1"
    var endpoint: String
    var environment: PlumbModel.Environment
    var region: String
    var model: MeasuredModel
    var declaredWorkload: Workload
    var workload: Workload
    var reason: String
    var memoryGiB: Double
    var memoryArithmetic: String
    var targetRate: Double?
    var p99MillisecondsMax: Double
    var instancesMin: Int
    var instancesMax: Int
    var choice: SizeCandidate?
    /// The type that the spec names.
    var current: SizeCandidate?
    var exception: SizeCandidate?
    var suggested: [SizeCandidate]
    var cheaperOutsideThePolicy: [SizeCandidate]
    /// Waivers with which the exception could be deployed, as a spec holds them.
    var waivers: String?
    /// What the exit code tells.
    var findings: [String]
    /// Every type that fits, the cheapest month first.
    var fitting: [SizeCandidate]
    /// How many types were weighed.
    var weighed: Int

    /// How long the waivers last that are proposed.
    private static let waiverDays = 90

    init(
        _ spec: Spec, _ model: MeasuredModel, _ profile: ModelProfile, _ demand: SizeDemand,
        _ reading: WorkloadReading, candidates: [SizeCandidate], on day: Day
    ) {
        let answer = SizeChoice(among: candidates, workload: reading.workload)
        endpoint = spec.name
        environment = spec.environment
        region = spec.region
        self.model = model
        declaredWorkload = spec.workload
        workload = reading.workload
        reason = reading.reason
        memoryGiB = profile.needGiB
        memoryArithmetic = profile.needArithmetic
        targetRate = demand.rate
        p99MillisecondsMax = demand.p99Milliseconds
        instancesMin = spec.instances.minimum
        instancesMax = demand.instancesMax
        choice = answer.best
        exception = answer.exception
        suggested = answer.suggested
        cheaperOutsideThePolicy = answer.cheaper
        current = candidates.first { $0.type == spec.instances.type }
        fitting = candidates.filter(\.fits).sorted {
            ($0.expectedUSD, $0.worstUSD, $0.type) < ($1.expectedUSD, $1.worstUSD, $1.type)
        }
        weighed = candidates.count
        let granted = answer.waivers(owner: spec.owner ?? spec.team, until: day.adding(days: Self.waiverDays))
        waivers = granted.isEmpty ? nil : Self.text(of: granted)
        findings = []
        findings = found(spec)
    }

    private func found(_ spec: Spec) -> [String] {
        var findings: [String] = []
        if declaredWorkload != workload {
            findings.append(
                "the spec says workload: \(declaredWorkload.rawValue), and the model is \(workload.rawValue)-bound")
        }
        guard let current else {
            return findings + ["\(spec.instances.type), which the spec names, has no price in \(region)"]
        }
        findings += current.misfits.map { "\(current.type), which the spec names, does not do: \($0)" }
        findings += (current.breaches ?? []).map {
            "\(current.type), which the spec names, breaks \($0.control): \($0.message)"
        }
        if choice == nil {
            findings.append(
                exception.map { "no type does that keeps the policy; the least exception is \($0.type)" }
                    ?? "no type does: make the model smaller or faster (plumb optimize), or let more instances run")
        } else if let choice, choice.requestsPerSecond == nil {
            findings.append("what one \(choice.type) bears is not known: plumb bench on it would tell")
        }
        return findings
    }

    private static func text(of waivers: [Waiver]) -> String {
        let lines = waivers.map { waiver in
            "  - {control: \(waiver.control), owner: \(JSONText.quoted(waiver.owner)), reason: "
                + "\(JSONText.quoted(waiver.reason)), expires: \(waiver.expires)}"
        }
        return "waivers:\n" + lines.joined(separator: "\n")
    }
}
