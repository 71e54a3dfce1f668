// Judges a graph and its evidence: fifteen policies, each a file.
//
// The list of controls is the policy files themselves; the only other place that names a policy is the list below.

public import PlumbModel

/// The policy book: the seed's fifteen policies, and the one way to hold a graph to them.
public enum PolicyBook {
    /// All fifteen, in the seed's order.
    public static let policies: [Policy] = [
        monitoringAndAlerting, automatedRollback, infrastructureAsCode,
        encryption, leastPrivilege, auditAndLogging,
        highAvailability, autoscaling, disasterRecovery,
        instanceSelection, modelOptimization, cachingAndContentDelivery,
        ongoingCostOptimization, costOptimizedEnvironments, productionBudgets,
    ]

    /// The control with this id, in any case of letters.
    public static func control(_ id: String) -> (policy: Policy, control: Control)? {
        let id = id.uppercased()
        for policy in policies {
            if let control = policy.controls.first(where: { $0.id == id }) { return (policy, control) }
        }
        return nil
    }

    /// Holds a graph to every control. `path` is what the user named as source, and `diagnostics` what the reader found
    /// odd; both are told in the report. `overlay` is what the organisation lays over the book.
    public static func assess(
        _ graph: Graph, path: String, diagnostics: [Diagnostic] = [], under overlay: PolicyOverlay = PolicyOverlay()
    ) -> Assessment {
        var graph = graph
        let (thresholds, loosened) = overlay.settledThresholds(on: graph.asOf)
        graph.thresholds = thresholds
        graph = graph.keepingJoins
        let ledger = Exceptions(graph, overlay, loosened: loosened)
        var verdicts: [PolicyVerdict] = []
        var findings: [Finding] = []
        for policy in policies {
            let controls = policy.controls.map { control in
                var verdict =
                    overlay.leftOut[control.id].map { control.leftOut(because: $0, in: graph.environment) }
                    ?? Self.verdict(of: control, on: graph, ledger)
                verdict.seed = control.seed
                verdict.remedy = control.remedy
                findings += Self.findings(of: verdict, control, policy)
                return verdict
            }
            verdicts.append(
                PolicyVerdict(
                    id: policy.id, pillar: policy.pillar.rawValue, title: policy.title,
                    verdict: controls.map(\.verdict).combined, controls: controls))
        }
        return Assessment(
            source: graph.source, path: path, environment: graph.environment,
            environmentIsAssumed: graph.environmentIsAssumed, policies: verdicts,
            findings: inTellingOrder(findings),
            diagnostics: diagnostics + ledger.diagnostics + overlay.notes(on: graph)
                + [graph.partialNote].compactMap { $0 })
    }

    /// Holds a graph to one control.
    static func verdict(of control: Control, on graph: Graph, _ ledger: Exceptions) -> ControlVerdict {
        let graph = graph.keepingJoins
        guard let severity = control.severities[graph.environment] else {
            return ControlVerdict(
                id: control.id, statement: control.statement, verdict: .notApplicable, severity: nil, judgements: [])
        }
        let isProvable = control.provableAt.contains(graph.source)
        // An engine has no templates, roles or trails whose absence could be held against it.
        let judgements: [Judgement]
        if graph.source == .engine && !isProvable {
            judgements = graph.endpoints.map {
                Judgement(
                    .unknown, $0.id, at: $0.place, "a running engine cannot show this. \(control.wouldBeDecidedBy)")
            }
        } else {
            judgements = control.judge(graph).map { judgement in
                // What a source cannot prove it cannot refute either: there, another control tells the fault.
                let cannotRefute = [.cloudformation, .terraform, .live].contains(graph.source)
                let isOpen = judgement.verdict == .holds || cannotRefute && judgement.verdict == .fails
                guard isOpen, !isProvable else { return judgement }
                var weaker = judgement
                weaker.verdict = .unknown
                let told = judgement.verdict == .holds ? "declared but not proved" : "against it speaks"
                weaker.message = "\(told): \(judgement.message). \(control.wouldBeDecidedBy)"
                return weaker
            }
        }
        let seen = graph.withoutUnseen(graph.withoutAbsences(judgements), of: control)
        let settled = ledger.settle(seen, of: control)
        return ControlVerdict(
            id: control.id, statement: control.statement, verdict: settled.map(\.verdict).combined,
            severity: severity, judgements: settled)
    }

