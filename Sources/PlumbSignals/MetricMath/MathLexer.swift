// Cuts an expression into words.

import PlumbModel

/// One word of an expression and the column it starts in, from 1, counted in bytes.
struct MathToken: Sendable, Equatable {
    enum Word: Sendable, Equatable {
        case number(Double)
        case name(String)
        case text(String)
        /// An operator, a bracket or a comma.
        case sign(String)
        case end
    }
    let word: Word
    let column: Int

    /// How an error message shows it.
    var shown: String {
        switch word {
        case .number(let value): "\(value)"
        case .name(let name): name
        case .text(let text): "\"\(text)\""
        case .sign(let sign): "'\(sign)'"
        case .end: "the end"
        }
    }
}

/// Reads words from an expression that is no longer than `MetricMath.expressionLengthMax`.
struct MathLexer {
    private let bytes: [UInt8]
    private let row: String
    private var position = 0

    init(_ text: String, row: String) {
        bytes = Array(text.utf8)
        self.row = row
    }

    static func startsName(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }

    static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// All words, with `.end` as the last.
    mutating func tokens() throws(PlumbError) -> [MathToken] {
        var tokens: [MathToken] = []
        while true {
            take { $0 == UInt8(ascii: " ") || 9...13 ~= $0 }
            let column = position + 1
            guard position < bytes.count else {
                tokens.append(MathToken(word: .end, column: column))
                return tokens
            }
            tokens.append(MathToken(word: try word(bytes[position]), column: column))
        }
    }

    private mutating func word(_ first: UInt8) throws(PlumbError) -> MathToken.Word {
        if Self.startsName(first) { return name() }
        if Self.isDigit(first) || first == UInt8(ascii: ".") { return try number() }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return try text(until: first) }
        for sign in ["<=", ">=", "==", "!=", "&&", "||"] where bytes[position...].starts(with: sign.utf8) {
            position += 2
            return .sign(sign)
        }
        guard "+-*/^()[],<>".utf8.contains(first) else {
            let shown = String(decoding: bytes[position...], as: UTF8.self).first.map(String.init) ?? ""
            throw PlumbError(
                .invalidInput, "expression \(row), column \(position + 1): \(shown) has no meaning here",
                hint: "operators: + - * / ^ < <= > >= == != AND OR; functions: \(MathFunction.names)")
        }
        position += 1
        return .sign(String(decoding: [first], as: UTF8.self))
    }

    @discardableResult
    private mutating func take(while isPart: (UInt8) -> Bool) -> String {
        let start = position
        while position < bytes.count, isPart(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func name() -> MathToken.Word {
        switch take(while: Self.continuesName) {
        case "AND": .sign("&&")
        case "OR": .sign("||")
        case let name: .name(name)
        }
    }

    private mutating func number() throws(PlumbError) -> MathToken.Word {
        let column = position + 1
        var text = take { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            text += "e"
            if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
                text += String(decoding: [bytes[position]], as: UTF8.self)
                position += 1
            }
            text += take(while: Self.isDigit)
        }
        guard let value = Double(text), value.isFinite else {
            throw PlumbError(
                .invalidInput, "expression \(row), column \(column): \(text.prefix(32)) is no number",
                hint: "write numbers such as 1, 0.01 or 5e3")
        }
        return .number(value)
    }

    private mutating func text(until quote: UInt8) throws(PlumbError) -> MathToken.Word {
        let column = position + 1
        position += 1
        let text = take { $0 != quote }
        guard position < bytes.count else {
            throw PlumbError(
                .invalidInput, "expression \(row), column \(column): the text that starts here does not end",
                hint: "close it with \(String(decoding: [quote], as: UTF8.self))")
        }
        position += 1
        return .text(text)
    }
}
