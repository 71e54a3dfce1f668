// Where findings get the lines that mend them.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy

extension Composition {
    /// How many findings of an input get lines to paste: as many as people read, or programs.
    private static let mendedMax = (read: 60, parsed: 500)
    /// How many of one control, where people read them.
    private static let mendedOfOneControlMax = 5
    /// How many cores work on fixes.
    private static let benchesMax = 4

    /// The assessment with what to paste beside its findings, in the language of the input. `isRead` says that people
    /// alone read the report, which tells the first few findings of a control.
    static func mended(
        _ assessment: Assessment, of subject: Subject, under overlay: PolicyOverlay, isRead: Bool
    ) async -> Assessment {
        guard subject.graph.source != .engine, !assessment.findings.isEmpty else { return assessment }
        var graph = subject.graph
        graph.thresholds = overlay.settledThresholds(on: graph.asOf).thresholds
        var workshop = FixWorkshop(graph, benches: min(ProcessInfo.processInfo.activeProcessorCount, benchesMax))
        var mended = assessment
        var left = isRead ? mendedMax.read : mendedMax.parsed
        var open = isRead ? toldToPeople(assessment.findings) : Array(assessment.findings.indices)
        while left > 0, !open.isEmpty {
            let batch = Array(open.prefix(left))
            open.removeFirst(batch.count)
            let patches = await workshop.patches(for: batch.map { assessment.findings[$0] })
            for (index, patch) in zip(batch, patches) where patch != nil {
                mended.findings[index].patch = patch
                left -= 1
            }
        }
        return mended
    }

    /// Where those findings stand that a report for people tells with lines to paste.
    private static func toldToPeople(_ findings: [Finding]) -> [Int] {
        var counts: [String: Int] = [:]
        return findings.indices.filter { index in
            guard findings[index].verdict == .fails else { return false }
            counts[findings[index].control, default: 0] += 1
            return counts[findings[index].control, default: 0] <= mendedOfOneControlMax
        }
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
