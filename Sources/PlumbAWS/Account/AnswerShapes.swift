// Answers whose words differ from CloudFormation's in a regular way.

import PlumbModel

extension AccountValue {
    /// What was seen, in the shape that CloudFormation gives it; absent or unseen as the answer is.
    init(_ seen: Seen<AWSValue>, _ shape: (AWSValue) -> AccountValue) {
        switch seen {
        case .seen(let value): self = shape(value)
        case .absent: self = .absent
        case .unseen(let why): self = .unseen(why)
        }
    }

    /// Items as a list; absent where there are none.
    init(items: [AccountValue]) { self = items.isEmpty ? .absent : .list(items) }
}

extension AWSValue {
    /// The same tree with names that begin with a capital letter, as CloudFormation's do.
    var capitalized: AWSValue {
        switch self {
        case .list(let items): .list(items.map(\.capitalized))
        case .map(let members):
            .map(
                Dictionary(members.map { ($0.key.prefix(1).uppercased() + $0.key.dropFirst(), $0.value.capitalized) }) {
                    _, last in last
                })
        default: self
        }
    }

    /// This value without the empty elements that XML writes for nothing.
    var withoutEmptyElements: AWSValue {
        switch self {
        case .list(let items): .list(items.map(\.withoutEmptyElements))
        case .map(let members): .map(members.filter { $0.value != "" }.mapValues(\.withoutEmptyElements))
        default: self
        }
    }

    /// The texts in a list.
    var texts: [String] { items.compactMap(\.text) }
}
