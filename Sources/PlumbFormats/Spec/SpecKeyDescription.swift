// A key of the file as people are told of it.

import PlumbModel

/// A key of the file in words.
public struct SpecKeyDescription: Sendable {
    /// Dotted, `[]` standing for the items of a list: `scaling.scheduled[].name`.
    public let path: String
    /// The last part of the path, as it is written in the file.
    public let name: String
    /// One sentence.
    public let summary: String
    /// What may be written: `whole number, 1 to 4`.
    public let type: String
    public let isRequired: Bool
    /// What holds by default in dev, staging and production, as it would be written; one item where they do not differ
    /// by environment. Nil where nothing holds by default; empty for required keys.
    public let defaults: [String?]
    /// A value as it could be written.
    public let example: String?
    /// The keys below this one.
    public let children: [SpecKeyDescription]
    let shape: SpecShape
    let allowsNone: Bool

    /// The default in words: one value, or one for each environment; nil when nothing holds by default.
    public var defaultText: String? {
        guard let first = defaults.first, defaults.contains(where: { $0 != nil }) else { return nil }
        if defaults.allSatisfy({ $0 == first }) { return first.map { "`\($0)`" } }
        let unnamed = children.isEmpty ? "–" : "as below"
        return zip(Environment.allCases, defaults).map { environment, text in
            "\(environment.rawValue) \(text.map { "`\($0)`" } ?? unnamed)"
        }.joined(separator: " · ")
    }

    /// All that is to be said of it, for a terminal: a line each for what it is, its form, default and keys.
    public var help: String {
        var lines = [path, summary, "form: \(type)"]
        if isRequired { lines.append("required") }
        if let defaultText { lines.append("default: \(defaultText)") }
        if let example { lines.append("example: \(name): \(example)") }
        if !children.isEmpty { lines.append("keys: \(children.map(\.name).joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }
}
