// Policies made from calls: what they allow, what they bind, and that the review has nothing against them.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct PolicyFromCallsTests {
    private static let role = "arn:aws:iam::111122223333:role/execution"

    private static func call(
        _ service: String, _ operation: String, _ parameters: [String: [String]] = [:], resources: [String] = [],
        madeBy: String? = nil
    ) -> ObservedCall {
        ObservedCall(
            service: service, operation: operation, region: "eu-west-1", account: "111122223333", resources: resources,
            parameters: parameters, madeBy: madeBy)
    }

    private func statement(_ action: String, in policy: GeneratedPolicy) throws -> PolicyStatement {
        try #require(policy.document.statements.first { $0.actions.contains(action) }, "\(action) is not allowed")
    }

    @Test func bindsWhatSageMakerMakesAndPassesItsRoleToSageMakerOnly() throws {
        let policy = AccessReview.policy(from: [
            Self.call(
                "sagemaker", "CreateModel",
                [
                    "modelName": ["fraud"], "executionRoleArn": [Self.role], "subnets": ["subnet-1", "subnet-2"],
                    "securityGroupIds": ["sg-1"], "enableNetworkIsolation": ["true"], "tag:team": ["risk"],
                ])
        ])
        let create = try statement("sagemaker:CreateModel", in: policy)
        #expect(create.resources == ["arn:aws:sagemaker:eu-west-1:111122223333:model/fraud"])
        #expect(
            create.conditions.contains(
                PolicyCondition("ForAllValues:StringEquals", "sagemaker:VpcSubnets", ["subnet-1", "subnet-2"])))
        #expect(create.conditions.contains(PolicyCondition("Null", "sagemaker:VpcSubnets", ["false"])))
        #expect(create.conditions.contains(PolicyCondition("Bool", "sagemaker:NetworkIsolation", ["true"])))
        #expect(create.conditions.contains(PolicyCondition("StringEquals", "aws:RequestTag/team", ["risk"])))
        let pass = try statement("iam:PassRole", in: policy)
        #expect(pass.resources == [Self.role])
        #expect(
            pass.conditions == [PolicyCondition("StringEquals", "iam:PassedToService", ["sagemaker.amazonaws.com"])])
        #expect(AccessReview.findings(in: policy.document, kind: .identity).filter { $0.type > .suggestion } == [])
        #expect(policy.notes == [])
    }

    @Test func takesAConditionOnlyWhereEveryCallMetIt() throws {
        let policy = AccessReview.policy(from: [
            Self.call("sagemaker", "CreateModel", ["modelName": ["a"], "subnets": ["subnet-1"]]),
            Self.call("sagemaker", "CreateModel", ["modelName": ["b"]]),
        ])
        let create = try statement("sagemaker:CreateModel", in: policy)
        #expect(create.resources.count == 2 && create.conditions == [])
    }

    @Test func namesActionsAsIAMDoes() throws {
        let policy = AccessReview.policy(from: [
            Self.call("s3", "ListObjectsV2", ["bucketName": ["b"]]),
            Self.call("s3", "HeadObject", ["bucketName": ["b"], "key": ["models/m.tar.gz"]]),
            Self.call("monitoring", "PutMetricData"),
            Self.call("lambda", "UpdateFunctionConfiguration20150331v2", ["functionName": ["f"]]),
            Self.call("sts", "GetCallerIdentity"),
        ])
        #expect(try statement("s3:ListBucket", in: policy).resources == ["arn:aws:s3:::b"])
        #expect(try statement("s3:GetObject", in: policy).resources == ["arn:aws:s3:::b/models/m.tar.gz"])
        #expect(try statement("cloudwatch:PutMetricData", in: policy).resources == ["*"])
        #expect(
            try statement("lambda:UpdateFunctionConfiguration", in: policy).resources
                == ["arn:aws:lambda:eu-west-1:111122223333:function:f"])
    }

    @Test func bindsAKeyToTheServiceThatUsedIt() throws {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234"
        let policy = AccessReview.policy(from: [
            Self.call("kms", "Decrypt", resources: [key], madeBy: "s3.amazonaws.com")
        ])
        let decrypt = try statement("kms:Decrypt", in: policy)
        #expect(decrypt.resources == [key])
        #expect(
            decrypt.conditions == [PolicyCondition("StringEquals", "kms:ViaService", ["s3.eu-west-1.amazonaws.com"])])
    }

    @Test func saysWhatTheCallsDoNotTell() throws {
        let policy = AccessReview.policy(from: [
            Self.call("sagemaker", "DescribeEndpoint"), Self.call("sagemaker", "NoSuchOperation"),
            Self.call("braket", "CreateJob"),
        ])
        #expect(
            try statement("sagemaker:DescribeEndpoint", in: policy).resources
                == ["arn:aws:sagemaker:eu-west-1:111122223333:endpoint/*"])
        #expect(policy.notes.count == 3)
        #expect(
            policy.document.statements.flatMap(\.actions).sorted() == [
                "braket:CreateJob", "sagemaker:DescribeEndpoint",
            ])
    }

    @Test func allowsEveryCallAndNothingBesides() throws {
        let names = (0..<30).map { "arn:aws:s3:::b/day/2026-11-\($0)" }
        let calls = names.map { Self.call("s3", "GetObject", resources: [$0]) }
        let policy = AccessReview.policy(from: calls)
        for name in names { #expect(policy.document.allows(PolicyRequest(action: "s3:GetObject", resource: name))) }
        #expect(!policy.document.allows(PolicyRequest(action: "s3:GetObject", resource: "arn:aws:s3:::b/other")))
        #expect(!policy.document.allows(PolicyRequest(action: "s3:PutObject", resource: names[0])))
    }
}
