// One key of the file: its name, its place in the spec, its type, and the sentence that explains it.

import PlumbModel
import Yams

/// A key of a mapping that is read into an `Owner`.
struct SpecKey<Owner: Sendable>: Sendable {
    let name: String
    let summary: String
    let isRequired: Bool
    let example: String?
    let typeName: String
    let shape: SpecShape
    private let readInto: @Sendable (Node, inout Owner, inout SpecContext) -> Void
    private let textOf: @Sendable (Owner) -> String?
    private let childrenOf: @Sendable ([Owner], String) -> [SpecKeyDescription]
    private let allowsNone: Bool

    /// A key that always has a value: a required one, or one with a default.
    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ type: SpecType<Value>,
        _ summary: String,
        required: Bool = false, example: String? = nil
    ) {
        self.name = name
        self.summary = summary
        self.example = example
        isRequired = required
        typeName = type.name
        shape = type.shape
        readInto = { node, owner, context in
            if let value = type.read(node, owner[keyPath: path], &context) { owner[keyPath: path] = value }
        }
        textOf = { type.text($0[keyPath: path]) }
        childrenOf = { owners, prefix in type.children(owners.map { $0[keyPath: path] }, prefix) }
        allowsNone = false
    }

    /// A key that may be left out; with `none` the word `none` says that there is to be no value, default or not.
    init<Value>(
        optional name: String, _ path: any WritableKeyPath<Owner, Value?> & Sendable, _ type: SpecType<Value>,
        _ summary: String, none: Bool = false, example: String? = nil
    ) {
        self.name = name
        self.summary = summary
        self.example = example
        isRequired = false
        typeName = none ? "\(type.name), or `none`" : type.name
        shape = type.shape
        readInto = { node, owner, context in
            if none, case .scalar(let scalar) = node, scalar.string == "none" {
                owner[keyPath: path] = nil
            } else if let value = type.read(node, owner[keyPath: path], &context) {
                owner[keyPath: path] = value
            }
        }
        textOf = { owner in owner[keyPath: path].map(type.text) ?? (none ? "none" : nil) }
        childrenOf = { owners, prefix in type.children(owners.map { $0[keyPath: path] }, prefix) }
        allowsNone = none
    }

    /// Reads what stands under this key; nothing or `null` is as if the key were not written.
    func read(_ node: Node, at keyNode: Node, into owner: inout Owner, _ context: inout SpecContext) {
        guard !node.isNull else { return }
        context.under(name, at: keyNode) { readInto(node, &owner, &$0) }
    }

    /// The key in words; `owners` hold the defaults, one for each environment.
    func describe(_ owners: [Owner], under path: String) -> SpecKeyDescription {
        let ownPath = path.isEmpty ? name : "\(path).\(name)"
        return SpecKeyDescription(
            path: ownPath, name: name, summary: summary, type: typeName, isRequired: isRequired,
            defaults: isRequired ? [] : owners.map(textOf), example: example, children: childrenOf(owners, ownPath),
            shape: shape, allowsNone: allowsNone)
    }
}

/// Reading a mapping by its keys.
enum SpecRecord {
    static func read<Owner>(
        _ mapping: Node.Mapping, keys: [SpecKey<Owner>], at node: Node, into owner: inout Owner,
        _ context: inout SpecContext
    ) {
        var seen: Set<String> = []
        for (keyNode, valueNode) in mapping {
            guard let name = keyNode.scalar?.string else {
                context.error("this key is \(keyNode.kindName); expected: a word", at: keyNode)
                continue
            }
            guard let key = keys.first(where: { $0.name == name }) else {
                reportUnknown(name, at: keyNode, known: keys.map(\.name), &context)
                continue
            }
            if !valueNode.isNull { seen.insert(name) }
            key.read(valueNode, at: keyNode, into: &owner, &context)
        }
        for key in keys where key.isRequired && !seen.contains(key.name) {
            let path = context.path.isEmpty ? key.name : "\(context.path).\(key.name)"
            let line = key.example.map { "write `\(key.name): \($0)`; " } ?? ""
            context.error("`\(path)` is missing", at: node, hint: "\(line)\(key.summary)")
        }
    }

    private static func reportUnknown(
        _ name: String, at node: Node, known: [String], _ context: inout SpecContext
    ) {
        let level = context.path.isEmpty ? "at the top" : "in `\(context.path)`"
        var hint = ""
        if let nearest = Spelling.nearest(to: name, in: known) {
            hint = "did you mean `\(nearest)`? "
        } else if name == "<<", context.isSpec {
            hint = "merge keys are not read; overlays under `environments` are laid over the file. "
        } else if context.isSpec, let elsewhere = SpecSchema.path(endingIn: name) {
            hint = "`\(name)` belongs to `\(elsewhere)`. "
        }
        let names = known.map { "`\($0)`" }.joined(separator: ", ")
        let owner = context.path.isEmpty ? "Known keys" : "Known keys of `\(context.path)`"
        context.under(name, at: node) {
            $0.error("unknown key `\(name.shortened)` \(level)", at: node, hint: "\(hint)\(owner): \(names)")
        }
    }
}
