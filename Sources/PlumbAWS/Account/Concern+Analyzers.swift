// IAM Access Analyzer: who watches for access from outside and for access that nobody uses, and what they have found.

import Foundation
import PlumbModel

extension Concern {
    /// An analyzer's `LiveStatus` is `ACTIVE` or why it is not. `LiveFindings` are its open findings about what is
    /// here: `Resource`, `Type` (`ExternalAccess`, `UnusedIAMRole`, …), `Days` since it was found.
    static let analyzers = Concern(
        name: "analyzers",
        reads: [
            Read(.accessAnalyzer, "ListAnalyzers"), Read(.accessAnalyzer, "ListArchiveRules"),
            Read(.accessAnalyzer, "ListFindingsV2"),
        ],
        list: { survey in
            let analyzers = try await survey.listed(
                "AWS::AccessAnalyzer::Analyzer", .accessAnalyzer, "ListAnalyzers", in: "analyzers")
            try await survey.inParallel(analyzers) { try await survey.noteAnalyzer($0) }
        },
        measure: { survey, resources in
            let analyzers = resources.filter { $0.type == "AWS::AccessAnalyzer::Analyzer" }
            let arns = Set(resources.compactMap(\.arn))
            try await survey.inParallel(analyzers) { try await survey.measure(analyzer: $0, watching: arns) }
        })
}

extension Survey {
    fileprivate func noteAnalyzer(_ told: AWSValue) async throws {
        guard let name = told["name"].text, let arn = told["arn"].text else { return }
        let rules = try await items(
            .accessAnalyzer, "ListArchiveRules", ["analyzerName": .text(name)], in: "archiveRules",
            absentCodes: ["ResourceNotFoundException"])
        var analyzer = AccountResource(
            "AWS::AccessAnalyzer::Analyzer", name: name, arn: arn, region: region,
            tags: told["tags"].members.compactMapValues(\.text))
        let age = told["configuration"]["unusedAccess"]["unusedAccessAge"]
        analyzer.properties = [
            "AnalyzerName": .text(name), "Type": AccountValue(told["type"]), "LiveStatus": AccountValue(told["status"]),
            "AnalyzerConfiguration": age.isNull
                ? .absent : ["UnusedAccessConfiguration": ["UnusedAccessAge": AccountValue(age)]],
            "ArchiveRules": AccountValue(rules.map { .list($0) }) {
                AccountValue(items: $0.items.map(Self.archiveRule))
            },
        ]
        notebook.note(analyzer)
    }

    private static func archiveRule(_ rule: AWSValue) -> AccountValue {
        let filters = rule["filter"].members.sorted { $0.key < $1.key }.map { property, criterion -> AccountValue in
            var filter = AccountValue(criterion.capitalized)
            filter["Property"] = .text(property)
            return filter
        }
        return ["RuleName": AccountValue(rule["ruleName"]), "Filter": .list(filters)]
    }

    /// An unused-access analyzer of an organization is asked like one of the account: it tells what is open to whoever
    /// may see it.
    fileprivate func measure(analyzer: AccountResource, watching arns: Set<String>) async throws {
        let found = try await items(
            .accessAnalyzer, "ListFindingsV2",
            [
                "analyzerArn": .text(analyzer.arn ?? ""), "maxResults": 100,
                "filter": ["status": ["eq": ["ACTIVE"]]],
            ], in: "findings")
        let now = now
        notebook.amend(analyzer.id) {
            $0.properties["LiveFindings"] = AccountValue(found.map { .list($0) }) { findings in
                .list(
                    findings.items.filter { $0["resource"].text.map(arns.contains) ?? false }.map { finding in
                        let since = (finding["createdAt"].date ?? finding["analyzedAt"].date)?.timeIntervalSince1970
                        return [
                            "Resource": AccountValue(finding["resource"]), "Type": AccountValue(finding["findingType"]),
                            "Days": since.map { .number(((now - $0) / 86_400).rounded(.down)) } ?? .absent,
                        ]
                    })
            }
        }
    }
}
