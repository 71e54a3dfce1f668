// An assessment as one page for a browser or a printer: nothing is fetched, and nothing needs a script to be read.

public import PlumbModel

/// One HTML file. What fails stands open, what is unproved and the evidence for what holds is folded.
public enum HTMLReport: AssessmentReport {
    /// How many resources are told in the open where many fail a control alike; the others are folded below.
    static let alikeMax = 5
    /// How many resources of a control are told as evidence or as unproved: the page must stay one that opens.
    static let listedMax = 50

    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        let paths = assessments.map(\.path).joined(separator: ", ")
        var content = "<main>\n\(filter)\n"
        for (index, assessment) in assessments.enumerated() { write(assessment, "a\(index + 1)", to: &content) }
        return ReportDocument.frame(
            title: "Plumbline: \(paths.clipped(to: 120))", style: css,
            header: header(of: assessments, version: style.toolVersion), content: content + "</main>\n", script: script)
    }

    private static func header(of assessments: [Assessment], version: String) -> String {
        let tally = Tally(assessments.lazy.flatMap(\.policies).map(\.verdict))
        let headline =
            switch (tally.failed, tally.unproved) {
            case (0, 0): "Every policy stands"
            case (0, _): "Nothing fails, but not all is proved"
            case (1, _): "1 policy fails"
            default: "\(tally.failed) policies fail"
            }
        var html = "\(ReportDocument.maker(version))<h1>\(headline)</h1>\n<ul class=\"tiles\">\n"
        let tiles = [
            ("holds", tally.proved, "proved"), ("fails", tally.failed, "failed"),
            ("unknown", tally.unproved, "unproved"), ("accepted", tally.accepted, "attested or waived"),
            ("notApplicable", tally.notApplicable, "not applicable"),
        ]
        for (kind, count, word) in tiles where count > 0 || kind == "holds" || kind == "fails" || kind == "unknown" {
            html += "<li class=\"\(kind)\"><b>\(count)</b> \(word)</li>\n"
        }
        return html + "</ul>\n"
    }

    private static func write(_ assessment: Assessment, _ anchor: String, to html: inout String) {
        let assumed = assessment.environmentIsAssumed ? " (assumed: name another with --environment)" : ""
        html += "<section class=\"assessment\" aria-labelledby=\"\(anchor)\">\n"
        html += "<h2 id=\"\(anchor)\"><bdi>\(Markup.text(assessment.path))</bdi></h2>\n"
        html += "<p class=\"source\">\(assessment.source.told), judged for \(assessment.environment.rawValue)"
        html += "\(assumed). Controls: \(assessment.controlTally.sentence).</p>\n"
        writeTable(of: assessment, anchor, to: &html)
        if !assessment.diagnostics.isEmpty {
            html += "<ul class=\"diagnostics\" aria-label=\"About the input\">\n"
            for diagnostic in assessment.diagnostics { write(diagnostic, to: &html) }
            html += "</ul>\n"
        }
        let failures = Dictionary(
            assessment.groups(.fails).map { ($0.control, $0) }, uniquingKeysWith: { first, _ in first })
        let unknowns = Dictionary(
            assessment.groups(.unknown).map { ($0.control, $0) }, uniquingKeysWith: { first, _ in first })
        for policy in assessment.policies {
            let id = "\(anchor)-\(Markup.attribute(policy.id))"
            html += "<section class=\"policy\" aria-labelledby=\"\(id)\">\n<h3 id=\"\(id)\">\(badge(policy.verdict)) "
            html += "<span class=\"id\">\(Markup.text(policy.id))</span> \(Markup.text(policy.title))</h3>\n"
            let inOrder =
                policy.controls.filter { $0.verdict == .fails } + policy.controls.filter { $0.verdict != .fails }
            for control in inOrder {
                write(control, failures[control.id], unknowns[control.id], in: assessment.environment, to: &html)
            }
            html += "</section>\n"
        }
        html += "</section>\n"
    }

    private static func writeTable(of assessment: Assessment, _ anchor: String, to html: inout String) {
        html += "<div class=\"scroll\"><table>\n<caption>The policies and their controls</caption>\n<thead><tr>"
        for head in ["Verdict", "Policy", "Statement"] { html += "<th scope=\"col\">\(head)</th>" }
        for head in ["Proved", "Failed", "Unproved", "Accepted"] {
            html += "<th scope=\"col\" class=\"number\">\(head)</th>"
        }
        html += "</tr></thead>\n"
        var pillar: String?
        for policy in assessment.policies {
            if policy.pillar != pillar {
                html += pillar == nil ? "<tbody>\n" : "</tbody>\n<tbody>\n"
                html += "<tr><th scope=\"rowgroup\" colspan=\"7\">\(Markup.text(policy.pillar))</th></tr>\n"
                pillar = policy.pillar
            }
            let tally = Tally(policy.controls.lazy.map(\.verdict))
            let id = Markup.attribute(policy.id)
            html += "<tr><td>\(badge(policy.verdict))</td><th scope=\"row\"><a href=\"#\(anchor)-\(id)\">\(id)</a></th>"
            html += "<td>\(Markup.text(policy.title))</td>"
            for count in [tally.proved, tally.failed, tally.unproved, tally.accepted] {
                html += "<td class=\"number\">\(count == 0 ? "<span class=\"zero\">0</span>" : "\(count)")</td>"
            }
            html += "</tr>\n"
        }
        html += pillar == nil ? "</table></div>\n" : "</tbody>\n</table></div>\n"
    }

    // MARK: - Controls

    private static func write(
        _ control: ControlVerdict, _ failures: FindingGroup?, _ unknowns: FindingGroup?, in environment: Environment,
        to html: inout String
    ) {
        var head = "\(badge(control.verdict)) <span class=\"id\">\(Markup.text(control.id))</span> "
        head += Markup.text(control.statement)
        let kind = control.verdict == .attested || control.verdict == .waived ? "accepted" : control.verdict.rawValue
        if let failures {
            let severity = failures.severity.rawValue
            html += "<article class=\"control\" data-verdict=\"\(kind)\">\n"
            html += "<h4>\(head) <span class=\"severity\">\(severity)</span></h4>\n"
            writeSeed(failures.alike[0][0].seed, to: &html)
            for told in failures.told(alikeMax: alikeMax) { write(told, to: &html) }
            if let unknowns { writeList(of: unknowns.findings.map(told), "unproved besides", to: &html) }
            html += "</article>\n"
            return
        }
        html += "<details class=\"control\" data-verdict=\"\(kind)\"><summary>\(head)"
        let lines: [String]
        if let unknowns {
            html += " <span class=\"count\">\(counted(unknowns.count, "resource"))</span>"
            lines = unknowns.findings.map(told)
        } else if control.judgements.isEmpty {
            lines = [
                control.severity == nil
                    ? "It is not asked of \(environment.rawValue)." : "There is nothing it speaks of."
            ]
        } else {
            lines = control.judgements.map { told($0.resource, $0.place, $0.message) }
        }
        html += "</summary>\n"
        writeSeed(control.seed, to: &html)
        writeList(of: lines, nil, to: &html)
        html += "</details>\n"
    }

    private static func writeSeed(_ seed: String, to html: inout String) {
        guard !seed.isEmpty else { return }
        html += "<blockquote>\(Markup.text(seed))</blockquote>\n"
    }

    /// A finding in the open, and those alike folded.
    private static func write(_ told: FindingGroup.Told, to html: inout String) {
        write(told.finding, withFix: told.showsFix, to: &html)
        guard !told.folded.isEmpty else { return }
        html += "<details class=\"more\"><summary>and \(told.folded.count) more of the same</summary>\n"
        for finding in told.folded { write(finding, withFix: !finding.isMended(like: told.finding), to: &html) }
        html += "</details>\n"
    }

    private static func write(_ finding: Finding, withFix: Bool, to html: inout String) {
        html += "<div class=\"finding\">\n<p class=\"where\"><code>\(Markup.text(finding.resource))</code>"
        html += "\(place(finding.place))</p>\n<p>\(Markup.text(finding.message))</p>\n"
        let chain = finding.chain
        if !chain.isEmpty {
            html += "<ol class=\"chain\">\n"
            for link in chain { html += "<li>\(Markup.text(link.message))\(place(link.place))</li>\n" }
            html += "</ol>\n"
        }
        if withFix {
            let remedy = finding.remedy
            html += "<p class=\"fix\"><b>Fix</b> \(Markup.text(remedy.sentence))</p>\n"
            if !remedy.code.isEmpty {
                html += "<pre><code>\(Markup.text(remedy.code.joined(separator: "\n")))</code></pre>\n"
            }
        }
        html += "</div>\n"
    }

    private static func writeList(of lines: [String], _ title: String?, to html: inout String) {
        if let title { html += "<p class=\"aside\">\(title)</p>\n" }
        html += "<ul class=\"list\">\n"
        for line in lines.prefix(listedMax) { html += "<li>\(line)</li>\n" }
        if lines.count > listedMax {
            html += "<li>and \(lines.count - listedMax) more</li>\n"
        }
        html += "</ul>\n"
    }

    // MARK: - Words

    private static func told(_ finding: Finding) -> String { told(finding.resource, finding.place, finding.message) }

    private static func told(_ resource: String, _ where_: Place?, _ message: String) -> String {
        "<code>\(Markup.text(resource))</code>\(place(where_)) \(Markup.text(message))"
    }

    private static func place(_ place: Place?) -> String {
        place.map { " <span class=\"place\">\(Markup.text($0.description))</span>" } ?? ""
    }

    private static func badge(_ verdict: Verdict) -> String {
        "<span class=\"verdict \(verdict.rawValue)\">\(verdict.told)</span>"
    }

    private static func write(_ diagnostic: Diagnostic, to html: inout String) {
        html += "<li class=\"\(diagnostic.severity.rawValue)\"><b>\(diagnostic.severity.rawValue)</b>"
        html += "\(place(diagnostic.place)) \(Markup.text(diagnostic.message))"
        if let hint = diagnostic.hint { html += " <i>\(Markup.text(hint))</i>" }
        html += "</li>\n"
    }
}

extension SourceKind {
    fileprivate var told: String {
        switch self {
        case .spec: "A spec"
        case .cloudformation: "A CloudFormation template"
        case .terraform: "A Terraform plan"
        case .live: "A live account"
        case .engine: "A running engine"
        }
    }
}
