// A captured exchange as a line of JSON in SageMaker's form.

import Foundation
import NIOCore
import PlumbModel

/// Writes lines as SageMaker's data capture does: `captureData`, `eventMetadata`, `eventVersion` "0".
///
/// Bodies of `text/csv` and `application/json` stand as text, everything else as base64.
enum CaptureLine {
    static func write(_ exchange: CapturedExchange, to line: inout [UInt8]) {
        line.append(contentsOf: "{\"captureData\":{\"endpointInput\":".utf8)
        part(exchange.request, exchange.requestType, mode: "INPUT", to: &line)
        line.append(contentsOf: ",\"endpointOutput\":".utf8)
        part(exchange.answer, exchange.answerType, mode: "OUTPUT", to: &line)
        line.append(contentsOf: "},\"eventMetadata\":{\"eventId\":\"".utf8)
        line.append(contentsOf: exchange.number.utf8)
        line.append(contentsOf: "\"".utf8)
        if let id = exchange.inferenceID {
            line.append(contentsOf: ",\"inferenceId\":".utf8)
            JSONText.quote(id, to: &line)
        }
        if let attributes = exchange.customAttributes {
            line.append(contentsOf: ",\"customAttributes\":[".utf8)
            JSONText.quote(attributes, to: &line)
            line.append(UInt8(ascii: "]"))
        }
        line.append(contentsOf: ",\"inferenceTime\":\"\(time(exchange.at))\"},\"eventVersion\":\"0\"}\n".utf8)
    }

    private static func part(_ body: ByteBuffer, _ type: String?, mode: String, to line: inout [UInt8]) {
        let media = (type ?? "application/octet-stream").prefix { $0 != ";" }.lowercased()
        line.append(contentsOf: "{\"observedContentType\":".utf8)
        JSONText.quote(type ?? "application/octet-stream", to: &line)
        line.append(contentsOf: ",\"mode\":\"\(mode)\",\"data\":".utf8)
        let encoding: String
        switch media {
        case "text/csv": encoding = "CSV"
        case "application/json": encoding = "JSON"
        default: encoding = "BASE64"
        }
        if encoding == "BASE64" {
            JSONText.quote(Data(body.readableBytesView).base64EncodedString(), to: &line)
        } else {
            JSONText.quote(String(buffer: body), to: &line)
        }
        line.append(contentsOf: ",\"encoding\":\"\(encoding)\"}".utf8)
    }

    /// `2026-11-28T21:05:07Z`.
    private static func time(_ seconds: Double) -> String {
        let day = Day(secondsSinceEpoch: seconds)
        let second = Int(seconds) - day.daysSinceEpoch * 86_400
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day)T\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))Z"
    }
}
