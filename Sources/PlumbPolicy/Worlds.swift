// One answer for a template whose conditions are open: what every way agrees on.

public import PlumbModel

extension PolicyBook {
    /// The assessments of one input under different assumptions as one: a verdict that all share stays; where they
    /// differ it is unknown, and says under which assumption it would be worst.
    ///
    /// - Parameter cases: At least one; each with what is assumed in it.
    /// - Returns: The only case as it is; else a new assessment.
    public static func combine(_ cases: [(assumptions: [String], assessment: Assessment)]) -> Assessment {
        var combined = cases[0].assessment
        guard cases.count > 1 else { return combined }
        var findings: [Finding] = []
        for (policyIndex, policy) in combined.policies.enumerated() {
            for (controlIndex, control) in policy.controls.enumerated() {
                let all = cases.map { ($0.assumptions, $0.assessment.policies[policyIndex].controls[controlIndex]) }
                let judgements = combine(all)
                combined.policies[policyIndex].controls[controlIndex].judgements = judgements
                combined.policies[policyIndex].controls[controlIndex].verdict = judgements.map(\.verdict).combined
                if let (_, known) = self.control(control.id) {
                    findings += Self.findings(
                        of: combined.policies[policyIndex].controls[controlIndex], known, policies[policyIndex])
                }
            }
            combined.policies[policyIndex].verdict = combined.policies[policyIndex].controls.map(\.verdict).combined
        }
        combined.findings = inTellingOrder(findings)
        return combined
    }

    /// The judgements of one control, resource by resource.
    private static func combine(_ cases: [([String], ControlVerdict)]) -> [Judgement] {
        var order: [String] = []
        var byResource: [String: [Judgement]] = [:]
        for (assumptions, verdict) in cases {
            for judgement in verdict.judgements {
                if byResource[judgement.resource] == nil { order.append(judgement.resource) }
                var judgement = judgement
                judgement.message = "when \(assumptions.joined(separator: " and ")): " + judgement.message
                byResource[judgement.resource, default: []].append(judgement)
            }
        }
        return order.compactMap { resource in
            guard let all = byResource[resource],
                let worst = all.max(by: { $0.verdict != $1.verdict && $0.verdict.and($1.verdict) == $1.verdict })
            else { return nil }
            let verdicts = Set(all.map(\.verdict))
            guard verdicts.count > 1 else { return simplified(worst, among: all) }
            var judgement = worst
            // What is broken in one way only cannot be told until the way is.
            if worst.verdict == .fails { judgement.verdict = .unknown }
            return judgement
        }
    }

    /// The same message in every case needs no assumption before it.
    private static func simplified(_ judgement: Judgement, among all: [Judgement]) -> Judgement {
        let texts = Set(all.map { $0.message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? "" })
        guard texts.count == 1, let text = texts.first else { return judgement }
        var judgement = judgement
        judgement.message = text
        return judgement
    }
}
