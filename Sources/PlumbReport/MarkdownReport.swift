// An assessment as the comment on a pull request: the verdict, the fifteen policies, and what fails, folded.

public import PlumbModel

/// GitHub's Markdown, within the length of a comment.
public enum MarkdownReport: AssessmentReport {
    /// GitHub refuses a comment of more than 65,536 characters; bytes of UTF-8 are the strictest way to count them.
    static let bytesMax = 65_536
    /// What the last line may need when something was left out.
    private static let reserve = 400
    /// How many resources are told one by one where many fail a control alike.
    private static let alikeMax = 5
    /// A message or a fix of more characters is cut.
    private static let messageMax = 2_000

    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        var text = headline(of: assessments)
        var leftOut = (inputs: 0, findings: 0)
        func append(_ piece: String) -> Bool {
            guard text.utf8.count + piece.utf8.count <= bytesMax - reserve else { return false }
            text += piece
            return true
        }
        let inputs = assessments.map { (assessment: $0, groups: $0.groups(.fails)) }
        for (assessment, groups) in inputs {
            guard append(table(of: assessment)) else {
                leftOut.inputs += 1
                leftOut.findings += groups.reduce(0) { $0 + $1.count }
                continue
            }
            for group in groups where !append(details(of: group)) { leftOut.findings += group.count }
            let unproved = assessment.groups(.unknown)
            // The tables count them all; their list is a courtesy where there is room.
            if !unproved.isEmpty { _ = append(list(of: unproved)) }
            for diagnostic in assessment.diagnostics where diagnostic.severity != .note {
                _ = append(told(diagnostic))
            }
        }
        if leftOut.findings + leftOut.inputs > 0 {
            let inputs = leftOut.inputs > 0 ? " and \(counted(leftOut.inputs, "input"))" : ""
            text +=
                "\n**\(counted(leftOut.findings, "finding"))\(inputs) left out**, because a comment holds "
                + "\(bytesMax) characters: `plumb check --format text` tells them all.\n"
        }
        return text
    }

    private static func headline(of assessments: [Assessment]) -> String {
        let tally = Tally(assessments.lazy.flatMap(\.policies).map(\.verdict))
        let verdict =
            switch (tally.failed, tally.unproved) {
            case (0, 0): "✅ Plumbline: every policy stands"
            case (0, let open): "🟡 Plumbline: nothing fails, \(open) of the policies unproved"
            case (let failed, _): "❌ Plumbline: \(failed == 1 ? "1 policy fails" : "\(failed) policies fail")"
            }
        return "## \(verdict)\n\nPolicies: \(tally.sentence).\n"
    }

    private static func table(of assessment: Assessment) -> String {
        let assumed = assessment.environmentIsAssumed ? " (assumed)" : ""
        var text =
            "\n### \(code(assessment.path)) judged for \(assessment.environment.rawValue)\(assumed)\n\n"
            + "| | policy | | proved | failed | unproved | accepted |\n|---|---|---|--:|--:|--:|--:|\n"
        for policy in assessment.policies {
            let tally = Tally(policy.controls.lazy.map(\.verdict))
            text += "| \(policy.verdict.sign) \(policy.verdict.told) | \(policy.id) | \(Markup.markdown(policy.title)) "
            text += "| \(tally.proved) | \(tally.failed) | \(tally.unproved) | \(tally.accepted) |\n"
        }
        return text
    }

    private static func details(of group: FindingGroup) -> String {
        var text = "\n<details><summary><b>\(group.severity.rawValue)</b> \(group.control) "
        text += "\(Markup.text(group.statement)) (\(counted(group.count, "finding")))</summary>\n\n"
        for told in group.told(alikeMax: alikeMax) {
            text += item(told.finding, withFix: told.showsFix)
            if !told.folded.isEmpty { text += "- and \(told.folded.count) more of the same\n" }
        }
        return text + "\n> \(prose(group.alike[0][0].seed))\n\n</details>\n"
    }

    private static func item(_ finding: Finding, withFix: Bool) -> String {
        var text = "- \(code(finding.resource))"
        if let place = finding.place { text += " at \(code(place.description))" }
        text += "\\\n  \(prose(finding.message))\n"
        for link in finding.chain {
            text += "  - see \(prose(link.message))" + (link.place.map { " at \(code($0.description))" } ?? "") + "\n"
        }
        guard withFix else { return text }
        let remedy = finding.remedy
        text += "\n  **Fix:** \(prose(remedy.sentence))\n"
        if !remedy.code.isEmpty {
            let lines = remedy.code.joined(separator: "\n").clipped(to: messageMax).harmless
            let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: lines) + 1))
            text += "\n  \(fence)\n"
            for line in lines.split(separator: "\n", omittingEmptySubsequences: false) { text += "  \(line)\n" }
            text += "  \(fence)\n"
        }
        return text
    }

    private static func list(of groups: [FindingGroup]) -> String {
        var text = "\n<details><summary>\(counted(groups.count, "control")) unproved by this input</summary>\n\n"
        text += "| control | resources | the first says |\n|---|--:|---|\n"
        for group in groups {
            text += "| \(group.control) | \(group.count) | \(prose(group.alike[0][0].message.clipped(to: 300))) |\n"
        }
        return text + "\n</details>\n"
    }

    private static func told(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.place.map { "\(code($0.description)): " } ?? ""
        return "\n**\(diagnostic.severity.rawValue)** \(place)\(prose(diagnostic.message))\n"
    }

    // MARK: - Words

    private static func prose(_ text: String) -> String { Markup.markdown(text.clipped(to: messageMax)) }

    /// A name as code.
    private static func code(_ text: String) -> String {
        "<code>\(Markup.markdownCode(text.clipped(to: messageMax)))</code>"
    }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var (longest, run) = (0, 0)
        for candidate in text {
            run = candidate == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

extension Verdict {
    fileprivate var sign: String {
        switch self {
        case .holds: "✅"
        case .fails: "❌"
        case .unknown: "🟡"
        case .attested, .waived: "☑️"
        case .notApplicable: "➖"
        }
    }
}
