// An answer of AWS as a value of an account: mostly the same tree, for CloudFormation speaks as the APIs do.

import Foundation
import PlumbModel

extension AccountValue {
    /// The same tree. `names` are members that CloudFormation calls otherwise, wherever they stand; a member whose
    /// other name is nil is left out.
    init(_ value: AWSValue, names: [String: String?] = [:]) {
        switch value {
        case .null: self = .absent
        case .bool(let bool): self = .bool(bool)
        case .number(let number): self = .number(number)
        case .text(let text): self = .text(text)
        case .data(let data): self = .text(data.base64EncodedString())
        case .list(let items): self = .list(items.map { AccountValue($0, names: names) })
        case .map(let members):
            var kept: [String: AccountValue] = [:]
            kept.reserveCapacity(members.count)
            for (name, member) in members where !member.isNull {
                if let other = names[name] {
                    if let other { kept[other] = AccountValue(member, names: names) }
                } else {
                    kept[name] = AccountValue(member, names: names)
                }
            }
            self = .map(kept)
        }
    }

    /// Some members of a map, under the names that CloudFormation and the API share.
    init(_ value: AWSValue, only names: String...) {
        self = .map([:])
        for name in names { self[name] = AccountValue(value[name]) }
    }
}

extension AccountValue {
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }
    var items: [AccountValue] {
        if case .list(let items) = self { items } else { [] }
    }
}

extension Seen<AWSValue> {
    /// The value, or why it is not there.
    var accountValue: AccountValue {
        switch self {
        case .seen(let value): AccountValue(value)
        case .absent: .absent
        case .unseen(let why): .unseen(why)
        }
    }
}

extension AWSValue {
    /// `[{Key: a, Value: b}]` as a dictionary.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        for tag in items {
            if let key = tag["Key"].text ?? tag["key"].text { tags[key] = tag["Value"].text ?? tag["value"].text ?? "" }
        }
        return tags
    }
}
