// A plan under edit: a fact changes in every part of the plan in which it is told, as edit.py beside the plans has it.

import Testing

@testable import PlumbFormats

struct EditedPlan {
    var root: DocumentNode

    mutating func apply(_ edit: DocumentNode) throws {
        let path = (edit["attribute"]?.items ?? []).compactMap(\.text)
        let address = edit["address"]?.text ?? ""
        if let provider = edit["provider"]?.text {
            let whole = ["configuration", "provider_config", provider] + path
            if edit["omit"]?.text == "true" { root.leave(whole[...]) } else { try root.put(whole[...], edit.value) }
        } else if edit["remove"]?.text == "true" {
            try remove(address)
        } else if let source = edit["copy"]?.text {
            try copy(source, to: address)
        } else if edit["create"] != nil {
            try create(edit, address)
        } else if let actions = edit["actions"] {
            try root.put((try change(address) + ["change", "actions"])[...], actions)
        } else if let inside = edit["json"]?.items.compactMap(\.text) {
            for tree in try values(address) { try editText(tree + path, inside, edit) }
        } else {
            try editAttribute(path, address, edit)
        }
    }

    // MARK: - Where an address is told

    private func change(_ address: String) throws -> [String] {
        let index = (root["resource_changes"]?.items ?? []).firstIndex { $0["address"]?.text == address }
        guard let index else { throw NothingToChange(path: address) }
        return ["resource_changes", "\(index)"]
    }

    private func planned(_ address: String) -> [String]? {
        var open: [(path: [String], node: DocumentNode?)] = [
            (["planned_values", "root_module"], root["planned_values"]?["root_module"])
        ]
        while let (path, module) = open.popLast() {
            if let index = (module?["resources"]?.items ?? []).firstIndex(where: { $0["address"]?.text == address }) {
                return path + ["resources", "\(index)"]
            }
            for (index, child) in (module?["child_modules"]?.items ?? []).enumerated() {
                open.append((path + ["child_modules", "\(index)"], child))
            }
        }
        return nil
    }

    private func configured(_ address: String) throws -> [String] {
        var path = ["configuration", "root_module"]
        var steps = PlanAddress(address).steps[...]
        while steps.first?.name == "module", let call = steps.dropFirst().first {
            path += ["module_calls", call.name, "module"]
            steps = steps.dropFirst(2)
        }
        let local = steps.map(\.name).joined(separator: ".")
        let index = (root.node(path + ["resources"])?.items ?? []).firstIndex { $0["address"]?.text == local }
        guard let index else { throw NothingToChange(path: "the configuration of \(address)") }
        return path + ["resources", "\(index)"]
    }

    /// The trees that hold an address's values: the change's, and the planned ones.
    private func values(_ address: String) throws -> [[String]] {
        [try change(address) + ["change", "after"]] + (planned(address).map { [$0 + ["values"]] } ?? [])
    }

    /// Where a resource's values, unknowns and expressions are told; nil for one that is not there.
    func places(of address: String) -> (values: [[String]], unknown: [String], expressions: [String]?)? {
        // A resource that is not in the plan has no change, and that is the answer.
        guard let change = try? change(address), let values = try? values(address) else { return nil }
        return (values, change + ["change", "after_unknown"], (try? configured(address)).map { $0 + ["expressions"] })
    }

    // MARK: - Edits

    private mutating func editText(_ path: [String], _ inside: [String], _ edit: DocumentNode) throws {
        guard let text = root.node(path)?.text else { throw NothingToChange(path: path.joined(separator: ".")) }
        var tree = try DocumentReader.read(Array(text.utf8), file: "text").get()
        try Self.alter(&tree, inside, edit)
        try root.put(path[...], DocumentNode(.scalar(tree.json, isPlain: false), at: Mark.start))
    }

    private static func alter(_ tree: inout DocumentNode, _ path: [String], _ edit: DocumentNode) throws {
        if let item = edit["append"] {
            try append(item, to: &tree, at: path)
        } else if edit.isDropping || edit["omit"]?.text == "true" {
            guard tree.node(path) != nil else { throw NothingToChange(path: path.joined(separator: ".")) }
            tree.leave(path[...])
        } else {
            try tree.put(path[...], edit.value)
        }
    }

