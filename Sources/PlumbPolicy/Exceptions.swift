// Waivers and attestations: where a person stands in for proof, within limits.

import PlumbModel

/// The exceptions declared in a graph and by the organisation, and which of them still count on the day of judging.
struct Exceptions {
    private let waivers: [Waiver]
    private let attestations: [Attestation]
    /// Controls held to a looser number than the seed's, each by an owner's waiver.
    private let loosened: [String: Waiver]
    private let today: Day
    /// Exceptions that cannot count: lapsed, or for a control that does not exist or may not be attested.
    let diagnostics: [Diagnostic]

    init(_ graph: Graph, _ overlay: PolicyOverlay = PolicyOverlay(), loosened: [String: Waiver] = [:]) {
        waivers = graph.declarations.flatMap(\.waivers) + overlay.waivers
        attestations = graph.declarations.flatMap(\.attestations) + overlay.attestations
        self.loosened = loosened
        today = graph.asOf
        var diagnostics: [Diagnostic] = []
        for waiver in waivers {
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
        for attestation in attestations where PolicyBook.control(attestation.control)?.control.isAttestable != true {
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
            let word = attestations.first(where: { $0.control == control.id && $0.day <= today })
        {
            settled.verdict = .attested
            settled.message = "attested by \(word.signer) on \(word.day) (\(word.path), sha256 \(word.sha256))"
            return settled
        }
        let matching = waivers.filter { $0.speaks(of: control, judgement.resource) }
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

    /// A failure for each waiver that lapsed, unless it was renewed or a failing resource tells of it already.
    private func lapsed(of control: Control, among judgements: [Judgement]) -> [Judgement] {
        waivers.filter { $0.control.uppercased() == control.id && $0.expires < today }.compactMap { waiver in
            let isRenewed = waivers.contains {
                $0.control.uppercased() == control.id && $0.expires >= today
                    && ($0.resource == nil || $0.resource == waiver.resource)
            }
            let isTold = judgements.contains { $0.verdict == .fails && waiver.speaks(of: control, $0.resource) }
            guard !isRenewed, !isTold else { return nil }
            return Judgement(
                .fails, waiver.resource ?? "waiver of \(control.id)", at: waiver.place,
                "the waiver of \(control.id) by \(waiver.owner) lapsed on \(waiver.expires) (\(waiver.reason)); "
                    + "nothing that was judged here fails this control",
                fix: "Delete the waiver if it is needed no more, or have \(waiver.owner) renew it with a new date.")
        }
    }
}

extension Waiver {
    fileprivate func speaks(of control: Control, _ judged: String) -> Bool {
        self.control.uppercased() == control.id && (resource == nil || resource == judged)
    }
}
