// docs/CONTROLS.md is the catalogue in words, written from the controls themselves.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbPolicy

@Suite struct ControlsDocumentTests {
    @Test func theDocumentSaysWhatTheControlsSay() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        expectDocument(ControlsDocument.text, at: root.appending(path: "docs/CONTROLS.md"))
    }
}

/// The catalogue as a page of Markdown.
enum ControlsDocument {
    static var text: String {
        let controls = PolicyBook.policies.flatMap(\.controls)
        return """
            # Controls

            The policy book breaks the seed's \(PolicyBook.policies.count) policies into \(controls.count) controls. \
            A control **holds** when it is proved, **fails** when it is shown broken, and is **unknown** when the \
            input cannot show it; an unknown never counts as holding. `plumb explain CONTROL` prints the same text.

            This page is written from the controls' own source; `PLUMB_RECORD=1 swift test --filter ControlsDocument` \
            writes it anew.

            Proved by: \(SourceKind.allCases.map { "**\($0.letter)** \(name($0))" }.joined(separator: ", ")).

            | policy | | controls |
            |---|---|---|
            \(PolicyBook.policies.map(row).joined(separator: "\n"))

            \(PolicyBook.policies.map(section).joined(separator: "\n\n"))

            """
    }

    private static func name(_ kind: SourceKind) -> String {
        switch kind {
        case .spec: "a spec"
        case .cloudformation: "a CloudFormation template"
        case .terraform: "a Terraform plan"
        case .live: "the live account"
        case .engine: "a running engine"
        }
    }

    private static func row(_ policy: Policy) -> String {
        let anchor = heading(policy).lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
        let ids = policy.controls.map(\.id)
        return "| [\(policy.id)](#\(anchor.replacing(" ", with: "-"))) | \(policy.title) | "
            + "\(ids.first ?? "") … \(ids.last ?? "") |"
    }

    private static func heading(_ policy: Policy) -> String { "\(policy.id) \(policy.title)" }

    private static func section(_ policy: Policy) -> String {
        "## \(heading(policy))\n\n*\(policy.pillar.rawValue)*\n\n"
            + policy.controls.map(section).joined(separator: "\n\n")
    }

    private static func section(_ control: Control) -> String {
        let letters = SourceKind.allCases.filter(control.provableAt.contains).map { String($0.letter) }
        let severities = Environment.allCases.map { environment in
            "\(environment.rawValue): \(control.severities[environment]?.rawValue ?? "–")"
        }
        let seed = control.seed.contains("\"") ? control.seed : "\"\(control.seed)\""
        var lines = ["### \(control.id) \(control.statement)", "", "> \(seed)", ""]
        lines.append("- Severity: \(severities.joined(separator: ", "))")
        lines.append("- Proved by: \(letters.joined(separator: " "))\(control.isAttestable ? ", or attested" : "")")
        if let limit = control.limit { lines.append("- Limit: \(limit)") }
        lines.append("- Remedy: \(control.remedy)")
        if !control.traps.isEmpty {
            lines += ["- Traps:"] + control.traps.map { "  - \($0)" }
        }
        lines += ["- Holds:"] + control.holds.map(line)
        lines += ["- Fails:"] + control.fails.map(line)
        return lines.joined(separator: "\n")
    }

    private static func line(_ example: ControlExample) -> String {
        let place = example.environment == .production ? "" : " (\(example.environment.rawValue))"
        let spec = example.spec.split(separator: "\n").map(String.init)
        let yaml = spec.count == 1 ? ": `\(spec[0])`" : ""
        return "  - \(example.title)\(place)\(yaml)"
    }
}
