// JSON of unknown shape, read leniently: the files of several versions of several tools are met.

import Foundation
import PlumbModel

/// A value of JSON.
struct JSONTree {
    private let value: Any?

    init(_ bytes: [UInt8], file: String) throws(PlumbError) {
        do {
            value = try JSONSerialization.jsonObject(with: Data(bytes))
        } catch {
            throw PlumbError(
                .invalidInput, "this is no JSON", hint: "is it a file of Model Monitor?", at: Place(file: file),
                cause: error)
        }
    }

    private init(_ value: Any?) { self.value = value }

    /// A member by the first of its spellings that is there.
    subscript(_ names: String...) -> JSONTree {
        let members = value as? [String: Any]
        for name in names {
            if let member = members?[name] { return JSONTree(member) }
        }
        return JSONTree(nil)
    }

    var isPresent: Bool { value != nil && !(value is NSNull) }
    var elements: [JSONTree] { (value as? [Any])?.map { JSONTree($0) } ?? [] }
    var members: [(key: String, value: JSONTree)] {
        ((value as? [String: Any]) ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, JSONTree($0.value)) }
    }
    var numbers: [Double] { (value as? [Any])?.compactMap { ($0 as? NSNumber)?.doubleValue } ?? [] }
    var text: String? { value as? String }

    /// A number, or a text that spells one.
    var number: Double? { (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap(Double.init) }
    var count: Int? {
        guard let number, number.isFinite, abs(number) < 9e15 else { return nil }
        return Int(number)
    }

    /// A switch, written as true or as Enabled.
    var isOn: Bool? {
        if let text { return text.lowercased() == "enabled" || text.lowercased() == "true" }
        return (value as? NSNumber)?.boolValue
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
