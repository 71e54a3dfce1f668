// `plumb cost review` and `plumb gc` of an account: what is measured and billed, what is asked, and what is deleted.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct CostReviewToolsTests {
        private let double: AWSDouble
        private let plumb: Tool

        /// An account with two endpoints: `busy` in production, `still` in dev, which nobody asks.
        init() throws {
            double = try AWSDouble("--creating", "0")
            plumb = try Tool.plumb.asking(double)
            try python(
                """
                sm, iam = aws("sagemaker"), aws("iam")
                role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
                sm.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": "i"})
                for name, place, kind in (("busy", "production", "ml.m5.4xlarge"), ("still", "dev", "ml.m5.large")):
                    tags = [{"Key": "ml:endpoint", "Value": name}, {"Key": "ml:environment", "Value": place},
                        {"Key": "ml:team", "Value": "vision"}]
                    sm.create_endpoint_config(EndpointConfigName=name, Tags=tags, ProductionVariants=[{
                        "VariantName": "all", "ModelName": "m", "InstanceType": kind, "InitialInstanceCount": 1}])
                    sm.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=tags)
                """)
        }

        /// Runs a script with `aws(service)` and `kept(store, entries)`.
        private func python(_ script: String) throws {
            let prelude = """
                import boto3, json, urllib.request
                def aws(service, region="eu-central-1"):
                    return boto3.client(service, region_name=region)
                def tell(path, body):
                    request = urllib.request.Request("\(double.address)" + path, json.dumps(body).encode())
                    urllib.request.urlopen(request).read()
                def kept(store, entries, region="global"):
                    tell("/double/kept", {"store": store, "entries": entries, "region": region})

                """
            let tool = Tool(path: try #require(AWSTools.python)).asking(double)
            let run = try tool.run("-c", prelude + script)
            try #require(run.status == 0, "\(run.text.suffix(2_000))")
        }

        private func review(_ more: String...) throws -> [String: Any] {
            let run = try plumb.run(["cost", "review", "aws://eu-central-1", "--format", "json"] + more)
            return try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.text)")
        }

        private func decisions(_ review: [String: Any]) throws -> [(kind: String, endpoint: String)] {
            try #require(review["decisions"] as? [[String: Any]]).map {
                ($0["kind"] as? String ?? "", $0["endpoint"] as? String ?? "")
            }
        }

        @Test func billAnomaliesAdviceAndPlansAreToldWithWhatIsToBeDecided() throws {
            try python(
                """
                kept("spend", {"busy": 1000.0, "still": 1.0})
                kept("anomalies", {str(day): {"AnomalyId": "a", "AnomalyStartDate": f"2026-11-0{day}T00:00:00Z",
                    "AnomalyScore": {"MaxScore": 1, "CurrentScore": 1}, "MonitorArn": "arn:aws:ce::1:m",
                    "RootCauses": [{"Service": "Amazon SageMaker", "Region": "eu-central-1"}],
                    "Impact": {"MaxImpact": 40, "TotalImpact": 40.5}} for day in (2, 3)})
                kept("idle", {"e": {"resourceArn": "arn:aws:sagemaker:eu-central-1:1:endpoint/still",
                    "resourceType": "SageMakerEndpoint", "finding": "Idle", "lookBackPeriodInDays": 14,
                    "savingsOpportunity": {"estimatedMonthlySavings": {"currency": "USD", "value": 90}}}})
                check = aws("support", "us-east-1").describe_trusted_advisor_checks(language="en")["checks"]
                check = [each for each in check if each["category"] == "cost_optimizing"][0]
                kept("flagged checks", {check["id"]: {"flagged": 3, "usd": 21.5}})
                kept("savings plans", {"p": {"EstimatedSavingsPercentage": "27", "HourlyCommitmentToPurchase": "0.7"}})
                """)
            let told = try review()
            let kinds = try decisions(told).map(\.kind)
            for kind in ["explainAnomaly", "followAdvice", "savingsPlan", "explainDifference"] {
                #expect(kinds.contains(kind), "\(told)")
            }
            #expect(kinds.filter { $0 == "explainAnomaly" }.count == 2, "both pages: \(kinds)")
            #expect((told["tools"] as? [String])?.count == 5, "\(told)")
            let endpoints = try #require(told["endpoints"] as? [[String: Any]])
            #expect(Set(endpoints.compactMap { $0["billedUSD"] as? Double }) == [1_000, 1])
        }

        @Test func eachToolThatRefusesIsNamedAndTheOthersAnswer() throws {
            try python(
                """
                kept("spend", {"busy": 10.0})
                tell("/double/denied", ["ce:GetAnomalies", "compute-optimizer:GetIdleRecommendations",
                    "support:DescribeTrustedAdvisorChecks"])
                """)
            let told = try review()
            let unknown = try #require(told["unknown"] as? [String]).joined(separator: "\n")
            for name in [
                "ce:GetAnomalies", "compute-optimizer:GetIdleRecommendations", "Trusted Advisor: AccessDenied",
            ] {
                #expect(unknown.contains(name), "\(unknown)")
            }
            #expect((told["tools"] as? [String])?.count == 2)
            #expect(unknown.contains("--plan-discount"))
            #expect(try decisions(review("--plan-discount", "20")).map(\.kind).contains("savingsPlan"))
        }

        @Test func onlyWhatIsKnownToBeIdleIsDeletedAndProductionOnlyByName() throws {
            // Made a moment ago: fourteen days have not been counted.
            let young = try plumb.run("gc", "aws://eu-central-1", "--yes")
            #expect(young.status == 0 && young.output.contains("not known to be idle"), "\(young.text)")
            try python(
                """
                import datetime
                old = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
                kept("endpoint ages", {"busy": old, "still": old}, "eu-central-1")
                """)
            let listed = try plumb.run("gc", "aws://eu-central-1")
            #expect(listed.status == 1 && listed.output.contains("still (dev): no request"), "\(listed.text)")
            let gone = try plumb.run("gc", "aws://eu-central-1", "--yes")
            #expect(gone.status == 1 && gone.output.contains("--approve busy"), "\(gone.text)")
            func names() throws -> String {
                let tool = Tool.aws.asking(double)
                return try tool.run(
                    "sagemaker", "list-endpoints", "--region", "eu-central-1", "--query", "Endpoints[].EndpointName"
                ).output
            }
            #expect(try names().contains("busy") && !names().contains("still"))
            let approved = try plumb.run("gc", "aws://eu-central-1", "--yes", "--approve", "busy")
            #expect(approved.status == 0, "\(approved.text)")
            #expect(try !names().contains("busy"))
        }
    }
}
