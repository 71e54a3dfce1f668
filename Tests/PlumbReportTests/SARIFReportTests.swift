// SARIF 2.1.0: the rules of OASIS's document that its schema cannot say, and what GitHub asks besides.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct SARIFReportTests {
    private func runs(_ assessments: [Assessment]) throws -> [[String: Any]] {
        let data = Data(ReportFormat.sarif.render(assessments, style: TextStyle(toolVersion: "1.2.3")).utf8)
        let log = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        return try #require(log["runs"] as? [[String: Any]])
    }

    private func results(_ run: [String: Any]) throws -> [[String: Any]] {
        try #require(run["results"] as? [[String: Any]])
    }

    /// The only run of a log.
    private func run(_ assessment: Assessment) throws -> [String: Any] { try #require(try runs([assessment]).first) }

    /// The first result of a log.
    private func result(_ assessment: Assessment) throws -> [String: Any] {
        try #require(try results(run(assessment)).first)
    }

    private func driver(_ run: [String: Any]) throws -> [String: Any] {
        try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    }

    @Test func keepsItsShape() {
        expectGolden(SARIFReport.render(Sample.none, style: TextStyle(toolVersion: "1.2.3")), "none.sarif")
        expectGolden(SARIFReport.render(Sample.many, style: TextStyle(toolVersion: "1.2.3")), "many.sarif")
    }

    @Test func everyResultHasItsRule() throws {
        let run = try run(Sample.many)
        let rules = try #require(try driver(run)["rules"] as? [[String: Any]])
        #expect(rules.map { $0["id"] as? String } == ["OPS-1.1", "OPS-1.2", "OPS-2.1", "COST-3.1"])
        for result in try results(run) {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        }
        for rule in rules {
            let properties = try #require(rule["properties"] as? [String: Any])
            let score = try #require((properties["security-severity"] as? String).flatMap(Double.init))
            #expect((0...10).contains(score))
            let help = try #require(rule["help"] as? [String: String])
            #expect(Set(help.keys) == ["text", "markdown"])
        }
    }

    @Test func failuresHaveLevelsAndReviewsHaveNone() throws {
        let results = try results(run(Sample.many))
        let kinds = results.map { $0["kind"] as? String }
        let levels = results.map { $0["level"] as? String }
        #expect(kinds == ["fail", "fail", "review", "review", "review", "review", "review", "fail"])
        #expect(levels == ["error", "error", "none", "none", "none", "none", "none", "warning"])
    }

    @Test func theChainIsRelated() throws {
        let result = try result(Sample.one)
        let related = try #require(result["relatedLocations"] as? [[String: Any]])
        #expect(related.count == 1)
        #expect((related[0]["message"] as? [String: String])?["text"] == "the endpoint Endpoint")
        let physical = try #require(related[0]["physicalLocation"] as? [String: Any])
        #expect(physical["region"] as? [String: Int] == ["startLine": 40, "startColumn": 3])
        // A link without a place has nowhere to point at; it is told in words.
        let text = try #require((result["message"] as? [String: String])?["text"])
        #expect(text.contains("See its configuration EndpointConfig."))
    }

    @Test func whatIsWaivedIsSuppressed() throws {
        let results = try results(run(Sample.many))
        let suppressed = results.filter { $0["suppressions"] != nil }
        #expect(suppressed.count == 1)
        let suppression = try #require((suppressed[0]["suppressions"] as? [[String: String]])?.first)
        #expect(suppression["kind"] == "external")
        #expect(suppression["justification"]?.contains("waived by ops until 2026-12-31") == true)
    }

    @Test func everyResultHasALocation() throws {
        for result in try results(run(Sample.many)) {
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            #expect(location["physicalLocation"] != nil)
        }
    }

    @Test func anEngineHasNoFiles() throws {
        var assessment = Sample.many
        (assessment.source, assessment.path) = (.engine, "engine:")
        assessment.findings = assessment.findings.map {
            var finding = $0
            finding.place = nil
            return finding
        }
        for result in try results(run(assessment)) where result["suppressions"] == nil {
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            #expect(location["physicalLocation"] == nil && location["logicalLocations"] != nil)
        }
    }

    @Test(arguments: [
        ("template.yaml", "template.yaml"), ("./stacks/a b.yaml", "stacks/a%20b.yaml"), ("påth.json", "p%C3%A5th.json"),
        ("a:b#c?d%e", "a%3Ab%23c%3Fd%25e"), ("/abs/x.yaml", "file:///abs/x.yaml"), (".//x", "x"),
    ]) func addressesAreRelativeAndEncoded(path: String, uri: String) throws {
        var assessment = Sample.one
        assessment.findings[0].place = Place(file: path, line: 1)
        let result = try result(assessment)
        let location = try #require((result["locations"] as? [[String: Any]])?.first)
        let artifact = (location["physicalLocation"] as? [String: Any])?["artifactLocation"] as? [String: String]
        #expect(artifact?["uri"] == uri)
        #expect(artifact?["uriBaseId"] == (path.hasPrefix("/") ? nil : "%SRCROOT%"))
        #expect(URL(string: uri) != nil)
    }

    @Test func severalAssessmentsAreRunsOfTheirOwnCategory() throws {
        var other = Sample.one
        other.path = "other.yaml"
        let ids = try runs([Sample.one, other]).map { ($0["automationDetails"] as? [String: String])?["id"] }
        #expect(
            ids == [
                "plumbline/cloudformation/production/template.yaml/", "plumbline/cloudformation/production/other.yaml/",
            ])
    }

    @Test func aNameBecomesNoLink() throws {
        let result = try result(Sample.hostile("[a](b)"))
        let text = try #require((result["message"] as? [String: String])?["text"])
        #expect(!text.contains("[a](b)") || text.contains("\\[a\\](b)"))
        #expect(text.hasPrefix("\\[a\\](b): "))
    }

    @Test func diagnosticsAreNotifications() throws {
        let run = try run(Sample.many)
        let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
        #expect(invocation["executionSuccessful"] as? Bool == true)
        let told = try #require(invocation["toolConfigurationNotifications"] as? [[String: Any]])
        #expect(told.map { $0["level"] as? String } == ["warning", "note"])
    }
}

@Suite struct FindingIdentityTests {
    @Test func aFindingIsTheSameOnAnotherLineAndWithAnotherNumber() {
        var moved = Sample.large(20).findings
        let before = FindingIdentity.all(of: moved)
        for index in moved.indices {
            moved[index].place?.line = 7
            moved[index].message = moved[index].message.replacing("300", with: "240")
        }
        #expect(FindingIdentity.all(of: moved) == before)
    }

    @Test func twoFindingsNeverShareAnIdentity() {
        let findings = Sample.large(500).findings + Sample.many.findings + Sample.many.findings
        #expect(Set(FindingIdentity.all(of: findings)).count == findings.count)
    }

    @Test func itIsTheSameInEveryProcess() {
        #expect(FindingIdentity.all(of: Sample.one.findings).first?.count == 18)
        #expect(FindingIdentity.all(of: Sample.one.findings) == ["ee1d48f20d373a73:1"])
    }
}
