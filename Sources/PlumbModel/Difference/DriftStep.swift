// One step of the way from what should be to what is: a spec, the declaration made from it, what runs.

/// Two inputs compared, and what follows from their sorts for whatever differs.
public struct DriftStep: Sendable, Hashable {
    /// Who made the difference, as far as the sorts of input tell.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        /// The spec says it, and the declaration that is deployed does not.
        case notDeployed
        /// The declaration that is deployed says otherwise than what runs.
        case changedOutside
        /// What runs is not what the spec says; only a declaration between the two would tell whose doing that is.
        case notAsDeclared
        /// Two of a sort, or in an order that says nothing: a change, and no drift.
        case changed

        public init(from before: SourceKind, to after: SourceKind) {
            let runs: Set<SourceKind> = [.live, .engine]
            self =
                switch (before, after) {
                case (.spec, .cloudformation), (.spec, .terraform): .notDeployed
                case (.spec, _) where runs.contains(after): .notAsDeclared
                case (.cloudformation, _) where runs.contains(after), (.terraform, _) where runs.contains(after):
                    .changedOutside
                default: .changed
                }
        }
    }
    /// What the two inputs are called.
    public var before: String
    public var after: String
    public var cause: Cause
    public var difference: GraphDifference

    public init(from before: String, to after: String, _ cause: Cause, _ difference: GraphDifference) {
        self.before = before
        self.after = after
        self.cause = cause
        self.difference = difference
    }
}
