// A document that a resource takes as a JSON text: dashboards, the input of a schedule.

import PlumbModel

extension RenderedValue {
    /// The document as JSON, texts passed through `write`, which quotes nothing: it only fills what is known later.
    func jsonText(indent: Int = 0, _ write: (String) -> String) -> String {
        let margin = String(repeating: "  ", count: indent + 1)
        let end = String(repeating: "  ", count: indent)
        func wrapped(_ open: String, _ items: [String], _ close: String) -> String {
            items.isEmpty
                ? open + close : "\(open)\n\(margin)\(items.joined(separator: ",\n\(margin)"))\n\(end)\(close)"
        }
        func pairs(_ pairs: [(String, RenderedValue)]) -> String {
            wrapped(
                "{", pairs.map { "\(JSONText.quoted($0.0)): \($0.1.jsonText(indent: indent + 1, write))" }, "}")
        }
        switch self {
        case .text(let text): return JSONText.quoted(write(text))
        case .number(let number): return RenderedValue.digits(number)
        case .bool(let bool): return bool ? "true" : "false"
        case .list(let items):
            let isFlat = items.allSatisfy(\.isScalar)
            let texts = items.map { $0.jsonText(indent: indent + 1, write) }
            return isFlat ? "[\(texts.joined(separator: ", "))]" : wrapped("[", texts, "]")
        case .pairs(let list): return pairs(list.map { ($0.key, $0.value) })
        case .map(let map): return pairs(map.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        case .document(let inner), .json(let inner): return inner.jsonText(indent: indent, write)
        case .link(let id, let template, _): return JSONText.quoted(write("${\(id)\(template.map { ".\($0)" } ?? "")}"))
        case .block, .blocks, .object, .tags, .parameter, .expression: return "null"
        }
    }

    /// The document as JSON in one line: what a variable of an environment holds.
    var compactJSON: String { jsonText { $0 }.replacing(/,?\n */) { $0.output.hasPrefix(",") ? ", " : "" } }

    var isScalar: Bool {
        switch self {
        case .text, .number, .bool, .link, .parameter, .expression: true
        case .list, .block, .blocks, .object, .map, .tags, .document, .json, .pairs: false
        }
    }

    /// A number as people write it: no fraction where there is none.
    static func digits(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}