    private static func append(_ item: DocumentNode, to tree: inout DocumentNode, at path: [String]) throws {
        let list = tree.node(path)
        if list?.isList != true { try tree.put(path[...], .list([])) }
        try tree.put((path + ["\(list?.items.count ?? 0)"])[...], item)
    }

    private mutating func editAttribute(_ path: [String], _ address: String, _ edit: DocumentNode) throws {
        let isHidden = edit["reference"] != nil || edit["computed"]?.text == "true"
        for tree in try values(address) {
            let isListed = root.node(tree + path.dropLast())?.isList == true
            if let item = edit["append"] {
                try Self.append(item, to: &root, at: tree + path)
            } else if edit.isDropping || isHidden && !isListed {
                root.leave((tree + path)[...])
            } else if isHidden {
                try root.put((tree + path)[...], .nothing)
            } else {
                try root.put((tree + path)[...], edit.value)
            }
        }
        try tell(path, in: try change(address) + ["change", "after_unknown"], edit, isHidden: isHidden)
        if edit["configuration"]?.text == "false" { return }
        let place = edit["configuration"]?.items.compactMap(\.text) ?? path
        let whole = try configured(address)
        if root.node(whole + ["expressions"]) == nil { try root.put((whole + ["expressions"])[...], .map([])) }
        var expressions = root.node(whole + ["expressions"]) ?? .map([])
        try Self.configure(&expressions, place, edit)
        try root.put((whole + ["expressions"])[...], expressions)
    }

    /// Changes what is marked as unknown at a path, where the marks reach that far.
    private mutating func tell(_ path: [String], in tree: [String], _ edit: DocumentNode, isHidden: Bool) throws {
        guard let parent = root.node(tree + path.dropLast()), parent.isMap || parent.isList else { return }
        let whole = tree + path
        if let item = edit["append"] {
            try Self.append(item.mirrored, to: &root, at: whole)
        } else if edit.isDropping {
            root.leave(whole[...])
        } else if isHidden {
            try root.put(whole[...], .plain("true"))
        } else if edit.value.isMap || edit.value.isList {
            try root.put(whole[...], edit.value.mirrored)
        } else if parent.isList {
            try root.put(whole[...], .plain("false"))
        } else {
            root.leave(whole[...])
        }
    }

    private static func configure(_ tree: inout DocumentNode, _ path: [String], _ edit: DocumentNode) throws {
        for (position, key) in path.enumerated() {
            let before = Array(path.prefix(position))
            guard let node = tree.node(before) else { return }
            if node.isExpression, position > 0, Int(path[position - 1]) == nil {
                guard edit["reference"] == nil, var constant = node["constant_value"] else { return }
                // A constant that does not reach so far says nothing of it.
                if (try? alter(&constant, Array(path[position...]), edit)) != nil {
                    try tree.put((before + ["constant_value"])[...], constant)
                }
                return
            }
            if position == path.count - 1 { break }
            if node.isMap, node[key] == nil {
                let made: DocumentNode = Int(path[position + 1]) != nil ? .list([.map([])]) : .map([])
                try tree.put((before + [key])[...], made)
            }
        }
        if let item = edit["append"] {
            if item.isMap {
                try append(item.block, to: &tree, at: path)
            } else if tree.node(path + ["constant_value"]) != nil {
                try append(item, to: &tree, at: path + ["constant_value"])
            }
        } else if let references = edit["reference"] {
            let named = references.isList ? references.items : [references]
            let whole = named.compactMap(\.text).flatMap {
                [$0, String($0.prefix(upTo: $0.lastIndex(of: ".") ?? $0.endIndex))]
            }
            try tree.put(path[...], .map([("references", .list(whole.map { .plain($0) }))]))
        } else if edit["set"] == nil || edit.value.isNull || edit.value.isList && edit.value.items.isEmpty {
            tree.leave(path[...])
        } else {
            let isBlock = edit.value.isMap && tree.node(path.dropLast())?.isList == true
            try tree.put(path[...], isBlock ? edit.value.block : edit.value.expression)
        }
    }

    // MARK: - Whole resources

