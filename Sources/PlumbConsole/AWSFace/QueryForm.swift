// The Query protocol: a form goes in, XML comes out. Older tools speak it with CloudWatch.

import PlumbModel

/// Reads forms and writes XML.
enum QueryForm {
    /// Elements of a list, and the depth of names.
    private static let elementsMax = 1000
    private static let depthMax = 16

    /// The action and its input, unflattened: `Dimensions.member.1.Name=…` is a list of maps. Nil for no such form.
    static func read(_ body: [UInt8]) -> (action: String, input: Shape)? {
        guard let text = String(validating: body, as: UTF8.self),
            let pairs = URIText.pairs(of: text, plusIsBlank: true)
        else { return nil }
        var root = Branch()
        var action: String?
        for (name, value) in pairs {
            if name == "Action" {
                action = value
            } else if name != "Version" {
                let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                guard path.count <= depthMax, root.put(value, at: path[...]) else { return nil }
            }
        }
        return action.map { ($0, root.shape) }
    }

    private struct Branch {
        var value: String?
        var branches: [String: Branch] = [:]

        /// False where a name is both a value and a branch, or comes twice.
        mutating func put(_ text: String, at path: ArraySlice<String>) -> Bool {
            guard let first = path.first else {
                guard value == nil, branches.isEmpty else { return false }
                value = text
                return true
            }
            guard value == nil, !first.isEmpty else { return false }
            return branches[first, default: Branch()].put(text, at: path.dropFirst())
        }

        var shape: Shape {
            if let value { return .text(value) }
            if branches.count == 1, let members = branches["member"], members.value == nil {
                let numbered = members.branches.compactMap { key, branch in Int(key).map { ($0, branch) } }
                if numbered.count == members.branches.count, numbered.count <= elementsMax {
                    return .list(numbered.sorted { $0.0 < $1.0 }.map(\.1.shape))
                }
            }
            return .map(branches.mapValues(\.shape))
        }
    }

    private static let namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"

    static func answer(_ output: Shape, to action: String, requestID: String) -> String {
        "<\(action)Response xmlns=\"\(namespace)\"><\(action)Result>\(inner(output))</\(action)Result>"
            + "<ResponseMetadata><RequestId>\(requestID)</RequestId></ResponseMetadata></\(action)Response>"
    }

    static func error(_ code: String, _ message: String, isSenders: Bool, requestID: String) -> String {
        "<ErrorResponse xmlns=\"\(namespace)\"><Error><Type>\(isSenders ? "Sender" : "Receiver")</Type><Code>"
            + "\(XMLText.escaped(code))</Code><Message>\(XMLText.escaped(message))</Message></Error>"
            + "<RequestId>\(requestID)</RequestId></ErrorResponse>"
    }

    private static func inner(_ value: Shape) -> String {
        switch value {
        case .null: ""
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .time(let seconds): AWSTime.text(seconds)
        case .text(let text): XMLText.escaped(text)
        case .list(let elements): elements.map { "<member>\(inner($0))</member>" }.joined()
        case .map(let members):
            members.sorted { $0.key < $1.key }.map { "<\($0.key)>\(inner($0.value))</\($0.key)>" }.joined()
        }
    }
}

/// Times as ISO 8601 writes them.
enum AWSTime {
    /// `2026-11-28T21:05:27.250Z`
    static func text(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded(.down))
        let day = Day(secondsSinceEpoch: seconds)
        let rest = milliseconds - day.daysSinceEpoch * 86_400_000
        func digits(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
        }
        return "\(day)T\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):"
            + "\(digits(rest / 1000 % 60, 2)).\(digits(rest % 1000, 3))Z"
    }

    /// Seconds since 1970 of a number, or of a text such as `2026-11-28T21:05:27Z`; nil for anything else.
    static func seconds(_ value: Shape) -> Double? {
        guard let text = value.text, text.utf8.count >= 19, Double(text) == nil else { return value.number }
        let parts = text.split(separator: "T")
        guard parts.count == 2, let day = Day(parts[0]) else { return nil }
        var clock = parts[1]
        var shift = 0.0
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[clock.index(after: sign)...].split(separator: ":").compactMap { Double($0) }
            guard zone.count == 2 else { return nil }
            shift = (zone[0] * 60 + zone[1]) * 60 * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        let numbers = clock.split(separator: ":").compactMap { Double($0) }
        guard numbers.count == 3 else { return nil }
        return Double(day.daysSinceEpoch) * 86_400 + numbers[0] * 3600 + numbers[1] * 60 + numbers[2] - shift
    }
}
