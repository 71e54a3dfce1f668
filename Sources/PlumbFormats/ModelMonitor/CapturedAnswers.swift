// Answers in captured lines, as labels are compared with them.

/// What a model answered, row by row, under the name that a label will carry.
public struct CapturedAnswer: Sendable, Equatable {
    /// The inference id where there is one, else the event id.
    public var identity: String
    /// A prediction for each row.
    public var rows: [String]

    /// The answers of all lines. A line that cannot be read, or whose answer is neither CSV nor JSON, has none.
    ///
    /// Of CSV the first field of each row is the prediction; of JSON a value of its own, those of a list, or those
    /// under `predictions` and the like.
    public static func read(_ bytes: [UInt8]) -> [CapturedAnswer] {
        let span = bytes.span
        var plain: [UInt8] = []
        return CaptureReader.lines(bytes).compactMap { line in
            var position = line.lowerBound
            guard let record = CaptureLine.read(span, &position), let output = record.output,
                let identity = record.inferenceID ?? record.eventID
            else { return nil }
            CaptureReader.decode(output, span, into: &plain)
            let rows: [String]
            switch output.encoding {
            case .csv:
                rows = Self.rows(of: String(decoding: plain, as: UTF8.self)).map { row in bare(row.prefix { $0 != "," })
                }
            case .json: rows = predictions(plain)
            case .base64: return nil
            }
            return rows.isEmpty ? nil : CapturedAnswer(identity: NumberText.text(span, identity), rows: rows)
        }
    }

    /// Predictions beside their labels; blanks and quotation marks around them do not count.
    public func pairs(with label: String) -> [(predicted: String, actual: String)] {
        zip(rows, Self.rows(of: label)).map { ($0, Self.bare($1)) }
    }

    private static func rows(of text: String) -> [Substring] { text.split(whereSeparator: \.isNewline) }

    private static func bare(_ text: some StringProtocol) -> String {
        let blanks: Set<Character> = [" ", "\t", "\"", "'"]
        var rest = text[...]
        while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
        while let last = rest.last, blanks.contains(last) { rest.removeLast() }
        return String(rest)
    }

    // MARK: - JSON

    private static let names = ["predicted_label", "label", "prediction", "predictions", "outputs", "data", "score"]

    private static func predictions(_ bytes: [UInt8]) -> [String] {
        do {
            return predictions(try JSONParser.parse(bytes, from: 0, file: ""))
        } catch {
            // An answer that is no JSON, whatever it calls itself, cannot be compared with a label.
            return []
        }
    }

    private static func predictions(_ node: DocumentNode) -> [String] {
        switch node.content {
        case .null: []
        case .scalar(let text, _): [bare(text)]
        case .list(let items): items.flatMap { predictions($0).prefix(1) }
        case .map: names.lazy.compactMap { node[$0] }.first.map(predictions) ?? []
        }
    }
}
