// The documents of a role, gathered from every place that can attach one.

import PlumbModel

/// Policy documents on their way to a role.
struct RolePolicies {
    private(set) var documents: [PolicyDocument] = []
    private(set) var undecided: [String] = []
    private(set) var managed: [Fact<String>] = []
    private var place: Place?
    private let inventory: Inventory
    /// Customer-managed policies of the inventory, and where each keeps its document.
    private let document: (SourceResource) -> Property

    init(_ inventory: Inventory, managedDocument document: @escaping (SourceResource) -> Property) {
        self.inventory = inventory
        self.document = document
    }

    /// Adds a document; one that cannot be told is remembered as such.
    mutating func add(_ property: Property, of owner: String) {
        let fact = PolicyDocument.read(property, inventory.directory)
        switch fact.state {
        case .known(let document):
            documents.append(document)
            place = place ?? fact.place
        case .unknown(let why): undecided.append("the policy of \(owner): \(why)")
        case .absent: return
        }
    }

    /// Adds inline policies: a list of maps with a document each.
    mutating func addInline(_ list: Property, document key: String, of owner: String) {
        if let why = list.whyUnknown { return undecided.append("the inline policies of \(owner): \(why)") }
        for item in list.items { add(item[key], of: owner) }
    }

    /// Adds what is attached by ARN: the document of a policy that is here, else the name.
    mutating func attach(_ list: Property, to owner: String) {
        if let why = list.whyUnknown {
            managed.append(.unknown("the attached policies of \(owner): \(why)", at: list.place))
        }
        for item in list.items {
            let reference = inventory.directory.reference(item, to: "AWS::IAM::ManagedPolicy")
            if let policy = inventory[reference] {
                add(document(policy), of: policy.id)
            } else if let why = item.whyUnknown ?? reference.whyUnknown {
                managed.append(.unknown(why, at: item.place))
            } else if let name = item.name.value {
                managed.append(.known(name, at: item.place))
            }
        }
    }

    /// Remembers why some attachment may or may not be to this role.
    mutating func doubt(_ why: String?) {
        if let why { undecided.append(why) }
    }

    func fill(_ role: inout Role) {
        role.policies = documents.isEmpty ? .absent(at: role.place) : .known(documents, at: place ?? role.place)
        role.undecidedPolicies = undecided
        role.managedPolicies = managed.isEmpty ? .absent(at: role.place) : .known(managed, at: managed.first?.place)
    }
}
