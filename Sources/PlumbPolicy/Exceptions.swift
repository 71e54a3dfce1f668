// Waivers and attestations: where a person stands in for proof, within limits.

import PlumbModel

/// The exceptions declared in a graph and by the organisation, and which of them still count on the day of judging.
struct Exceptions {
    /// What a waiver speaks of: a control in upper case, and one resource, or nil for all of the control's.
    private struct Subject: Hashable {
        let control: String
        let resource: String?
    }
    /// By subject, each with its place among all waivers.
    private let waivers: [Subject: [(offset: Int, waiver: Waiver)]]
    private let attestations: [String: [Attestation]]
    /// Waivers whose last day is over, by control.
    private let lapsed: [String: [Waiver]]
    /// Controls held to a looser number than the seed's, each by an owner's waiver.
    private let loosened: [String: Waiver]
    private let today: Day
    /// Exceptions that cannot count: lapsed, or for a control that does not exist or may not be attested.
    let diagnostics: [Diagnostic]

    init(_ graph: Graph, _ overlay: PolicyOverlay = PolicyOverlay(), loosened: [String: Waiver] = [:]) {
        let declared = graph.declarations.flatMap(\.waivers) + overlay.waivers
        let words = graph.declarations.flatMap(\.attestations) + overlay.attestations
        self.loosened = loosened
        lapsed = Dictionary(grouping: declared.filter { $0.expires < graph.asOf }) { $0.control.uppercased() }
        waivers = Dictionary(grouping: declared.enumerated().map { (offset: $0.offset, waiver: $0.element) }) {
            Subject(control: $0.waiver.control.uppercased(), resource: $0.waiver.resource)
        }
        attestations = Dictionary(grouping: words, by: \.control)
        today = graph.asOf
        var diagnostics: [Diagnostic] = []
        for waiver in declared {
            if PolicyBook.control(waiver.control) == nil {
                diagnostics.append(
                    Diagnostic(
                        .warning, "the waiver names '\(waiver.control)', which is no control", at: waiver.place,
                        hint: PolicyBook.near(waiver.control)))
            } else if waiver.expires < graph.asOf {
                diagnostics.append(
                    Diagnostic(
                        .warning, "the waiver of \(waiver.control) by \(waiver.owner) lapsed on \(waiver.expires)",
                        at: waiver.place, hint: "mend the cause, or have the owner renew it with a new date"))
            }
        }
        for attestation in words where PolicyBook.control(attestation.control)?.control.isAttestable != true {
            diagnostics.append(
                Diagnostic(.warning, "\(attestation.control) cannot be attested: it must be proved", hint: nil))
        }
        self.diagnostics = diagnostics
    }

    /// All judgements on a control after exceptions; a waiver that lapsed is a breach of its own where no other speaks
    /// of it.
    func settle(_ judgements: [Judgement], of control: Control) -> [Judgement] {
        judgements.map { settle($0, of: control) } + lapsed(of: control, among: judgements)
    }

    /// The judgement after exceptions: an unknown may be attested, a failure or an unknown may be waived.
    private func settle(_ judgement: Judgement, of control: Control) -> Judgement {
        var settled = judgement
        if judgement.verdict == .holds, let waiver = loosened[control.id] {
            // What holds only by a looser number is no proof of the seed's.
            settled.verdict = .waived
            settled.message =
                "held to a looser number than the seed's, by \(waiver.owner) until \(waiver.expires): "
                + "\(waiver.reason). By that number it holds: \(judgement.message)"
            return settled
        }
        guard judgement.verdict == .fails || judgement.verdict == .unknown else { return judgement }
        if judgement.verdict == .unknown, control.isAttestable,
            let word = attestations[control.id]?.first(where: { $0.day <= today })
        {
            settled.verdict = .attested
            settled.message = "attested by \(word.signer) on \(word.day) (\(word.path), sha256 \(word.sha256))"
            return settled
        }
        let matching = waivers(of: control.id, judgement.resource)
        if let waiver = matching.first(where: { $0.expires >= today }) {
            settled.verdict = .waived
            settled.message =
                "waived by \(waiver.owner) until \(waiver.expires): \(waiver.reason). Otherwise: "
                + judgement.message
        } else if let lapsed = matching.first {
            settled.message = "the waiver of \(lapsed.owner) lapsed on \(lapsed.expires). " + judgement.message
        }
        return settled
    }

    /// The waivers of a control that speak of a resource, in the order in which they were written.
    private func waivers(of control: String, _ resource: String?) -> [Waiver] {
        let general = waivers[Subject(control: control, resource: nil)] ?? []
        let own = resource.flatMap { waivers[Subject(control: control, resource: $0)] } ?? []
        return (general + own).sorted { $0.offset < $1.offset }.map(\.waiver)
    }

    /// A failure for each waiver that lapsed, unless it was renewed or a failing resource tells of it already.
    private func lapsed(of control: Control, among judgements: [Judgement]) -> [Judgement] {
        guard let lapsed = lapsed[control.id] else { return [] }
        let failing = Set(judgements.filter { $0.verdict == .fails }.map(\.resource))
        return lapsed.compactMap { waiver in
            let isRenewed = waivers(of: control.id, waiver.resource).contains { $0.expires >= today }
            let isTold = waiver.resource.map(failing.contains) ?? !failing.isEmpty
            guard !isRenewed, !isTold else { return nil }
            return Judgement(
                .fails, waiver.resource ?? "waiver of \(control.id)", at: waiver.place,
                "the waiver of \(control.id) by \(waiver.owner) lapsed on \(waiver.expires) (\(waiver.reason)); "
                    + "nothing that was judged here fails this control",
                fix: "Delete the waiver if it is needed no more, or have \(waiver.owner) renew it with a new date.")
        }
    }
}
