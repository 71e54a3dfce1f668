// JSON in both directions: AWS's integers stay integers, and a page of thousands of alarms is read in one pass.

import Foundation
import PlumbModel

/// Writes and reads `AWSValue` as JSON.
enum JSONBody {
    /// Nesting beyond this is not AWS's.
    static let depthMax = 100

    static func write(_ value: AWSValue) -> Data {
        var bytes: [UInt8] = []
        write(value, to: &bytes)
        return Data(bytes)
    }

    private static func write(_ value: AWSValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .number(let number): bytes += text(of: number).utf8
        case .text(let text): JSONText.quote(text, to: &bytes)
        case .data(let data): JSONText.quote(data.base64EncodedString(), to: &bytes)
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(item, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .map(let members):
            bytes.append(UInt8(ascii: "{"))
            // In one order, so that the same call has the same bytes. What is null is left out.
            for (index, member) in members.filter({ !$0.value.isNull }).sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.quote(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// `5` and not `5.0`: AWS refuses a fraction where it wants an integer.
    static func text(of number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    static func read(_ data: Data) throws(PlumbError) -> AWSValue {
        var reader = Reader(bytes: [UInt8](data))
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else { throw reader.fault() }
        return value
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func fault() -> PlumbError {
            PlumbError(.internalFault, "an answer is no JSON: byte \(index) of \(bytes.count) cannot be read")
        }

        mutating func skipSpace() {
            while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
        }

        /// The next byte that is no space; 0 at the end.
        mutating func peek() -> UInt8 {
            skipSpace()
            return index < bytes.count ? bytes[index] : 0
        }

        mutating func take(_ byte: Character) throws(PlumbError) {
            guard peek() == byte.asciiValue else { throw fault() }
            index += 1
        }

        mutating func value(depth: Int) throws(PlumbError) -> AWSValue {
            guard depth < JSONBody.depthMax else { throw fault() }
            switch peek() {
            case UInt8(ascii: "{"): return try map(depth: depth)
            case UInt8(ascii: "["): return try list(depth: depth)
            case UInt8(ascii: "\""): return .text(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return .number(try number())
            }
        }

        mutating func map(depth: Int) throws(PlumbError) -> AWSValue {
            var members: [String: AWSValue] = [:]
            try take("{")
            while peek() != UInt8(ascii: "}") {
                if !members.isEmpty { try take(",") }
                guard peek() == UInt8(ascii: "\"") else { throw fault() }
                let name = try string()
                try take(":")
                members[name] = try value(depth: depth + 1)
            }
            index += 1
            return .map(members)
        }

        mutating func list(depth: Int) throws(PlumbError) -> AWSValue {
            var items: [AWSValue] = []
            try take("[")
            while peek() != UInt8(ascii: "]") {
                if !items.isEmpty { try take(",") }
                items.append(try value(depth: depth + 1))
            }
            index += 1
            return .list(items)
        }

        mutating func word(_ word: String, _ value: AWSValue) throws(PlumbError) -> AWSValue {
            guard bytes[index...].starts(with: word.utf8) else { throw fault() }
            index += word.utf8.count
            return value
        }

        mutating func number() throws(PlumbError) -> Double {
            let start = index
            while index < bytes.count, "+-.0123456789eE".utf8.contains(bytes[index]) { index += 1 }
            guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { throw fault() }
            return number
        }

        mutating func string() throws(PlumbError) -> String {
            index += 1
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
                index += 1
            }
            guard index < bytes.count else { throw fault() }
            if bytes[index] == UInt8(ascii: "\"") {
                defer { index += 1 }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            }
            var text = Array(bytes[start..<index])
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\") {
                    try escape(into: &text)
                } else {
                    text.append(bytes[index])
                    index += 1
                }
            }
            guard index < bytes.count else { throw fault() }
            index += 1
            return String(decoding: text, as: UTF8.self)
        }

        mutating func escape(into text: inout [UInt8]) throws(PlumbError) {
            let plain: [UInt8: UInt8] = [
                UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "b"): 8,
                UInt8(ascii: "f"): 12, UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92, UInt8(ascii: "/"): 47,
            ]
            guard index + 1 < bytes.count else { throw fault() }
            if let byte = plain[bytes[index + 1]] {
                text.append(byte)
                index += 2
                return
            }
            var units = [try codeUnit()]
            // A pair of surrogates is one character; a lone one becomes the replacement character.
            if UTF16.isLeadSurrogate(units[0]), bytes[index...].starts(with: "\\u".utf8) {
                units.append(try codeUnit())
            }
            text += String(decoding: units, as: UTF16.self).utf8
        }

        mutating func codeUnit() throws(PlumbError) -> UInt16 {
            guard index + 6 <= bytes.count, bytes[index + 1] == UInt8(ascii: "u"),
                let unit = UInt16(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
            else { throw fault() }
            index += 6
            return unit
        }
    }
}
