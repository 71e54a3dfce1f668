// Requests in CSV.

import OnnxRuntime

// CSV bodies: one row a line, cells in the order of the model's inputs, no header line.
extension RequestReader {
    func table(_ body: Body) throws(Refusal) -> [Tensor] {
        let columns = layouts.map { $0.type.column(capacity: $0.rowWidth ?? 0) }
        let owners = try cellOwners()
        var width: Int? = owners.isEmpty ? nil : owners.count
        var cells = TableCells(body)
        var rows = 0
        while !cells.isAtEnd {
            rows += 1
            let line = cells.line
            var count = 0
            repeat {
                let (bytes, range) = try cells.next()
                // Cells past the last column are only counted, so that the row's length can be told.
                let owner = owners.isEmpty ? 0 : count < owners.count ? owners[count] : nil
                count += 1
                guard let owner else { continue }
                guard columns[owner].append(cell: bytes, range) else {
                    let text = String(decoding: bytes[range].prefix(40), as: UTF8.self)
                    throw .badRequest("line \(line), column \(count): \"\(text)\" is not a \(layouts[owner].type.noun)")
                }
            } while !cells.isAtLineEnd
            let expected = width ?? count
            width = expected
            guard count == expected else {
                throw .badRequest("the model takes \(expected) features, row \(rows) has \(count)")
            }
        }
        var tensors: [Tensor] = []
        for (layout, column) in zip(layouts, columns) {
            tensors.append(try layout.tensor(column, rows: rows, sizes: layout.sizes(forWidth: width ?? 0)))
        }
        return tensors
    }

    /// Which input each cell of a row belongs to; empty when the only input's width is free.
    private func cellOwners() throws(Refusal) -> [Int] {
        if layouts.count == 1, try onlyInput().rowWidth == nil { return [] }
        var owners: [Int] = []
        for (index, layout) in layouts.enumerated() {
            guard let width = layout.rowWidth, !layout.info.shape.isEmpty else {
                throw .badRequest("input \(layout.info.name) has no fixed width, which CSV needs: send JSON")
            }
            owners += Array(repeating: index, count: width)
        }
        return owners
    }
}

extension InputLayout {
    /// The sizes of a row of `width` cells: one free size is whatever the others leave.
    fileprivate func sizes(forWidth width: Int) -> [Int?] {
        let known = rowSizes.reduce(1) { $0 * ($1 ?? 1) }
        guard rowSizes.count(where: { $0 == nil }) == 1, known > 0, width.isMultiple(of: known) else { return rowSizes }
        return rowSizes.map { $0 ?? width / known }
    }
}

/// The cells of a CSV text, one after the other (RFC 4180: quotes, doubled quotes, line ends LF or CRLF).
struct TableCells {
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int
    /// The line of the next cell, from 1.
    private(set) var line = 1
    /// Whether the cell just taken was its row's last.
    private(set) var isAtLineEnd = false

    init(_ body: Body) {
        bytes = body.bytes
        position = body.range.lowerBound
        var last = body.range.upperBound
        // Line ends and blank lines at the very end belong to no row.
        while last > position, bytes[last - 1] == 0x0A || bytes[last - 1] == 0x0D { last -= 1 }
        end = last
    }

    /// Whether no row is left.
    var isAtEnd: Bool { position >= end }

    /// Takes a cell: its text, as a range of some bytes.
    mutating func next() throws(Refusal) -> ([UInt8], Range<Int>) {
        if position < end, bytes[position] == UInt8(ascii: "\"") { return try quoted() }
        let first = position
        while position < end, bytes[position] != UInt8(ascii: ","), bytes[position] != 0x0A { position += 1 }
        var last = position
        if last > first, bytes[last - 1] == 0x0D, position == end || bytes[position] == 0x0A { last -= 1 }
        passSeparator()
        return (bytes, first..<last)
    }

    private mutating func quoted() throws(Refusal) -> ([UInt8], Range<Int>) {
        let firstLine = line
        var text: [UInt8] = []
        position += 1
        while position < end {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < end, bytes[position] == UInt8(ascii: "\"") else {
                    if position < end, bytes[position] == 0x0D { position += 1 }
                    guard position == end || bytes[position] == UInt8(ascii: ",") || bytes[position] == 0x0A else {
                        throw .badRequest("line \(line): text follows a closing quote")
                    }
                    passSeparator()
                    return (text, 0..<text.count)
                }
                position += 1
            }
            if byte == 0x0A { line += 1 }
            text.append(byte)
        }
        throw .badRequest("line \(firstLine): a quote is never closed")
    }

    private mutating func passSeparator() {
        isAtLineEnd = position >= end || bytes[position] == 0x0A
        if isAtLineEnd { line += 1 }
        position += 1
    }
}
