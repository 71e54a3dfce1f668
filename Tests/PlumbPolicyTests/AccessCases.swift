// Policies good and bad, each with all that a review must find in it above a suggestion.

import PlumbModel

/// One policy and what is wrong with it.
struct AccessCase: Sendable, CustomStringConvertible {
    let title: String
    let kind: AccessPolicyKind
    /// Everything found above a suggestion: no more and no less.
    let codes: Set<String>
    let statements: String
    var version = "2012-10-17"

    var json: String { #"{"Version": "\#(version)", "Statement": [\#(statements)]}"# }
    var description: String { title }
}

extension AccessCase {
    private static func identity(_ title: String, _ codes: Set<String>, _ statements: String) -> AccessCase {
        AccessCase(title: title, kind: .identity, codes: codes, statements: statements)
    }

    // MARK: Permissions

    static let identities: [AccessCase] = [
        identity(
            "01 a good execution role", [],
            #"""
            {"Sid": "Model", "Effect": "Allow", "Action": "s3:GetObject",
             "Resource": "arn:aws:s3:::digits-artifacts/models/*"},
            {"Sid": "Bucket", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::digits-artifacts",
             "Condition": {"StringLike": {"s3:prefix": "models/*"}}},
            {"Sid": "Token", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Sid": "Image", "Effect": "Allow",
             "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
             "Resource": "arn:aws:ecr:us-east-1:111122223333:repository/digits"},
            {"Sid": "Logs", "Effect": "Allow",
             "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
             "Resource": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/*"},
            {"Sid": "Metrics", "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*",
             "Condition": {"StringEquals": {"cloudwatch:namespace": "Digits"}}},
            {"Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
             "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
             "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}},
            {"Sid": "Network", "Effect": "Allow",
             "Action": ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission",
                        "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs",
                        "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"],
             "Resource": "*"}
            """#),
        identity(
            "01 a good execution role without any condition", [],
            #"""
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
             "Resource": "arn:aws:s3:::digits-artifacts/*"},
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::digits-artifacts"},
            {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], "Resource": "*"},
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
             "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
            """#),
        identity(
            "02 all of S3",
            [
                "SERVICE_WILDCARD", "DATA_EXFILTRATION", "RESOURCE_STAR", "RESOURCE_EXPOSURE", "AUDIT_TAMPERING",
            ], #"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
        identity(
            "03 decryption under every key", ["KMS_DECRYPT_STAR", "RESOURCE_STAR"],
            #"{"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "*"}"#),
        identity(
            "03 decryption under every key of the account", ["KMS_DECRYPT_STAR"],
            #"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}"#),
        identity(
            "03 decryption under every key, by S3 only", [],
            #"""
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*",
             "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}
            """#),
        identity(
            "04 all of SageMaker",
            [
                "SERVICE_WILDCARD", "PRIVILEGE_ESCALATION", "RESOURCE_STAR", "CREDENTIALS_EXPOSURE",
                "RESOURCE_EXPOSURE", "MISSING_VPC_CONDITION", "MISSING_KMS_CONDITION",
            ], #"{"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}"#),
        identity(
            "05 an administrator",
            [
                "FULL_ADMIN", "PRIVILEGE_ESCALATION", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
                "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
            ], #"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
        identity(
            "06 a good deployer", [],
            #"""
            {"Sid": "CreateModel", "Effect": "Allow", "Action": "sagemaker:CreateModel",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:model/digits-*",
             "Condition": {"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1", "subnet-2"]},
                           "Null": {"sagemaker:VpcSubnets": "false"}, "Bool": {"sagemaker:NetworkIsolation": "true"}}},
            {"Sid": "CreateConfig", "Effect": "Allow", "Action": "sagemaker:CreateEndpointConfig",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint-config/digits-*",
             "Condition": {"ArnEquals": {"sagemaker:VolumeKmsKey":
                "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}},
            {"Sid": "Endpoint", "Effect": "Allow",
             "Action": ["sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint", "sagemaker:DescribeEndpoint",
                        "sagemaker:UpdateEndpointWeightsAndCapacities", "sagemaker:DescribeEndpointConfig"],
             "Resource": ["arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits",
                          "arn:aws:sagemaker:us-east-1:111122223333:endpoint-config/digits-*"]},
            {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole",
             "Resource": "arn:aws:iam::111122223333:role/digits-execution",
             "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}
            """#),
        identity(
            "07 every role passed, to a training job",
            [
                "PASS_ROLE_WITH_STAR_IN_RESOURCE", "PRIVILEGE_ESCALATION", "RESOURCE_STAR", "MISSING_VPC_CONDITION",
                "MISSING_KMS_CONDITION",
            ],
            #"{"Effect": "Allow", "Action": ["iam:PassRole", "sagemaker:CreateTrainingJob"], "Resource": "*"}"#),
        identity(
            "08 every role passed, to SageMaker", ["PASS_ROLE_STAR_CONDITIONED"],
            #"""
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
             "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}
            """#),
        identity(
            "08 every role passed to SageMaker, and training jobs",
            ["PASS_ROLE_STAR_CONDITIONED", "PRIVILEGE_ESCALATION", "MISSING_VPC_CONDITION", "MISSING_KMS_CONDITION"],
            #"""
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
             "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}},
            {"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:training-job/*"}
            """#),
        identity(
            "09 one role, to any service", ["PASS_ROLE_WITHOUT_PASSED_TO_SERVICE"],
            #"""
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/digits-execution"}
            """#),
        identity(
            "09 one role, to a service if the request says so", ["PASS_ROLE_WITHOUT_PASSED_TO_SERVICE"],
            #"""
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/digits-execution",
             "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}
            """#),
        identity(
            "PassRole within iam:Pass*, on every role", ["PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"],
            #"{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}"#),
        identity(
            "10 everything but IAM",
            [
                "NOT_ACTION_ALLOW", "PRIVILEGE_ESCALATION", "DATA_EXFILTRATION", "KMS_DECRYPT_STAR", "AUDIT_TAMPERING",
                "CREDENTIALS_EXPOSURE", "RESOURCE_EXPOSURE", "MISSING_VPC_CONDITION", "MISSING_KMS_CONDITION",
            ], #"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#),
        identity(
            "11 every bucket but one", ["NOT_RESOURCE_ALLOW", "DATA_EXFILTRATION"],
            #"{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}"#),
        identity(
            "11 every role but one", ["NOT_RESOURCE_ALLOW", "PASS_ROLE_WITH_NOT_RESOURCE"],
            #"{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/admin"}"#),
        identity(
            "12 misspelt all over",
            [
                "INVALID_SERVICE_IN_ACTION", "INVALID_ACTION", "INVALID_ARN_PREFIX", "INVALID_ARN_RESOURCE",
                "INVALID_SERVICE_CONDITION_KEY", "INVALID_CONDITION_OPERATOR", "TYPE_MISMATCH",
                "INVALID_GLOBAL_CONDITION_KEY",
                "INVALID_ARN_ACCOUNT",
            ],
            #"""
            {"Effect": "Allow", "Action": ["sagmaker:InvokeEndpoint", "sagemaker:InvokeEndpont"],
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits"},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "digits-artifacts/*"},
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoints/digits"},
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:1111:endpoint/digits",
             "Condition": {"StringEquals": {"sagemaker:TargetModle": "a"}, "StringMatches": {"aws:SourceVpce": "vpce"},
                           "NumericEquals": {"sagemaker:TargetModel": "7"}, "Bool": {"aws:SecureTransprt": "true"}}}
            """#),
        identity(
            "12 an action on what is no resource of its", ["RESOURCE_MISMATCH"],
            #"{"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::digits-artifacts/*"}"#),
        identity(
            "13 ForAllValues on a key of one value", ["FORALLVALUES_WITH_SINGLE_VALUED_KEY"],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits",
             "Condition": {"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}}
            """#),
        identity(
            "13 ForAllValues that no subnet satisfies", ["FORALLVALUES_WITHOUT_NULL_GUARD", "MISSING_VPC_CONDITION"],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:CreateModel",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:model/digits-*",
             "Condition": {"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1"]}}}
            """#),
        identity(
            "14 creation without a VPC or a key", ["MISSING_VPC_CONDITION", "MISSING_KMS_CONDITION"],
            #"""
            {"Effect": "Allow",
             "Action": ["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateTrainingJob"],
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:*/digits-*"}
            """#),
        identity(
            "14 creation, denied without subnets and key", [],
            #"""
            {"Effect": "Allow", "Action": ["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig"],
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:*/digits-*"},
            {"Effect": "Deny", "Action": "sagemaker:CreateModel", "Resource": "*",
             "Condition": {"Null": {"sagemaker:VpcSubnets": "true"}}},
            {"Effect": "Deny", "Action": "sagemaker:CreateEndpointConfig", "Resource": "*",
             "Condition": {"Null": {"sagemaker:VolumeKmsKey": "true"}}}
            """#),
        identity(
            "15 anybody's notebook and role", ["CREDENTIALS_EXPOSURE", "PRIVILEGE_ESCALATION", "RESOURCE_STAR"],
            #"""
            {"Effect": "Allow",
             "Action": ["sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl",
                        "sts:AssumeRole"],
             "Resource": "*"}
            """#),
        identity(
            "16 the trail stopped, the lock broken, the key gone", ["AUDIT_TAMPERING", "RESOURCE_STAR"],
            #"""
            {"Effect": "Allow",
             "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "kms:ScheduleKeyDeletion",
             "s3:BypassGovernanceRetention", "logs:DeleteLogGroup"], "Resource": "*"}
            """#),
        identity(
            "34 an administrator without MFA",
            [
                "FULL_ADMIN", "BAD_PATTERN_FOR_MFA", "PRIVILEGE_ESCALATION",
                "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
                "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
            ],
            #"""
            {"Effect": "Allow", "Action": "*", "Resource": "*",
             "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
            """#),
        identity(
            "an invoker of one endpoint", [],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits",
             "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}}
            """#),
        identity(
            "everything of S3, denied again", [],
            #"""
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*"}
            """#),
        identity(
            "everything of S3, denied without TLS",
            [
                "SERVICE_WILDCARD", "DATA_EXFILTRATION", "RESOURCE_STAR", "RESOURCE_EXPOSURE", "AUDIT_TAMPERING",
            ],
            #"""
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
            """#),
        identity(
            "a pattern as wide as a star", ["EFFECTIVE_STAR"],
            #"{"Effect": "Allow", "Action": "sagemaker:DeleteEndpoint", "Resource": "arn:aws:sagemaker:*:*:*/*"}"#),
        identity(
            "every account's endpoint", ["ACCOUNT_WILDCARD"],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:*:endpoint/digits"}
            """#
        ),
        identity(
            "a bucket and its neighbours", ["RESOURCE_MATCHES_NEIGHBOURS"],
            #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits-artifacts*"}"#),
        identity(
            "tags asked of what has none", ["DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"],
            #"""
            {"Effect": "Deny", "Action": "cloudwatch:PutMetricData", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/team": "vision"}}}
            """#),
        identity(
            "PassedToService asked of another action", ["UNSUPPORTED_CONDITION_KEY"],
            #"""
            {"Effect": "Allow", "Action": ["iam:PassRole", "iam:GetRole"],
             "Resource": "arn:aws:iam::111122223333:role/digits-execution",
             "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}
            """#),
        identity(
            "a private address, which AWS never sees", ["PRIVATE_IP_ADDRESS"],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits",
             "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
            """#),
        identity(
            "a wildcard taken by the letter", ["WILDCARD_WITHOUT_LIKE_OPERATOR"],
            #"""
            {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits",
             "Condition": {"StringEquals": {"aws:PrincipalTag/team": "vision-*"}}}
            """#),
        identity(
            "service-linked roles of every service", ["CREATE_SLR_WITH_STAR_IN_RESOURCE"],
            #"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}"#),
        identity(
            "a principal in a permission policy", ["UNSUPPORTED_PRINCIPAL"],
            #"""
            {"Effect": "Allow", "Principal": "*", "Action": "sagemaker:InvokeEndpoint",
             "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits"}
            """#),
    ]
}
