// Data and the files of Model Monitor: whatever the bytes, and wherever they are cut.

import PlumbFormats
import PlumbModel
import PlumbSignals

extension FuzzedReader {
    static let data: [String: FuzzedReader] = [
        "statistics": FuzzedReader { bytes in
            guard let read = answer({ () throws(PlumbError) in try StatisticsFile.read(bytes) }) else { return }
            let written = StatisticsFile.write(read)
            let again = answer { () throws(PlumbError) in try StatisticsFile.read(written) }
            precondition(again.map { StatisticsFile.write($0) } == written, "statistics are read as others")
            var machine = DriftMachine(reference: DriftReference(read))
            var batch = RowBatch(columns: machine.reference.features.count)
            for row in 0..<40 {
                for _ in 0..<batch.columns { batch.append(number: Double(row)) }
                batch.endRow()
            }
            _ = machine.observe(batch)
            precondition(!machine.level.isNaN, "a level that is no number")
        },
        "constraints": FuzzedReader { bytes in
            guard let read = answer({ () throws(PlumbError) in try ConstraintsFile.read(bytes) }) else { return }
            for problem in QualityProblem.allCases { _ = ModelQualityFile.write(read.quality, of: problem) }
            guard !read.features.isEmpty else { return }
            let written = ConstraintsFile.write(read)
            let again = answer { () throws(PlumbError) in try ConstraintsFile.read(written) }
            precondition(again.map { ConstraintsFile.write($0) } == written, "constraints are read as others")
        },
        "violations": FuzzedReader { bytes in
            guard let read = answer({ () throws(PlumbError) in try ViolationsFile.read(bytes) }) else { return }
            let again = answer { () throws(PlumbError) in try ViolationsFile.read(ViolationsFile.write(read)) }
            precondition(again == read, "violations are read as others")
        },
        "capture": FuzzedReader { bytes in
            pieces(bytes, columns: 3, isCutFree: true) { () in
                var reader = CaptureReader(names: ["a", "b", "c"], isText: [false, false, true])
                return { bytes, start, isLast, batch throws(PlumbError) in
                    try reader.read(bytes.span, from: start, isLast: isLast, into: &batch)
                }
            }
            let fields = AnswerFields(prediction: "0", probability: "a.b", slices: ["1"])
            for answer in CapturedAnswer.read(bytes).answers + CapturedAnswer.read(bytes, fields: fields).answers {
                precondition(!answer.rows.isEmpty, "an answer without a row")
                _ = answer.pairs(with: "1\n0")
            }
        },
        "csv": FuzzedReader { bytes in
            pieces(bytes, columns: 3, isCutFree: false) { () in
                var reader = DelimitedReader(names: ["a", "b", "c"], isText: [false, true, false])
                return { bytes, start, isLast, batch throws(PlumbError) in
                    try reader.read(bytes.span, from: start, isLast: isLast, into: &batch)
                }
            }
            _ = DelimitedReader.fields(ofLine: String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
            _ = DataTime.seconds(String(decoding: bytes.prefix(40), as: UTF8.self))
        },
        "objects": FuzzedReader { bytes in
            pieces(bytes, columns: 3, isCutFree: false) { () in
                var reader = ObjectLineReader(names: ["a", "b", "c_0"], isText: [false, true, false])
                return { bytes, start, isLast, batch throws(PlumbError) in
                    try reader.read(bytes.span, from: start, isLast: isLast, into: &batch)
                }
            }
            _ = FlatObjectReader.names(inLine: String(decoding: bytes, as: UTF8.self))
        },
        "onnx": FuzzedReader { bytes in
            guard let file = answer({ () throws(PlumbError) in try ONNXFileReader.read(bytes, file: "a") }) else {
                return
            }
            precondition(file.parameters >= 0 && file.parameterBytes >= 0, "fewer parameters than none")
            precondition(file.elementTypes.values.reduce(0, +) == file.parameters, "parameters of no type")
        },
        "truth": FuzzedReader { bytes in
            let (labels, oddLines) = GroundTruthReader.read(bytes)
            let lines = bytes.split(separator: 10).count
            precondition(labels.count + oddLines <= lines, "more labels than lines")
        },
    ]

    /// What is read; nil for what is refused, as it should be, with its place.
    private static func answer<Value>(_ read: () throws(PlumbError) -> Value) -> Value? {
        do throws(PlumbError) {
            return try read()
        } catch {
            check(error)
            return nil
        }
    }

    private typealias Step = ([UInt8], Int, Bool, inout RowBatch) throws(PlumbError) -> Int

    /// Reads the bytes at once, and in two pieces cut where their first byte says: the rows have to be the same.
    ///
    /// Where a record need not end with its line, a cut may make two of what would be an odd one; then only what is
    /// kept is looked at.
    private static func pieces(_ bytes: [UInt8], columns: Int, isCutFree: Bool, _ reader: () -> Step) {
        let whole = rows(bytes, columns, [], reader)
        let cut = bytes.isEmpty ? 0 : Int(bytes[0]) * bytes.count / 256
        let parts = rows(bytes, columns, [cut], reader)
        precondition(isCutFree || whole == parts, "cut at \(cut) the rows are others")
    }

    private static func rows(_ bytes: [UInt8], _ columns: Int, _ cuts: [Int], _ reader: () -> Step) -> [String]? {
        let step = reader()
        var told: [String] = []
        var begin = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[begin..<end])
            let isLast = end == bytes.count
            var position = 0
            while true {
                var batch = RowBatch(columns: columns)
                guard
                    let next = answer({ () throws(PlumbError) in try step(piece, position, isLast, &batch) })
                else { return nil }
                precondition(next >= position && next <= piece.count, "a reader that goes back, or too far")
                precondition(batch.cells.count == batch.rows * columns, "a row that is too short or too long")
                position = next
                guard batch.rows > 0 else { break }
                told += (0..<batch.rows).map { row in tell(batch, row) }
            }
            precondition(!isLast || position == piece.count, "the end is not read")
            begin += position
        }
        return told
    }

    private static func tell(_ batch: RowBatch, _ row: Int) -> String {
        (0..<batch.columns).map { column in
            let cell = batch.cells[row * batch.columns + column]
            switch cell.kind {
            case .missing: return "-"
            case .integral, .fractional: return "\(cell.number)"
            case .text: return "'\(batch.text(of: cell))'"
            }
        }.joined(separator: " ")
    }
}
