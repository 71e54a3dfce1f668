locals {
  # Role -> the service that may become it.
  service_roles = {
    execution    = "sagemaker.amazonaws.com"
    replication  = "s3.amazonaws.com"
    backup       = "backup.amazonaws.com"
    function     = "lambda.amazonaws.com"
    delivery     = "firehose.amazonaws.com"
    subscription = "logs.${var.region}.amazonaws.com"
  }

  # Role -> the single sign-on role that may become it.
  person_roles = {
    invoke  = "sso-growth-applications"
    operate = "sso-growth-operators"
    audit   = "sso-growth-auditors"
  }
}

data "aws_iam_policy_document" "service_trust" {
  for_each = local.service_roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "person_trust" {
  for_each = local.person_roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account_id}:role/${each.value}"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

data "aws_iam_policy_document" "pipeline_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:acme/churn:environment:production"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = merge(
    { for role, document in data.aws_iam_policy_document.service_trust : role => document.json },
    { for role, document in data.aws_iam_policy_document.person_trust : role => document.json },
    { deploy = data.aws_iam_policy_document.pipeline_trust.json },
  )

  name               = "${local.name}-${each.key}"
  assume_role_policy = each.value
}

resource "aws_iam_policy" "this" {
  for_each = {
    execution    = data.aws_iam_policy_document.execution.json
    replication  = data.aws_iam_policy_document.replication.json
    backup       = data.aws_iam_policy_document.backup.json
    function     = data.aws_iam_policy_document.function.json
    delivery     = data.aws_iam_policy_document.delivery.json
    subscription = data.aws_iam_policy_document.subscription.json
    invoke       = data.aws_iam_policy_document.invoke.json
    operate      = data.aws_iam_policy_document.operate.json
    audit        = data.aws_iam_policy_document.audit.json
    deploy       = data.aws_iam_policy_document.deploy.json
  }

  name   = "${local.name}-${each.key}"
  policy = each.value
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = aws_iam_policy.this

  role       = aws_iam_role.this[each.key].name
  policy_arn = each.value.arn
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "ReadModel"
    actions   = ["s3:GetObject"]
    resources = ["${module.storage.arns["artifacts"]}/models/*", "${module.storage_recovery.arns["replica"]}/models/*"]
  }

  statement {
    sid       = "Captures"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${module.storage.arns["captures"]}/*"]
  }

  dynamic "statement" {
    for_each = toset([var.region, var.recovery_region])

    content {
      sid       = "PullImage${replace(statement.value, "-", "")}"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = ["arn:aws:ecr:${statement.value}:${var.account_id}:repository/${local.name}"]
    }
  }

  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "SeeRollbackAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [for region in [var.region, var.recovery_region] : "arn:aws:cloudwatch:${region}:${var.account_id}:alarm:${local.name}-*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for region in [var.region, var.recovery_region] : "arn:aws:logs:${region}:${var.account_id}:log-group:/aws/sagemaker/Endpoints/${local.name}:*"]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn, aws_kms_replica_key.recovery.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com", "s3.${var.recovery_region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "SeeNetwork"
    actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "replication" {
  statement {
    sid       = "ReadSources"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = values(module.storage.arns)
  }

  statement {
    sid       = "ReadVersions"
    actions   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    resources = [for arn in values(module.storage.arns) : "${arn}/*"]
  }

  statement {
    sid       = "WriteReplicas"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${module.storage_recovery.arns["replica"]}/*", "${module.storage_recovery.arns["audit"]}/*", "${module.storage.arns["audit"]}/*"]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn, aws_kms_replica_key.recovery.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com", "s3.${var.recovery_region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "backup" {
  statement {
    sid       = "ReadBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket", "s3:ListBucketVersions"]
    resources = [module.storage.arns["artifacts"]]
  }

  statement {
    sid       = "ReadObjects"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${module.storage.arns["artifacts"]}/*"]
  }
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "ReturnToThePreviousRevision"
    actions   = ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"]
    resources = [local.endpoint_arn, local.config_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/ml:endpoint"
      values   = [local.name]
    }
  }

  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.registry.stream_arn]
  }

  statement {
    sid       = "KeepChanges"
    actions   = ["s3:PutObject"]
    resources = ["${module.storage.arns["audit"]}/registry/*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.name}-*:*"]
  }
}

data "aws_iam_policy_document" "delivery" {
  statement {
    sid       = "KeepLogs"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${module.storage.arns["audit"]}/logs/*"]
  }
}

data "aws_iam_policy_document" "subscription" {
  statement {
    sid       = "PutIntoStream"
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [aws_kinesis_firehose_delivery_stream.logs.arn]
  }
}

data "aws_iam_policy_document" "invoke" {
  statement {
    sid       = "InvokeThisEndpoint"
    actions   = ["sagemaker:InvokeEndpoint"]
    resources = [local.endpoint_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [module.network.runtime_endpoint_id]
    }
  }
}

data "aws_iam_policy_document" "operate" {
  statement {
    sid       = "SeeEndpoint"
    actions   = ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"]
    resources = [local.endpoint_arn, local.config_arn]
  }
}

data "aws_iam_policy_document" "audit" {
  statement {
    sid       = "ReadAuditLogs"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [module.storage.arns["audit"], "${module.storage.arns["audit"]}/*"]
  }
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
      values   = module.network.network.subnet_ids
    }
  }

  statement {
    sid       = "CreateEndpointConfig"
    actions   = ["sagemaker:CreateEndpointConfig"]
    resources = [local.config_arn]

    condition {
      test     = "ArnEquals"
      variable = "sagemaker:VolumeKmsKey"
      values   = [aws_kms_key.main.arn]
    }
  }

  statement {
    sid       = "UpdateEndpoint"
    actions   = ["sagemaker:UpdateEndpoint"]
    resources = [local.endpoint_arn, local.config_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/ml:endpoint"
      values   = [local.name]
    }
  }

  statement {
    sid       = "PassExecutionRole"
    actions   = ["iam:PassRole"]
    resources = [local.role_arn["execution"]]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }
}
