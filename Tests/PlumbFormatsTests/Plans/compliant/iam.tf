# Who may do what. Everything a role may do is named; the key's policy says who may use the key.
locals {
  service_trust = { for service in ["sagemaker", "s3", "backup", "lambda", "firehose", "scheduler"] : service => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${service}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  }) }

  person_trust = { for duty in ["operators", "auditors"] : duty => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:role/sso-growth-${duty}" }
      Action    = "sts:AssumeRole"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  }) }

  function_statements = { for name in ["probe", "responder", "archive", "api"] : name => [
    {
      Sid      = "OwnLogGroup"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.name}-${name}:*"
    },
    {
      Sid    = "NetworkInterfaces"
      Effect = "Allow"
      Action = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]
      Resource = [
        "arn:aws:ec2:${var.region}:${var.account_id}:network-interface/*",
        "arn:aws:ec2:${var.region}:${var.account_id}:security-group/*",
        "arn:aws:ec2:${var.region}:${var.account_id}:subnet/*",
      ]
    },
    {
      Sid      = "SeeNetworkInterfaces"
      Effect   = "Allow"
      Action   = ["ec2:DescribeNetworkInterfaces"]
      Resource = "*"
    },
  ] }
}

# --- The model's containers ---

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = local.service_trust["sagemaker"]
}

