import Foundation
import Testing

@testable import plumb_worker

@Suite struct DecimalTextTests {
    private func number(_ text: String, isLenient: Bool = false) -> (DecimalText, [UInt8])? {
        let bytes = Array(text.utf8)
        guard let number = DecimalText(bytes, from: 0, to: bytes.count, isLenient: isLenient),
            number.range.upperBound == bytes.count
        else { return nil }
        return (number, bytes)
    }

    /// Random texts of every length and power, and those that are hard: halfway between two floats, or nearly so.
    @Test func everyNumberIsReadAsTheNearestFloatAndDouble() throws {
        var generator = SeededGenerator(seed: 1)
        var texts = [
            "0", "-0", "1", "0.1", "1e22", "1e23", "9007199254740993", "16777217", "16777219", "1.00000017881393432617",
            "1.000000178813934326171875", "1.0000001788139343262", "8388609.5", "0.000000059604644775390625",
            "3.4028235e38", "1.17549435e-38", "1e-45", "7e-46", "4.9e-324", "1.7976931348623157e308",
            "123456789012345678901234567890", "0.30000000000000004", "1.0000000596046448", "33554435e0", "1e-400",
        ]
        for _ in 0..<60_000 {
            let digits = String(generator.next() >> UInt64.random(in: 0...60, using: &generator))
            let power = Int.random(in: -30...30, using: &generator)
            texts.append(Bool.random(using: &generator) ? "\(digits)e\(power)" : "-0.\(digits)")
            texts.append(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())).description)
            // The decimal of the point halfway between a float and the next.
            let float = Float(Int.random(in: 1...(1 << 24), using: &generator)) * 1.1
            texts.append(((Double(float) + Double(float.nextUp)) / 2).description)
        }
        for text in texts where !text.contains("n") {
            let (decimal, bytes) = try #require(number(text), "\(text)")
            let (float, double) = (Float(text), Double(text))
            #expect(decimal.float(bytes)?.bitPattern == (float?.isFinite == true ? float?.bitPattern : nil), "\(text)")
            #expect(
                decimal.double(bytes)?.bitPattern == (double?.isFinite == true ? double?.bitPattern : nil), "\(text)")
        }
    }

    @Test func shortNumbersOfAListAreReadAsTheirTextSays() throws {
        var generator = SeededGenerator(seed: 2)
        var texts = [
            "0", "-0", "0.0", "1", "-1.5", "16777217", "16777219.0", "123456789", "1234567890", "0.00000001", "1e2",
        ]
        for _ in 0..<100_000 {
            let digits = String(generator.next() >> UInt64.random(in: 30...63, using: &generator))
            let point = digits.index(digits.startIndex, offsetBy: Int.random(in: 1...digits.count, using: &generator))
            let rest = digits[point...]
            let whole = digits[..<point]
            texts.append((Bool.random(using: &generator) ? "-" : "") + whole + (rest.isEmpty ? "" : "." + rest))
        }
        for text in texts {
            for end in [",", "]", " ]"] {
                let bytes = Array((" " + text + end).utf8)
                var scanner = JSONScanner(bytes, 0..<bytes.count)
                let float = try Float.read(&scanner)
                #expect(float.bitPattern == Float(text)?.bitPattern, "\(text)")
                #expect(scanner.position == bytes.count - end.utf8.count)
                var again = JSONScanner(bytes, 0..<bytes.count)
                let double = try Double.read(&again)
                #expect(double.bitPattern == Double(text)?.bitPattern, "\(text)")
            }
        }
        for wrong in ["01,", "1.,", ".5,", "-,", "--1,", "1.2.3,", "1x,", "+1,", ",", "00.1,"] {
            let bytes = Array(wrong.utf8)
            var scanner = JSONScanner(bytes, 0..<bytes.count)
            #expect(throws: Refusal.self, "\(wrong)") {
                _ = try Float.read(&scanner)
                try scanner.expect(UInt8(ascii: ","))
            }
        }
    }

    @Test(arguments: ["", "-", ".5", "1.", "+1", "01", "1e", "1e+", "--1", "NaN", "Infinity", "0x1", "1_0", " 1"])
    func whatJSONDoesNotCallANumberIsNone(_ text: String) {
        #expect(number(text) == nil)
    }

    @Test(arguments: [("+1", 1), (".5", 0.5), ("1.", 1), ("007", 7), ("-.5e1", -5)])
    func tablesMayWriteNumbersLoosely(_ text: String, _ value: Double) throws {
        let (decimal, bytes) = try #require(number(text, isLenient: true))
        #expect(decimal.double(bytes) == value)
    }

    @Test func integersAreExactOrNone() throws {
        func integer<Value: FixedWidthInteger>(_ text: String, _ type: Value.Type) -> Value? {
            number(text)?.0.integer(type)
        }
        #expect(integer("3.0", Int8.self) == 3)
        #expect(integer("3e2", Int16.self) == 300)
        #expect(integer("1500e-2", Int16.self) == 15)
        #expect(integer("-128", Int8.self) == -128)
        #expect(integer("-129", Int8.self) == nil)
        #expect(integer("-1", UInt8.self) == nil)
        #expect(integer("1.5", Int64.self) == nil)
        #expect(integer("9223372036854775807", Int64.self) == .max)
        #expect(integer("-9223372036854775808", Int64.self) == .min)
        #expect(integer("-9223372036854775809", Int64.self) == nil)
        #expect(integer("18446744073709551615", UInt64.self) == .max)
        #expect(integer("18446744073709551616", UInt64.self) == nil)
        #expect(integer("1e99999999999", Int64.self) == nil)
        #expect(integer("0e99999999999", Int64.self) == 0)
    }
}
