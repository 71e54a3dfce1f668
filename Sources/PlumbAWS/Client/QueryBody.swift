// Writes the forms of the Query protocol and of EC2.

import Foundation
import PlumbModel

/// `Action=…&Version=…` and the input, flattened.
enum QueryBody {
    /// The body of a call. EC2 numbers the elements of a list right behind its name; the others put `member` between.
    static func write(_ operation: String, version: String, _ input: AWSValue, isEC2: Bool) -> Data {
        var pairs = [("Action", operation), ("Version", version)]
        flatten(input, under: "", isEC2: isEC2, into: &pairs)
        return Data(
            pairs.map { "\(URIText.escaped($0.0))=\(URIText.escaped($0.1))" }.joined(separator: "&").utf8)
    }

    private static func flatten(
        _ value: AWSValue, under name: String, isEC2: Bool, into pairs: inout [(String, String)]
    ) {
        let prefix = name.isEmpty ? "" : name + "."
        switch value {
        case .null: break
        case .map(let members):
            for member in members.sorted(by: { $0.key < $1.key }) {
                flatten(member.value, under: prefix + member.key, isEC2: isEC2, into: &pairs)
            }
        case .list(let items):
            // An empty list is said by its name alone.
            if items.isEmpty, !isEC2 { pairs.append((name, "")) }
            for (index, item) in items.enumerated() {
                flatten(item, under: prefix + (isEC2 ? "" : "member.") + "\(index + 1)", isEC2: isEC2, into: &pairs)
            }
        default: pairs.append((name, text(of: value)))
        }
    }

    /// A single value as it stands in a form, a path, a query string, a header or an XML element.
    static func text(of value: AWSValue) -> String {
        switch value {
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): JSONBody.text(of: number)
        case .text(let text): text
        case .data(let data): data.base64EncodedString()
        case .list(let items): items.map(text(of:)).joined(separator: ",")
        case .null, .map: ""
        }
    }
}
