// `Fn::ForEach` among the resources: one written for every value of a list.

import PlumbModel

extension Template {
    static let loopedResourcesMax = 5_000
    /// Values in all that one loop writes: a long body times a long list would fill the memory.
    static let loopedNodesMax = 200_000

    /// The entries with every loop written out. A loop whose list is not in the template stays, and is told of.
    mutating func withoutLoops(_ entries: [DocumentNode.Entry], depth: Int = 0) -> [DocumentNode.Entry] {
        guard entries.contains(where: { $0.key.hasPrefix("Fn::ForEach") }), depth < 5 else { return entries }
        var written: [DocumentNode.Entry] = []
        for entry in entries {
            guard entry.key.hasPrefix("Fn::ForEach") else {
                written.append(entry)
                continue
            }
            let parts = entry.value.items
            guard parts.count == 3, let variable = parts[0].text, let values = values(of: parts[1]) else {
                diagnostics.append(
                    Diagnostic(
                        .warning,
                        "the loop \(entry.key) goes over a list that is not in the template; what it makes is not "
                            + "judged", at: entry.mark.place(in: file),
                        hint: "give the list as a parameter's default, or write it into the loop"))
                continue
            }
            let body = withoutLoops(parts[2].entries, depth: depth + 1)
            let size = body.reduce(1) { $0 + $1.value.size }
            let loopsMax = max(1, Self.loopedNodesMax / size)
            if values.count > loopsMax {
                diagnostics.append(
                    Diagnostic(
                        .warning,
                        "the loop \(entry.key) writes more than \(Self.loopedNodesMax) values; the rest is not judged",
                        at: entry.mark.place(in: file)))
            }
            for value in values.prefix(loopsMax) where written.count < Self.loopedResourcesMax {
                written += body.map { inner in
                    DocumentNode.Entry(
                        key: Self.filled(inner.key, variable, value), mark: inner.mark,
                        value: Self.filled(inner.value, variable, value))
                }
            }
        }
        return written
    }

    /// The list itself, or the default of the parameter it names.
    private func values(of node: DocumentNode) -> [String]? {
        if case .list(let items) = node.content {
            let texts = items.compactMap(\.text)
            return texts.count == items.count ? texts : nil
        }
        guard let name = node.tag == "Ref" ? node.text : node["Ref"]?.text,
            let parameter = parameters[name], parameter.isList, let text = parameter.defaultValue?.text
        else { return nil }
        return text.split(separator: ",").map(\.trimmingSpaces)
    }

    private static func filled(_ text: String, _ variable: String, _ value: String) -> String {
        text.replacing("${\(variable)}", with: value).replacing("&{\(variable)}", with: value.filter(\.isAlphanumeric))
    }

    private static func filled(_ node: DocumentNode, _ variable: String, _ value: String) -> DocumentNode {
        var node = node
        switch node.content {
        case .null: break
        case .scalar(let text, let isPlain):
            if node.tag == "Ref", text == variable {
                node = DocumentNode(.scalar(value, isPlain: false), at: node.mark)
            } else {
                node.content = .scalar(filled(text, variable, value), isPlain: isPlain)
            }
        case .list(let items): node.content = .list(items.map { filled($0, variable, value) })
        case .map(let entries):
            if entries.count == 1, entries[0].key == "Ref", entries[0].value.text == variable {
                return DocumentNode(.scalar(value, isPlain: false), at: node.mark)
            }
            node.content = .map(
                entries.map {
                    DocumentNode.Entry(
                        key: filled($0.key, variable, value), mark: $0.mark, value: filled($0.value, variable, value))
                })
        }
        return node
    }
}

extension Character {
    fileprivate var isAlphanumeric: Bool { isLetter || isNumber }
}
