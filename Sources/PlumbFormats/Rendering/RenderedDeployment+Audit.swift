// Trail, log groups and access analyzers.

import PlumbModel

extension RenderedDeployment {
    func audit() -> [RenderedResource] {
        graph.trails.map(trail) + graph.logGroups.map(logGroup) + graph.analyzers.map(analyzer)
    }

    // MARK: - Trail

    private func trail(_ trail: Trail) -> RenderedResource {
        var resource = RenderedResource(
            trail, "AWS::CloudTrail::Trail", "aws_cloudtrail", in: .audit,
            note: "Records who did what, sealed so that no line can be taken out unseen.", for: ["SEC-3.1"]
        ) { fields in
            fields.put("TrailName", "name", trail.name)
            fields.put("S3BucketName", "s3_bucket_name", .link(trail.bucket), for: "SEC-3.1", "SEC-3.5")
            fields.put("KMSKeyId", "kms_key_id", .link(trail.key, "Arn", "arn"), for: "SEC-1.8", "SEC-3.1")
            fields.put("IsLogging", "enable_logging", trail.isLogging, for: "SEC-3.1")
            fields.put("IsMultiRegionTrail", "is_multi_region_trail", trail.isMultiRegion, for: "SEC-3.1")
            fields.put(
                "IncludeGlobalServiceEvents", "include_global_service_events", trail.includesGlobalEvents,
                for: "SEC-3.1")
            fields.put(
                "EnableLogFileValidation", "enable_log_file_validation", trail.validatesLogFiles, for: "SEC-3.1")
            let selectors = (trail.selectors.value ?? []).map(selector)
            fields.put(
                "AdvancedEventSelectors", "advanced_event_selector", .blocks(selectors), for: "SEC-3.1", "SEC-3.2")
            fields.putTags("Tags", "tags", trail.head.tags)
        }
        // CloudTrail tries the bucket when the trail is made.
        if case .resource(let bucket)? = trail.bucket.value { resource.dependsOn = ["\(bucket)Policy"] }
        return resource
    }

    /// A selector takes reads and writes alike where it does not speak of them.
    private func selector(_ selector: TrailSelector) -> [RenderedField] {
        let type = selector.resourceType.value
        var tests: [[RenderedField]] = []
        func test(_ field: String, isStart: Bool = false, _ values: [String]?) {
            guard let values, !values.isEmpty else { return }
            tests.append(
                RenderedFields {
                    $0.put("Field", "field", .text(field))
                    $0.put(isStart ? "StartsWith" : "Equals", isStart ? "starts_with" : "equals", .texts(values))
                }.list)
        }
        test("eventCategory", selector.category.value.map { [$0] })
        test("resources.type", type.map { [$0] })
        // An object's ARN goes on behind its bucket's slash; a table or an endpoint is meant as it stands.
        test("resources.ARN", isStart: type == "AWS::S3::Object", selector.resources.value)
        return RenderedFields {
            $0.put("Name", "name", .text(type.map { "Data events of \($0)" } ?? "Management events"))
            $0.put("FieldSelectors", "field_selector", .blocks(tests))
        }.list
    }

    // MARK: - Log groups and analyzers

    private func logGroup(_ group: LogGroup) -> RenderedResource {
        RenderedResource(
            group, "AWS::Logs::LogGroup", "aws_cloudwatch_log_group", in: .audit,
            note: "Made before its writer would make one that never expires and has no key.", for: ["SEC-3.7"]
        ) { fields in
            fields.put("LogGroupName", "name", group.name)
            fields.put("RetentionInDays", "retention_in_days", retention(group), for: "SEC-3.7")
            fields.put("KmsKeyId", "kms_key_id", .link(group.key, "Arn", "arn"), for: "SEC-1.8")
            fields.putTags("Tags", "tags", group.head.tags)
        }
    }

    /// The spec's days, or more; CloudWatch Logs knows only certain numbers.
    private func retention(_ group: LogGroup) -> RenderedValue? {
        guard let days = group.retentionDays.value else { return nil }
        let longer = Blueprint.logRetentions.filter { $0 >= days }.map(String.init)
        guard longer.first == String(days) else { return .int(days) }
        return .parameter(
            .text(
                "LogRetentionDays", String(days), matching: "^(\(longer.joined(separator: "|")))$",
                hint: "One of \(longer.joined(separator: ", ")).", "Days for which logs are kept."))
    }

    private func analyzer(_ analyzer: Analyzer) -> RenderedResource {
        let isUnused = analyzer.kind.value?.hasSuffix("UNUSED_ACCESS") == true
        return RenderedResource(
            analyzer, "AWS::AccessAnalyzer::Analyzer", "aws_accessanalyzer_analyzer", in: .audit,
            note: isUnused
                ? "Finds rights that nobody uses any more."
                : "Finds what can be reached from outside the account, in its own region.",
            for: ["SEC-2.7"]
        ) { fields in
            fields.put("AnalyzerName", "analyzer_name", analyzer.name)
            fields.put("Type", "type", analyzer.kind, for: "SEC-2.7")
            fields.putBlock("AnalyzerConfiguration", "configuration") { configuration in
                configuration.putBlock("UnusedAccessConfiguration", "unused_access") {
                    $0.put("UnusedAccessAge", "unused_access_age", analyzer.unusedAccessAgeDays, for: "SEC-2.7")
                }
            }
            fields.putTags("Tags", "tags", analyzer.head.tags)
        }
    }
}
