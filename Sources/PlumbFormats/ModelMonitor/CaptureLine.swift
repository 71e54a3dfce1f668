// One record of capture, or of ground truth: where its parts stand in the line.

import PlumbModel

enum CaptureLine {
    private static let captureData = Array("captureData".utf8)
    private static let truth = Array("groundTruthData".utf8)
    private static let metadata = Array("eventMetadata".utf8)
    private static let input = Array("endpointInput".utf8)
    private static let outputs = [Array("endpointOutput".utf8), Array("batchTransformOutput".utf8)]
    private static let data = Array("data".utf8)
    private static let encoding = Array("encoding".utf8)
    private static let eventID = Array("eventId".utf8)
    private static let inferenceID = Array("inferenceId".utf8)
    private static let inferenceTime = Array("inferenceTime".utf8)
    private static let json = Array("JSON".utf8)
    private static let base64 = Array("BASE64".utf8)

    /// The record that begins at a position, which then stands behind it; nil where there is none, or not all of one.
    static func read(_ bytes: Span<UInt8>, _ position: inout Int) -> CaptureReader.Record? {
        var record = CaptureReader.Record()
        let end = bytes.count
        let isRead = members(bytes, &position, end) { key, position in
            if JSONWalk.equals(bytes, key, captureData) {
                return members(bytes, &position, end) { key, position in
                    if JSONWalk.equals(bytes, key, input) {
                        record.input = payload(bytes, &position, end)
                        return record.input != nil
                    }
                    if outputs.contains(where: { JSONWalk.equals(bytes, key, $0) }) {
                        record.output = payload(bytes, &position, end)
                        return record.output != nil
                    }
                    return JSONWalk.skipValue(bytes, &position, end)
                }
            }
            if JSONWalk.equals(bytes, key, truth) {
                record.truth = payload(bytes, &position, end)
                return record.truth != nil
            }
            if JSONWalk.equals(bytes, key, metadata) { return readMetadata(bytes, &position, end, &record) }
            return JSONWalk.skipValue(bytes, &position, end)
        }
        guard isRead, record.input != nil || record.output != nil || record.truth != nil else { return nil }
        return record
    }

    @inline(__always)
    private static func members(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, visit: (Range<Int>, inout Int) -> Bool
    ) -> Bool {
        guard JSONWalk.expect(UInt8(ascii: "{"), bytes, &position, end) else { return false }
        if JSONWalk.expect(UInt8(ascii: "}"), bytes, &position, end) { return true }
        repeat {
            guard let key = JSONWalk.string(bytes, &position, end),
                JSONWalk.expect(UInt8(ascii: ":"), bytes, &position, end), visit(key.range, &position)
            else { return false }
        } while JSONWalk.expect(UInt8(ascii: ","), bytes, &position, end)
        return JSONWalk.expect(UInt8(ascii: "}"), bytes, &position, end)
    }

    private static func payload(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) -> CaptureReader.Payload? {
        var payload = CaptureReader.Payload()
        let isRead = members(bytes, &position, end) { key, position in
            if JSONWalk.equals(bytes, key, data) {
                guard let text = JSONWalk.string(bytes, &position, end) else {
                    return JSONWalk.skipValue(bytes, &position, end)
                }
                (payload.range, payload.isEscaped) = text
                return true
            }
            if JSONWalk.equals(bytes, key, encoding) {
                guard let text = JSONWalk.string(bytes, &position, end) else { return false }
                if JSONWalk.equals(bytes, text.range, json) { payload.encoding = .json }
                if JSONWalk.equals(bytes, text.range, base64) { payload.encoding = .base64 }
                return true
            }
            return JSONWalk.skipValue(bytes, &position, end)
        }
        return isRead ? payload : nil
    }

    private static func readMetadata(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, _ record: inout CaptureReader.Record
    ) -> Bool {
        members(bytes, &position, end) { key, position in
            let isEvent = JSONWalk.equals(bytes, key, eventID)
            let isInference = JSONWalk.equals(bytes, key, inferenceID)
            let isTime = JSONWalk.equals(bytes, key, inferenceTime)
            guard isEvent || isInference || isTime else { return JSONWalk.skipValue(bytes, &position, end) }
            guard let text = JSONWalk.string(bytes, &position, end) else {
                return JSONWalk.skipValue(bytes, &position, end)
            }
            if isEvent { record.eventID = text.range }
            if isInference { record.inferenceID = text.range }
            if isTime { record.time = seconds(bytes, text.range) }
            return true
        }
    }

    /// Seconds since 1970 of `yyyy-MM-ddTHH:mm:ssZ`; 0 for anything else.
    static func seconds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64 {
        guard range.count >= 19 else { return 0 }
        func number(_ offset: Int, _ digits: Int) -> Int64? {
            var value: Int64 = 0
            for index in 0..<digits {
                let digit = bytes[range.lowerBound + offset + index] &- 48
                guard digit < 10 else { return nil }
                value = value * 10 + Int64(digit)
            }
            return value
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month)
        else { return 0 }
        // Years begin in March, so that the day of a leap year comes last.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }
}
