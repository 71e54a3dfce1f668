// Plans in small: each shape in which `terraform show -json` hides a value, and what is read of it.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct PlanReaderTests {
    private func inventory(_ changes: String, resources: String = "", rest: String = "") throws -> Inventory {
        let text = """
            {"format_version": "1.2", "resource_changes": [\(changes)],
             "configuration": {"provider_config": {
                "aws": {"name": "aws", "version_constraint": "~> 5.100",
                        "expressions": {"region": {"references": ["var.region"]}}},
                "aws.dr": {"name": "aws", "alias": "dr", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
               "root_module": {"resources": [\(resources)]\(rest)}},
             "variables": {"region": {"value": "eu-central-1"}}}
            """
        let document = try SourceDocument.read(SourceFile(path: "plan.json", bytes: Array(text.utf8))).get()
        let plan = Plan(document.root, file: "plan.json")
        #expect(plan.diagnostics.isEmpty)
        return Inventory(plan)
    }

    private func change(
        _ type: String, _ name: String, after: String, unknown: String = "{}", index: String? = nil,
        module: String? = nil, actions: String = "[\"create\"]", mode: String = "managed"
    ) -> String {
        let key = index.map { "[\($0)]" } ?? ""
        let prefix = (module.map { $0 + "." } ?? "") + (mode == "data" ? "data." : "")
        let address = (prefix + "\(type).\(name)\(key)").replacing("\"", with: "\\\"")
        let parts = [
            "\"address\": \"\(address)\"", "\"type\": \"\(type)\"", "\"name\": \"\(name)\"", "\"mode\": \"\(mode)\"",
            index.map { "\"index\": \($0)" },
            module.map { "\"module_address\": \"\($0.replacing("\"", with: "\\\""))\"" },
            "\"change\": {\"actions\": \(actions), \"after\": \(after), \"after_unknown\": \(unknown)}",
        ]
        return "{" + parts.compactMap { $0 }.joined(separator: ", ") + "}"
    }

    @Test func `an unknown ARN is the resource its expression refers to`() throws {
        let inventory = try inventory(
            [
                change(
                    "aws_cloudwatch_metric_alarm", "errors", after: #"{"alarm_name": "errors", "ok_actions": null}"#,
                    unknown: #"{"alarm_actions": true, "evaluate_low_sample_count_percentiles": true}"#),
                change("aws_sns_topic", "pages", after: #"{"name": "pages"}"#, unknown: #"{"arn": true}"#),
            ].joined(separator: ","),
            resources: """
                {"address": "aws_cloudwatch_metric_alarm.errors", "expressions":
                  {"alarm_actions": {"references": ["aws_sns_topic.pages.arn", "aws_sns_topic.pages"]}}}
                """)
        let alarm = try #require(inventory[id: "aws_cloudwatch_metric_alarm.errors"])
        #expect(alarm["alarm_actions"].items.map(\.name.value) == ["${aws_sns_topic.pages.Arn}"])
        #expect(
            inventory.directory.references(alarm["alarm_actions"], to: "AWS::SNS::Topic").value
                == [.known(.resource("aws_sns_topic.pages"))])
        #expect(alarm["evaluate_low_sample_count_percentiles"].isAbsent)
        #expect(alarm["ok_actions"].isAbsent)
        #expect(alarm.head.name.value == "errors")
        #expect(alarm.head.place?.line == 1)
    }

    @Test func `instances are joined by their key, and a splat is all of them`() throws {
        let keys = ["\"a\"", "\"b\""]
        let buckets = keys.map { change("aws_s3_bucket", "this", after: "{}", unknown: #"{"id": true}"#, index: $0) }
        let logging = keys.map {
            change("aws_s3_bucket_versioning", "v", after: "{}", unknown: #"{"bucket": true}"#, index: $0)
        }
        let model = change("aws_x", "m", after: "{}", unknown: #"{"subnets": true}"#)
        let inventory = try inventory(
            (buckets + logging + [model]).joined(separator: ","),
            resources: """
                {"address": "aws_s3_bucket_versioning.v", "for_each_expression": {"references": ["aws_s3_bucket.this"]},
                 "expressions": {"bucket": {"references": ["each.value.id", "each.value"]}}},
                {"address": "aws_x.m", "expressions": {"subnets": {"references": ["aws_s3_bucket.this"]}}}
                """)
        #expect(
            inventory[id: "aws_s3_bucket_versioning.v[\"b\"]"]?["bucket"].name.value == "${aws_s3_bucket.this[\"b\"]}")
        #expect(inventory[id: "aws_x.m"]?["subnets"].items.count == 2)
        #expect(
            inventory.directory.references(inventory[id: "aws_x.m"]!["subnets"], to: "AWS::S3::Bucket").value
                == keys.map { .known(.resource("aws_s3_bucket.this[\($0)]")) })
    }

    @Test func `variables lead up and outputs lead down through modules`() throws {
        let inventory = try inventory(
            [
                change("aws_kms_key", "main", after: "{}", unknown: #"{"arn": true}"#),
                change("aws_s3_bucket", "data", after: "{}", unknown: "{}", module: "module.store"),
                change(
                    "aws_s3_bucket_sse", "s", after: #"{"rule": [{"by_default": [{"algorithm": "aws:kms"}]}]}"#,
                    unknown: #"{"bucket": true, "rule": [{"by_default": [{"kms_key_id": true}]}]}"#,
                    module: "module.store"),
                change("aws_backup", "b", after: "{}", unknown: #"{"resources": true}"#),
            ].joined(separator: ","),
            resources: """
                {"address": "aws_backup.b", "expressions": {"resources": {"references":
                    ["module.store.bucket_arn", "module.store"]}}}
                """,
            rest: """
                , "module_calls": {"store": {"expressions":
                    {"key_arn": {"references": ["aws_kms_key.main.arn", "aws_kms_key.main"]}},
                  "module": {"variables": {"key_arn": {}},
                    "outputs": {"bucket_arn": {"expression": {"references":
                        ["aws_s3_bucket.data.arn", "aws_s3_bucket.data"]}}},
                    "resources": [{"address": "aws_s3_bucket.data", "provider_config_key": "aws.dr"},
                      {"address": "aws_s3_bucket_sse.s", "expressions": {
                        "bucket": {"references": ["aws_s3_bucket.data.id", "aws_s3_bucket.data"]},
                        "rule": [{"by_default": [{"kms_key_id": {"references": ["var.key_arn"]}}]}]}}]}}}
                """)
        let encryption = try #require(inventory[id: "module.store.aws_s3_bucket_sse.s"])
        #expect(encryption["rule"]["by_default"]["kms_key_id"].name.value == "${aws_kms_key.main.Arn}")
        #expect(encryption["rule"]["by_default"]["algorithm"].string.value == "aws:kms")
        #expect(encryption["bucket"].name.value == "${module.store.aws_s3_bucket.data}")
        #expect(
            inventory[id: "aws_backup.b"]?["resources"].items.map(\.name.value)
                == ["${module.store.aws_s3_bucket.data.Arn}"])
        #expect(inventory[id: "module.store.aws_s3_bucket.data"]?.head.region.value == "eu-west-1")
        #expect(inventory[id: "aws_kms_key.main"]?.head.region.isAbsent == true)
    }

    @Test func `a policy document is rebuilt from its data source, and a written one is unknown`() throws {
        let statement = """
            {"statement": [{"actions": ["s3:GetObject"], "effect": null, "resources": [null, "arn:aws:s3:::x/*"],
              "principals": [{"type": "Service", "identifiers": ["sagemaker.amazonaws.com"]}],
              "condition": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}]}]}
            """
        let inventory = try inventory(
            [
                change("aws_s3_bucket", "data", after: "{}", unknown: #"{"arn": true}"#),
                change(
                    "aws_iam_policy_document", "d", after: statement,
                    unknown: #"{"json": true, "statement": [{"resources": [true, false]}]}"#, actions: "[\"read\"]",
                    mode: "data"),
                change("aws_iam_role_policy", "p", after: "{}", unknown: #"{"policy": true}"#),
                change("aws_iam_role_policy", "q", after: "{}", unknown: #"{"policy": true}"#),
            ].joined(separator: ","),
            resources: """
                {"address": "data.aws_iam_policy_document.d", "expressions": {"statement": [{
                    "actions": {"constant_value": ["s3:GetObject"]},
                    "resources": {"references": ["aws_s3_bucket.data.arn", "aws_s3_bucket.data"]}}]}},
                {"address": "aws_iam_role_policy.p", "expressions": {"policy": {"references":
                    ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}},
                {"address": "aws_iam_role_policy.q", "expressions": {"policy": {"references":
                    ["aws_s3_bucket.data.arn", "aws_s3_bucket.data"]}}}
                """)
        let policy = try #require(inventory[id: "aws_iam_role_policy.p"])["policy"]
        let document = try #require(PolicyDocument.read(policy, inventory.directory).value)
        #expect(document.statements[0].resources == ["${aws_s3_bucket.data.Arn}${?}", "arn:aws:s3:::x/*"])
        #expect(document.statements[0].principals == [PolicyPrincipal("Service", "sagemaker.amazonaws.com")])
        #expect(document.statements[0].conditions[0].key == "aws:SourceAccount")
        let written = try #require(inventory[id: "aws_iam_role_policy.q"])["policy"]
        #expect(PolicyDocument.read(written, inventory.directory).whyUnknown?.contains("aws_s3_bucket.data") == true)
    }

    @Test func `what a dynamic block gives is unknown, never left out`() throws {
        let inventory = try inventory(
            [
                change(
                    "aws_budgets_budget", "b",
                    after: #"{"notification": [{"threshold": 50, "subscriber_email_addresses": []}]}"#,
                    unknown: #"{"cost_filter": true, "notification": [{"subscriber_sns_topic_arns": true}]}"#),
                change("aws_budgets_budget", "c", after: "{}", unknown: #"{"notification": true}"#),
            ].joined(separator: ","),
            resources: #"{"address": "aws_budgets_budget.b", "expressions": {}}"#)
        let budget = try #require(inventory[id: "aws_budgets_budget.b"])
        #expect(budget["cost_filter"].isAbsent)
        #expect(budget["notification"]["subscriber_sns_topic_arns"].isUnknown)
        #expect(budget["notification"]["threshold"].double.value == 50)
        #expect(inventory[id: "aws_budgets_budget.c"]?["notification"].isUnknown == true)
    }

    @Test func `what is deleted is not there, and is noted`() throws {
        let inventory = try inventory(
            [
                change("aws_s3_bucket", "gone", after: "null", actions: "[\"delete\"]"),
                change("aws_s3_bucket", "new", after: #"{"bucket": "x"}"#, actions: "[\"delete\", \"create\"]"),
                change("aws_s3_bucket", "same", after: #"{"bucket": "y"}"#, actions: "[\"no-op\"]"),
            ].joined(separator: ","))
        #expect(inventory.resources.map(\.id) == ["aws_s3_bucket.new", "aws_s3_bucket.same"])
        #expect(inventory.notes.changes.map(\.resource) == ["aws_s3_bucket.gone", "aws_s3_bucket.new"])
        #expect(inventory.notes.providers.value?.map(\.versions.value) == ["~> 5.100"])
    }

    @Test(arguments: [
        #"{"format_version": "2.0", "resource_changes": []}"#, #"{"format_version": "1.2", "resource_changes": {}}"#,
        #"{"format_version": "1.2", "configuration": []}"#,
    ])
    func `what is no plan says where and why`(text: String) throws {
        let document = try SourceDocument.read(SourceFile(path: "p.json", bytes: Array(text.utf8))).get()
        let reading = PlanReader.read(document, asOf: Day(daysSinceEpoch: 20_781))
        #expect(reading.hasErrors)
        #expect(reading.graph == nil)
        #expect(reading.diagnostics.allSatisfy { $0.place?.line != nil })
    }

    @Test(arguments: [
        #"{"format_version": "1.2", "resource_changes": [1, null, {"address": 1}, {"address": "a.b", "type": "a"}]}"#,
        #"{"format_version": "1.2", "resource_changes": [{"address": "a.b", "type": "a", "change": {"after": [1]}}]}"#,
        #"{"format_version": "1.2", "resource_changes": [{"address": "a.b", "type": "a", "change": []}]}"#,
        #"{"format_version": "1.2", "configuration": {"root_module": {"module_calls": {"a": 3}, "resources": 4}}}"#,
    ])
    func `wrong types anywhere are passed over`(text: String) throws {
        let document = try SourceDocument.read(SourceFile(path: "p.json", bytes: Array(text.utf8))).get()
        #expect(PlanReader.read(document, asOf: Day(daysSinceEpoch: 20_781)).graph != nil)
    }

    @Test func `references that go round in a circle end`() throws {
        let inventory = try inventory(
            change("aws_x", "m", after: "{}", unknown: #"{"key": true}"#, module: "module.a"),
            rest: """
                , "module_calls": {"a": {"expressions": {"v": {"references": ["module.a.o", "module.a"]}},
                  "module": {"variables": {"v": {}}, "outputs": {"o": {"expression": {"references": ["var.v"]}}},
                    "resources": [{"address": "aws_x.m", "expressions": {"key": {"references": ["var.v"]}}}]}}}
                """)
        #expect(inventory[id: "module.a.aws_x.m"]?["key"].isUnknown == true)
    }
}
