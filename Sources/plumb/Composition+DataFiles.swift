// Data sets in files of any size, read piece by piece.

import Foundation
import PlumbFormats
import PlumbModel

/// Files of one data set: CSV with a header, JSON objects a line, or data capture.
struct DataFiles {
    enum Format { case delimited, objects, capture }

    private static let pieceBytes = 1 << 20
    private static let filesMax = 100_000
    private static let headerBytesMax = 1 << 22

    let files: [URL]
    let format: Format
    /// The columns in the order in which the files have them, but for that of times; empty in capture, which does not
    /// name them.
    let names: [String]
    private let layout: DataLayout
    private let allNames: [String]

    init(_ path: String, layout: DataLayout = DataLayout()) throws {
        files = try Self.files(in: path)
        guard let first = files.first else {
            throw PlumbError(.notFound, "there are no data files in \(path)", hint: "CSV (.csv) or JSON lines (.jsonl)")
        }
        let line = try Self.firstLine(of: first)
        if line.first == "{" {
            format = line.contains("\"captureData\"") ? .capture : .objects
            allNames = format == .capture ? [] : FlatObjectReader.names(inLine: line) ?? []
        } else {
            format = .delimited
            let fields = DelimitedReader.fields(ofLine: line)
            allNames = layout.hasHeader ? fields : fields.indices.map { "_c\($0)" }
        }
        self.layout = layout
        names = allNames.filter { $0 != layout.timeColumn }
        if let time = layout.timeColumn, format != .capture, !allNames.contains(time) {
            throw PlumbError(
                .invalidInput, "\(path) has no column \(time)",
                hint: "its columns are \(allNames.joined(separator: ", "))")
        }
    }

