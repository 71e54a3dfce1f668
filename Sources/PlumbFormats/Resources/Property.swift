// A property of a resource after its references are resolved, and the facts that can be read from it.

import PlumbModel

/// A value of a template or plan: what a resource's property is, as far as it is known.
///
/// Texts are in *normal form*: `${Id}` is the physical name (or id) of a resource of the same inventory, `${Id.Arn}`
/// its ARN, `${Id.Attribute}` another attribute, `${AWS::Region}` a pseudo parameter, `${Name}` a parameter without a
/// value. Two names are the same when their normal forms are.
struct Property: Sendable, Hashable {
    indirect enum State: Sendable, Hashable {
        case absent
        /// `undecided` says why a part of the text is not known; such a text can be compared, but its value cannot be
        /// judged.
        case text(String, undecided: String?)
        case list([Property])
        case map([Field])
        case unknown(String)
    }
    struct Field: Sendable, Hashable {
        var key: String
        var value: Property
    }
    var state: State
    var place: Place?

    init(_ state: State, at place: Place? = nil) {
        self.state = state
        self.place = place
    }

    static func text(_ text: String, at place: Place? = nil) -> Property {
        Property(.text(text, undecided: nil), at: place)
    }

    // Places do not matter to equality: the same value in two spots is the same.
    static func == (left: Property, right: Property) -> Bool { left.state == right.state }
    func hash(into hasher: inout Hasher) { hasher.combine(state) }

    var isAbsent: Bool {
        if case .absent = state { true } else { false }
    }
    var isUnknown: Bool { whyUnknown != nil }
    var whyUnknown: String? {
        if case .unknown(let why) = state { why } else { nil }
    }

    /// The property under a key of a map. Absent under an absent one, unknown under an unknown one; under a text or a
    /// list it is unknown, since nobody can say what was meant.
    subscript(key: String) -> Property {
        switch state {
        case .map(let fields): fields.last { $0.key == key }?.value ?? Property(.absent, at: place)
        case .absent: self
        case .unknown: self
        case .text(_, let undecided):
            Property(.unknown(undecided ?? "a map with '\(key)' was expected here"), at: place)
        // Terraform writes a block as a list of none or one.
        case .list(let items):
            switch items.count {
            case 0: Property(.absent, at: place)
            case 1: items[0][key]
            default: Property(.unknown("one block with '\(key)' was expected here, not \(items.count)"), at: place)
            }
        }
    }

    /// The fields of a map, in their order; none for everything else.
    var fields: [Field] {
        switch state {
        case .map(let fields): fields
        case .list(let items) where items.count == 1: items[0].fields
        default: []
        }
    }

    /// The items of a list; a single value stands for a list of itself. Empty when absent or unknown.
    var items: [Property] {
        switch state {
        case .list(let items): items
        case .text, .map: [self]
        case .absent, .unknown: []
        }
    }
}

// What the graph's fields are read with. None of them throws: a value of the wrong kind is unknown, and says so.
extension Property {
    private func fact<Value>(_ read: (String) -> Value?, called kind: String) -> Fact<Value> {
        switch state {
        case .absent: return .absent(at: place)
        case .unknown(let why): return .unknown(why, at: place)
        case .text(let text, let undecided):
            if let undecided { return .unknown(undecided, at: place) }
            guard let value = read(text) else {
                return .unknown("\(kind) was expected here, not '\(text.prefix(60))'", at: place)
            }
            return .known(value, at: place)
        case .list(let items): return .unknown("\(kind) was expected here, not a list of \(items.count)", at: place)
        case .map: return .unknown("\(kind) was expected here, not a map", at: place)
        }
    }

    /// A text that is judged by what it says.
    var string: Fact<String> { fact({ $0 }, called: "a text") }

    /// A name that is compared with others: known even where a part of it is undecided.
    var name: Fact<String> {
        if case .text(let text, _) = state { return .known(text, at: place) }
        return string
    }

    /// A whole number; `60`, `"60"` and `60.0` are the same.
    ///
    /// AWS's integers have 32 bits. A larger one is refused by the service, and here it would overflow the sums that
    /// controls make of it: two such factors fit into an `Int`, and so does their sum.
    var int: Fact<Int> {
        fact(
            { text in
                (Int(text) ?? Double(text).flatMap { Int(exactly: $0) }).flatMap { Int32(exactly: $0) }.map(Int.init)
            },
            called: "a whole number")
    }
    var double: Fact<Double> {
        fact({ text in Double(text).flatMap { $0.isFinite ? $0 : nil } }, called: "a number")
    }
    /// `true` and `false` in any case, as CloudFormation takes them.
    var bool: Fact<Bool> {
        fact(
            { text in
                switch text.lowercased() {
                case "true", "yes", "on", "1": true
                case "false", "no", "off", "0": false
                default: nil
                }
            }, called: "true or false")
    }
    /// One of an enumeration's words, exactly as AWS spells it.
    func choice<Choice: RawRepresentable & Sendable & Hashable & Codable>(
        _: Choice.Type = Choice.self
    ) -> Fact<Choice> where Choice.RawValue == String {
        fact({ Choice(rawValue: $0) }, called: "a word that AWS knows")
    }

