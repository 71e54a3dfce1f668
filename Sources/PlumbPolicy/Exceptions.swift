// Waivers and attestations: where a person stands in for proof, within limits.

import PlumbModel

/// The exceptions declared in a graph, and which of them still count on the day it is judged.
struct Exceptions {
    /// What a waiver speaks of: a control in upper case, and one resource, or nil for all of the control's.
    private struct Subject: Hashable {
        let control: String
        let resource: String?
    }
    /// By subject, each with its place among all waivers.
    private let waivers: [Subject: [(offset: Int, waiver: Waiver)]]
    private let attestations: [String: [Attestation]]
    private let today: Day
    /// Exceptions that cannot count: lapsed, or for a control that does not exist or may not be attested.
    let diagnostics: [Diagnostic]

    init(_ graph: Graph) {
        let declared = graph.declarations.flatMap(\.waivers)
        let words = graph.declarations.flatMap(\.attestations)
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
                        hint: "plumb explain lists them all"))
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

    /// The judgement after exceptions: an unknown may be attested, a failure or an unknown may be waived.
    func settle(_ judgement: Judgement, of control: Control) -> Judgement {
        guard judgement.verdict == .fails || judgement.verdict == .unknown else { return judgement }
        var settled = judgement
        if judgement.verdict == .unknown, control.isAttestable,
            let word = attestations[control.id]?.first(where: { $0.day <= today })
        {
            settled.verdict = .attested
            settled.message = "attested by \(word.signer) on \(word.day) (\(word.path), sha256 \(word.sha256))"
            return settled
        }
        let general = waivers[Subject(control: control.id, resource: nil)] ?? []
        let own = waivers[Subject(control: control.id, resource: judgement.resource)] ?? []
        let matching = (general + own).sorted { $0.offset < $1.offset }.map(\.waiver)
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
