// A review is told to people and to programs.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct AccessReportTests {
    private static let findings = [
        AccessFinding(
            code: "PASS_ROLE_WITH_STAR_IN_RESOURCE", type: .securityWarning, severity: .critical, statement: 1,
            sid: "Pass",
            message: "iam:PassRole passes any role that matches *, with no iam:PassedToService",
            actions: ["iam:PassRole"],
            resources: ["*"], fix: "Name the role's ARN in Resource.",
            place: Place(file: "policy.json", line: 7, column: 5)),
        AccessFinding(
            code: "MISSING_VERSION", type: .warning, severity: .low, message: "no Version", fix: "Begin with Version."),
    ]

    @Test func tellsFindingsWithPlaceAndRemedy() {
        expectGolden(AccessReport.text(Self.findings, of: "policy.json", kind: .identity), "access.txt")
        expectGolden(AccessReport.json(Self.findings, of: "policy.json", kind: .identity), "access.json")
    }

    @Test func tellsThatNothingIsWrong() throws {
        #expect(AccessReport.text([], of: "trust.json", kind: .trust).contains("nothing to say against it"))
        let data = Data(AccessReport.json([], of: "trust.json", kind: .trust).utf8)
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((report["findings"] as? [Any])?.isEmpty == true)
    }

    @Test func isReadBackByAnotherParser() throws {
        let data = Data(AccessReport.json(Self.findings, of: "policy.json", kind: .identity).utf8)
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let findings = try #require(report["findings"] as? [[String: Any]])
        #expect(findings.map { $0["code"] as? String } == Self.findings.map(\.code))
        #expect(findings[0]["statement"] as? Int == 1)
        #expect(findings[1]["statement"] is NSNull)
        let summary = try #require(report["summary"] as? [String: Int])
        #expect(summary == ["ERROR": 0, "SECURITY_WARNING": 1, "WARNING": 1, "SUGGESTION": 0])
    }
}
