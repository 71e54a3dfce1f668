// What a survey sees of budgets, bills, fronts and stacks.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs it"))
struct PayingSurveyTests {
    private static let money = """
        budgets, ce = aws("budgets", "us-east-1"), aws("ce", "us-east-1")
        def budget(name, filters, usd=2500):
            budgets.create_budget(AccountId=NAME, Budget={"BudgetName": name, "BudgetType": "COST",
                "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": str(usd), "Unit": "USD"}, "CostFilters": filters,
                "CalculatedSpend": {"ActualSpend": {"Amount": "131.2", "Unit": "USD"},
                    "ForecastedSpend": {"Amount": "402.5", "Unit": "USD"}}},
                NotificationsWithSubscribers=[{"Notification": {"NotificationType": "ACTUAL",
                    "ComparisonOperator": "GREATER_THAN", "Threshold": percent, "ThresholdType": "PERCENTAGE"},
                    "Subscribers": [{"SubscriptionType": "SNS",
                        "Address": "arn:aws:sns:eu-central-1:123456789012:cost"}]}
                    for percent in (50, 80, 100)])
        budget("digits", {"TagKeyValue": ["user:ml:endpoint$digits"]})
        budget("other", {"TagKeyValue": ["user:ml:endpoint$other"]})
        budget("team", {"TagKeyValue": ["user:ml:team$vision"]}, 500)
        monitor = ce.create_anomaly_monitor(AnomalyMonitor={"MonitorName": "services", "MonitorType": "DIMENSIONAL",
            "MonitorDimension": "SERVICE"})["MonitorArn"]
        ce.create_anomaly_subscription(AnomalySubscription={"SubscriptionName": "daily", "MonitorArnList": [monitor],
            "Frequency": "DAILY", "Subscribers": [{"Type": "EMAIL", "Address": "ops@example.com"}],
            "ThresholdExpression": {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": ["100"],
                "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}}})
        ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": "ml:endpoint", "Status": "Active"}])
        keep("spend", {"digits": 140.25, "": 9000}, "global")
        """
    private static let endpoint = AccountResource(
        "AWS::SageMaker::Endpoint", name: "digits", tags: ["ml:team": "vision"])

    @Test func budgetsOfTheEndpointAndItsTeamAreKeptWithWhomTheyTell() async throws {
        let double = try AccountDouble()
        try double.make(Self.money)
        let found = try await double.survey([.paying], noting: [Self.endpoint])
        #expect(Set(found.all("AWS::Budgets::Budget").map(\.name)) == ["digits", "team"])
        let budget = try found.one("AWS::Budgets::Budget", "digits")
        #expect(budget.properties["Budget"]["BudgetLimit"]["Amount"] == "2500")
        #expect(budget.properties["LiveSpend"] == ["ActualUSD": 131.2, "ForecastUSD": 402.5])
        guard case .list(let told) = budget.properties["NotificationsWithSubscribers"] else { throw Missing() }
        #expect(Set(told.map { $0["Notification"]["Threshold"] }) == [50, 80, 100])
        #expect(told[0]["Subscribers"].first["Address"] == "arn:aws:sns:eu-central-1:123456789012:cost")
        let monitor = try found.one("AWS::CE::AnomalyMonitor")
        let subscription = try found.one("AWS::CE::AnomalySubscription")
        #expect(subscription.properties["MonitorArnList"] == [.text(monitor.name)])
        #expect(try found.one("AWS::CE::CostAllocationTag", "ml:endpoint").properties["Status"] == "Active")
        #expect(try found.one("AWS::CE::CostAllocationTag", "ml:team").properties["Status"] == "Inactive")
        let cost = try #require(found.evidence.first { $0.kind == .cost })
        #expect(cost.numbers == ["usd": 140.25, "forecastUSD": 402.5, "limitUSD": 2500])
        #expect(cost.texts["tools"]?.contains("costExplorer") == true)
        #expect(double.operations == Concern.paying.saidReads)
    }

