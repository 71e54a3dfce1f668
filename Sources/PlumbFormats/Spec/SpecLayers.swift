// A file taken apart: what holds everywhere, and what each environment lays over it.

import PlumbModel
import Yams

struct SpecLayers {
    /// The file without `environments`.
    private let base: Node.Mapping
    /// The file's own `environment`, where it is one.
    let environment: Environment?
    let overlays: [(environment: Environment, overlay: Node)]

    /// Nil, with an error, when the file is no mapping.
    init?(_ root: Node, _ context: inout SpecContext) {
        guard case .mapping(let mapping) = root else {
            _ = SpecSchema.root.read(root, nil, &context)
            return nil
        }
        var overlays: [(Environment, Node)] = []
        var kept: [(Node, Node)] = []
        for (keyNode, node) in mapping {
            guard keyNode.scalar?.string == "environments" else {
                kept.append((keyNode, node))
                continue
            }
            if !node.isNull {
                context.under("environments", at: keyNode) { overlays = SpecLayers.overlays(in: node, &$0) }
            }
        }
        base = Node.Mapping(kept, .implicit, mapping.style, mapping.mark)
        self.overlays = overlays
        environment = base.first { $0.key.scalar?.string == "environment" }
            .flatMap { $0.value.scalar }.flatMap { Environment(rawValue: $0.string) }
    }

    private static func overlays(in node: Node, _ context: inout SpecContext) -> [(Environment, Node)] {
        let names = Environment.allCases.map(\.rawValue)
        guard case .mapping(let mapping) = node else {
            let list = names.joined(separator: ", ")
            context.error("`environments` is \(node.kindName); expected: a mapping from \(list) to keys", at: node)
            return []
        }
        var overlays: [(Environment, Node)] = []
        for (keyNode, overlay) in mapping {
            let name = keyNode.scalar?.string ?? ""
            guard let environment = Environment(rawValue: name) else {
                let nearest = Spelling.nearest(to: name, in: names).map { "did you mean `\($0)`? " } ?? ""
                context.error(
                    "unknown environment `\(name.shortened)`", at: keyNode,
                    hint: "\(nearest)Known environments: \(names.map { "`\($0)`" }.joined(separator: ", "))")
                continue
            }
            guard !overlay.isNull else { continue }
            guard case .mapping(let keys) = overlay else {
                context.error("`environments.\(name)` is \(overlay.kindName); expected: a mapping of keys", at: overlay)
                continue
            }
            for (key, _) in keys {
                guard let word = key.scalar?.string, word == "environments" || word == "environment" else { continue }
                context.error(
                    "`\(word)` cannot stand in an overlay", at: key, hint: "it belongs at the top of the file")
            }
            overlays.append((environment, overlay))
        }
        return overlays
    }

    /// The keys of the file for an environment: mappings merged, all else replaced.
    func merged(for environment: Environment) -> Node {
        guard let overlay = overlays.first(where: { $0.environment == environment })?.overlay else {
            return .mapping(base)
        }
        return SpecLayers.lay(overlay, over: .mapping(base))
    }

    private static func lay(_ overlay: Node, over base: Node) -> Node {
        guard case .mapping(let upper) = overlay, case .mapping(let lower) = base else { return overlay }
        var merged: [(Node, Node)] = []
        for (key, value) in lower where !upper.contains(where: { $0.key.scalar?.string == key.scalar?.string }) {
            merged.append((key, value))
        }
        for (key, value) in upper {
            let below = lower.first { $0.key.scalar?.string == key.scalar?.string }?.value
            merged.append((key, below.map { lay(value, over: $0) } ?? value))
        }
        return .mapping(Node.Mapping(merged, .implicit, lower.style, lower.mark))
    }
}
