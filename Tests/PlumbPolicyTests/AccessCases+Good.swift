// Policies that are as they should be: a review has at most suggestions.

import PlumbModel

extension AccessCase {
    static let good: [AccessCase] = [
        AccessCase(
            title: "an auditor who reads everything", kind: .identity, codes: [],
            statements: #"""
                {"Effect": "Allow", "Action": ["sagemaker:List*", "sagemaker:Describe*", "cloudtrail:LookupEvents",
                 "cloudtrail:GetTrailStatus", "logs:FilterLogEvents", "logs:DescribeLogGroups", "iam:GetRole",
                 "iam:ListRoles", "access-analyzer:ListFindings", "config:DescribeConfigRules",
                 "cloudwatch:GetMetricData", "kms:DescribeKey", "kms:ListKeys", "s3:GetBucketPolicy",
                 "s3:ListAllMyBuckets"], "Resource": "*"}
                """#),
        AccessCase(
            title: "a data scientist's own corner", kind: .identity, codes: [],
            statements: #"""
                {"Effect": "Allow", "Action": "sagemaker:CreatePresignedDomainUrl", "Resource":
                 "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-x/${aws:username}"},
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource":
                 "arn:aws:s3:::lab/${aws:username}/*"},
                {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::lab", "Condition":
                 {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}},
                {"Effect": "Deny", "Action": ["iam:*", "organizations:*"], "Resource": "*"},
                {"Effect": "Deny", "NotAction": ["iam:ListMFADevices", "sts:GetSessionToken"], "Resource": "*",
                 "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
                """#),
        AccessCase(
            title: "a service account of Kubernetes", kind: .trust, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"Federated":
                 "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"}, "Action":
                 "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals":
                 {"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:ml:invoker",
                 "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com"}}}
                """#),
        AccessCase(
            title: "people by their company's directory", kind: .trust, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"},
                 "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud":
                 "https://signin.aws.amazon.com/saml"}}}
                """#),
        AccessCase(
            title: "an account's people, with MFA", kind: .trust, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action":
                 "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                """#),
        AccessCase(
            title: "two services, for one account", kind: .trust, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"Service": ["sagemaker.amazonaws.com",
                 "scheduler.amazonaws.com"]}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition":
                 {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
                """#),
        AccessCase(
            title: "a topic for one account's alarms", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish",
                 "Resource": "arn:aws:sns:us-east-1:111122223333:alarms", "Condition": {"ArnLike": {"aws:SourceArn":
                 "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"}}},
                {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource":
                 "arn:aws:sns:us-east-1:111122223333:alarms", "Condition": {"Bool": {"aws:SecureTransport":
                 "false"}}}
                """#),
        AccessCase(
            title: "the topic policy that every topic begins with", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:GetTopicAttributes", "SNS:Subscribe",
                 "SNS:Publish"], "Resource": "arn:aws:sns:us-east-1:111122223333:t", "Condition": {"StringEquals":
                 {"AWS:SourceOwner": "111122223333"}}}
                """#),
        AccessCase(
            title: "a repository for one role", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/exec"}, "Action":
                 ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
                """#),
        AccessCase(
            title: "a trail's bucket", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::t",
                 "arn:aws:s3:::t/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::t",
                 "arn:aws:s3:::t/*"], "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}}},
                {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action":
                 "s3:GetBucketAcl", "Resource": "arn:aws:s3:::t", "Condition": {"StringEquals": {"aws:SourceArn":
                 "arn:aws:cloudtrail:us-east-1:111122223333:trail/x"}}},
                {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                 "Resource": "arn:aws:s3:::t/AWSLogs/111122223333/*", "Condition": {"StringEquals": {"aws:SourceArn":
                 "arn:aws:cloudtrail:us-east-1:111122223333:trail/x", "s3:x-amz-acl": "bucket-owner-full-control"}}}
                """#),
        AccessCase(
            title: "a key for logs, callers of the account and grants", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*",
                 "Resource": "*"},
                {"Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Action":
                 ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                 "Resource": "*", "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn":
                 "arn:aws:logs:us-east-1:111122223333:*"}}},
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
                 "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService":
                 "s3.us-east-1.amazonaws.com"}}},
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/exec"}, "Action":
                 "kms:CreateGrant", "Resource": "*", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
                """#),
        AccessCase(
            title: "an endpoint for the account's principals", kind: .resource, codes: [],
            statements: #"""
                {"Effect": "Allow", "Principal": "*", "Action": "sagemaker:InvokeEndpoint", "Resource":
                 "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits", "Condition": {"StringEquals":
                 {"aws:PrincipalAccount": "111122223333"}}}
                """#),
        AccessCase(
            title: "one region only", kind: .identity, codes: [],
            statements: #"""
                {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "cloudfront:*"], "Resource": "*", "Condition":
                 {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}}}
                """#),
        AccessCase(
            title: "endpoints by the team's tag", kind: .identity, codes: [],
            statements: #"""
                {"Effect": "Allow", "Action": ["sagemaker:CreateEndpoint"], "Resource":
                 "arn:aws:sagemaker:us-east-1:111122223333:endpoint/*", "Condition": {"StringEquals":
                 {"aws:RequestTag/team": "vision"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}},
                {"Effect": "Allow", "Action": ["sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint",
                 "sagemaker:InvokeEndpoint"], "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/*",
                 "Condition": {"StringEquals": {"aws:ResourceTag/team": "vision"}}},
                {"Effect": "Allow", "Action": "sagemaker:CreateEndpointConfig", "Resource":
                 "arn:aws:sagemaker:us-east-1:111122223333:endpoint-config/*", "Condition":
                 {"ForAnyValue:StringLike": {"sagemaker:InstanceTypes": ["ml.m5.*"]}, "StringLike":
                 {"sagemaker:VolumeKmsKey": "*1234"}}}
                """#),
    ]
}
