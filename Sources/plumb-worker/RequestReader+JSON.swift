// Requests in JSON.

import OnnxRuntime

// JSON bodies: `{"instances": [row, …]}`, a bare `[row, …]`, or the Open Inference Protocol's `{"inputs": […]}`.
// A row is a list (nested like the input's shape), or an object with a key for each input.
extension RequestReader {
    private static let listStart = UInt8(ascii: "[")
    private static let objectStart = UInt8(ascii: "{")

    /// Reads JSON of `count` bytes, behind which there are tensors.
    func json(_ body: Body, count: Int) throws(Refusal) -> InferenceRequest {
        guard count <= body.range.count else {
            throw .badRequest("the JSON is to have \(count) bytes, but the whole body has \(body.range.count)")
        }
        let end = body.range.lowerBound + count
        return try json(Body(body.bytes, body.range.lowerBound..<end), binary: end..<body.range.upperBound)
    }

    func json(_ body: Body, binary: Range<Int>? = nil) throws(Refusal) -> InferenceRequest {
        var scanner = JSONScanner(body)
        if scanner.peek() == RequestReader.listStart {
            let tensors = try instances(&scanner)
            try scanner.expectEnd()
            return InferenceRequest(tensors: tensors, form: .rows)
        }
        var rows: [Tensor]?
        var inference = OpenInferenceRequest()
        try scanner.object { scanner, key throws(Refusal) in
            switch key {
            case "instances":
                guard rows == nil else { throw .badRequest("the request has the key \"instances\" twice") }
                rows = try instances(&scanner)
            default:
                guard try inference.take(key, &scanner) else {
                    throw .badRequest("unknown key \"\(key)\"; known are instances, inputs, outputs, id, parameters")
                }
            }
        }
        try scanner.expectEnd()
        switch (rows, inference.hasInputs) {
        case (let rows?, false): return InferenceRequest(tensors: rows, form: .rows)
        case (nil, true):
            return InferenceRequest(
                tensors: try inference.tensors(self, scanner.bytes, binary: binary),
                form: .openInference(inference.wish))
        case (_?, true): throw .badRequest("the request has both \"instances\" and \"inputs\"; send one of them")
        case (nil, false): throw .badRequest("the request has neither \"instances\" nor \"inputs\"")
        }
    }

    private func instances(_ scanner: inout JSONScanner) throws(Refusal) -> [Tensor] {
        var ahead = scanner
        if ahead.take(RequestReader.listStart), ahead.peek() == RequestReader.objectStart {
            return try namedRows(&scanner)
        }
        let layout = try onlyInput()
        let column = layout.type.column(capacity: layout.rowWidth ?? 0)
        var sizes = layout.rowSizes
        var rows = 0
        try scanner.list { scanner throws(Refusal) in
            rows += 1
            try row(rows, layout, column, &sizes, &scanner)
        }
        return [try layout.tensor(column, rows: rows, sizes: sizes)]
    }

    private func namedRows(_ scanner: inout JSONScanner) throws(Refusal) -> [Tensor] {
        let columns = layouts.map { $0.type.column(capacity: $0.rowWidth ?? 0) }
        var sizes = layouts.map(\.rowSizes)
        var rows = 0
        try scanner.list { scanner throws(Refusal) in
            rows += 1
            var isGiven = [Bool](repeating: false, count: layouts.count)
            try scanner.object { scanner, key throws(Refusal) in
                let index = try index(of: key)
                guard !isGiven[index] else { throw .badRequest("row \(rows) has the key \"\(key)\" twice") }
                isGiven[index] = true
                // A row's only value may stand alone: {"age": 41} reads better than {"age": [41]}.
                if sizes[index] == [1], scanner.peek() != RequestReader.listStart {
                    try inRow(rows) { () throws(Refusal) in try columns[index].append(&scanner) }
                } else {
                    try row(rows, layouts[index], columns[index], &sizes[index], &scanner)
                }
            }
            if let missing = isGiven.firstIndex(of: false) {
                throw .badRequest("row \(rows) has no \"\(layouts[missing].info.name)\"")
            }
        }
        var tensors: [Tensor] = []
        for (index, layout) in layouts.enumerated() {
            tensors.append(try layout.tensor(columns[index], rows: rows, sizes: sizes[index]))
        }
        return tensors
    }

    /// Reads one row; sizes that the model leaves free are set by the first row.
    private func row(
        _ number: Int, _ layout: InputLayout, _ column: any Column, _ sizes: inout [Int?], _ scanner: inout JSONScanner
    ) throws(Refusal) {
        if sizes.isEmpty {
            try inRow(number) { () throws(Refusal) in try column.append(&scanner) }
        } else {
            try nested(0, row: number, layout, column, &sizes, &scanner)
        }
    }

    private func nested(
        _ level: Int, row: Int, _ layout: InputLayout, _ column: any Column, _ sizes: inout [Int?],
        _ scanner: inout JSONScanner
    ) throws(Refusal) {
        guard scanner.peek() == RequestReader.listStart else {
            throw .badRequest("row \(row) is not nested like the model's input, \(layout.info.shapeDescription)")
        }
        var count = 0
        if level == sizes.count - 1 {
            count = try inRow(row) { () throws(Refusal) in try column.appendList(&scanner) }
        } else {
            try scanner.list { scanner throws(Refusal) in
                count += 1
                try nested(level + 1, row: row, layout, column, &sizes, &scanner)
            }
        }
        let size = sizes[level] ?? count
        sizes[level] = size
        guard count == size else {
            throw sizes.count == 1
                ? .badRequest("the model takes \(size) features, row \(row) has \(count)")
                : .badRequest(
                    "the model takes \(layout.info.shapeDescription), row \(row) has \(count) in dimension \(level + 2)"
                )
        }
    }

    /// Runs `body`, and tells the row in any refusal.
    private func inRow<Result>(_ row: Int, _ body: () throws(Refusal) -> Result) throws(Refusal) -> Result {
        do throws(Refusal) {
            return try body()
        } catch {
            throw Refusal(error.status, "row \(row): \(error.message)")
        }
    }
}
