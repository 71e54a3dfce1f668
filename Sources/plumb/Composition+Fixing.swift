// Where findings get the lines that mend them.

import PlumbFormats
import PlumbModel
import PlumbPolicy

extension Composition {
    /// How many findings of an input get lines to paste: as many as people read, or programs.
    private static let mendedMax = (read: 60, parsed: 500)
    /// How many of one control, where people read them.
    private static let mendedOfOneControlMax = 5

    /// The assessment with what to paste beside its findings, in the language of the input. `isRead` says that people
    /// alone read the report, which tells the first few findings of a control.
    static func mended(
        _ assessment: Assessment, of subject: Subject, under overlay: PolicyOverlay, isRead: Bool
    ) -> Assessment {
        guard subject.graph.source != .engine, !assessment.findings.isEmpty else { return assessment }
        var graph = subject.graph
        graph.thresholds = overlay.settledThresholds(on: graph.asOf).thresholds
        var rendering = FixRendering(graph)
        var mended = assessment
        var left = isRead ? mendedMax.read : mendedMax.parsed
        var counts: [String: Int] = [:]
        for (index, finding) in assessment.findings.enumerated() where left > 0 {
            if isRead {
                guard finding.verdict == .fails, counts[finding.control, default: 0] < mendedOfOneControlMax else {
                    continue
                }
                counts[finding.control, default: 0] += 1
            }
            guard let patch = rendering.patch(for: finding) else { continue }
            mended.findings[index].patch = patch
            left -= 1
        }
        return mended
    }

    /// What satisfies a control, in the language of templates or of Terraform.
    static func example(of id: String, as option: RenderOption) throws -> String {
        guard let (_, control) = PolicyBook.control(id) else {
            throw PlumbError(.notFound, "there is no control '\(id)'", hint: "plumb explain lists them all")
        }
        let format: Rendering.Format =
            switch option {
            case .cloudformation: .cloudformation
            case .terraform: .terraform
            case .githubActions, .codepipeline:
                throw PlumbError(
                    .invalidInput, "a pipeline does not mend a control", hint: "--as cloudformation or --as terraform")
            }
        guard let patch = FixRendering.example(of: control.id, as: format, asOf: today()) else {
            throw PlumbError(
                .notFound, "no template, plan or spec decides \(control.id)",
                hint: "\(control.wouldBeDecidedBy) \(control.remedy)")
        }
        let note = "# \(control.id): \(control.statement)\n"
        return patch.language == .spec
            ? note + "# No resource decides it: these are keys of a spec.\n" + patch.text
            : note + patch.text
    }
}
