// What was known to be wrong on a day, so that a run can tell what is new since.

public import Foundation
public import PlumbModel

/// The findings a run knew, by what each is known by; how often tells a copy of a broken resource from the original.
public struct Baseline: Sendable, Hashable {
    /// One known finding.
    public struct Entry: Sendable, Hashable, Codable {
        public var control: String
        public var resource: String
        public var verdict: Verdict
        /// `Finding.fingerprint`: it changes with the resource, not with its place.
        public var fingerprint: String
        /// How many findings agree in all of the above; nil for one.
        public var count: Int?
    }
    public private(set) var entries: [Entry]

    /// Everything that `assessments` found; their findings have fingerprints.
    public init(of assessments: [Assessment]) {
        var counts: [Entry: Int] = [:]
        for finding in assessments.flatMap(\.findings) { counts[Self.entry(of: finding), default: 0] += 1 }
        entries = counts.map { entry, count in
            var entry = entry
            entry.count = count > 1 ? count : nil
            return entry
        }
        sort()
    }

    /// Reads a file that `text` wrote; throws `invalidInput` that names `path` for anything else.
    public init(_ data: Data, path: String) throws(PlumbError) {
        do {
            let file = try JSONDecoder().decode(File.self, from: data)
            guard file.schema == Self.schema else {
                throw PlumbError(.invalidInput, "its schema is '\(file.schema)'")
            }
            entries = file.findings
        } catch {
            throw PlumbError(
                .invalidInput, "\(path) is no baseline of this version", hint: "plumb check … --write-baseline \(path)",
                cause: error)
        }
        sort()
    }

    private struct File: Codable {
        var schema: String
        var findings: [Entry]
    }
    private static let schema = "plumbline.baseline/1"

    /// One finding a line in a fixed order, so that a change reads well in a review; neither file nor line is in it, so
    /// that moving a resource changes nothing.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = entries.map { entry -> String in
            // An entry holds texts and numbers only, which always encode.
            guard let data = try? encoder.encode(entry) else { return "" }
            return "    " + String(decoding: data, as: UTF8.self)
        }
        let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n  ]"
        return "{\n  \"schema\": \"\(Self.schema)\",\n  \"findings\": \(list)\n}\n"
    }

    /// Takes what is known out of the findings of a run.
    ///
    /// - Returns: The assessments, each with a note of how many findings are in the baseline, and the entries that
    ///   nothing matches any more; of controls that were not judged nothing is known.
    public func applied(to assessments: [Assessment], path: String) -> (new: [Assessment], gone: [Entry]) {
        var left: [Entry: Int] = [:]
        for entry in entries { left[entry.alone, default: 0] += max(1, entry.count ?? 1) }
        let new = assessments.map { assessment in
            var assessment = assessment
            let all = assessment.findings.count
            assessment.findings.removeAll { finding in
                let entry = Self.entry(of: finding)
                guard let count = left[entry], count > 0 else { return false }
                left[entry] = count - 1
                return true
            }
            let known = all - assessment.findings.count
            if known > 0 {
                assessment.diagnostics.append(
                    Diagnostic(
                        .note, "\(known) finding\(known == 1 ? " is" : "s are") in the baseline \(path), and not told",
                        hint: "they still count in the verdicts; check without --baseline tells them"))
            }
            return assessment
        }
        let judged = Set(assessments.flatMap(\.policies).flatMap(\.controls).filter { !$0.isLeftOut }.map(\.id))
        let gone = entries.filter { (left[$0.alone] ?? 0) > 0 && judged.contains($0.control) }
        return (new, gone)
    }

    private static func entry(of finding: Finding) -> Entry {
        Entry(
            control: finding.control, resource: finding.resource, verdict: finding.verdict,
            fingerprint: finding.fingerprint ?? "")
    }

    private mutating func sort() {
        entries.sort { left, right in
            (left.control, left.resource, left.verdict.rawValue, left.fingerprint)
                < (right.control, right.resource, right.verdict.rawValue, right.fingerprint)
        }
    }
}

extension Baseline.Entry {
    fileprivate var alone: Baseline.Entry {
        var entry = self
        entry.count = nil
        return entry
    }
}