    static func findings(of verdict: ControlVerdict, _ control: Control, _ policy: Policy) -> [Finding] {
        guard let severity = verdict.severity else { return [] }
        return verdict.judgements.filter { $0.verdict == .fails || $0.verdict == .unknown }.map { judgement in
            Finding(
                control: control.id, policy: policy.id, verdict: judgement.verdict,
                severity: judgement.severity ?? severity, resource: judgement.resource, place: judgement.place,
                message: judgement.message, fix: judgement.fix ?? control.remedy, seed: control.seed,
                related: judgement.related)
        }
    }

    /// Failures before unknowns, worst first, then as the book and the source have them.
    static func inTellingOrder(_ findings: [Finding]) -> [Finding] {
        var positions: [[Int]] = Array(repeating: [], count: 2 * Severity.allCases.count)
        for (position, finding) in findings.enumerated() {
            let grade = Severity.allCases.firstIndex(of: finding.severity) ?? 0
            let rank = Severity.allCases.count - 1 - grade + (finding.verdict == .fails ? 0 : Severity.allCases.count)
            positions[rank].append(position)
        }
        return positions.joined().map { findings[$0] }
    }
}

extension Control {
    /// The verdict on a control that the run does not judge.
    fileprivate func leftOut(because reason: String, in environment: Environment) -> ControlVerdict {
        ControlVerdict(
            id: id, statement: statement, verdict: .notApplicable, severity: severities[environment],
            judgements: [Judgement(.notApplicable, id, reason)])
    }

    /// Which inputs would prove this control, in words.
    public var wouldBeDecidedBy: String {
        let inputs = SourceKind.allCases.filter(provableAt.contains).map { kind in
            switch kind {
            case .spec: "a spec (plumb check SPEC)"
            case .cloudformation: "a CloudFormation template"
            case .terraform: "a Terraform plan"
            case .live: "the live account (plumb check aws://REGION)"
            case .engine: "the running engine (plumb check engine:)"
            }
        }
        return "Decided by " + inputs.formatted(joinedBy: "or") + "."
    }
}

extension [String] {
    /// `a, b or c`.
    func formatted(joinedBy word: String) -> String {
        guard count > 1, let last else { return first ?? "nothing" }
        return dropLast().joined(separator: ", ") + " \(word) " + last
    }
}

extension PolicyOverlay {
    /// What it changes about the book, told so that no reader takes the verdicts for the book's own.
    fileprivate func notes(on graph: Graph) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if !leftOut.isEmpty {
            let ids = PolicyBook.policies.flatMap(\.controls).map(\.id).filter { leftOut[$0] != nil }
            let named = ids.prefix(5).joined(separator: ", ") + (ids.count > 5 ? " and \(ids.count - 5) more" : "")
            notes.append(
                Diagnostic(.note, "\(ids.count) control\(ids.count == 1 ? " was" : "s were") left out: \(named)"))
        }
        for threshold in Thresholds.all where !threshold.isSeed(thresholds) {
            let own = Arithmetic.text(thresholds[keyPath: threshold.path], places: 4)
            let seed = Arithmetic.text(Thresholds()[keyPath: threshold.path], places: 4)
            let isLapsed = threshold.isSeed(graph.thresholds)
            notes.append(
                Diagnostic(
                    isLapsed ? .warning : .note,
                    isLapsed
                        ? "\(threshold.name) is the seed's \(seed) again, not \(own): a waiver it takes has lapsed"
                        : "\(threshold.name) is \(own) here; the seed says \(seed)"))
        }
        return notes
    }
}
