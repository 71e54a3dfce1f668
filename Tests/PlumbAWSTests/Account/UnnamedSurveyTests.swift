// What a survey finds although nothing that it looks at names it: readers of streams, roles of people, old revisions.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs it"))
struct UnnamedSurveyTests {
    private static let endpoint = """
        sagemaker = aws("sagemaker")
        role = aws("iam").create_role(RoleName="execution", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        sagemaker.create_model(ModelName="digits", ExecutionRoleArn=role,
            PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1"})
        def config(name, tags=[]):
            sagemaker.create_endpoint_config(EndpointConfigName=name, Tags=tags, ProductionVariants=[{
                "VariantName": "main", "ModelName": "digits", "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 2}])

        """

    @Test func aReaderOfAStreamIsKeptForItsTable() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            iam, made = aws("iam"), aws("lambda")
            role = iam.create_role(RoleName="archiver", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
            streams = {}
            for name in ("registry", "orders"):
                made.create_function(FunctionName=f"{name}-archiver", Runtime="python3.12", Role=role, Handler="a.b",
                    Code={"ZipFile": b"nothing"})
                streams[name] = aws("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
                    )["TableDescription"]["LatestStreamArn"]
                made.create_event_source_mapping(EventSourceArn=streams[name], FunctionName=f"{name}-archiver",
                    StartingPosition="LATEST", Enabled=name == "registry")
            """)
        let concerns: [Concern] = [.tables, .functions, .tags]
        let found = try await double.survey(concerns, wanting: [Wanted("AWS::DynamoDB::Table", "registry")])
        let reader = try found.one("AWS::Lambda::EventSourceMapping")
        #expect(reader.properties["EventSourceArn"].text?.contains("table/registry/stream/") == true)
        #expect(reader.properties["Enabled"] == true)
        #expect(try found.one("AWS::Lambda::Function").name == "registry-archiver")
        let said = concerns.reduce(into: Set<String>()) { $0.formUnion($1.saidReads) }
        #expect(double.operations.isSubset(of: said), "\(double.operations.subtracting(said))")
        let other = try await double.survey(concerns, wanting: [Wanted("AWS::DynamoDB::Table", "orders")])
        #expect(try other.one("AWS::Lambda::EventSourceMapping").properties["Enabled"] == false)
    }

    @Test func rolesOfPeopleAreFoundByTheirDuty() async throws {
        let double = try AccountDouble()
        try double.make(
            Self.endpoint + """
                config("digits-production-00000001-00000001")
                sagemaker.create_endpoint(EndpointName="digits",
                    EndpointConfigName="digits-production-00000001-00000001")
                iam = aws("iam")
                for name, tags in {
                    "auditor": {"ml:purpose": "audit"}, "deployer": {"ml:purpose": "deploy", "ml:endpoint": "digits"},
                    "other": {"ml:purpose": "deploy", "ml:endpoint": "words"}, "cook": {"team": "kitchen"},
                }.items():
                    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST,
                        Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
                """)
        let found = try await double.survey([.roles])
        #expect(Set(found.all("AWS::IAM::Role").map(\.name)) == ["auditor", "deployer"])
        #expect(double.operations.isSubset(of: Concern.roles.saidReads))
        #expect(double.asked.count { $0 == "IAM GetAccountAuthorizationDetails" } == 1)
        try double.make("deny('iam:GetAccountAuthorizationDetails')")
        let refused = try await double.survey([.roles])
        #expect(refused.gaps.contains { $0.type == "AWS::IAM::Role" })
    }

    /// Two endpoints: one on its third configuration, the oldest of which is gone; one on its first.
    @Test func earlierConfigurationsAreCounted() async throws {
        let double = try AccountDouble()
        try double.make(
            Self.endpoint + """
                import time
                def wait():
                    time.sleep(1.1)
                for number in (1, 2):
                    config(f"digits-production-0000000{number}-00000001")
                    wait()
                    if number == 1:
                        sagemaker.create_endpoint(EndpointName="digits",
                            EndpointConfigName="digits-production-00000001-00000001")
                        wait()
                config("digits-production-00000003-00000001")
                config("digits-production-00000009-00000001")
                config("digits-staging-00000001-00000001")
                config("words-1")
                wait()
                sagemaker.create_endpoint(EndpointName="words", EndpointConfigName="words-1")
                while sagemaker.describe_endpoint(EndpointName="digits")["EndpointStatus"] != "InService":
                    wait()
                sagemaker.delete_endpoint_config(EndpointConfigName="digits-production-00000001-00000001")
                sagemaker.update_endpoint(EndpointName="digits",
                    EndpointConfigName="digits-production-00000003-00000001")
                while sagemaker.describe_endpoint(EndpointName="digits")["EndpointStatus"] != "InService":
                    wait()
                """)
        let found = try await double.survey([.serving, .tags])
        let kept = found.evidence.filter { $0.kind == .state }
        #expect(kept.map(\.endpointName) == ["digits"])
        // The one that was made in the same second as the one in service may be the older one.
        #expect(kept.first?.numbers["revisionsKept"].map { $0 == 1 || $0 == 2 } == true, "\(kept)")
        #expect(double.operations.isSubset(of: Concern.serving.saidReads.union(Concern.tags.saidReads)))
    }

    @Test func whatScalingFailedAtAndHowMuchItMayHaveIsTold() async throws {
        let double = try AccountDouble()
        try double.make(
            Self.endpoint + """
                import time
                config("digits-1")
                sagemaker.create_endpoint(EndpointName="digits", EndpointConfigName="digits-1")
                place = "endpoint/digits/variant/main"
                aws("application-autoscaling").register_scalable_target(ServiceNamespace="sagemaker", ResourceId=place,
                    ScalableDimension="sagemaker:variant:DesiredInstanceCount", MinCapacity=2, MaxCapacity=6)
                keep("scaling activities", {str(days): {
                    "ActivityId": str(days), "ServiceNamespace": "sagemaker", "ResourceId": place,
                    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "Cause": "an alarm",
                    "Description": "Setting desired instance count to 5.", "StartTime": time.time() - days * 86400,
                    "StatusCode": "Failed"} for days in (1, 3, 12)})
                keep("quotas", {"ml.m5.large for endpoint usage": 10.0})
                """)
        let concerns: [Concern] = [.serving, .scaling]
        let fleet = try #require(
            try await double.survey(concerns).evidence.first { $0.kind == .fleet })
        #expect(fleet.numbers["failedActivities"] == 2)
        #expect(fleet.numbers["quotaMissing"] == 2)
        #expect(fleet.texts["quota"] == "12 of the 10 ml.m5.large")
        try double.make("deny('service-quotas:ListServiceQuotas')")
        let refused = try #require(try await double.survey(concerns).evidence.first { $0.kind == .fleet })
        #expect(refused.numbers["quotaMissing"] == nil)
        #expect(refused.texts["quotaUnseen"] == "servicequotas:ListServiceQuotas is denied")
    }
}
