// Policies whose reach does not show in their words: others' policies, keys that never come, tasks that play a role.

import PlumbModel

extension AccessCase {
    private static func identity(_ title: String, _ codes: Set<String>, _ statements: String) -> AccessCase {
        AccessCase(title: title, kind: .identity, codes: codes, statements: statements)
    }

    static let reaching: [AccessCase] = [
        identity(
            "a bucket's policy, but only some of its objects", ["RESOURCE_EXPOSURE"],
            #"""
            {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::digits-captures"},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::digits-captures/day/*"}
            """#),
        identity(
            "a bucket's lifecycle, but no right to delete", ["RESOURCE_EXPOSURE"],
            #"""
            {"Effect": "Allow", "Action": ["s3:PutLifecycleConfiguration", "s3:GetLifecycleConfiguration"],
             "Resource": "arn:aws:s3:::digits-audit"}
            """#),
        identity(
            "a bucket's policy and all of its objects", [],
            #"""
            {"Effect": "Allow", "Action": ["s3:PutBucketPolicy", "s3:PutBucketAcl"],
             "Resource": "arn:aws:s3:::digits-scratch"},
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
             "Resource": "arn:aws:s3:::digits-scratch/*"}
            """#),
        identity(
            "a bucket's policy that is denied again", [],
            #"""
            {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::digits-captures"},
            {"Effect": "Deny", "Action": "s3:*Policy", "Resource": "*"}
            """#),
        identity(
            "shares with other accounts", ["RESOURCE_EXPOSURE", "RESOURCE_STAR"],
            #"{"Effect": "Allow", "Action": "ram:AssociateResourceShare", "Resource": "*"}"#),
        identity(
            "passwords of instances", ["CREDENTIALS_EXPOSURE", "RESOURCE_STAR"],
            #"{"Effect": "Allow", "Action": ["ec2:GetPasswordData", "ec2:RebootInstances"], "Resource": "*"}"#),
        identity(
            "a limit by a key of another service", ["UNSUPPORTED_CONDITION_KEY"],
            #"""
            {"Effect": "Allow", "Action": "sqs:Receive*", "Resource": "arn:aws:sqs:us-east-1:111122223333:scores",
             "Condition": {"StringNotEquals": {"sagemaker:ResourceTag/stage": "production"}}}
            """#),
        identity(
            "a limit that says itself that its key may be absent", [],
            #"""
            {"Effect": "Allow", "Action": "sqs:Receive*", "Resource": "arn:aws:sqs:us-east-1:111122223333:scores",
             "Condition": {"StringNotEqualsIfExists": {"sagemaker:ResourceTag/stage": "production"}}}
            """#),
        identity(
            "secrets and parameters by their own tags", [],
            #"""
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
             "Condition": {"StringEquals": {"secretsmanager:ResourceTag/team": "growth"}}},
            {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*",
             "Condition": {"StringEquals": {"ssm:resourceTag/team": "growth"}}}
            """#),
        identity(
            "groups of instances scaled at will", ["RESOURCE_STAR"],
            #"{"Effect": "Allow", "Action": "autoscaling:SetDesiredCapacity", "Resource": "*"}"#),
    ]

    /// What adds up to the rights of another role, in rights that stand for themselves.
    static let escalations: [[String]] = [
        ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
        ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"],
        ["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"],
        ["iam:PassRole", "cloudformation:UpdateStackSet"],
        ["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"],
        ["iam:PassRole", "ec2:RequestSpotInstances"],
        ["iam:PassRole", "apprunner:CreateService"],
        ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
        ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
        ["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
    ]
}
