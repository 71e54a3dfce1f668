// Rows that are flat objects of JSON, columns found by name.

import PlumbModel

/// Reads flat objects into rows: one to a line of a file, or the payload of a request.
public struct FlatObjectReader: Sendable {
    private let columns: [UInt64: Int]
    private let isText: [Bool]
    private var plain: [UInt8] = []

    public init(names: [String], isText: [Bool]? = nil) {
        var columns: [UInt64: Int] = [:]
        for index in names.indices { columns[TextHash.of(names[index])] = index }
        self.columns = columns
        self.isText = isText ?? names.map { _ in false }
    }

    /// The names in an object, in their order; a list counts as `name_0`, `name_1` and so on.
    public static func names(inLine line: String) -> [String]? {
        let bytes = Array(line.utf8)
        var found: [String] = []
        let reader = FlatObjectReader(names: [])
        let span = bytes.span
        var position = 0
        let isRead = reader.walk(span, &position, span.count) { key, index, _ in
            let name = NumberText.text(span, key)
            found.append(index.map { "\(name)_\($0)" } ?? name)
        }
        return isRead ? found : nil
    }

    /// Appends the cells of an object to the row that is under way; false where it is none.
    mutating func read(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into batch: inout RowBatch
    ) -> Bool {
        var position = range.lowerBound
        var found: [(column: Int, value: Range<Int>)] = []
        let columns = columns
        let isRead = walk(bytes, &position, range.upperBound) { key, index, value in
            var hash = TextHash.of(bytes, key)
            if let index { hash = TextHash.of("\(NumberText.text(bytes, key))_\(index)") }
            if let column = columns[hash] { found.append((column, value)) }
        }
        guard isRead else { return false }
        for (column, value) in found {
            batch.replace(column: column, with: cell(bytes, value, isText: isText[column], &batch))
        }
        return true
    }

    private mutating func cell(
        _ bytes: Span<UInt8>, _ value: Range<Int>, isText: Bool, _ batch: inout RowBatch
    ) -> Cell {
        guard bytes[value.lowerBound] == UInt8(ascii: "\"") else {
            return FieldText.cell(bytes, value, isText: isText, keepingIn: &batch)
        }
        JSONWalk.unescape(bytes, value.lowerBound + 1..<value.upperBound - 1, into: &plain)
        return batch.keep(plain.span)
    }

    /// Calls `visit` with the key, the index in a list, and the value of each member.
    private func walk(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, visit: (Range<Int>, Int?, Range<Int>) -> Void
    ) -> Bool {
        guard JSONWalk.expect(UInt8(ascii: "{"), bytes, &position, end) else { return false }
        if JSONWalk.expect(UInt8(ascii: "}"), bytes, &position, end) { return true }
        repeat {
            guard let key = JSONWalk.string(bytes, &position, end),
                JSONWalk.expect(UInt8(ascii: ":"), bytes, &position, end)
            else { return false }
            JSONWalk.skipBlanks(bytes, &position, end)
            if position < end, bytes[position] == UInt8(ascii: "[") {
                position += 1
                var index = 0
                while !JSONWalk.expect(UInt8(ascii: "]"), bytes, &position, end) {
                    JSONWalk.skipBlanks(bytes, &position, end)
                    let first = position
                    guard JSONWalk.skipValue(bytes, &position, end) else { return false }
                    visit(key.range, index, first..<position)
                    index += 1
                    _ = JSONWalk.expect(UInt8(ascii: ","), bytes, &position, end)
                }
            } else {
                let first = position
                guard JSONWalk.skipValue(bytes, &position, end) else { return false }
                visit(key.range, nil, first..<position)
            }
        } while JSONWalk.expect(UInt8(ascii: ","), bytes, &position, end)
        return JSONWalk.expect(UInt8(ascii: "}"), bytes, &position, end)
    }
}
