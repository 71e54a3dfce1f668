// Which approvals count: of this very change, by another person, while they last.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct ApprovalTests {
    private let change = ApprovedChange(
        endpoint: "digits", environment: .production, specDigest: "aa", modelDigest: "bb", author: "ada@example.org")

    private func answer(_ entries: [AuditEntry], at now: Double = 2_000) -> Approval.Answer {
        Approval.answer(for: change, in: entries, at: now)
    }

    private func approval(of other: ApprovedChange? = nil, by person: String, at now: Double = 1_000) -> AuditEntry {
        Approval.entry(of: other ?? change, by: person, at: now, days: 7, reason: nil)
    }

    @Test func anApprovalByAnotherPersonCounts() {
        #expect(answer([approval(by: "grace")]) == .approved(by: "grace", expires: "1970-01-08"))
        #expect(answer([]) == .missing("nobody has approved it: plumb approve"))
    }

    @Test(arguments: ["ada@example.org", "Ada", "arn:aws:sts::123456789012:assumed-role/dev/ada@example.org"])
    func nobodyApprovesOnesOwnChange(_ person: String) {
        var entry = approval(by: person)
        #expect(entry.outcome == .denied)
        #expect(answer([entry]) == .missing("nobody has approved it: plumb approve"))
        // Nor does an entry that says otherwise.
        entry.outcome = .done
        #expect(answer([entry]) == .missing("\(person) has made it, and another person has to approve it"))
    }

    @Test func anotherVersionIsNotApproved() {
        var other = change
        other.specDigest = "cc"
        let told = Approval.Answer.missing("grace has approved another version of it: plumb approve")
        #expect(answer([approval(of: other, by: "grace")]) == told)
        other = change
        other.modelDigest = "dd"
        #expect(answer([approval(of: other, by: "grace")]) == told)
        other.environment = .staging
        #expect(answer([approval(of: other, by: "grace")]) == .missing("nobody has approved it: plumb approve"))
    }

    @Test func anApprovalExpires() {
        let entry = approval(by: "grace")
        let end = 1_000 + 7 * 86_400.0
        #expect(answer([entry], at: end) == .approved(by: "grace", expires: "1970-01-08"))
        #expect(
            answer([entry], at: end + 1)
                == .missing("the approval by grace has expired (1970-01-08): plumb approve"))
        // The newest counts.
        #expect(
            answer([approval(by: "linus", at: end), entry], at: end + 1)
                == .approved(by: "linus", expires: "1970-01-15"))
    }
}
