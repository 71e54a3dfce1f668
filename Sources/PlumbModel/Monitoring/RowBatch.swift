// Some rows of a data set, in one flat piece of memory that is used again for the next.

/// One value of one row.
///
/// A number is kept as its bits; a text as its hash, and where its bytes stand in the batch.
@frozen public struct Cell: Sendable, BitwiseCopyable {
    @frozen public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case missing, integral, fractional, text
    }
    public var bits: UInt64
    public var start: UInt32
    public var length: UInt16
    public var kind: Kind

    @inlinable public init(bits: UInt64, start: UInt32 = 0, length: UInt16 = 0, kind: Kind) {
        self.bits = bits
        self.start = start
        self.length = length
        self.kind = kind
    }

    @inlinable public var isNumber: Bool { kind == .integral || kind == .fractional }
    @inlinable public var number: Double { Double(bitPattern: bits) }
}

/// Rows of cells, row after row, all with the same columns.
public struct RowBatch: Sendable {
    /// A longer text is cut off: it is compared by its beginning.
    public static let textBytesMax = 1024
    /// Rows that are judged at a time; the columns of so many rows stay in the processor's cache.
    public static let rowsMax = 128

    public let columns: Int
    public private(set) var cells: [Cell] = []
    public private(set) var texts: [UInt8] = []
    /// When each row was seen, in seconds since 1970; 0 where nobody knows.
    public private(set) var times: [Int64] = []
    /// What each row is called, for labels that come later; missing where it has no name.
    public private(set) var identities: [Cell] = []

    public init(columns: Int) {
        self.columns = columns
        cells.reserveCapacity(columns * Self.rowsMax)
        times.reserveCapacity(Self.rowsMax)
        identities.reserveCapacity(Self.rowsMax)
    }

    public var rows: Int { times.count }
    public var isFull: Bool { rows >= Self.rowsMax }

    public mutating func removeAll() {
        cells.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        identities.removeAll(keepingCapacity: true)
    }

    @inlinable public mutating func append(_ cell: Cell) { appendCell(cell) }
    @usableFromInline mutating func appendCell(_ cell: Cell) { cells.append(cell) }

    public mutating func append(number: Double, isIntegral: Bool = false) {
        cells.append(Cell(bits: number.bitPattern, kind: isIntegral ? .integral : .fractional))
    }

    public mutating func appendMissing() { cells.append(Cell(bits: 0, kind: .missing)) }

    public mutating func append(text: Span<UInt8>) { cells.append(keep(text)) }

    public mutating func append(text: String) { cells.append(keep(text.utf8.span)) }

    /// Sets cells of a row that is under way in any order; `append` the row's missing cells first.
    public mutating func replace(column: Int, with cell: Cell) {
        cells[cells.count - columns + column] = cell
    }

    /// Keeps the bytes of a text and gives the cell that stands for it.
    public mutating func keep(_ text: Span<UInt8>) -> Cell {
        let length = min(text.count, Self.textBytesMax)
        let start = texts.count
        for index in 0..<length { texts.append(text[index]) }
        return Cell(
            bits: TextHash.of(text, 0..<length), start: UInt32(truncatingIfNeeded: start),
            length: UInt16(truncatingIfNeeded: length), kind: .text)
    }

    /// Ends a row: what is lacking is missing, and what is too much is dropped.
    public mutating func endRow(at time: Int64 = 0, identity: Cell = Cell(bits: 0, kind: .missing)) {
        let end = (rows + 1) * columns
        while cells.count < end { appendMissing() }
        if cells.count > end { cells.removeLast(cells.count - end) }
        times.append(time)
        identities.append(identity)
    }

    /// Takes back the cells of a row that turned out to be none.
    public mutating func dropRow() { cells.removeLast(cells.count - rows * columns) }

    /// Keeps a text of another batch.
    public mutating func keep(_ other: borrowing RowBatch, _ cell: Cell) -> Cell {
        keep(other.texts.span.extracting(Int(cell.start)..<Int(cell.start) + Int(cell.length)))
    }

    public func text(of cell: Cell) -> String {
        let range = Int(cell.start)..<Int(cell.start) + Int(cell.length)
        return String(decoding: texts[range], as: UTF8.self)
    }
}

/// A hash that is the same on every machine and in every run, so that it may stand for a text in a detector.
public enum TextHash {
    public static func of(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(range.count)
        var word: UInt64 = 0
        var filled: UInt64 = 0
        for index in range {
            word |= UInt64(bytes[index]) &<< filled
            filled &+= 8
            if filled == 64 {
                hash = mixed(hash ^ word)
                (word, filled) = (0, 0)
            }
        }
        return mixed(mixed(hash ^ word))
    }

    public static func of(_ text: String) -> UInt64 {
        let bytes = text.utf8.span
        return of(bytes, 0..<min(bytes.count, RowBatch.textBytesMax))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var hash = value
        hash ^= hash &>> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash &>> 29
        return hash
    }
}
