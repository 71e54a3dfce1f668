// Counts of verdicts: what is proved, what is not, and what is shown broken, never added up.

import PlumbModel

/// How many verdicts there are of each sort.
///
/// A template alone proves few policies whole. What nobody proved, and what a person stands in for, is counted apart,
/// so that no report can say fifteen of fifteen where fewer are proved.
struct Tally: Equatable {
    private(set) var proved = 0
    private(set) var failed = 0
    private(set) var unproved = 0
    private(set) var attested = 0
    private(set) var waived = 0
    private(set) var notApplicable = 0

    init(_ verdicts: some Sequence<Verdict>) {
        for verdict in verdicts {
            switch verdict {
            case .holds: proved += 1
            case .fails: failed += 1
            case .unknown: unproved += 1
            case .attested: attested += 1
            case .waived: waived += 1
            case .notApplicable: notApplicable += 1
            }
        }
    }

    /// A person stands in for proof.
    var accepted: Int { attested + waived }

    /// `5/1/2`: proved, failed, unproved.
    var triple: String { "\(proved)/\(failed)/\(unproved)" }

    /// `61 proved, 1 failed, 9 unproved, 20 not applicable`; the first three are always told.
    var sentence: String {
        var parts = ["\(proved) proved", "\(failed) failed", "\(unproved) unproved"]
        if attested > 0 { parts.append("\(attested) attested") }
        if waived > 0 { parts.append("\(waived) waived") }
        if notApplicable > 0 { parts.append("\(notApplicable) not applicable") }
        return parts.joined(separator: ", ")
    }
}

extension Assessment {
    /// The verdicts on the policies, counted.
    var policyTally: Tally { Tally(policies.lazy.map(\.verdict)) }

    /// The verdicts on the controls, counted.
    var controlTally: Tally { Tally(policies.lazy.flatMap(\.controls).map(\.verdict)) }
}

extension Verdict {
    /// The verdict in a reader's words.
    var told: String { self == .notApplicable ? "not applicable" : rawValue }
}

/// `1 finding`, `2 findings`.
func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
