// Drills as records to keep: what was measured beside what the specs promise and the policies ask.

import Foundation
import PlumbModel
import PlumbReport

extension Composition {
    /// A recovery from the backup.
    static func sheet(of report: DrillReport, backup: String, isRecorded: Bool) -> DrillSheet {
        let limits = Thresholds()
        func measure(_ name: String, _ measured: Double?, promised: Double?, minutes: Double) -> DrillSheet.Measure {
            let target = promised ?? minutes * 60
            return DrillSheet.Measure(
                name, measured: measured.map(seconds),
                target: "\(seconds(target)) (\(promised == nil ? "the policy" : "the specs"))",
                isMet: report.succeeded ? measured.map { $0 <= target } : nil)
        }
        var sheet = DrillSheet(
            title: "Recovery drill", subject: "the engine", when: Date().formatted(.iso8601), who: Actor.name,
            succeeded: report.succeeded, failure: report.failure,
            measures: [
                measure(
                    "Time until every endpoint answered (RTO)", report.succeeded ? report.rtoSeconds : nil,
                    promised: report.rtoTargetSeconds, minutes: limits.recoveryTimeMinutes),
                measure(
                    "Loss of data (RPO)", report.rpoSeconds, promised: report.rpoTargetSeconds,
                    minutes: limits.recoveryPointMinutes),
            ])
        sheet.steps = report.steps.map { DrillSheet.Step(name: $0.name, seconds: $0.seconds) }
        sheet.evidence = [
            ("backup", backup), ("endpoints that answered their example", report.endpoints.joined(separator: ", ")),
            ("audit entries that were restored", "\(report.auditEntries)"),
            ("root of the audit log's tree", report.auditRoot),
        ].filter { !$0.1.isEmpty }
        sheet.notes = report.notes + [note(isRecorded)]
        return sheet
    }

    /// A failover or a rollback.
    static func sheet(of report: EndpointDrillReport, isRecorded: Bool) -> DrillSheet {
        var measures = [
            DrillSheet.Measure(
                "Requests of the drill's own that failed", measured: "\(report.failedRequests) of \(report.requests)")
        ]
        if report.kind == "failover" {
            measures += [
                DrillSheet.Measure("Requests failed for", measured: report.outageSeconds.map(seconds)),
                DrillSheet.Measure("The fleet was full again after", measured: report.fullSeconds.map(seconds)),
            ]
        } else {
            let parts = [report.faultToDetectedSeconds, report.detectedToMovedSeconds, report.movedToFullSeconds]
            let whole = parts.contains(nil) ? nil : parts.reduce(0) { $0 + ($1 ?? 0) }
            let limit = Thresholds().rollbackSeconds
            measures += [
                DrillSheet.Measure("From the fault to the alarm", measured: parts[0].map(seconds)),
                DrillSheet.Measure("From the alarm until the traffic was back", measured: parts[1].map(seconds)),
                DrillSheet.Measure("From there to the full old fleet", measured: parts[2].map(seconds)),
                DrillSheet.Measure(
                    "From the fault to the end of the rollback", measured: whole.map(seconds),
                    target: "\(seconds(limit)) (the policy)",
                    isMet: report.succeeded ? whole.map { $0 <= limit } : nil),
            ]
        }
        var sheet = DrillSheet(
            title: report.kind == "failover" ? "Failover drill" : "Rollback drill", subject: report.endpoint,
            when: Date().formatted(.iso8601), who: Actor.name, succeeded: report.succeeded, failure: report.failure,
            measures: measures)
        sheet.evidence = [
            (report.kind == "failover" ? "failure domain that was lost" : "revision that went bad", report.subject),
            ("instances that were ended", "\(report.ended)"), ("what the engine said", report.reason ?? ""),
        ].filter { !$0.1.isEmpty }
        sheet.notes = [note(isRecorded)]
        return sheet
    }

    private static func note(_ isRecorded: Bool) -> String {
        isRecorded
            ? "An entry of the engine's signed audit log says the same: plumb drill history, plumb audit prove"
            : "Not in the engine's audit log: --record writes it there, where plumb check engine: judges it"
    }

    private static func seconds(_ value: Double) -> String { "\(RecoveryRehearsal.rounded(value)) s" }

    /// As Markdown, or as a file of HTML that prints.
    static func text(_ sheet: DrillSheet, format: RecordFormat) -> String {
        format == .markdown
            ? sheet.markdown
            : ReportDocument.html(
                title: "\(sheet.title) of \(sheet.subject), \(sheet.when)", version: version, body: sheet.html)
    }
}
