// A sizing for people: what was measured, what that means, and a table of what was weighed.

import Foundation
import PlumbModel
import PlumbPolicy

enum SizeText {
    static func text(_ report: SizeReport) -> String {
        var lines = [
            "\(report.endpoint) in \(report.environment.rawValue), \(report.region): \(report.model.path)", "",
        ]
        lines += facts(report)
        lines += ["", heading]
        if let choice = report.choice { lines += rows("choice", choice) }
        if let exception = report.exception { lines += rows("exception", exception) }
        if let current = report.current, current.type != report.choice?.type { lines += rows("spec", current) }
        let told = [report.choice?.type, report.exception?.type, report.current?.type]
        for candidate in report.suggested where !told.contains(candidate.type) {
            lines += rows("policy's", candidate)
        }
        for candidate in report.cheaperOutsideThePolicy { lines += rows("cheaper", candidate) }
        lines += [
            "",
            "\(report.fitting.count) of \(report.weighed) types with a price in \(report.region) would do. Requests a "
                + "second are an estimate of the model alone:",
            "each virtual processor taken as fast as one of this machine, 70 % of them used. plumb bench on the type "
                + "decides.",
        ]
        if let choice = report.choice, choice.type != report.current?.type {
            lines += ["", "the spec would say\n  instances: {type: \(choice.type)}"]
        }
        if let waivers = report.waivers { lines += ["", "with these waivers, if an owner accepts them:", waivers] }
        if !report.findings.isEmpty { lines += [""] + report.findings.map { "finding: \($0)" } }
        return lines.joined(separator: "\n")
    }

    private static func facts(_ report: SizeReport) -> [String] {
        let model = report.model
        let operators = model.operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let named = operators.prefix(6).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let types = model.elementTypes.sorted { $0.value > $1.value }.map(\.key).joined(separator: ", ")
        let rate = report.targetRate.map { "\(number($0)) requests a second" } ?? "no peak is declared (--target-rate)"
        return [
            "model    \(grouped(model.parameters)) parameters (\(types)), \(size(model.parameterBytes)); \(named)"
                + (operators.count > 6 ? ", …" : ""),
            "run      \(number(model.runs.processorMilliseconds)) ms of one processor a request, p99 "
                + "\(number(model.runs.p99Milliseconds)) ms (\(grouped(model.runs.runs)) runs, ONNX Runtime "
                + "\(model.runs.onnxruntime))",
            "memory   \(report.memoryArithmetic)",
            "class    \(report.workload.rawValue)-bound: \(report.reason)",
            "wanted   \(rate), p99 of \(number(report.p99MillisecondsMax)) ms at most, \(report.instancesMin) to "
                + "\(report.instancesMax) instances",
        ]
    }

    private static let heading =
        padded("", 11) + padded("type", 17) + leading("vCPU", 5) + leading("GiB", 8) + leading("$/h", 9)
        + leading("req/s", 10) + leading("at peak", 9) + leading("floor", 12) + leading("expected", 12)
        + leading("worst", 12)

    /// The figures of one type, and below it what speaks against it.
    private static func rows(_ label: String, _ candidate: SizeCandidate) -> [String] {
        let figures =
            padded(label, 11) + padded(candidate.type, 17) + leading("\(candidate.vCPUs)", 5)
            + leading(number(candidate.memoryGiB), 8) + leading(number(candidate.usdPerHour), 9)
            + leading(candidate.requestsPerSecond.map(rounded) ?? "unknown", 10)
            + leading(candidate.instancesAtPeak.map { "\($0)" } ?? "-", 9)
            + [candidate.floorUSD, candidate.expectedUSD, candidate.worstUSD]
            .map { leading(SpendEstimate.usd($0), 12) }.joined()
        var notes = candidate.misfits
        notes += (candidate.breaches ?? []).map { "breaks \($0.control): \($0.message)" }
        notes += candidate.unknown.map { "not known: \($0)" }
        if candidate.architecture != "x86_64" { notes.append("\(candidate.architecture) wants an image of its own") }
        return [figures] + notes.map { padded("", 13) + $0 }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
    private static func leading(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
    private static func number(_ value: Double) -> String {
        let scaled = (value * 1000).rounded() / 1000
        return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
    }
    private static func rounded(_ rate: Double) -> String {
        rate < 10 ? number((rate * 10).rounded() / 10) : grouped(Int(min(rate, 1e15)))
    }
    private static func grouped(_ value: Int) -> String { String(SpendEstimate.usd(Double(value)).dropLast(3)) }
    private static func size(_ bytes: Int) -> String {
        bytes < 1 << 20
            ? "\(number((Double(bytes) / 102.4).rounded() / 10)) KiB"
            : "\(number((Double(bytes) / 104_857.6).rounded() / 10)) MiB"
    }
}
