// A data set of JSON objects, one a line.

public import PlumbModel

public struct ObjectLineReader: Sendable {
    private let columns: Int
    private var objects: FlatObjectReader
    /// Lines that are no objects.
    public private(set) var oddLines = 0

    public init(names: [String], isText: [Bool]? = nil) {
        columns = names.count
        objects = FlatObjectReader(names: names, isText: isText)
    }

    /// Fills a batch from a position on; gives where to go on. A line without an end is left for the next call.
    public mutating func read(
        _ bytes: Span<UInt8>, from start: Int, isLast: Bool, into batch: inout RowBatch
    ) throws(PlumbError) -> Int {
        var position = start
        while position < bytes.count, !batch.isFull {
            var end = position
            while end < bytes.count, bytes[end] != 10 { end += 1 }
            if end == bytes.count, !isLast {
                guard end - position <= CaptureReader.lineBytesMax else {
                    throw PlumbError(
                        .invalidInput, "a line is longer than \(CaptureReader.lineBytesMax) bytes",
                        hint: "is this one JSON object a line?")
                }
                return position
            }
            if (position..<end).contains(where: { bytes[$0] > 32 }) {
                for _ in 0..<columns { batch.appendMissing() }
                if objects.read(bytes, position..<end, into: &batch) {
                    batch.endRow()
                } else {
                    batch.dropRow()
                    oddLines += 1
                }
            }
            position = min(end + 1, bytes.count)
        }
        return position
    }
}
