// The formats an assessment can be told in, by the words a user writes.

public import PlumbModel

/// A format: the word after `--format`, and before the `=` of `--output`.
public enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    case text, json, sarif, junit, markdown, html, github, badge

    /// The assessments in this format.
    public func render(_ assessments: [Assessment], style: TextStyle = TextStyle()) -> String {
        switch self {
        case .text: TextReport.render(assessments, style: style)
        case .json: JSONReport.render(assessments, style: style)
        case .sarif: SARIFReport.render(assessments, style: style)
        case .junit: JUnitReport.render(assessments, style: style)
        case .markdown: MarkdownReport.render(assessments, style: style)
        case .html: HTMLReport.render(assessments, style: style)
        case .github: GitHubReport.render(assessments, style: style)
        case .badge: BadgeReport.render(assessments, style: style)
        }
    }
}
