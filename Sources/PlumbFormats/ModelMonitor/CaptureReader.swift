// What an endpoint captured: a JSON object a line, with the request and the answer in it as texts.

import Foundation
public import PlumbModel

/// Reads data capture into rows: first the columns of the answer, then those of the request.
public struct CaptureReader: Sendable {
    public static let lineBytesMax = 1 << 22

    public let names: [String]
    private let isText: [Bool]
    private var objects: FlatObjectReader
    private var plain: [UInt8] = []
    private var answer: [UInt8] = []
    /// Lines that are no records of capture, or whose fields are not as many as the columns.
    public private(set) var oddLines = 0
    private var takesAnswers = true

    public init(names: [String], isText: [Bool]? = nil) {
        self.names = names
        self.isText = isText ?? names.map { _ in false }
        objects = FlatObjectReader(names: names, isText: isText)
    }

    enum Encoding: Sendable { case csv, json, base64 }

    /// A payload that stands in a line.
    struct Payload: Sendable {
        var range = 0..<0
        var isEscaped = false
        var encoding = Encoding.csv
    }

    /// Where the parts of a record stand.
    struct Record: Sendable {
        var input: Payload?
        var output: Payload?
        var truth: Payload?
        var eventID: Range<Int>?
        var inferenceID: Range<Int>?
        var time: Int64 = 0
    }

    public mutating func read(
        _ bytes: Span<UInt8>, from start: Int, isLast: Bool, into batch: inout RowBatch
    ) throws(PlumbError) -> Int {
        var position = start
        while position < bytes.count, !batch.isFull {
            var end = position
            let record = CaptureLine.read(bytes, &end)
            if let record, end <= bytes.count {
                add(record, bytes, into: &batch)
                position = end
                continue
            }
            // No record: either the rest of the line is not here yet, or the line is something else.
            end = position
            while end < bytes.count, bytes[end] != 10 { end += 1 }
            if end == bytes.count, !isLast {
                guard end - position <= Self.lineBytesMax else {
                    throw PlumbError(
                        .invalidInput, "a record is longer than \(Self.lineBytesMax) bytes",
                        hint: "is this data capture, one JSON object a line?")
                }
                return position
            }
            if (position..<end).contains(where: { bytes[$0] > 32 }) { oddLines += 1 }
            position = min(end + 1, bytes.count)
        }
        return position
    }

    private mutating func add(_ record: Record, _ bytes: Span<UInt8>, into batch: inout RowBatch) {
        var identity = Cell(bits: 0, kind: .missing)
        if let range = record.inferenceID ?? record.eventID { identity = batch.keep(bytes.extracting(range)) }
        if let input = record.input, !input.isEscaped, input.encoding == .csv, let output = record.output,
            !output.isEscaped, output.encoding == .csv
        {
            if add(bytes, output.range, bytes, input.range, into: &batch) {
                batch.endRow(at: record.time, identity: identity)
            } else {
                oddLines += 1
            }
            return
        }
        addSlowly(record, bytes, identity, into: &batch)
    }

    /// Adds the fields of an answer and its request, or of the request alone where the columns are those of requests;
    /// false, and nothing is added, where neither makes up a row.
    private mutating func add(
        _ told: Span<UInt8>, _ answer: Range<Int>, _ asked: Span<UInt8>, _ question: Range<Int>,
        into batch: inout RowBatch
    ) -> Bool {
        for takesAnswer in [takesAnswers, !takesAnswers] {
            if takesAnswer { addFields(told, answer, into: &batch) }
            addFields(asked, question, into: &batch)
            if batch.cells.count == (batch.rows + 1) * batch.columns {
                // The next row will be like this one.
                takesAnswers = takesAnswer
                return true
            }
            batch.dropRow()
        }
        return false
    }

    /// Fields between commas.
    @inline(__always)
    private func addFields(_ bytes: Span<UInt8>, _ range: Range<Int>, into batch: inout RowBatch) {
        var position = range.lowerBound
        let first = batch.rows * batch.columns
        while position < range.upperBound {
            let column = batch.cells.count - first
            let isText = column < isText.count && isText[column]
            var index = position
            if !isText, let cell = NumberText.scan(bytes, &index, range.upperBound),
                index == range.upperBound || bytes[index] == UInt8(ascii: ",")
            {
                batch.append(cell)
                position = index + 1
                if index + 1 == range.upperBound { batch.appendMissing() }
                continue
            }
            index = position
            while index < range.upperBound, bytes[index] != UInt8(ascii: ",") { index += 1 }
            batch.append(FieldText.cell(bytes, position..<index, isText: isText, keepingIn: &batch))
            position = index + 1
            if index + 1 == range.upperBound { batch.appendMissing() }
        }
    }

    /// Payloads with escapes, in JSON or in Base64, or with several rows.
    private mutating func addSlowly(
        _ record: Record, _ bytes: Span<UInt8>, _ identity: Cell, into batch: inout RowBatch
    ) {
        Self.decode(record.output, bytes, into: &answer)
        Self.decode(record.input, bytes, into: &plain)
        // An answer in JSON to a request in CSV has no columns among the request's.
        if Self.isObject(answer), !Self.isObject(plain), !plain.isEmpty { answer.removeAll(keepingCapacity: true) }
        let (answer, plain) = (answer, plain)
        if Self.isObject(answer) || Self.isObject(plain) {
            for _ in 0..<names.count { batch.appendMissing() }
            if Self.isObject(answer) {
                _ = objects.read(answer.span, 0..<answer.count, into: &batch)
            } else if !answer.isEmpty, !names.isEmpty {
                batch.replace(
                    column: 0,
                    with: FieldText.cell(answer.span, 0..<answer.count, isText: isText[0], keepingIn: &batch))
            }
            if Self.isObject(plain) { _ = objects.read(plain.span, 0..<plain.count, into: &batch) }
            return batch.endRow(at: record.time, identity: identity)
        }
        let (answers, questions) = (Self.lines(answer), Self.lines(plain))
        let (told, asked) = (answer.span, plain.span)
        var isOdd = false
        for index in 0..<max(answers.count, questions.count) {
            let isAdded = add(
                told, index < answers.count ? answers[index] : 0..<0, asked,
                index < questions.count ? questions[index] : 0..<0, into: &batch)
            if isAdded { batch.endRow(at: record.time, identity: identity) } else { isOdd = true }
        }
        if isOdd { oddLines += 1 }
    }

    static func decode(_ payload: Payload?, _ bytes: Span<UInt8>, into plain: inout [UInt8]) {
        plain.removeAll(keepingCapacity: true)
        guard let payload else { return }
        JSONWalk.unescape(bytes, payload.range, into: &plain)
        guard payload.encoding == .base64 else { return }
        plain = Data(base64Encoded: Data(plain)).map { Array($0) } ?? []
    }

    private static func isObject(_ bytes: [UInt8]) -> Bool {
        bytes.first { $0 > 32 } == UInt8(ascii: "{")
    }

    static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var first = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == 10 {
            var end = index
            while end > first, FieldText.isBlank(bytes[end - 1]) { end -= 1 }
            if end > first { lines.append(first..<end) }
            first = index + 1
        }
        return lines
    }
}
