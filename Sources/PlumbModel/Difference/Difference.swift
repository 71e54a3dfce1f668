// How what is declared differs from what else is declared, or from what runs: resource by resource, fact by fact.
//
// Reading order: GraphDifference.swift (what is found), ResourcePairs.swift (which resource answers to which),
// ValueComparison.swift (when two values are the same), NameComparison.swift (when two names are),
// StatedValue.swift (a resource as the values it states), ComparableForm.swift (what is said in two ways).

/// A property of a resource that is not the same on both sides.
public struct PropertyDifference: Sendable, Hashable {
    /// `threshold`, `variants[primary].instanceType`.
    public var path: String
    /// Nil where nothing is said.
    public var before: StatedValue?
    public var after: StatedValue?
    public var beforePlace: Place?
    public var afterPlace: Place?
    /// Why it is no drift, where it is none.
    public var allowance: String?

    public init(
        _ path: String, from before: StatedValue?, at beforePlace: Place? = nil, to after: StatedValue?,
        at afterPlace: Place? = nil
    ) {
        self.path = path
        self.before = before
        self.after = after
        self.beforePlace = beforePlace
        self.afterPlace = afterPlace
    }
}

/// A resource that only one side has, or that both have and state differently.
public struct ResourceDifference: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case missing, extra, changed
    }
    public var kind: Kind
    /// CloudFormation's type name.
    public var type: String
    /// Its id on the earlier side; nil where only the later side has it.
    public var before: String?
    public var after: String?
    /// Where it stands on the side that has it; on the earlier side where both do.
    public var place: Place?
    /// Empty unless `kind` is `changed`.
    public var properties: [PropertyDifference] = []
    /// Why it is no drift that the resource is missing or extra, where it is none.
    public var allowance: String?

    public init(_ kind: Kind, _ type: String, before: String? = nil, after: String? = nil, at place: Place? = nil) {
        self.kind = kind
        self.type = type
        self.before = before
        self.after = after
        self.place = place
    }

    /// The name that people know it by: the declaration's own.
    public var id: String { before ?? after ?? "" }

    /// Whether any of it is more than an allowance.
    public var isDrift: Bool {
        switch kind {
        case .missing, .extra: allowance == nil
        case .changed: properties.contains { $0.allowance == nil }
        }
    }
}

/// A property that cannot be compared, because one side does not know it.
public struct UntoldProperty: Sendable, Hashable {
    public var resource: String
    public var path: String
    public var why: String
    public var place: Place?

    public init(_ resource: String, _ path: String, why: String, at place: Place? = nil) {
        self.resource = resource
        self.path = path
        self.why = why
        self.place = place
    }
}
