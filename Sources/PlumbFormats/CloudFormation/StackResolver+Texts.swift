// The functions that make texts and lists: Sub, Join, Select, Split, FindInMap, ImportValue.

import PlumbModel

extension StackResolver {
    /// A value as a part of a longer text: its normal form, or `${?}`.
    func shown(_ value: Property) -> String {
        switch value.state {
        case .text(let text, _): text
        case .list(let items): items.map(shown).joined(separator: ",")
        case .absent: ""
        case .map, .unknown: "${?}"
        }
    }

    /// Why a text made of this value is not wholly known.
    private func undecided(_ value: Property) -> String? {
        switch value.state {
        case .text(_, let why): why
        case .list(let items): items.lazy.compactMap(undecided).first
        case .absent: nil
        case .map: "a text was expected here, not a map"
        case .unknown(let why): why
        }
    }

    func substitute(_ argument: DocumentNode, at place: Place) -> Property {
        let template = argument.text ?? argument.items.first?.text ?? ""
        let variables = argument.items.count > 1 ? argument.items[1] : nil
        var (text, why): (String, String?) = ("", nil)
        var rest = template[...]
        while let start = rest.firstRange(of: "${") {
            text += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                text += "${"
                break
            }
            let name = rest[..<end].trimmingSpaces
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                // `${!Literal}` stays for whoever reads the text, such as a policy variable.
                text += "${\(name.dropFirst())}"
                continue
            }
            let value = variables?[name].map(resolve) ?? self.value(named: name, at: place)
            text += shown(value)
            why = why ?? undecided(value)
        }
        text += rest
        return Property(.text(text, undecided: why), at: place)
    }

    private func value(named name: String, at place: Place) -> Property {
        let node = DocumentNode(
            .scalar(name, isPlain: true), at: mark(place), tag: name.contains(".") ? "GetAtt" : "Ref")
        return resolve(node)
    }

    private func mark(_ place: Place) -> Mark {
        Mark(line: Int32(clamping: place.line ?? 1), column: Int32(clamping: place.column ?? 1))
    }

    func join(_ argument: DocumentNode, at place: Place) -> Property {
        guard argument.items.count == 2, let delimiter = argument.items[0].text else {
            return Property(.unknown("Join needs a delimiter and a list"), at: place)
        }
        let list = resolve(argument.items[1])
        switch list.state {
        case .list(let items):
            return Property(
                .text(items.map(shown).joined(separator: delimiter), undecided: items.lazy.compactMap(undecided).first),
                at: place)
        case .text(let text, let why):
            return Property(.text(text, undecided: why ?? "the list that is joined is not known"), at: place)
        case .unknown(let why): return Property(.unknown(why), at: place)
        case .absent, .map: return Property(.unknown("Join needs a list"), at: place)
        }
    }

    func select(_ argument: DocumentNode, at place: Place) -> Property {
        guard argument.items.count == 2 else {
            return Property(.unknown("Select needs an index and a list"), at: place)
        }
        let index = resolve(argument.items[0])
        let list = resolve(argument.items[1])
        guard let number = index.int.value else {
            return Property(
                .text("${Select:\(shown(index)):\(shown(list))}", undecided: "the index of Select is not known"),
                at: place)
        }
        switch list.state {
        case .list(let items):
            guard items.indices.contains(number) else {
                return Property(.unknown("Select asks for item \(number) of a list of \(items.count)"), at: place)
            }
            var item = items[number]
            item.place = place
            return item
        case .text("${AZs}", _): return .text("${AZ.\(number)}", at: place)
        case .text(let text, let why):
            let form = text.hasPrefix("${") && text.hasSuffix("}") ? String(text.dropFirst(2).dropLast()) : text
            return Property(.text("${\(form)[\(number)]}", undecided: why), at: place)
        case .unknown(let why): return Property(.unknown(why), at: place)
        case .absent, .map: return Property(.unknown("Select needs a list"), at: place)
        }
    }

    func split(_ argument: DocumentNode, at place: Place) -> Property {
        guard argument.items.count == 2, let delimiter = argument.items[0].text, !delimiter.isEmpty else {
            return Property(.unknown("Split needs a delimiter and a text"), at: place)
        }
        let source = resolve(argument.items[1])
        guard case .text(let text, let why) = source.state else {
            return Property(.unknown(source.whyUnknown ?? "Split needs a text"), at: place)
        }
        if let why { return Property(.text("${Split:\(delimiter):\(text)}", undecided: why), at: place) }
        // Delimiters inside `${AWS::Region}` and its like do not part.
        guard !text.contains("${") || !"${}:.".contains(delimiter) else {
            let parts = delimiter == ":" ? ARN.split(text) : []
            guard parts.count > 1 else { return .text("${Split:\(delimiter):\(text)}", at: place) }
            return Property(.list(parts.map { .text($0, at: place) }), at: place)
        }
        let parts = text.split(separator: delimiter, omittingEmptySubsequences: false)
        return Property(.list(parts.map { .text(String($0), at: place) }), at: place)
    }

    func findInMap(_ argument: DocumentNode, at place: Place) -> Property {
        guard argument.items.count >= 3 else {
            return Property(.unknown("FindInMap needs a mapping and two keys"), at: place)
        }
        let keys = argument.items.prefix(3).map(resolve)
        let names = keys.map(shown)
        let form = "${Map:\(names.joined(separator: ":"))}"
        if let why = keys.lazy.compactMap(undecided).first { return Property(.text(form, undecided: why), at: place) }
        guard let mapping = template.mappings[names[0]] else {
            deployment.warn("there is no mapping '\(names[0])'", at: place)
            return Property(.text(form, undecided: "there is no mapping '\(names[0])'"), at: place)
        }
        if let value = mapping[names[1]]?[names[2]] {
            var value = deployment.follow { resolve(value) }
            value.place = place
            return value
        }
        if let fallback = argument.items.dropFirst(3).first?["DefaultValue"] { return resolve(fallback) }
        if names[1].contains("${") || names[2].contains("${") {
            return onlyValue(of: mapping, second: names[2])
                ?? Property(.text(form, undecided: "what \(names[1]) is shows only when it is deployed"), at: place)
        }
        deployment.warn("the mapping \(names[0]) has no \(names[1]), \(names[2])", at: place)
        return Property(.text(form, undecided: "the mapping \(names[0]) has no \(names[1]), \(names[2])"), at: place)
    }

    /// Where every first key has the same value under the second, it does not matter which one is meant.
    private func onlyValue(of mapping: DocumentNode, second: String) -> Property? {
        let values = mapping.entries.compactMap { $0.value[second] }.map { value in
            deployment.follow { resolve(value) }
        }
        guard values.count == mapping.entries.count, let first = values.first, values.allSatisfy({ $0 == first }) else {
            return nil
        }
        return first
    }

    func importValue(_ argument: DocumentNode, at place: Place) -> Property {
        let name = shown(resolve(argument))
        if let (stack, node) = deployment.exports[name], deployment.importsUnderWay.insert(name).inserted {
            defer { deployment.importsUnderWay.remove(name) }
            var value = deployment.follow { stack.resolve(node) }
            value.place = place
            return value
        }
        return Property(
            .text("${Import:\(name)}", undecided: "the stack that exports \(name) is not given"), at: place)
    }
}
