// Which controls a run leaves out, and why.

public import PlumbModel

extension PolicyBook {
    /// The controls that `only` and `skip` leave out, by id, each with the reason; ids of policies and controls are
    /// taken in any case of letters.
    ///
    /// `place` is where they were named, for the reason: `on the command line`. Throws `invalidInput` that names every
    /// unknown id and what is near it.
    public static func leftOut(
        only: [String], skip: [String], named place: String
    ) throws(PlumbError) -> [String: String] {
        let (kept, dropped) = (only.map { ($0, ids(named: $0)) }, skip.map { ($0, ids(named: $0)) })
        let unknown = (kept + dropped).filter(\.1.isEmpty).map(\.0)
        guard unknown.isEmpty else {
            let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
            throw PlumbError(
                .invalidInput, "\(names), named \(place), \(unknown.count == 1 ? "is" : "are") no policy or control",
                hint: unknown.map(near).joined(separator: "; "))
        }
        var reasons: [String: String] = [:]
        if !only.isEmpty {
            let wanted = Set(kept.flatMap(\.1))
            for control in policies.flatMap(\.controls) where !wanted.contains(control.id) {
                reasons[control.id] = "not among those that were asked for \(place)"
            }
        }
        for id in dropped.flatMap(\.1) { reasons[id] = "skipped \(place)" }
        return reasons
    }

    /// The controls that an id stands for: its own, or all of a policy's.
    private static func ids(named id: String) -> [String] {
        if let policy = policies.first(where: { $0.id == id.uppercased() }) { return policy.controls.map(\.id) }
        return control(id).map { [$0.control.id] } ?? []
    }

    /// The ids that somebody may have meant: spelt alike, else those of the policy, else the policies.
    public static func near(_ id: String) -> String {
        let plain = Self.plain(id)
        let all = policies.map(\.id) + policies.flatMap(\.controls).map(\.id)
        if let same = all.first(where: { Self.plain($0) == plain }) { return "did you mean \(same)?" }
        let own = policies.first { !plain.isEmpty && plain.hasPrefix(Self.plain($0.id)) }
        if let own { return "\(own.id) has " + own.controls.map(\.id).joined(separator: ", ") }
        return "the policies are " + policies.map(\.id).joined(separator: ", ")
    }

    private static func plain(_ id: String) -> String { id.uppercased().filter { $0.isLetter || $0.isNumber } }
}

extension ControlVerdict {
    /// Whether the run left this control out, so that nothing is known of it.
    public var isLeftOut: Bool { verdict == .notApplicable && judgements.contains { $0.verdict == .notApplicable } }
}