    /// Each item read alone; absent when there is no list, unknown when the list itself is.
    func list<Value>(_ read: (Property) -> Value) -> Fact<[Value]> {
        switch state {
        case .absent: .absent(at: place)
        case .unknown(let why): .unknown(why, at: place)
        default: .known(items.map(read), at: place)
        }
    }
    /// Texts that are judged by what they say; one that is unknown makes the list unknown.
    var strings: Fact<[String]> { all(\.string) }
    var numbers: Fact<[Double]> { all(\.double) }
    /// Names that are compared with others, each a fact of its own.
    var names: Fact<[Fact<String>]> { list(\.name) }

    private func all<Value>(_ read: (Property) -> Fact<Value>) -> Fact<[Value]> {
        switch state {
        case .absent: return .absent(at: place)
        case .unknown(let why): return .unknown(why, at: place)
        default:
            var values: [Value] = []
            for item in items {
                let fact = read(item)
                guard let value = fact.value else {
                    return .unknown(fact.whyUnknown ?? "a value is missing", at: item.place ?? place)
                }
                values.append(value)
            }
            return .known(values, at: place)
        }
    }

    /// A structure that is known to be there as soon as the map is, with its own facts inside; absent or unknown as a
    /// whole otherwise. An empty Terraform block list is absent.
    func structure<Value>(_ read: (Property) -> Value) -> Fact<Value> {
        switch state {
        case .absent: .absent(at: place)
        case .unknown(let why): .unknown(why, at: place)
        case .text(_, let undecided): .unknown(undecided ?? "a map was expected here", at: place)
        case .list(let items) where items.isEmpty: .absent(at: place)
        case .list(let items) where items.count == 1: .known(read(items[0]), at: items[0].place ?? place)
        case .list(let items): .unknown("one block was expected here, not \(items.count)", at: place)
        case .map: .known(read(self), at: place)
        }
    }

    /// `[{Key, Value}]` or a plain map, as the resource type has it. One value that cannot be told makes only itself
    /// unknown: it stands as its normal form.
    var tags: Fact<[String: String]> {
        var tags: [String: String] = [:]
        switch state {
        case .absent: return .absent(at: place)
        case .unknown(let why): return .unknown(why, at: place)
        case .text(_, let undecided): return .unknown(undecided ?? "tags were expected here", at: place)
        case .map(let fields):
            for field in fields { tags[field.key] = field.value.name.value }
        case .list(let items):
            for item in items {
                guard let key = item["Key"].name.value ?? item["key"].name.value else {
                    if let why = item.whyUnknown { return .unknown(why, at: item.place) }
                    continue
                }
                tags[key] = item["Value"].name.value ?? item["value"].name.value
            }
        }
        return .known(tags, at: place)
    }
}

extension Property {
    /// A plain document as a property: what stands inside a JSON string, or under no resolver.
    init(_ node: DocumentNode, in file: String) {
        let place = node.mark.place(in: file)
        switch node.content {
        case .null: self.init(.absent, at: place)
        case .scalar(let text, _): self.init(.text(text, undecided: nil), at: place)
        case .list(let items): self.init(.list(items.map { Property($0, in: file) }), at: place)
        case .map(let entries):
            self.init(.map(entries.map { Field(key: $0.key, value: Property($0.value, in: file)) }), at: place)
        }
    }

    /// A document written as a text, such as a dashboard's body: parsed, with every place that of the text. A map is
    /// itself. What is no JSON is unknown.
    var parsed: Property {
        switch state {
        case .absent, .unknown, .map, .list: return self
        case .text(let text, _):
            let file = place?.file ?? ""
            guard case .success(let node) = DocumentReader.read(Array(text.utf8), file: file) else {
                return Property(.unknown("the text is no JSON document"), at: place)
            }
            return Property(node, in: file).moved(to: place)
        }
    }

    private func moved(to place: Place?) -> Property {
        var moved = self
        moved.place = place
        switch state {
        case .list(let items): moved.state = .list(items.map { $0.moved(to: place) })
        case .map(let fields):
            moved.state = .map(fields.map { Field(key: $0.key, value: $0.value.moved(to: place)) })
        default: break
        }
        return moved
    }
}