    private mutating func remove(_ address: String) throws {
        let isInstance = address.hasSuffix("]")
        func goes(_ item: DocumentNode) -> Bool {
            guard let text = item["address"]?.text else { return false }
            return text == address || !isInstance && text.hasPrefix(address + "[")
        }
        let gone = (root["resource_changes"]?.items ?? []).filter(goes).compactMap { $0["address"]?.text }
        guard !gone.isEmpty else { throw NothingToChange(path: address) }
        if !isInstance { root.leave(try configured(address)[...]) }
        for name in gone {
            root.leave(try change(name)[...])
            if let path = planned(name) { root.leave(path[...]) }
        }
    }

    private static let lists = [
        ["resource_changes"], ["configuration", "root_module", "resources"],
        ["planned_values", "root_module", "resources"],
    ]

    private mutating func copy(_ source: String, to address: String) throws {
        for list in Self.lists {
            guard var twin = root.node(list)?.items.first(where: { $0["address"]?.text == source }) else {
                throw NothingToChange(path: source)
            }
            try twin.put(["address"], .plain(address))
            try twin.put(["name"], .plain(PlanAddress(address).steps.last?.name ?? ""))
            try Self.append(twin, to: &root, at: list)
        }
    }

    private mutating func create(_ edit: DocumentNode, _ address: String) throws {
        let values = edit["create"] ?? .map([])
        let references = edit["references"]?.entries ?? []
        let hidden = references.map(\.key) + (edit["computed"]?.items.compactMap(\.text) ?? []) + ["id"]
        let unknown =
            values.mirrored.entries.map { ($0.key, $0.value) } + hidden.map { ($0, DocumentNode.plain("true")) }
        let steps = PlanAddress(address).steps
        let head: [(String, DocumentNode)] = [
            ("address", .plain(address)), ("mode", .plain("managed")),
            ("type", .plain(steps.dropLast().last?.name ?? "")),
            ("name", .plain(steps.last?.name ?? "")),
        ]
        let change: DocumentNode = .map([
            ("actions", .list([.plain("create")])), ("after", values), ("after_unknown", .map(unknown)),
        ])
        var expressions = values.block.entries.map { ($0.key, $0.value) }
        for reference in references {
            let text = reference.value.text ?? ""
            let both = [text, PlanAddress(text).steps.dropLast().map(\.text).joined(separator: ".")]
            expressions.append((reference.key, .map([("references", .list(both.map { .plain($0) }))])))
        }
        let configuration =
            head + [
                ("provider_config_key", edit["provider_config_key"] ?? .plain("aws")),
                ("expressions", .map(expressions)),
            ]
        for (list, made) in zip(Self.lists, [head + [("change", change)], configuration, head + [("values", values)]]) {
            try Self.append(.map(made), to: &root, at: list)
        }
    }
}

extension DocumentNode {
    fileprivate var isDropping: Bool { self["drop"]?.text == "true" }

    /// What an edit puts in: `set`, or what the provider fills in where the writer leaves it out.
    fileprivate var value: DocumentNode {
        (self["omit"]?.text == "true" ? self["planned"] : self["set"]) ?? .nothing
    }

    /// The shape of a known value in `after_unknown`: blocks and lists stay, scalars in lists are false.
    fileprivate var mirrored: DocumentNode {
        switch content {
        case .map(let entries):
            .map(entries.filter { $0.value.isMap || $0.value.isList }.map { ($0.key, $0.value.mirrored) })
        case .list(let items): .list(items.map { $0.isMap || $0.isList ? $0.mirrored : .plain("false") })
        default: .plain("false")
        }
    }

    /// How a written value looks in the configuration.
    fileprivate var expression: DocumentNode {
        if isList, !items.isEmpty, items.allSatisfy(\.isMap) { return .list(items.map(\.block)) }
        return .map([("constant_value", self)])
    }

    fileprivate var block: DocumentNode {
        .map(
            entries.filter { !$0.value.isNull && $0.value.text != "" && !($0.value.isList && $0.value.items.isEmpty) }
                .map { ($0.key, $0.value.expression) })
    }

    fileprivate var isExpression: Bool {
        isMap && entries.allSatisfy { ["constant_value", "references"].contains($0.key) }
    }
}