resource "aws_iam_role_policy" "execution" {
  name = "model"
  role = aws_iam_role.execution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadModel"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = ["arn:aws:s3:::acme-churn-artifacts/models/*", "arn:aws:s3:::acme-churn-artifacts/baselines/*", "arn:aws:s3:::acme-churn-replica/models/*"]
      },
      {
        Sid      = "WriteCaptures"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = ["arn:aws:s3:::acme-churn-captures/captures/*", "arn:aws:s3:::acme-churn-captures/reports/*"]
      },
      {
        Sid       = "ListCaptures"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::acme-churn-captures"
        Condition = { StringLike = { "s3:prefix" = ["captures/*", "reports/*"] } }
      },
      {
        Sid    = "PullImage"
        Effect = "Allow"
        Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = [
          "arn:aws:ecr:${var.region}:${var.account_id}:repository/${local.name}",
          "arn:aws:ecr:${var.recovery_region}:${var.account_id}:repository/${local.name}",
        ]
      },
      {
        Sid      = "RegistryToken"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "OwnLogGroup"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [
          "arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/sagemaker/Endpoints/${local.name}:*",
          "arn:aws:logs:${var.recovery_region}:${var.account_id}:log-group:/aws/sagemaker/Endpoints/${local.name}:*",
        ]
      },
      {
        Sid       = "OwnMetrics"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = ["aws/sagemaker/Endpoints/data-metrics", "aws/sagemaker/Endpoints/model-metrics"] } }
      },
      {
        Sid    = "SeeRollbackAlarms"
        Effect = "Allow"
        Action = "cloudwatch:DescribeAlarms"
        Resource = [
          "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name}-*",
          "arn:aws:cloudwatch:${var.recovery_region}:${var.account_id}:alarm:${local.name}-*",
        ]
      },
      {
        Sid    = "NetworkInterfaces"
        Effect = "Allow"
        Action = ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"]
        Resource = flatten([for region in [var.region, var.recovery_region] : [
          "arn:aws:ec2:${region}:${var.account_id}:network-interface/*",
          "arn:aws:ec2:${region}:${var.account_id}:security-group/*",
          "arn:aws:ec2:${region}:${var.account_id}:subnet/*",
        ]])
      },
      {
        Sid      = "SeeNetwork"
        Effect   = "Allow"
        Action   = ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
        Resource = "*"
      },
    ]
  })
}

# --- Callers: only through the private endpoint ---

resource "aws_iam_role" "invoke" {
  name = "${local.name}-invoke"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = ["${local.role_prefix}-api", "${local.role_prefix}-probe"] }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:PrincipalTag/ml:team" = "growth" } }
    }]
  })
}

data "aws_iam_policy_document" "invoke" {
  statement {
    sid       = "InvokeThisEndpoint"
    actions   = ["sagemaker:InvokeEndpoint"]
    resources = [local.endpoint_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [aws_vpc_endpoint.runtime.id]
    }
  }
}

resource "aws_iam_role_policy" "invoke" {
  name   = "invoke"
  role   = aws_iam_role.invoke.name
  policy = data.aws_iam_policy_document.invoke.json
}

# --- The pipeline ---

resource "aws_iam_role" "deploy" {
  name = "${local.name}-deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:acme/churn-scoring:environment:production"
      } }
    }]
  })
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "CreateModel"
    actions   = ["sagemaker:CreateModel"]
    resources = ["arn:aws:sagemaker:${var.region}:${var.account_id}:model/${local.name}-*"]

    condition {
      test     = "Bool"
      variable = "sagemaker:NetworkIsolation"
      values   = ["true"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "sagemaker:VpcSubnets"
      values   = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    }

    condition {
      test     = "Null"
      variable = "sagemaker:VpcSubnets"
      values   = ["false"]
    }
  }

  statement {
    sid       = "CreateEndpointConfig"
    actions   = ["sagemaker:CreateEndpointConfig"]
    resources = ["arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"]

    condition {
      test     = "ArnEquals"
      variable = "sagemaker:VolumeKmsKey"
      values   = [aws_kms_key.main.arn]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "sagemaker:InstanceTypes"
      values   = [var.instance_type]
    }
  }

  statement {
    sid       = "UpdateEndpoint"
    actions   = ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"]
    resources = [local.endpoint_arn, "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/ml:endpoint"
      values   = [local.name]
    }
  }

  statement {
    sid       = "PassExecutionRole"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_prefix}-execution"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }

  statement {
    sid       = "PublishArtifacts"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::acme-churn-artifacts/models/*"]
  }
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.deploy.json
}

# --- People ---

resource "aws_iam_role" "operate" {
  name               = "${local.name}-operate"
  assume_role_policy = local.person_trust["operators"]
}

resource "aws_iam_role_policy" "operate" {
  name = "operate"
  role = aws_iam_role.operate.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "SeeEndpoint"
        Effect   = "Allow"
        Action   = ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"]
        Resource = [local.endpoint_arn, "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"]
      },
      {
        Sid       = "ReturnToAnEarlierRevision"
        Effect    = "Allow"
        Action    = "sagemaker:UpdateEndpoint"
        Resource  = [local.endpoint_arn, "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"]
        Condition = { StringEquals = { "aws:ResourceTag/ml:team" = "growth" } }
      },
      {
        Sid      = "SeeAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name}-*"
      },
    ]
  })
}

resource "aws_iam_role" "audit" {
  name               = "${local.name}-audit"
  assume_role_policy = local.person_trust["auditors"]
}

resource "aws_iam_policy" "audit" {
  name = "${local.name}-audit"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadAuditLogs"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectRetention", "s3:ListBucket"]
        Resource = ["arn:aws:s3:::acme-churn-audit", "arn:aws:s3:::acme-churn-audit/*"]
      },
      {
        Sid      = "ReadFindings"
        Effect   = "Allow"
        Action   = ["access-analyzer:GetFindingV2", "access-analyzer:ListFindingsV2"]
        Resource = "arn:aws:access-analyzer:${var.region}:${var.account_id}:analyzer/${local.name}-*"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "audit" {
  role       = aws_iam_role.audit.name
  policy_arn = aws_iam_policy.audit.arn
}

# --- Storage services ---

resource "aws_iam_role" "replication" {
  name               = "${local.name}-replication"
  assume_role_policy = local.service_trust["s3"]
}

data "aws_iam_policy_document" "replication" {
  statement {
    sid       = "ReadSources"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [for bucket in ["artifacts", "captures", "audit", "access-logs", "replica-access-logs"] : "arn:aws:s3:::acme-churn-${bucket}"]
  }

  statement {
    sid       = "ReadVersions"
    actions   = ["s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    resources = [for bucket in ["artifacts", "captures", "audit", "access-logs", "replica-access-logs"] : "arn:aws:s3:::acme-churn-${bucket}/*"]
  }

  statement {
    sid       = "WriteReplicas"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = [for bucket in ["replica", "audit", "audit-replica"] : "arn:aws:s3:::acme-churn-${bucket}/*"]
  }

  statement {
    sid       = "ReadEncrypted"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "WriteEncrypted"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn, aws_kms_replica_key.recovery.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com", "s3.${var.recovery_region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "replication" {
  name   = "replication"
  role   = aws_iam_role.replication.name
  policy = data.aws_iam_policy_document.replication.json
}

resource "aws_iam_role" "backup" {
  name               = "${local.name}-backup"
  assume_role_policy = local.service_trust["backup"]
}

resource "aws_iam_role_policy" "backup" {
  name = "backup"
  role = aws_iam_role.backup.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadBucket"
        Effect = "Allow"
        Action = [
          "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketNotification", "s3:GetBucketTagging", "s3:GetBucketVersioning",
          "s3:GetInventoryConfiguration", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutBucketNotification", "s3:PutInventoryConfiguration",
        ]
        Resource = "arn:aws:s3:::acme-churn-artifacts"
      },
      {
        Sid      = "ReadObjects"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        Resource = "arn:aws:s3:::acme-churn-artifacts/*"
      },
      {
        Sid      = "NotificationRule"
        Effect   = "Allow"
        Action   = ["events:DeleteRule", "events:DescribeRule", "events:DisableRule", "events:EnableRule", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"]
        Resource = "arn:aws:events:${var.region}:${var.account_id}:rule/AwsBackupManagedRule*"
      },
      {
        Sid       = "RestoreTest"
        Effect    = "Allow"
        Action    = ["s3:CreateBucket", "s3:GetBucketVersioning", "s3:PutBucketVersioning", "s3:PutObject"]
        Resource  = ["arn:aws:s3:::awsbackup-restore-test-*"]
        Condition = { StringEquals = { "aws:ResourceAccount" = var.account_id } }
      },
    ]
  })
}

# --- Functions ---

resource "aws_iam_role" "probe" {
  name               = "${local.name}-probe"
  assume_role_policy = local.service_trust["lambda"]
  tags               = { "ml:team" = "growth" }
}

resource "aws_iam_role_policy" "probe" {
  name = "probe"
  role = aws_iam_role.probe.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.function_statements["probe"], [
      {
        Sid      = "BecomeCaller"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "${local.role_prefix}-invoke"
      },
      {
        Sid       = "ProbeMetric"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "Acme/EndpointProbe" } }
      },
    ])
  })
}

resource "aws_iam_role" "responder" {
  name               = "${local.name}-responder"
  assume_role_policy = local.service_trust["lambda"]
}

resource "aws_iam_role_policy" "responder" {
  name = "responder"
  role = aws_iam_role.responder.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.function_statements["responder"], [
      {
        Sid       = "ReturnToThePreviousRevision"
        Effect    = "Allow"
        Action    = ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"]
        Resource  = [local.endpoint_arn, "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"]
        Condition = { StringEquals = { "aws:ResourceTag/ml:endpoint" = local.name } }
      },
      {
        Sid      = "KnowThePreviousRevision"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:Query"]
        Resource = "arn:aws:dynamodb:${var.region}:${var.account_id}:table/${local.name}-registry"
      },
    ])
  })
}

resource "aws_iam_role" "archive" {
  name               = "${local.name}-archive"
  assume_role_policy = local.service_trust["lambda"]
}

resource "aws_iam_role_policy" "archive" {
  name = "archive"
  role = aws_iam_role.archive.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.function_statements["archive"], [
      {
        Sid      = "ReadStream"
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        Resource = "arn:aws:dynamodb:${var.region}:${var.account_id}:table/${local.name}-registry/stream/*"
      },
      {
        Sid      = "KeepChanges"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = "arn:aws:s3:::acme-churn-audit/registry/*"
      },
    ])
  })
}

resource "aws_iam_role" "api" {
  name               = "${local.name}-api"
  assume_role_policy = local.service_trust["lambda"]
  tags               = { "ml:team" = "growth" }
}

resource "aws_iam_role_policy" "api" {
  name = "api"
  role = aws_iam_role.api.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.function_statements["api"], [{
      Sid      = "BecomeCaller"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "${local.role_prefix}-invoke"
    }])
  })
}

# --- Delivery of application logs into the locked bucket ---

resource "aws_iam_role" "delivery" {
  name               = "${local.name}-delivery"
  assume_role_policy = local.service_trust["firehose"]
}

resource "aws_iam_role_policy" "delivery" {
  name = "delivery"
  role = aws_iam_role.delivery.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "KeepLogs"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:PutObject"]
        Resource = "arn:aws:s3:::acme-churn-audit/logs/*"
      },
      {
        Sid      = "SeeBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = "arn:aws:s3:::acme-churn-audit"
      },
    ]
  })
}

resource "aws_iam_role" "subscription" {
  name = "${local.name}-subscription"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringLike = { "aws:SourceArn" = "arn:aws:logs:${var.region}:${var.account_id}:*" } }
    }]
  })
}

resource "aws_iam_role_policy" "subscription" {
  name = "subscription"
  role = aws_iam_role.subscription.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "PutIntoStream"
      Effect   = "Allow"
      Action   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
      Resource = "arn:aws:firehose:${var.region}:${var.account_id}:deliverystream/${local.name}-logs"
    }]
  })
}