    @Test func aRefusedBillIsNoBill() async throws {
        let double = try AccountDouble()
        try double.make(
            Self.money
                + "\ndeny('ce:GetCostAndUsage', 'support:DescribeTrustedAdvisorChecks', 'ce:ListCostAllocationTags',"
                + " 'budgets:DescribeBudgetNotificationsForAccount')")
        let found = try await double.survey([.paying], noting: [Self.endpoint])
        let cost = try #require(found.evidence.first { $0.kind == .cost })
        #expect(cost.texts["refused"] == "costExplorer,trustedAdvisor" && cost.texts["tools"] == "")
        // What the budget counts is known nevertheless.
        #expect(cost.numbers["usd"] == 131.2)
        #expect(
            try found.one("AWS::CE::CostAllocationTag", "ml:endpoint").properties["Status"]
                == .unseen("ce:ListCostAllocationTags is denied"))
        #expect(
            try found.one("AWS::Budgets::Budget", "digits").properties["NotificationsWithSubscribers"]
                == .unseen("budgets:ViewBudget is denied"))
    }

    @Test func anAPIIsKeptForTheEndpointThatItLeadsTo() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            api = aws("apigateway")
            for name in ("digits", "other"):
                rest = api.create_rest_api(name=name, disableExecuteApiEndpoint=True)["id"]
                root = api.get_resources(restApiId=rest)["items"][0]["id"]
                api.put_method(restApiId=rest, resourceId=root, httpMethod="POST", authorizationType="AWS_IAM")
                api.put_integration(restApiId=rest, resourceId=root, httpMethod="POST", type="AWS",
                    integrationHttpMethod="POST",
                    uri=f"arn:aws:apigateway:eu-central-1:runtime.sagemaker:path//endpoints/{name}/invocations")
                api.create_deployment(restApiId=rest, stageName="v1")
                api.create_domain_name(domainName=f"{name}.example.com", securityPolicy="TLS_1_2")
                api.create_base_path_mapping(domainName=f"{name}.example.com", restApiId=rest, stage="v1")
                cdn = aws("cloudfront", "us-east-1")
                cdn.create_distribution(DistributionConfig={"CallerReference": name, "Comment": "", "Enabled": True,
                    "Origins": {"Quantity": 1, "Items": [{"Id": "api", "DomainName":
                        f"{rest}.execute-api.eu-central-1.amazonaws.com", "CustomOriginConfig": {"HTTPPort": 80,
                        "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
                        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}]},
                    "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only",
                        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}})
            """)
        let found = try await double.survey([.fronts, .distributions], noting: [Self.endpoint])
        let api = try found.one("AWS::ApiGateway::RestApi")
        #expect(api.properties["Name"] == "digits" && api.properties["DisableExecuteApiEndpoint"] == true)
        let method = try found.one("AWS::ApiGateway::Method")
        #expect(method.properties["HttpMethod"] == "POST" && method.properties["AuthorizationType"] == "AWS_IAM")
        #expect(try found.one("AWS::ApiGateway::Stage").properties["RestApiId"] == .text(api.name))
        #expect(try found.one("AWS::ApiGateway::DomainName").properties["SecurityPolicy"] == "TLS_1_2")
        #expect(try found.one("AWS::ApiGateway::BasePathMapping").properties["RestApiId"] == .text(api.name))
        let front = try found.one("AWS::CloudFront::Distribution").properties["DistributionConfig"]
        #expect(front["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "https-only")
        #expect(front["Origins"].first["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only")
        #expect(double.operations.isSubset(of: Concern.fronts.saidReads.union(Concern.distributions.saidReads)))
    }

    @Test func recordsAreKeptThatFollowTheAlarmOfAnEndpoint() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            dns = aws("route53", "us-east-1")
            zone = dns.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
            def check(alarm):
                return dns.create_health_check(CallerReference=alarm, HealthCheckConfig={"Type": "CLOUDWATCH_METRIC",
                    "AlarmIdentifier": {"Region": "eu-central-1", "Name": alarm},
                    "InsufficientDataHealthStatus": "Unhealthy"})["HealthCheck"]["Id"]
            def record(name, check):
                return {"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "CNAME", "TTL": 60,
                    "SetIdentifier": "a", "Failover": "PRIMARY", "HealthCheckId": check,
                    "ResourceRecords": [{"Value": "a.example.net"}]}}
            dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
                record("digits.example.com", check("digits-down")), record("other.example.com", check("other-down"))]})
            """)
        let alarm = AccountResource("AWS::CloudWatch::Alarm", name: "digits-down")
        let found = try await double.survey([.distributions], noting: [alarm])
        #expect(
            try found.one("AWS::Route53::HealthCheck").properties["HealthCheckConfig"]["AlarmIdentifier"]["Name"]
                == "digits-down")
        let record = try found.one("AWS::Route53::RecordSet")
        #expect(record.properties["Name"] == "digits.example.com." && record.properties["Failover"] == "PRIMARY")
        #expect(record.properties["TTL"] == "60")
    }

    private static let stack = """
        stacks = aws("cloudformation")
        body = {"Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}},
            "Groups": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "made"}}}}
        stacks.create_stack(StackName="digits", TemplateBody=json.dumps(body))
        keep("drifts", {"digits": {"Topic": {"StackResourceDriftStatus": "MODIFIED", "PropertyDifferences": [{
            "PropertyPath": "/DisplayName", "ExpectedValue": "a", "ActualValue": "b",
            "DifferenceType": "NOT_EQUAL"}]}}})
        """
    private static let deployed = AccountResource(
        "AWS::SageMaker::Endpoint", name: "digits", tags: ["aws:cloudformation:stack-name": "digits"])
    private static let loose = ["made", "by-hand"].map { AccountResource("AWS::Logs::LogGroup", name: $0, tags: [:]) }

    @Test func whatAStackHasMadeIsKnownByItsListToo() async throws {
        let double = try AccountDouble()
        try double.make(Self.stack)
        let found = try await double.survey([.stacks], noting: [Self.deployed] + Self.loose)
        #expect(try found.one("AWS::SageMaker::Endpoint").properties["LiveStack"] == "digits")
        #expect(try found.one("AWS::Logs::LogGroup", "made").properties["LiveStack"] == "digits")
        #expect(try found.one("AWS::Logs::LogGroup", "by-hand").properties["LiveStack"] == .absent)
        let stack = try found.one("AWS::CloudFormation::Stack")
        #expect(stack.properties["LiveDrift"] == "NOT_CHECKED")
        #expect(stack.properties["EnableTerminationProtection"] == "false")
        // Nobody has compared them, and looking starts no work in the account.
        #expect(found.evidence.isEmpty)
        #expect(double.operations == ["CloudFormation DescribeStacks", "CloudFormation ListStackResources"])
    }

    @Test func driftIsComparedOnRequest() async throws {
        let double = try AccountDouble()
        try double.make(Self.stack)
        let found = try await double.survey(
            [.stacks], noting: [Self.deployed] + Self.loose, scope: AccountScope(detectsDrift: true))
        let drift = try #require(found.evidence.first)
        #expect(drift.kind == .drift && drift.endpointName == "digits")
        #expect(drift.numbers == ["compared": 2, "differing": 1])
        #expect(drift.texts["differences"] == "Topic/DisplayName is b and was declared a")
        #expect(try found.one("AWS::CloudFormation::Stack").properties["LiveDrift"] == "DRIFTED")
        let said = Concern.stacks.saidReads.union(Concern.driftReads.map { "\($0.service.id) \($0.operation)" })
        #expect(double.operations == said)
    }

    @Test func aStackThatMayNotBeListedLeavesOpenWhatItHasMade() async throws {
        let double = try AccountDouble()
        try double.make(Self.stack + "\ndeny('cloudformation:ListStackResources')")
        let found = try await double.survey([.stacks], noting: [Self.deployed] + Self.loose)
        #expect(
            try found.one("AWS::Logs::LogGroup", "by-hand").properties["LiveStack"]
                == .unseen("cloudformation:ListStackResources is denied"))
    }

    @Test func aRecorderThatRecordsIsEvidence() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            config = aws("config")
            config.put_configuration_recorder(ConfigurationRecorder={"name": "default",
                "roleARN": "arn:aws:iam::123456789012:role/config"})
            config.put_delivery_channel(DeliveryChannel={"name": "d", "s3BucketName": "audit"})
            config.start_configuration_recorder(ConfigurationRecorderName="default")
            """)
        let found = try await double.survey([.recording])
        #expect(found.evidence.first?.numbers == ["recorders": 1, "recording": 1])
        #expect(double.operations == Concern.recording.saidReads)
    }

    /// An operation that a service does not know is no finding and no end of the survey.
    @Test func anAnswerThatIsNoAnswerIsUnseen() async throws {
        try await TestServer.with { asked, _ in
            asked.target.contains("DescribeBudgets")
                ? Told(status: 404, body: "<!doctype html><h1>Not Found</h1>") : .json("{}")
        } _: { server in
            try await TestMachine(testKeys).withClient(server) { client in
                let notebook = Notebook()
                let survey = Survey(
                    client: client, account: "123456789012", region: "eu-central-1", scope: AccountScope(),
                    notebook: notebook)
                try await survey.run([.paying])
                #expect(notebook.gaps.contains { $0.type == "AWS::Budgets::Budget" && $0.reason.contains("failed") })
            }
        }
    }
}
