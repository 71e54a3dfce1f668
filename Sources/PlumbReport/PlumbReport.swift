// Tells an assessment: text, JSON, SARIF, JUnit, Markdown, HTML and GitHub annotations; and what changed between two.
//
// Reading order: `ReportFormat` lists the formats, `TextReport` is the one for people at a terminal, `JSONReport` the
// contract for programs. `Tally` and `FindingGroup` are how all of them count and fold. `TextSheet`, `JSON` and
// `Markup` are what they write with.

public import PlumbModel

/// One way to tell assessments.
public protocol AssessmentReport: Sendable {
    /// The whole report, ending in a line break; the same assessments always give the same text.
    ///
    /// One run may judge several inputs (a spec and a template): each has its own assessment.
    static func render(_ assessments: [Assessment], style: TextStyle) -> String
}

extension AssessmentReport {
    /// The whole report on one input.
    public static func render(_ assessment: Assessment, style: TextStyle) -> String {
        render([assessment], style: style)
    }
}

/// How text is laid out, and what of it; most of it concerns text for people alone.
public struct TextStyle: Sendable, Hashable {
    /// Whether verdicts are coloured by ANSI escape codes; only the caller knows whether a terminal reads them.
    public var colours: Bool
    /// Columns of a line, at least 40; words that are longer stand out.
    public var width: Int
    /// Whether text tells each thing that the input leaves open in full, instead of a line a control.
    public var showsUnknown: Bool
    /// The product's version, for the formats that name their maker; empty to leave it out.
    public var toolVersion: String

    public init(colours: Bool = false, width: Int = 100, showsUnknown: Bool = false, toolVersion: String = "") {
        self.colours = colours
        self.width = max(40, width)
        self.showsUnknown = showsUnknown
        self.toolVersion = toolVersion
    }
}
