// Tells an assessment: text for people, JSON for programs.
//
// Reading order: `TextReport`, `JSONReport`, `ExplainReport`; `TextSheet` and `JSON` are what they write with.

public import PlumbModel

/// One way to tell an assessment.
public protocol AssessmentReport: Sendable {
    /// The word after `--format`.
    static var name: String { get }

    /// The whole report, ending in a line break; the same assessment always gives the same text.
    static func render(_ assessment: Assessment, style: TextStyle) -> String
}

/// How text is laid out; programs' formats pay it no heed.
public struct TextStyle: Sendable, Hashable {
    /// Whether verdicts are coloured by ANSI escape codes; only the caller knows whether a terminal reads them.
    public var colours: Bool
    /// Columns of a line, at least 40; words that are longer stand out.
    public var width: Int

    public init(colours: Bool = false, width: Int = 100) {
        self.colours = colours
        self.width = max(40, width)
    }
}
