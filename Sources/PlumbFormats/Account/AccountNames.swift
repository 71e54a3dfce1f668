// Short ids for what an account holds, and its texts in normal form, so that names, ids and ARNs meet.

import PlumbModel

/// The resources of an account by everything that they are referred to by.
struct AccountNames {
    /// The account itself, as a template would write it.
    static let ownAccount = "${AWS::AccountId}"

    let region: String
    /// The id of each resource, in the inventory's order: `endpoint/digits`.
    private(set) var ids: [String] = []
    /// By ARN, and by the ids that AWS makes up, which no two things share: the whole reference in normal form.
    private var forms: [String: String] = [:]
    private let account: String

    init(_ inventory: AccountInventory) {
        region = inventory.region
        account = inventory.account
        var taken: Set<String> = []
        // A policy often bears the name or ARN of what it is the policy of: such a name means that other thing.
        var shared: [String: Int] = [:]
        for resource in inventory.resources {
            for name in Set([resource.name, resource.arn ?? resource.name]) { shared[name, default: 0] += 1 }
        }
        for resource in inventory.resources {
            var id = "\(Self.word(for: resource.type))/\(resource.name)"
            if let elsewhere = resource.region, elsewhere != region { id += "@\(elsewhere)" }
            if !taken.insert(id).inserted {
                id = resource.id
                taken.insert(id)
            }
            ids.append(id)
            if let arn = resource.arn, forms[arn] == nil { forms[arn] = "${\(id).Arn}" }
            if ResourceNaming.of(resource.type).nameProperty == nil, shared[resource.name] == 1,
                Self.isUnmistakable(resource.name)
            {
                forms[resource.name] = forms[resource.name] ?? "${\(id)}"
            }
        }
    }

    /// An id that AWS has made up: long, and with digits in it. `default` is not one.
    private static func isUnmistakable(_ name: String) -> Bool {
        name.utf8.count >= 10 && name.utf8.contains { (0x30...0x39).contains($0) }
    }

    /// `AWS::SageMaker::EndpointConfig` is an `endpoint-config`.
    static func word(for type: String) -> String {
        let last = type.split(separator: ":").last.map(Array.init) ?? []
        var word = ""
        for (index, letter) in last.enumerated() {
            let startsWord =
                letter.isUppercase && index > 0
                && (last[index - 1].isLowercase || index + 1 < last.count && last[index + 1].isLowercase)
            word += (startsWord ? "-" : "") + letter.lowercased()
        }
        return word
    }

    /// A value as a resolved template would have it.
    func property(_ value: AccountValue) -> Property {
        switch value {
        case .absent: Property(.absent)
        case .unseen(let why): Property(.unknown(why))
        case .text(let text): .text(form(of: text))
        case .number(let number): .text(Self.text(number))
        case .bool(let bool): .text(bool ? "true" : "false")
        case .list(let items): Property(.list(items.map(property)))
        case .map(let members):
            Property(
                .map(
                    members.sorted { $0.key < $1.key }.map {
                        Property.Field(key: $0.key, value: property($0.value))
                    }))
        }
    }

    /// The id of what a text names as a whole, by ARN or by an id of AWS's making.
    func form(of text: String) -> String {
        if let form = forms[text] { return form }
        if text == account { return Self.ownAccount }
        return text.replacing(":\(account):", with: ":\(Self.ownAccount):")
    }

    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
