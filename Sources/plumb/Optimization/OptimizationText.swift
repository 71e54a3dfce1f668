// What an optimisation found, as a table for people and as the record of a spec.

import Foundation
import PlumbModel
import PlumbPolicy

enum OptimizationText {
    /// One line a candidate, then the skipped ones, then the choice in words.
    static func table(_ report: OptimizationReport, _ choice: CandidateChoice) -> String {
        var rows = [
            ["", "p50 before", "after", "p99 before", "after", "p50 fell by (95 %)", quality(report), "size", "memory"]
        ]
        for candidate in report.candidates {
            let isChosen = candidate.technique == report.chosen
            let interval = candidate.reduction.map { "\(percent($0.lower)) to \(percent($0.upper))" } ?? "-"
            rows.append([
                (isChosen ? "* " : "  ") + candidate.technique, milliseconds(candidate.baselineP50Milliseconds),
                milliseconds(candidate.p50Milliseconds), milliseconds(candidate.baselineP99Milliseconds),
                milliseconds(candidate.p99Milliseconds), interval,
                "\(short(candidate.baselineQuality)) → \(short(candidate.quality))",
                "\(size(candidate.baselineBytes)) → \(size(candidate.bytes))", size(candidate.residentBytes),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = [
            "\(report.model): \(report.heldOutRows) rows measured, \(report.calibrationRows) calibrated, "
                + "ONNX Runtime \(report.onnxruntime), one thread, one row a run", "",
        ]
        lines += rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                .trimmingCharacters(in: CharacterSet(charactersIn: "\n"))
        }
        lines += report.skipped.map { "  \($0.technique): left out, \($0.reason)" }
        lines.append("")
        lines += choice.reasons
        return lines.joined(separator: "\n")
    }

    private static func quality(_ report: OptimizationReport) -> String { report.candidates.first?.metric ?? "quality" }
    private static func percent(_ share: Double) -> String { BenchReport.number((share * 1000).rounded() / 10) + " %" }
    private static func milliseconds(_ value: Double) -> String { "\((value * 1000).rounded() / 1000) ms" }
    private static func short(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
    private static func size(_ bytes: Int) -> String {
        bytes < 1 << 20
            ? "\(BenchReport.number(Double(bytes) / 1024)) KiB" : "\(BenchReport.number(Double(bytes) / 1_048_576)) MiB"
    }

    /// The record as a spec holds it.
    static func yaml(_ record: OptimizationRecord) -> String {
        var lines = ["optimization:", "  technique: \(record.technique)"]
        func add(_ key: String, _ value: String?) { if let value { lines.append("  \(key): \(value)") } }
        func number(_ value: Double?) -> String? { value.map { "\(($0 * 1e6).rounded() / 1e6)" } }
        add("tool", record.tool.map(JSONText.quoted))
        add("baselineDigest", record.baselineDigest)
        add("optimizedDigest", record.optimizedDigest)
        add("baselineP50Milliseconds", number(record.baselineP50Milliseconds))
        add("optimizedP50Milliseconds", number(record.optimizedP50Milliseconds))
        add("baselineP99Milliseconds", number(record.baselineP99Milliseconds))
        add("optimizedP99Milliseconds", number(record.optimizedP99Milliseconds))
        add("reductionLowerBound", number(record.reductionLowerBound))
        add("accuracyMetric", record.accuracyMetric.map(JSONText.quoted))
        add("baselineAccuracy", number(record.baselineAccuracy))
        add("optimizedAccuracy", number(record.optimizedAccuracy))
        add("heldOutRows", record.heldOutRows.map { "\($0)" })
        add("heldOutDigest", record.heldOutDigest)
        add("day", record.day.map { "\($0)" })
        return lines.joined(separator: "\n")
    }
}
