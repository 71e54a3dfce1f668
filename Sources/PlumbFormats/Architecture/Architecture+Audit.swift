// The record of who did what: trail, log groups, analyzers of access.

import PlumbModel

extension Blueprint {
    var trailName: String { Blueprint.shortened("\(prefix)-trail", to: 64) }

    /// Ids and names of the log groups: made before the endpoint and the functions would make their own, which never
    /// expire and have no key.
    var logGroups: [(id: String, name: String)] {
        var groups = [(id: "EndpointLogGroup", name: "/aws/sagemaker/Endpoints/\(spec.name)")]
        func function(_ id: String, _ suffix: String) {
            groups.append((id, "/aws/lambda/\(Blueprint.shortened("\(prefix)-\(suffix)", to: 64))"))
        }
        function("ProbeFunctionLogGroup", "probe")
        if spec.rollout.rollsBackLate { function("LateRollbackFunctionLogGroup", "late-rollback") }
        if isGuarded { function("AuditArchiveFunctionLogGroup", "audit-archive") }
        if hasMonitors {
            for detector in Detector.allCases { function("\(detector.functionID)LogGroup", detector.rawValue) }
        }
        if restoresScaling { function("WorkingHoursFunctionLogGroup", "working-hours") }
        return groups
    }

    /// CloudWatch Logs keeps only for certain numbers of days: the smallest that is long enough.
    var logRetentionDays: Int { Blueprint.logRetentions.first { $0 >= spec.retentionDays } ?? 3653 }
    static let logRetentions = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]
}

extension Architecture {
    static func addAudit(to graph: inout Graph, _ plan: Blueprint) {
        graph.trails.append(trail(plan))
        for group in plan.logGroups {
            graph.logGroups.append(
                plan.make(group.id, named: nil, from: "retentionDays", isKept: true) {
                    $0.head.name = .known(group.name)
                    $0.retentionDays = plan.said(plan.logRetentionDays, "retentionDays")
                    $0.key = reference("AuditKey")
                })
        }
        graph.analyzers.append(
            plan.make("ExternalAccessAnalyzer", named: "external-access") { $0.kind = "ACCOUNT" })
        graph.analyzers.append(
            plan.make("UnusedAccessAnalyzer", named: "unused-access") {
                $0.kind = "ACCOUNT_UNUSED_ACCESS"
                $0.unusedAccessAgeDays = 90
            })
    }

    private static func trail(_ plan: Blueprint) -> Trail {
        plan.make("Trail", named: "trail", from: "retentionDays") { trail in
            trail.isLogging = true
            trail.isMultiRegion = true
            trail.includesGlobalEvents = true
            trail.validatesLogFiles = true
            trail.key = reference("AuditKey")
            trail.bucket = reference("AuditBucket")
            trail.usesAdvancedSelectors = true
            // Advanced selectors without one for management events would drop those.
            var management = TrailSelector()
            management.category = "Management"
            management.readWrite = "All"
            trail.selectors = .known([
                management,
                // The trailing slash keeps sibling buckets out.
                data("AWS::S3::Object", ["${ArtifactBucket.Arn}/", "${CaptureBucket.Arn}/"]),
                data("AWS::DynamoDB::Table", ["${StateTable.Arn}"]),
                data("AWS::SageMaker::Endpoint", ["${Endpoint.Arn}"]),
            ])
        }
    }

    private static func data(_ type: String, _ resources: [String]) -> TrailSelector {
        var selector = TrailSelector()
        selector.category = "Data"
        selector.resourceType = .known(type)
        selector.resources = .known(resources)
        selector.readWrite = "All"
        return selector
    }
}
