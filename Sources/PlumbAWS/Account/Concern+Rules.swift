// What EventBridge does on an event or by the clock: rules about the endpoints and alarms, with their targets.

import Foundation
import PlumbModel

extension Concern {
    /// AWS's own events arrive on the default bus only, so that no other is read.
    static let rules = Concern(
        name: "rules",
        reads: [
            Read(.eventBridge, "ListRules"), Read(.eventBridge, "ListTargetsByRule"),
            Read(.cloudWatch, "DescribeAlarms"), Read(.lambda, "GetFunctionConfiguration"),
            Read(.sageMaker, "ListEndpoints"),
        ],
        list: { survey in try await survey.listRules() })
}

extension Survey {
    private static let ruleType = "AWS::Events::Rule"

    fileprivate func listRules() async throws {
        let found = try await listed(Self.ruleType, .eventBridge, "ListRules", ["Limit": 100], in: "Rules")
        try await inParallel(found) { rule in
            guard let name = rule["Name"].text else { return }
            let meaning = RuleMeaning(pattern: rule["EventPattern"].text)
            let isScheduled = rule["ScheduleExpression"].text != nil
            guard isScheduled || meaning.mayConcernEndpoints else { return }
            let targets = try await items(
                .eventBridge, "ListTargetsByRule", ["Rule": .text(name), "Limit": 100], in: "Targets",
                absentCodes: ["ResourceNotFoundException"])
            var resource = AccountResource(Self.ruleType, name: name, arn: rule["Arn"].text, region: region)
            resource.properties = AccountValue(
                rule, only: "Name", "Description", "EventPattern", "EventBusName", "ScheduleExpression", "State",
                "RoleArn")
            resource.properties["Targets"] = targets.map { .list($0) }.accountValue
            if meaning.isAboutAll { return notebook.note(resource) }
            var meant = try await self.meant(by: meaning)
            for target in targets.value ?? [] {
                meant += Self.words(of: target["Input"].text ?? "").map { .endpoint($0) }
                guard isScheduled, let arn = target["Arn"].text, let function = Wanted(in: arn) else { continue }
                meant.append(function)
                if function.type == "AWS::Lambda::Function" { try await considerFunction(function.identifier) }
            }
            notebook.consider(resource, mentioning: meant)
        }
    }

    private func meant(by meaning: RuleMeaning) async throws -> [Wanted] {
        var meant = meaning.texts.flatMap { text -> [Wanted] in
            [Wanted(Self.alarmType, text)] + (Wanted(in: text).map { [$0] } ?? [])
                + Self.words(of: text).map { .endpoint($0) }
        }
        if !meaning.filters.isEmpty {
            meant += try await endpointNames().filter(meaning.matches).map { .endpoint($0) }
            let alarms = try await items(
                .cloudWatch, "DescribeAlarms", ["AlarmTypes": ["MetricAlarm"], "MaxRecords": 100], in: "MetricAlarms")
            let names = (alarms.value ?? []).compactMap { $0["AlarmName"].text }
            meant += names.filter(meaning.matches).map { Wanted(Self.alarmType, $0) }
        }
        return meant
    }
}

/// Whom an event pattern may be about.
struct RuleMeaning: Sendable {
    /// The names and ARNs that it wants.
    private(set) var texts: Set<String> = []
    /// Beginnings, ends and wildcards of names that it wants.
    private(set) var filters: [(kind: String, text: String)] = []
    /// Alarms or endpoints are its subject.
    private(set) var mayConcernEndpoints = false
    /// It is about every alarm, or every endpoint.
    private(set) var isAboutAll = false

    init(pattern: String?) {
        guard let pattern else { return }
        let document: AWSValue
        do {
            document = try JSONBody.read(Data(pattern.utf8))
        } catch {
            // EventBridge takes JSON only; what is not may be about anything.
            mayConcernEndpoints = true
            return
        }
        let sources = document["source"].items.compactMap(\.text)
        let kinds = document["detail-type"].items.compactMap(\.text)
        let isOfSageMaker = sources.contains("aws.sagemaker")
        mayConcernEndpoints =
            sources.isEmpty || sources.contains("aws.cloudwatch")
            || (isOfSageMaker && (kinds.isEmpty || kinds.contains { $0.contains("Endpoint") || $0.contains("Alarm") }))
        guard mayConcernEndpoints else { return }
        let detail = document["detail"]
        let names = detail["alarmName"].items + detail["EndpointName"].items + document["resources"].items
        for name in names {
            if let text = name.text {
                texts.insert(text)
            } else {
                for (kind, value) in name.members {
                    for text in value.items.compactMap(\.text) { filters.append((kind, text)) }
                }
            }
        }
        // A filter on sources that is no plain name may let these through.
        let isSourceSaid = !document["source"].items.isEmpty
        isAboutAll =
            names.isEmpty && (isSourceSaid || kinds.contains { $0.contains("Endpoint") || $0.contains("Alarm") })
    }

    /// Whether a filter lets a name through; one that is not understood may.
    func matches(_ name: String) -> Bool {
        filters.contains { kind, text in
            switch kind {
            case "prefix": name.hasPrefix(text)
            case "suffix": name.hasSuffix(text)
            case "equals-ignore-case": name.lowercased() == text.lowercased()
            case "wildcard": name.hasPrefix(text.prefix { $0 != "*" })
            default: true
            }
        }
    }
}
