// A fix for a template that is JSON: the lines of YAML written anew, with functions in their long form.

import PlumbModel

enum TemplateJSON {
    /// The fragment as one JSON object, resources by logical id; nil for what is no YAML.
    static func text(ofYAML yaml: String) -> String? {
        guard case .success(let node) = DocumentReader.read(Array(yaml.utf8), file: "") else { return nil }
        return value(node, indent: 0) + "\n"
    }

    private static func value(_ node: DocumentNode, indent: Int) -> String {
        var node = node
        guard let tag = node.tag else { return content(node, indent: indent) }
        node.tag = nil
        let isAttribute = tag == "GetAtt"
        let name = tag == "Ref" || tag == "Condition" ? tag : "Fn::\(tag)"
        let argument: String
        if isAttribute, let text = node.text, let dot = text.firstIndex(of: ".") {
            let parts = [String(text[..<dot]), String(text[text.index(after: dot)...])]
            argument = "[\(parts.map(JSONText.quoted).joined(separator: ", "))]"
        } else {
            argument = content(node, indent: indent)
        }
        return "{\(JSONText.quoted(name)): \(argument)}"
    }

    private static func content(_ node: DocumentNode, indent: Int) -> String {
        let margin = String(repeating: "  ", count: indent + 1)
        let end = String(repeating: "  ", count: indent)
        func wrapped(_ open: String, _ items: [String], _ close: String) -> String {
            items.isEmpty
                ? open + close : "\(open)\n\(margin)\(items.joined(separator: ",\n\(margin)"))\n\(end)\(close)"
        }
        switch node.content {
        case .null: return "null"
        case .scalar(let text, let isPlain): return isPlain && isBare(text) ? text : JSONText.quoted(text)
        case .list(let items): return wrapped("[", items.map { value($0, indent: indent + 1) }, "]")
        case .map(let entries):
            return wrapped(
                "{", entries.map { "\(JSONText.quoted($0.key)): \(value($0.value, indent: indent + 1))" }, "}")
        }
    }

    /// A number as JSON writes it, or a truth value.
    private static func isBare(_ text: String) -> Bool {
        if text == "true" || text == "false" { return true }
        let parts = (text.hasPrefix("-") ? text.dropFirst() : text[...])
            .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return false
        }
        return parts[0] == "0" || !parts[0].hasPrefix("0")
    }
}
