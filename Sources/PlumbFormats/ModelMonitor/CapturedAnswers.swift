// Answers in captured lines, as labels are compared with them.

/// Which fields of a payload are meant: of CSV by number from 0, of JSON by name, with dots between levels.
public struct AnswerFields: Sendable, Equatable {
    /// The prediction; nil for the first field, or what JSON usually calls it.
    public var prediction: String?
    /// The probability of the positive class; nil where there is none.
    public var probability: String?
    /// Fields of the request whose values divide the traffic into slices.
    public var slices: [String]

    public init(prediction: String? = nil, probability: String? = nil, slices: [String] = []) {
        self.prediction = prediction
        self.probability = probability
        self.slices = slices
    }
}

/// What a model answered, row by row, under the name that a label will carry.
public struct CapturedAnswer: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public var prediction: String
        public var probability: String?
        /// As many as were asked for; nil where the request has no such field.
        public var slices: [String?]

        public init(prediction: String, probability: String? = nil, slices: [String?] = []) {
            self.prediction = prediction
            self.probability = probability
            self.slices = slices
        }
    }
    /// The inference id where there is one, else the event id.
    public var identity: String
    public var rows: [Row]
    /// The label of each row, where it stands in the same line: Model Monitor merges them so.
    public var labels: [String]?

    /// The answers of all lines, and how many lines have none: they cannot be read, the answer is neither CSV nor
    /// JSON, or it lacks the fields.
    public static func read(
        _ bytes: [UInt8], fields: AnswerFields = AnswerFields()
    ) -> (answers: [CapturedAnswer], oddLines: Int) {
        let span = bytes.span
        var plain: [UInt8] = []
        var oddLines = 0
        var answers: [CapturedAnswer] = []
        for line in CaptureReader.lines(bytes) {
            var position = line.lowerBound
            guard let record = CaptureLine.read(span, &position), let output = record.output,
                let identity = record.inferenceID ?? record.eventID
            else {
                oddLines += 1
                continue
            }
            CaptureReader.decode(output, span, into: &plain)
            var rows = rows(of: plain, output.encoding, fields)
            if !fields.slices.isEmpty {
                CaptureReader.decode(record.input, span, into: &plain)
                addSlices(of: plain, fields, to: &rows)
            }
            guard !rows.isEmpty else {
                oddLines += 1
                continue
            }
            var answer = CapturedAnswer(identity: NumberText.text(span, identity), rows: rows)
            if let truth = record.truth {
                CaptureReader.decode(truth, span, into: &plain)
                answer.labels = labels(in: String(decoding: plain, as: UTF8.self))
            }
            answers.append(answer)
        }
        return (answers, oddLines)
    }

    /// Rows beside their labels; nil where they are not as many.
    public func pairs(with label: String) -> [(row: Row, label: String)]? {
        let labels = Self.labels(in: label)
        return labels.count == rows.count ? Array(zip(rows, labels)) : nil
    }

    /// The labels of a text, a line each; blanks and quotation marks around them do not count.
    private static func labels(in text: String) -> [String] { lines(of: text).map { bare($0) } }

    private static func lines(of text: String) -> [Substring] { text.split(whereSeparator: \.isNewline) }

    private static func bare(_ text: some StringProtocol) -> String {
        let blanks: Set<Character> = [" ", "\t", "\"", "'"]
        var rest = text[...]
        while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
        while let last = rest.last, blanks.contains(last) { rest.removeLast() }
        return String(rest)
    }

    // MARK: - Fields

    private static func rows(
        of payload: [UInt8], _ encoding: CaptureReader.Encoding, _ fields: AnswerFields
    ) -> [Row] {
        if let tree = tree(payload) {
            let predictions =
                fields.prediction.map { values(at: $0, in: tree) }
                ?? (fields.probability == nil ? usual(tree) : [])
            let probabilities = fields.probability.map { values(at: $0, in: tree) } ?? []
            guard fields.probability == nil || predictions.isEmpty || predictions.count == probabilities.count else {
                return []
            }
            return (0..<max(predictions.count, probabilities.count)).map { index in
                let probability = index < probabilities.count ? probabilities[index] : nil
                return Row(
                    prediction: index < predictions.count ? predictions[index] : probability ?? "",
                    probability: probability)
            }
        }
        // A picture, say, is no answer that a label could be compared with.
        guard encoding == .csv || encoding == .json && isScalar(payload) else { return [] }
        var rows: [Row] = []
        for line in lines(of: String(decoding: payload, as: UTF8.self)) {
            let cells = cells(of: line)
            let probability = fields.probability.flatMap { cell(at: $0, of: cells) }
            let place = fields.prediction ?? fields.probability ?? "0"
            guard let prediction = cell(at: place, of: cells), fields.probability == nil || probability != nil else {
                return []
            }
            rows.append(Row(prediction: prediction, probability: probability))
        }
        return rows
    }

    private static func addSlices(of payload: [UInt8], _ fields: AnswerFields, to rows: inout [Row]) {
        if let tree = tree(payload) {
            let columns = fields.slices.map { values(at: $0, in: tree) }
            for index in rows.indices { rows[index].slices = columns.map { index < $0.count ? $0[index] : nil } }
        } else {
            let lines = lines(of: String(decoding: payload, as: UTF8.self))
            for index in rows.indices {
                let cells = index < lines.count ? cells(of: lines[index]) : []
                rows[index].slices = fields.slices.map { cell(at: $0, of: cells) }
            }
        }
    }

    private static func cells(of line: Substring) -> [String] {
        guard line.utf8.contains(UInt8(ascii: "\"")) else {
            return line.split(separator: ",", omittingEmptySubsequences: false).map { bare($0) }
        }
        return DelimitedReader.fields(ofLine: String(line)).map { bare($0) }
    }

    private static func cell(at place: String, of cells: [String]) -> String? {
        guard let index = Int(place), cells.indices.contains(index) else { return nil }
        return cells[index]
    }

    // MARK: - JSON

    /// Members that hold rows, or a prediction.
    private static let lists = ["predictions", "outputs", "instances", "data"]
    private static let names = ["predicted_label", "label", "prediction", "predictions", "outputs", "data", "score"]

    /// Nil for what is no JSON, or no more than a single value, which CSV is as well.
    private static func tree(_ bytes: [UInt8]) -> DocumentNode? {
        guard let first = bytes.first(where: { $0 > 32 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        // What looks like JSON and is none is read as CSV, and has no such fields.
        return try? JSONParser.parse(bytes, from: 0, file: "")
    }

    private static func isScalar(_ bytes: [UInt8]) -> Bool {
        // What is no JSON, whatever it calls itself, is no answer.
        (try? JSONParser.parse(bytes, from: 0, file: ""))?.text != nil
    }

    private static func usual(_ node: DocumentNode) -> [String] {
        switch node.content {
        case .null: []
        case .scalar(let text, _): [bare(text)]
        case .list(let items): items.flatMap { usual($0).prefix(1) }
        case .map: names.lazy.compactMap { node[$0] }.first.map(usual) ?? []
        }
    }

    /// The values under a path: of the payload itself, or of each row that it lists.
    private static func values(at path: String, in node: DocumentNode) -> [String] {
        var found: DocumentNode? = node
        for step in path.split(separator: ".") {
            if let index = Int(step), let items = found?.items {
                found = items.indices.contains(index) ? items[index] : nil
            } else {
                found = found?[String(step)]
            }
        }
        if let found { return scalars(of: found) }
        if case .list(let items) = node.content { return items.flatMap { values(at: path, in: $0).prefix(1) } }
        return lists.lazy.compactMap { node[$0] }.first.map { values(at: path, in: $0) } ?? []
    }

    private static func scalars(of node: DocumentNode) -> [String] {
        switch node.content {
        case .scalar(let text, _): [bare(text)]
        case .list(let items): items.flatMap { scalars(of: $0).prefix(1) }
        case .null, .map: []
        }
    }
}
