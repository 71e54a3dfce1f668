// Comma-separated values (RFC 4180), as many bytes at a time as there are.

public import PlumbModel

/// Reads rows of a CSV file into batches.
public struct DelimitedReader: Sendable {
    /// A longer line is no line of data.
    public static let lineBytesMax = 1 << 20

    public let names: [String]
    private let isText: [Bool]
    private let delimiter: UInt8
    /// Rows that had more or fewer fields than there are columns.
    public private(set) var oddRows = 0

    /// `isText` says of which columns even numbers are taken for texts.
    public init(names: [String], isText: [Bool]? = nil, delimiter: UInt8 = UInt8(ascii: ",")) {
        self.names = names
        self.isText = isText ?? names.map { _ in false }
        self.delimiter = delimiter
    }

    /// The fields of one line, such as the names in a header.
    public static func fields(ofLine line: String) -> [String] {
        let bytes = Array(line.utf8)
        var fields: [String] = []
        var position = 0
        while position <= bytes.count {
            var batch = RowBatch(columns: 1)
            let end = DelimitedReader.endOfField(bytes.span, position, bytes.count, UInt8(ascii: ","))
            let cell = quotedOrPlain(bytes.span, position..<end, isText: true, &batch)
            fields.append(cell.kind == .missing ? "" : batch.text(of: cell))
            position = end + 1
        }
        return fields
    }

    /// Fills a batch from a position on; gives where to go on. A line without an end is left for the next call, unless
    /// it is the last.
    public mutating func read(
        _ bytes: Span<UInt8>, from start: Int, isLast: Bool, into batch: inout RowBatch
    ) throws(PlumbError) -> Int {
        var position = start
        while position < bytes.count, !batch.isFull {
            let line = position
            if bytes[position] == 10 || bytes[position] == 13 {
                position += 1
                continue
            }
            var column = 0
            var isEnded = false
            while !isEnded {
                isEnded = try readField(bytes, &position, column, isLast: isLast, into: &batch)
                if position < 0 {
                    batch.dropRow()
                    guard bytes.count - line <= Self.lineBytesMax else { throw Self.tooLong() }
                    return line
                }
                column += 1
            }
            if column != names.count { oddRows += 1 }
            batch.endRow()
        }
        return position
    }

    /// Reads one field; whether it was the last of its line. A position of -1 says that the line is not all there.
    @inline(__always)
    private func readField(
        _ bytes: Span<UInt8>, _ position: inout Int, _ column: Int, isLast: Bool, into batch: inout RowBatch
    ) throws(PlumbError) -> Bool {
        let isKnown = column < isText.count
        var index = position
        if isKnown, !isText[column], let cell = NumberText.scan(bytes, &index, bytes.count), index < bytes.count,
            bytes[index] == delimiter || bytes[index] == 10
        {
            batch.append(cell)
            position = index + 1
            return bytes[index] == 10
        }
        let end = Self.endOfField(bytes, position, bytes.count, delimiter)
        if end == bytes.count, !isLast {
            position = -1
            return true
        }
        let cell = Self.quotedOrPlain(bytes, position..<end, isText: isKnown && isText[column], &batch)
        if isKnown { batch.append(cell) }
        position = min(end + 1, bytes.count)
        return end == bytes.count || bytes[end] == 10
    }

    /// Where a field ends: at a delimiter or the end of a line that is not between quotation marks.
    private static func endOfField(_ bytes: Span<UInt8>, _ start: Int, _ count: Int, _ delimiter: UInt8) -> Int {
        var index = start
        if index < count, bytes[index] == UInt8(ascii: "\"") {
            index += 1
            while index < count {
                if bytes[index] == UInt8(ascii: "\"") {
                    guard index + 1 < count, bytes[index + 1] == UInt8(ascii: "\"") else { break }
                    index += 1
                }
                index += 1
            }
        }
        while index < count, bytes[index] != delimiter, bytes[index] != 10 { index += 1 }
        return index
    }

    private static func quotedOrPlain(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isText: Bool, _ batch: inout RowBatch
    ) -> Cell {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            return FieldText.cell(bytes, range, isText: isText, keepingIn: &batch)
        }
        var plain: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\"") {
                guard index + 1 < range.upperBound, bytes[index + 1] == UInt8(ascii: "\"") else { break }
                index += 1
            }
            plain.append(bytes[index])
            index += 1
        }
        return FieldText.cell(plain.span, 0..<plain.count, isText: isText, keepingIn: &batch)
    }

    private static func tooLong() -> PlumbError {
        PlumbError(
            .invalidInput, "a line is longer than \(lineBytesMax) bytes",
            hint: "is this a CSV file, and are its quotation marks closed?")
    }
}
