// How one element of an answer is written.

/// A value that an answer can carry.
protocol AnswerElement {
    func append(json writer: inout JSONWriter)
    /// The text of a CSV cell, unquoted.
    var cell: String { get }
}

extension AnswerElement where Self: FixedWidthInteger {
    func append(json writer: inout JSONWriter) { writer.number(description) }
    var cell: String { description }
}

extension AnswerElement where Self: BinaryFloatingPoint & CustomStringConvertible {
    func append(json writer: inout JSONWriter) { writer.number(description, isFinite: isFinite) }
    var cell: String { description }
}

extension Float: AnswerElement {}
extension Double: AnswerElement {}
extension Float16: AnswerElement {}
extension Int: AnswerElement {}
extension Int8: AnswerElement {}
extension Int16: AnswerElement {}
extension Int32: AnswerElement {}
extension Int64: AnswerElement {}
extension UInt8: AnswerElement {}
extension UInt16: AnswerElement {}
extension UInt32: AnswerElement {}
extension UInt64: AnswerElement {}

extension Bool: AnswerElement {
    func append(json writer: inout JSONWriter) { writer.number(description) }
    var cell: String { description }
}

extension String: AnswerElement {
    func append(json writer: inout JSONWriter) { writer.string(self) }
    var cell: String {
        guard contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return self }
        return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
