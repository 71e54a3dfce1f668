// What a law looks for in a line.

import Foundation

/// A regular expression that can be kept and shared.
struct Pattern: Sendable, ExpressibleByStringLiteral {
    private let expression: NSRegularExpression

    init(stringLiteral text: String) {
        do {
            expression = try NSRegularExpression(pattern: text)
        } catch {
            preconditionFailure("the pattern \(text) is none: \(error)")
        }
    }

    /// The first place where it is found, as text.
    func first(in line: String) -> String? { all(in: line).first }

    func all(in line: String) -> [String] {
        expression.matches(in: line, range: NSRange(line.startIndex..., in: line)).compactMap {
            Range($0.range, in: line).map { String(line[$0]) }
        }
    }

    func isIn(_ line: String) -> Bool {
        expression.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil
    }
}
