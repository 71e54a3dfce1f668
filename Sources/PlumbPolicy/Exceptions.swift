// Waivers and attestations: where a person stands in for proof, within limits.

import PlumbModel

/// The exceptions declared in a graph, and which of them still count on the day it is judged.
struct Exceptions {
    private let waivers: [Waiver]
    private let attestations: [Attestation]
    private let today: Day
    /// Exceptions that cannot count: lapsed, or for a control that does not exist or may not be attested.
    let diagnostics: [Diagnostic]

    init(_ graph: Graph) {
        waivers = graph.declarations.flatMap(\.waivers)
        attestations = graph.declarations.flatMap(\.attestations)
        today = graph.asOf
        var diagnostics: [Diagnostic] = []
        for waiver in waivers {
            if PolicyBook.control(waiver.control) == nil {
                diagnostics.append(
                    Diagnostic(
                        .warning, "the waiver names '\(waiver.control)', which is no control", at: waiver.place,
                        hint: "plumb explain lists them all"))
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

    /// The judgement after exceptions: an unknown may be attested, a failure or an unknown may be waived.
    func settle(_ judgement: Judgement, of control: Control) -> Judgement {
        guard judgement.verdict == .fails || judgement.verdict == .unknown else { return judgement }
        var settled = judgement
        if judgement.verdict == .unknown, control.isAttestable,
            let word = attestations.first(where: { $0.control == control.id && $0.day <= today })
        {
            settled.verdict = .attested
            settled.message = "attested by \(word.signer) on \(word.day) (\(word.path), sha256 \(word.sha256))"
            return settled
        }
        let matching = waivers.filter {
            $0.control.uppercased() == control.id && ($0.resource == nil || $0.resource == judgement.resource)
        }
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
}
