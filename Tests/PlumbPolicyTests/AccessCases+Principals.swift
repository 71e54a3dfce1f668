// Trust and resource policies good and bad.

import PlumbModel

extension AccessCase {
    private static func trust(_ title: String, _ codes: Set<String>, _ statements: String) -> AccessCase {
        AccessCase(title: title, kind: .trust, codes: codes, statements: statements)
    }
    private static func resource(_ title: String, _ codes: Set<String>, _ statements: String) -> AccessCase {
        AccessCase(title: title, kind: .resource, codes: codes, statements: statements)
    }

    static let trusts: [AccessCase] = [
        trust(
            "20 SageMaker, for any account", ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
            #"{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}"#),
        trust(
            "21 SageMaker, by a source of any account", ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
            #"""
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:*:*"}}}
            """#),
        trust(
            "22 SageMaker, for one account", [],
            #"""
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"},
                           "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:111122223333:*"}}}
            """#),
        trust(
            "22 SageMaker, by a source that holds the account", [],
            #"""
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:111122223333:*"}}}
            """#),
        trust(
            "22 SageMaker, for one endpoint only", ["SOURCE_ARN_OF_ONE_ENDPOINT"],
            #"""
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits"}}}
            """#),
        trust(
            "22 SageMaker, for one account if the request says so", ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
            #"""
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}}
            """#),
        trust(
            "23 anyone", ["TRUST_ANY_PRINCIPAL"],
            #"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}"#),
        trust(
            "23 anyone who knows the external id", ["TRUST_ANY_PRINCIPAL"],
            #"""
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"sts:ExternalId": "digits"}}}
            """#),
        trust(
            "23 anyone of the organisation", [],
            #"""
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
            """#),
        trust(
            "24 another account", ["CROSS_ACCOUNT_WITHOUT_EXTERNAL_ID"],
            #"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}"#
        ),
        trust(
            "24 another account, with an external id", [],
            #"""
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/auditor"},
             "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "digits-7f3a"}}}
            """#),
        trust(
            "25 GitHub, any repository", ["MISSING_GITHUB_REPO_CONDITION_KEY"],
            #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
             "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}
            """#),
        trust(
            "25 GitHub, without a condition",
            ["MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "MISSING_GITHUB_REPO_CONDITION_KEY"],
            #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}}
            """#),
        trust(
            "25 GitHub, every repository of an organisation", ["MISSING_GITHUB_REPO_CONDITION_KEY"],
            #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
             "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                           "StringLike": {"token.actions.githubusercontent.com:sub": "repo:vision/*"}}}
            """#),
        trust(
            "25 GitHub, every branch of a repository", ["WILDCARD_IN_OIDC_SUBJECT"],
            #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
             "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                           "StringLike": {"token.actions.githubusercontent.com:sub": "repo:vision/digits:*"}}}
            """#),
        trust(
            "25 GitHub, one branch", [],
            #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
             "Condition": {"StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:vision/digits:ref:refs/heads/main"}}}
            """#),
        trust(
            "everyone but one", ["ALLOW_WITH_NOT_PRINCIPAL"],
            #"""
            {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
            """#),
        trust(
            "roles by pattern, which match nobody", ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"],
            #"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/d*"},"Action":"sts:AssumeRole"}"#
        ),
        trust(
            "a service that is none", ["INVALID_SERVICE_PRINCIPAL_FORMAT", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
            #"{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazon.com"}, "Action": "sts:AssumeRole"}"#),
        trust(
            "functions, which send no source", [],
            #"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#),
    ]

    private static let transport = #"""
        {"Sid": "TLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::digits", "arn:aws:s3:::digits/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "TLS12", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*",
         "Resource": ["arn:aws:s3:::digits", "arn:aws:s3:::digits/*"],
         "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}
        """#

    static let resources: [AccessCase] = [
        resource(
            "30 a good bucket policy", [],
            transport + #"""
                , {"Sid": "Key", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                 "Resource": "arn:aws:s3:::digits/*",
                 "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}},
                {"Sid": "Read", "Effect": "Allow",
                 "Principal": {"AWS": "arn:aws:iam::111122223333:role/digits-execution"}, "Action": ["s3:GetObject"],
                 "Resource": "arn:aws:s3:::digits/*"}
                """#),
        resource(
            "31 a public bucket", ["PUBLIC_PRINCIPAL"],
            transport + #"""
                , {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits/*"}
                """#),
        resource(
            "31 a public bucket, narrowed to the internet", ["PUBLIC_PRINCIPAL"],
            transport + #"""
                , {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject",
                 "Resource": "arn:aws:s3:::digits/*",
                 "Condition": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}}
                """#),
        resource(
            "31 a bucket for the organisation", [],
            transport + #"""
                , {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits/*",
                 "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
                """#),
        resource(
            "32 a bucket without TLS", ["NO_SECURE_TRANSPORT_DENY"],
            #"""
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/digits-execution"},
             "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits/*"}
            """#),
        resource(
            "32 TLS for the bucket, not for its objects", ["NO_SECURE_TRANSPORT_DENY"],
            #"""
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::digits",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/digits-execution"},
             "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits/*"}
            """#),
        resource(
            "32 TLS of any age", ["NO_TLS_FLOOR"],
            #"""
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
             "Resource": ["arn:aws:s3:::digits", "arn:aws:s3:::digits/*"],
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
            """#),
        resource(
            "33 everyone but one", ["ALLOW_WITH_NOT_PRINCIPAL"],
            transport + #"""
                , {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/intern"},
                 "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits/*"}
                """#),
        resource(
            "a trail that writes for any account", ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"],
            transport + #"""
                , {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                 "Resource": "arn:aws:s3:::digits/*",
                 "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}
                """#),
        resource(
            "the key policy that every account begins with", [],
            #"""
            {"Sid": "Enable IAM policies", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
             "Action": "kms:*", "Resource": "*"},
            {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/digits-execution"},
             "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}
            """#),
        resource(
            "a key for everyone", ["PUBLIC_PRINCIPAL"],
            #"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}"#),
        resource(
            "nobody meant", ["MISSING_PRINCIPAL"],
            #"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}"#),
    ]
}
