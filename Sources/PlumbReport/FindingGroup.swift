// Findings brought together control by control, and those that say the same of many resources told as one.

import PlumbModel

/// The findings of one control with one verdict, in telling order.
struct FindingGroup {
    let control: String
    let policy: String
    let statement: String
    let verdict: Verdict
    /// Findings whose messages have the same shape; at least one, none empty.
    private(set) var alike: [[Finding]] = []
    private var indexByShape: [String: Int] = [:]

    fileprivate init(_ finding: Finding, statement: String) {
        control = finding.control
        policy = finding.policy
        verdict = finding.verdict
        self.statement = statement
    }

    fileprivate mutating func add(_ finding: Finding) {
        let shape = finding.shape
        if let index = indexByShape[shape] {
            alike[index].append(finding)
        } else {
            indexByShape[shape] = alike.count
            alike.append([finding])
        }
    }

    /// A finding that is told by itself.
    struct Told {
        let finding: Finding
        /// Whether the fix is told with it: the next one told has another, or there is none.
        let showsFix: Bool
        /// Findings alike that are told by their number alone, after this one.
        let folded: ArraySlice<Finding>
    }

    /// The first few of each that are alike, in telling order.
    func told(alikeMax: Int) -> [Told] {
        let shown = alike.flatMap { alike -> [(finding: Finding, folded: ArraySlice<Finding>)] in
            let last = min(alikeMax, alike.count) - 1
            return alike.prefix(alikeMax).enumerated().map { ($1, $0 == last ? alike.dropFirst(alikeMax) : []) }
        }
        return shown.indices.map { index in
            let (finding, folded) = shown[index]
            let isSharedWithNext =
                folded.isEmpty && index + 1 < shown.count && shown[index + 1].finding.isMended(like: finding)
            return Told(finding: finding, showsFix: !isSharedWithNext, folded: folded)
        }
    }

    /// How many findings there are.
    var count: Int { alike.reduce(0) { $0 + $1.count } }

    /// Every finding, alike ones side by side.
    var findings: [Finding] { alike.flatMap { $0 } }

    /// The worst severity of all.
    var severity: Severity { findings.map(\.severity).max() ?? .low }
}

extension Assessment {
    /// The findings with this verdict by control; the worst control comes first, as the findings do.
    func groups(_ verdict: Verdict) -> [FindingGroup] {
        let statements = controlById.mapValues(\.statement)
        var groups: [FindingGroup] = []
        var indexByControl: [String: Int] = [:]
        for finding in findings where finding.verdict == verdict {
            let index = indexByControl[finding.control] ?? groups.count
            if index == groups.count {
                indexByControl[finding.control] = index
                groups.append(FindingGroup(finding, statement: statements[finding.control] ?? ""))
            }
            groups[index].add(finding)
        }
        return groups
    }

    /// Every control's verdict, by the control's id.
    var controlById: [String: ControlVerdict] {
        Dictionary(policies.flatMap(\.controls).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Finding {
    /// The plain words of the message: names have capitals, digits, hyphens or quotes as a rule, and are left out, as
    /// is every number. Two findings of a control with one shape say the same of two resources.
    var shape: String {
        let own = resource.utf8
        var shape: [UInt8] = []
        shape.reserveCapacity(message.utf8.count)
        for word in message.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
        where word.allSatisfy(Finding.isPlain) && !word.elementsEqual(own) {
            shape.append(contentsOf: word)
            shape.append(UInt8(ascii: " "))
        }
        return String(decoding: shape, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: ";"):
            true
        default: false
        }
    }

    /// The links of the chain, each told once.
    var chain: [RelatedPlace] {
        var told: Set<RelatedPlace> = []
        return related.filter { told.insert($0).inserted }
    }

    /// The fix in two parts: a sentence, and the lines to paste, if it has any.
    var remedy: (sentence: String, code: [Substring]) {
        let lines = fix.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let code = Array(lines.dropFirst().drop(while: \.isEmpty))
        return (lines.first.map(String.init) ?? "", patch?.lines ?? code)
    }

    /// The remedy with at most `max` of its lines, and how many more there are.
    func remedy(linesMax max: Int) -> (sentence: String, code: [Substring], more: Int) {
        let (sentence, code) = remedy
        return (sentence, Array(code.prefix(max)), Swift.max(0, code.count - max))
    }

    /// Whether the same words and lines mend both.
    func isMended(like other: Finding) -> Bool { fix == other.fix && patch == other.patch }
}

extension Patch {
    fileprivate var lines: [Substring] {
        let end = text.hasSuffix("\n") ? text.dropLast() : Substring(text)
        return end.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }
}
