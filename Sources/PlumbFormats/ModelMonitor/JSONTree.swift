// JSON of unknown shape, read leniently: the files of several versions of several tools are met.

import Foundation
import PlumbModel

/// A value of JSON.
struct JSONTree: Decodable {
    private enum Value {
        case nothing, number(Double), text(String), truth(Bool), list([JSONTree]), object([String: JSONTree])
    }
    private let value: Value

    init(_ bytes: [UInt8], file: String) throws(PlumbError) {
        do {
            self = try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
        } catch {
            throw PlumbError(
                .invalidInput, "this is no JSON", hint: "is it a file of Model Monitor?", at: Place(file: file),
                cause: error)
        }
    }

    private init(_ value: Value) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A value of another sort is no loss: it is tried as the next one.
        if container.decodeNil() {
            value = .nothing
        } else if let number = try? container.decode(Double.self) {  // see above
            value = .number(number)
        } else if let text = try? container.decode(String.self) {  // see above
            value = .text(text)
        } else if let truth = try? container.decode(Bool.self) {  // see above
            value = .truth(truth)
        } else if let list = try? container.decode([JSONTree].self) {  // see above
            value = .list(list)
        } else {
            value = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// A member by the first of its spellings that is there.
    subscript(_ names: String...) -> JSONTree {
        guard case .object(let members) = value else { return JSONTree(.nothing) }
        for name in names {
            if let member = members[name] { return member }
        }
        return JSONTree(.nothing)
    }

    var isPresent: Bool { if case .nothing = value { false } else { true } }
    var elements: [JSONTree] { if case .list(let list) = value { list } else { [] } }
    var members: [(key: String, value: JSONTree)] {
        guard case .object(let members) = value else { return [] }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    var numbers: [Double] { elements.compactMap(\.number) }
    var text: String? { if case .text(let text) = value { text } else { nil } }

    /// A number, or a text that spells one.
    var number: Double? { if case .number(let number) = value { number } else { text.flatMap { Double($0) } } }
    var count: Int? {
        guard let number, number.isFinite, abs(number) < 9e15 else { return nil }
        return Int(number)
    }

    /// A switch, written as true or as Enabled.
    var isOn: Bool? {
        if case .truth(let truth) = value { return truth }
        guard let text else { return nil }
        return text.lowercased() == "enabled" || text.lowercased() == "true"
    }
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
