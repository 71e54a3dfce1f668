// What an organisation lays over the policy book: exceptions, numbers of its own, and what it leaves out.

/// The rules of one run, beside the book: what `plumb.policy.yaml` and the command line say.
public struct PolicyOverlay: Sendable, Hashable {
    public var waivers: [Waiver] = []
    public var attestations: [Attestation] = []
    public var thresholds = Thresholds()
    /// Policies or controls to judge; empty for all.
    public var only: [String] = []
    /// Policies or controls to leave out.
    public var skip: [String] = []
    /// The least severity that fails a run.
    public var failOn: Severity?
    /// Whether an unknown fails a run too.
    public var isStrict: Bool?
    /// Controls that are not judged, by id, each with the reason.
    public var leftOut: [String: String] = [:]

    public init() {}

    /// The numbers that count on `day`, and the waivers by which controls are held to looser ones than the seed's.
    ///
    /// A looser number counts while an owner's waiver of every control that reads it does; after that the seed's number
    /// is back.
    public func settledThresholds(on day: Day) -> (thresholds: Thresholds, loosened: [String: Waiver]) {
        var settled = thresholds
        var loosened: [String: Waiver] = [:]
        for threshold in Thresholds.all where threshold.isLooser(thresholds) {
            let granted = threshold.controls.map { control in
                (control, waivers.first { $0.control == control && $0.resource == nil && $0.expires >= day })
            }
            if granted.contains(where: { $0.1 == nil }) {
                settled[keyPath: threshold.path] = Thresholds()[keyPath: threshold.path]
            } else {
                for (control, waiver) in granted { loosened[control] = waiver }
            }
        }
        return (settled, loosened)
    }
}