    private static func files(in path: String) throws -> [URL] {
        if path.hasSuffix(".parquet") {
            throw PlumbError(
                .unsupported, "\(path): Parquet is not read",
                hint: "DuckDB makes CSV of it: " + Self.conversion(of: path))
        }
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw PlumbError(.notFound, "there is no \(path)", hint: "name a file or a folder of data")
        }
        guard isFolder.boolValue else { return [URL(fileURLWithPath: path)] }
        let found = FileManager.default.enumerator(at: URL(fileURLWithPath: path), includingPropertiesForKeys: nil)
        var files: [URL] = []
        while let url = found?.nextObject() as? URL, files.count < filesMax {
            if ["csv", "jsonl", "json"].contains(url.pathExtension) { files.append(url) }
        }
        return files.sorted { $0.path < $1.path }
    }

    private static func conversion(of path: String) -> String {
        let target = path.dropLast("parquet".count) + "csv"
        return "duckdb -c \"COPY (FROM '\(path)') TO '\(target)' (HEADER)\""
    }

    private static func firstLine(of url: URL) throws -> String {
        let handle = try FileHandle(forReadingFrom: url)
        defer { close(handle) }
        var bytes: [UInt8] = []
        while bytes.count < headerBytesMax, let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty {
            bytes += piece
            if bytes.contains(10) { break }
        }
        let line = bytes.prefix { $0 != 10 }
        return String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func close(_ handle: FileHandle) {
        // What was read is read, whether or not the file closes well.
        try? handle.close()
    }

    /// The names of the columns, where the files do not say: as a baseline has them, or numbered.
    func columns(orElse known: [String]?) throws -> [String] {
        if format != .capture { return names }
        if let known { return known }
        throw PlumbError(
            .invalidInput, "data capture does not name its columns",
            hint: "say --columns a,b,c (those of the answer first), or make the baseline of the training data")
    }

    /// Calls `take` with batch after batch of all rows; it ends early when `take` throws. Gives how many lines or rows
    /// were odd.
    @discardableResult
    func read(
        columns: [String], isText: [Bool], progress: inout Progress, _ take: (borrowing RowBatch) throws -> Void
    ) throws -> Int {
        var odd = 0
        for file in files {
            switch format {
            case .delimited: odd += try readDelimited(file, columns, isText, &progress, take)
            case .objects: odd += try readObjects(file, columns, isText, &progress, take)
            case .capture: odd += try readCapture(file, columns, isText, &progress, take)
            }
        }
        return odd
    }

    private func readDelimited(
        _ file: URL, _ columns: [String], _ isText: [Bool], _ progress: inout Progress,
        _ take: (borrowing RowBatch) throws -> Void
    ) throws -> Int {
        let order = allNames.map { columns.firstIndex(of: $0) }
        let time = layout.timeColumn.flatMap { allNames.firstIndex(of: $0) }
        let isOwnOrder = time == nil && order == columns.indices.map { $0 }
        var reader = DelimitedReader(names: allNames, isText: order.map { $0.map { isText[$0] } ?? false })
        var fields = RowBatch(columns: allNames.count)
        var batch = RowBatch(columns: columns.count)
        var isHeader = layout.hasHeader
        try pieces(of: file, &progress) { bytes, isLast in
            var position = isHeader ? Self.afterLine(bytes) : 0
            isHeader = false
            while true {
                fields.removeAll()
                position = try reader.read(bytes.span, from: position, isLast: isLast, into: &fields)
                guard fields.rows > 0 else { return position }
                if isOwnOrder {
                    try take(fields)
                } else {
                    Self.arrange(fields, order, time, into: &batch)
                    try take(batch)
                }
            }
        }
        return reader.oddRows
    }

    private func readObjects(
        _ file: URL, _ columns: [String], _ isText: [Bool], _ progress: inout Progress,
        _ take: (borrowing RowBatch) throws -> Void
    ) throws -> Int {
        // The column of times stands behind those that were asked for.
        let read = columns + (layout.timeColumn.map { [$0] } ?? [])
        var reader = ObjectLineReader(names: read, isText: isText + [false])
        var fields = RowBatch(columns: read.count)
        var batch = RowBatch(columns: columns.count)
        let order = read.indices.map { $0 < columns.count ? $0 : nil }
        try pieces(of: file, &progress) { bytes, isLast in
            var position = 0
            while true {
                fields.removeAll()
                position = try reader.read(bytes.span, from: position, isLast: isLast, into: &fields)
                guard fields.rows > 0 else { return position }
                if layout.timeColumn == nil {
                    try take(fields)
                } else {
                    Self.arrange(fields, order, columns.count, into: &batch)
                    try take(batch)
                }
            }
        }
        return reader.oddLines
    }

    private func readCapture(
        _ file: URL, _ columns: [String], _ isText: [Bool], _ progress: inout Progress,
        _ take: (borrowing RowBatch) throws -> Void
    ) throws -> Int {
        var reader = CaptureReader(names: columns, isText: isText)
        var batch = RowBatch(columns: columns.count)
        try pieces(of: file, &progress) { bytes, isLast in
            var position = 0
            while true {
                batch.removeAll()
                position = try reader.read(bytes.span, from: position, isLast: isLast, into: &batch)
                guard batch.rows > 0 else { return position }
                try take(batch)
            }
        }
        return reader.oddLines
    }

    private static func afterLine(_ bytes: [UInt8]) -> Int { (bytes.firstIndex(of: 10) ?? bytes.count - 1) + 1 }

    /// Puts fields into the columns that a baseline has, and the moment of each row beside them.
    private static func arrange(
        _ fields: borrowing RowBatch, _ order: [Int?], _ time: Int?, into batch: inout RowBatch
    ) {
        batch.removeAll()
        for row in 0..<fields.rows {
            for _ in 0..<batch.columns { batch.appendMissing() }
            for (field, column) in order.enumerated() {
                guard let column else { continue }
                let cell = fields.cells[row * fields.columns + field]
                batch.replace(column: column, with: cell.kind == .text ? batch.keep(fields, cell) : cell)
            }
            guard let time else {
                batch.endRow(at: fields.times[row])
                continue
            }
            let cell = fields.cells[row * fields.columns + time]
            batch.endRow(at: cell.kind == .text ? DataTime.seconds(fields.text(of: cell)) : DataTime.seconds(cell))
        }
    }

    /// Calls `take` with whole lines, many at a time.
    func readLines(_ progress: inout Progress, _ take: ([UInt8]) throws -> Void) throws {
        for file in files {
            try pieces(of: file, &progress) { bytes, isLast in
                let end = isLast ? bytes.count : (bytes.lastIndex(of: 10) ?? -1) + 1
                guard end > 0 || bytes.count <= CaptureReader.lineBytesMax else {
                    throw PlumbError(
                        .invalidInput, "a record is longer than \(CaptureReader.lineBytesMax) bytes",
                        hint: "is this one JSON object a line?", at: Place(file: file.path))
                }
                if end > 0 { try take(Array(bytes.prefix(end))) }
                return end
            }
        }
    }

    /// Calls `take` with the content piece by piece; what it leaves stands at the beginning of the next.
    private func pieces(
        of file: URL, _ progress: inout Progress, _ take: ([UInt8], Bool) throws -> Int
    ) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { Self.close(handle) }
        var bytes: [UInt8] = []
        var total = 0
        var isLast = false
        while !isLast {
            if let piece = try handle.read(upToCount: Self.pieceBytes), !piece.isEmpty {
                bytes += piece
                total += piece.count
            } else {
                isLast = true
            }
            progress.say("\(file.lastPathComponent): \(total >> 20) MiB")
            let used = try take(bytes, isLast)
            bytes.removeFirst(min(used, bytes.count))
        }
    }
}

/// What the files of a data set do not say of themselves.
struct DataLayout: Sendable {
    /// The column that says when a row was; it is no feature.
    var timeColumn: String?
    /// Whether the first line of CSV names the columns; else they are `_c0`, `_c1` and so on, as Model Monitor has it.
    var hasHeader = true
}
