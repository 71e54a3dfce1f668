// What a body is, and what a client will take.

/// The content types that requests and answers are in.
enum MediaType: Equatable {
    case json
    case csv
    case numpy
    /// JSON of so many bytes, and behind it tensors as plain bytes; named as SageMaker's Triton containers name it.
    case binary(jsonCount: Int)
    /// Any other, by name; empty when the request has none.
    case other(String)

    /// The type that a Content-Type value names; its parameters do not matter here.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let end = range.first { bytes[$0] == UInt8(ascii: ";") } ?? range.upperBound
        let name = HeaderText(bytes, range.lowerBound..<end)
        if name.equals("application/json") {
            self = .json
        } else if name.equals("text/csv") {
            self = .csv
        } else if name.equals("application/x-npy") {
            self = .numpy
        } else if name.equals("application/vnd.sagemaker-triton.binary+json"), let count = Self.jsonCount(bytes, range)
        {
            self = .binary(jsonCount: count)
        } else {
            self = .other(name.lowercased)
        }
    }

    private static func jsonCount(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        for part in bytes[range].split(separator: UInt8(ascii: ";")).dropFirst() {
            guard let sign = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard HeaderText(bytes, part.startIndex..<sign).equals("json-header-size") else { continue }
            return HeaderText(bytes, (sign + 1)..<part.endIndex).number
        }
        return nil
    }

    /// The type as a header says it.
    var text: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv"
        case .numpy: "application/x-npy"
        case .binary(let count): "application/vnd.sagemaker-triton.binary+json;json-header-size=\(count)"
        case .other(let name): name
        }
    }

    /// Whether the Open Inference Protocol may be spoken in it.
    var isOpenInference: Bool {
        switch self {
        case .json, .binary: true
        case .csv, .numpy, .other: false
        }
    }

    /// The answer's type for an Accept value: JSON or CSV, whichever it prefers; nil when it accepts neither.
    static func accepted(by value: HeaderText) -> MediaType? {
        if value.equals("*/*") || value.equals("application/json") { return .json }
        var best: (type: MediaType, quality: Double)?
        for item in value.lowercased.split(separator: ",") {
            let parts = item.split(separator: ";").map { HeaderText(Array($0.utf8)).lowercased }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            let type: MediaType? =
                switch parts.first {
                case "application/json", "application/*", "*/*": .json
                case "text/csv", "text/*": .csv
                default: nil
                }
            if let type, quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }
}

/// A header field's name or value: a range of bytes, compared without making a string of it.
struct HeaderText {
    private let bytes: [UInt8]
    private let range: Range<Int>

    /// The bytes of `range`, white space around them aside.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        var (first, last) = (range.lowerBound, range.upperBound)
        while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        while first < last, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        self.bytes = bytes
        self.range = first..<last
    }

    init(_ bytes: [UInt8]) {
        self.init(bytes, 0..<bytes.count)
    }

    /// Whether the text is `lowercased`, whatever the case of its letters.
    func equals(_ lowercased: StaticString) -> Bool {
        guard range.count == lowercased.utf8CodeUnitCount else { return false }
        return lowercased.withUTF8Buffer { wanted in
            for index in 0..<range.count {
                let byte = bytes[range.lowerBound + index]
                let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                guard unsafe (isCapital ? byte | 0x20 : byte) == wanted[index] else { return false }
            }
            return true
        }
    }

    /// The text with its ASCII letters in lower case.
    var lowercased: String { String(decoding: bytes[range], as: UTF8.self).lowercased() }

    /// The number that the text is, when it is nothing but digits.
    var number: Int? {
        guard !range.isEmpty else { return nil }
        var value = 0
        for byte in bytes[range] {
            let digit = byte &- UInt8(ascii: "0")
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            guard digit < 10, !overflow, tens <= Int.max - 9 else { return nil }
            value = tens + Int(digit)
        }
        return value
    }
}
