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
    /// The columns in the order in which the files have them; empty in capture, which does not name them.
    let names: [String]

    init(_ path: String) throws {
        files = try Self.files(in: path)
        guard let first = files.first else {
            throw PlumbError(.notFound, "there are no data files in \(path)", hint: "CSV (.csv) or JSON lines (.jsonl)")
        }
        let line = try Self.firstLine(of: first)
        if line.first == "{" {
            format = line.contains("\"captureData\"") ? .capture : .objects
            names = format == .capture ? [] : FlatObjectReader.names(inLine: line) ?? []
        } else {
            format = .delimited
            names = DelimitedReader.fields(ofLine: line)
        }
    }

    private static func files(in path: String) throws -> [URL] {
        if path.hasSuffix(".parquet") {
            throw PlumbError(
                .unsupported, "\(path): Parquet is not read", hint: "write it as CSV or as JSON lines first")
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
            var batch = RowBatch(columns: columns.count)
            switch format {
            case .delimited:
                let order = names.map { columns.firstIndex(of: $0) }
                let isOwnOrder = order == columns.indices.map { $0 }
                var reader = DelimitedReader(
                    names: names, isText: order.map { $0.map { isText[$0] } ?? false })
                var fields = RowBatch(columns: names.count)
                var isHeader = true
                try pieces(of: file, &progress) { bytes, isLast in
                    var position = isHeader ? Self.afterLine(bytes) : 0
                    isHeader = false
                    while true {
                        fields.removeAll()
                        let next = try reader.read(bytes.span, from: position, isLast: isLast, into: &fields)
                        position = next
                        guard fields.rows > 0 else { return position }
                        if isOwnOrder {
                            try take(fields)
                        } else {
                            Self.arrange(fields, order, into: &batch)
                            try take(batch)
                        }
                    }
                }
                odd += reader.oddRows
            case .objects, .capture:
                var reader = CaptureReader(names: columns, isText: isText)
                var objects = ObjectLineReader(names: columns, isText: isText)
                try pieces(of: file, &progress) { bytes, isLast in
                    var position = 0
                    while true {
                        batch.removeAll()
                        if format == .capture {
                            position = try reader.read(bytes.span, from: position, isLast: isLast, into: &batch)
                        } else {
                            position = try objects.read(bytes.span, from: position, isLast: isLast, into: &batch)
                        }
                        guard batch.rows > 0 else { return position }
                        try take(batch)
                    }
                }
                odd += reader.oddLines + objects.oddLines
            }
        }
        return odd
    }

    private static func afterLine(_ bytes: [UInt8]) -> Int { (bytes.firstIndex(of: 10) ?? bytes.count - 1) + 1 }

    /// Puts fields into the columns that a baseline has.
    private static func arrange(_ fields: borrowing RowBatch, _ order: [Int?], into batch: inout RowBatch) {
        batch.removeAll()
        for row in 0..<fields.rows {
            for _ in 0..<batch.columns { batch.appendMissing() }
            for (field, column) in order.enumerated() {
                guard let column else { continue }
                let cell = fields.cells[row * fields.columns + field]
                batch.replace(column: column, with: cell.kind == .text ? batch.keep(fields, cell) : cell)
            }
            batch.endRow(at: fields.times[row])
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
