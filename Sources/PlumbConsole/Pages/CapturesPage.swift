// Captured examples of an endpoint's traffic, with everything that could be somebody's masked.

import Foundation
import PlumbEngine

struct CapturesPage: Page {
    static let template = "captures"
    struct Captured: Sendable {
        let id: String
        let when: String
        let input: String
        let output: String
    }
    let title: String
    let name: String
    let path: String
    let captures: [Captured]
    private static let shownMax = 10
    private static let lettersMax = 600

    init(of endpoint: String, lines: String) {
        name = endpoint
        title = "Captured examples of \(endpoint)"
        path = PageWords.escaped(endpoint)
        captures = lines.split(separator: "\n").suffix(Self.shownMax).reversed().compactMap { Self.read(String($0)) }
    }

    private static func read(_ line: String) -> Captured? {
        // A line that is no JSON is not shown: it could not be masked.
        guard let tree = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let captured = tree["captureData"] as? [String: Any]
        else { return nil }
        let event = tree["eventMetadata"] as? [String: Any]
        func side(_ name: String) -> String {
            let data = captured[name] as? [String: Any]
            let text = data?["data"] as? String ?? ""
            let kind = data?["observedContentType"] as? String ?? ""
            let isText = (data?["encoding"] as? String ?? "") != "BASE64"
            return kind + "\n" + (isText ? masked(text) : "\(text.utf8.count) bytes of BASE64")
        }
        return Captured(
            id: event?["eventId"] as? String ?? "", when: event?["inferenceTime"] as? String ?? "",
            input: side("endpointInput"), output: side("endpointOutput"))
    }

    /// The shape of a text without its content: letters become x, digits 9.
    static func masked(_ text: String) -> String {
        PageWords.clipped(
            String(text.prefix(lettersMax + 1).map { $0.isNumber ? "9" : $0.isLetter ? "x" : $0 }), to: lettersMax)
    }
}
