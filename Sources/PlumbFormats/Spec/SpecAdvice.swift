// The sentence that helps when a scalar is not what was expected.

import Yams

/// Hints for usual slips in scalars.
enum SpecAdvice {
    static func advice(for scalar: Node.Scalar, expecting expected: String) -> String? {
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        if isQuoted, expected.contains("number") || expected == "true or false" { return "write it without quotes" }
        if scalar.string.hasSuffix("%"), expected.contains("number") {
            return "percentages are written as plain numbers: `\(scalar.string.dropLast())`"
        }
        if expected == "true or false" { return "write `true` or `false`" }
        return nil
    }
}
