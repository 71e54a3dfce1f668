// JSON of unknown shape, read leniently: the files of several versions of several tools are met.

import PlumbModel

/// A value of JSON, or nothing where there is none.
struct JSONTree {
    private let node: DocumentNode?

    /// Throws `invalidInput` with the place of the first fault.
    init(_ bytes: [UInt8], file: String) throws(PlumbError) {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        node = try JSONParser.parse(bytes, from: start, file: file)
    }

    private init(_ node: DocumentNode?) { self.node = node }

    /// A member by the first of its spellings that is there.
    subscript(_ names: String...) -> JSONTree { JSONTree(names.lazy.compactMap { node?[$0] }.first) }

    var isPresent: Bool { node.map { !$0.isNull } ?? false }
    var elements: [JSONTree] { (node?.items ?? []).map(JSONTree.init) }
    var members: [(key: String, value: JSONTree)] {
        (node?.entries ?? []).sorted { $0.key < $1.key }.map { ($0.key, JSONTree($0.value)) }
    }
    var numbers: [Double] { elements.compactMap(\.number) }
    var text: String? { node?.text }

    /// A number, or a text that spells one. What is not finite is none: every comparison with it would be passed.
    var number: Double? {
        guard let number = text.flatMap({ Double($0) }), number.isFinite else { return nil }
        return number
    }
    var count: Int? {
        guard let number, abs(number) < 9e15 else { return nil }
        return Int(number)
    }

    /// A switch, written as true or as Enabled.
    var isOn: Bool? { text.map { ["enabled", "true"].contains($0.lowercased()) } }
}

/// Writes JSON in the order in which it is said.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    mutating func object(_ members: (inout JSONWriter) -> Void) { enclose("{", "}", members) }
    mutating func list(_ elements: (inout JSONWriter) -> Void) { enclose("[", "]", elements) }

    private mutating func enclose(_ open: String, _ close: String, _ content: (inout JSONWriter) -> Void) {
        bytes += open.utf8
        isFirst = true
        content(&self)
        bytes += close.utf8
        isFirst = false
    }

    mutating func key(_ name: String) {
        separate()
        JSONText.quote(name, to: &bytes)
        bytes += ":".utf8
        isFirst = true
    }

    /// Between one element and the next.
    mutating func separate() {
        if !isFirst { bytes += ",".utf8 }
        isFirst = false
    }

    mutating func text(_ value: String) { JSONText.quote(value, to: &bytes); isFirst = false }
    mutating func raw(_ value: String) { bytes += value.utf8; isFirst = false }
    mutating func number(_ value: Int) { raw(String(value)) }
    /// JSON has no infinity: what is not finite is null.
    mutating func number(_ value: Double) { raw(value.isFinite ? value.description : "null") }
}

extension JSONWriter {
    /// How `statistics.json` begins, of data as of a model's quality: its version, and how many rows it is about.
    mutating func beginStatistics(itemCount: Int) {
        key("version")
        number(0.0)
        key("dataset")
        object { json in
            json.key("item_count")
            json.number(itemCount)
        }
    }

    /// `constraint_violations.json`: a list of violations, each with these texts under their names.
    static func violations(_ violations: [[(name: String, text: String)]]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("violations")
            json.list { json in
                for violation in violations {
                    json.separate()
                    json.object { json in
                        for member in violation {
                            json.key(member.name)
                            json.text(member.text)
                        }
                    }
                }
            }
        }
        return json.bytes + [10]
    }
}
