// JSON with its keys in the order in which they were given, for schema files that people read.

import PlumbModel

/// A JSON value.
indirect enum SpecJSON: Sendable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([SpecJSON])
    case object([(key: String, value: SpecJSON)])

    /// The text, indented by two spaces a level, without a final line break.
    func rendered(indent: String = "") -> String {
        switch self {
        case .text(let text): return JSONText.quoted(text)
        case .number(let number): return SpecJSON.plain(number)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            let inner = indent + "  "
            return "[\n" + items.map { inner + $0.rendered(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let pairs):
            guard !pairs.isEmpty else { return "{}" }
            let inner = indent + "  "
            let lines = pairs.map { "\(inner)\(JSONText.quoted($0.key)): \($0.value.rendered(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// A number as people write it: without a fraction where it has none.
    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
}
