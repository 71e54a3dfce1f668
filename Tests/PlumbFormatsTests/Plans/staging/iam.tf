locals {
  service_trust = { for service in ["sagemaker", "lambda", "scheduler", "s3"] : service => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${service}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  }) }
}

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = local.service_trust["sagemaker"]
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "ReadModel"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this["artifacts"].arn}/models/*"]
  }

  statement {
    sid       = "WriteCaptures"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this["captures"].arn}/*"]
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.model.arn]
  }

  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/sagemaker/Endpoints/${local.name}:*"]
  }

  statement {
    sid       = "SeeRollbackAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name}-*"]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "probe" {
  name               = "${local.name}-probe"
  assume_role_policy = local.service_trust["lambda"]
}

resource "aws_iam_role_policy" "probe" {
  role = aws_iam_role.probe.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Invoke"
        Effect    = "Allow"
        Action    = "sagemaker:InvokeEndpoint"
        Resource  = local.endpoint_arn
        Condition = { StringEquals = { "aws:PrincipalTag/ml:team" = "growth" } }
      },
      {
        Sid       = "Metric"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "Acme/EndpointProbe" } }
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.name}-probe:*"
      },
    ]
  })
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  assume_role_policy = local.service_trust["scheduler"]
}

resource "aws_iam_role_policy" "scheduler" {
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OnAndOff"
        Effect   = "Allow"
        Action   = ["sagemaker:CreateEndpoint", "sagemaker:DeleteEndpoint"]
        Resource = [local.endpoint_arn, local.config_arn]
      },
      {
        Sid       = "RegisterAgain"
        Effect    = "Allow"
        Action    = "application-autoscaling:RegisterScalableTarget"
        Resource  = "arn:aws:application-autoscaling:${var.region}:${var.account_id}:scalable-target/*"
        Condition = { StringEquals = { "application-autoscaling:service-namespace" = "sagemaker" } }
      },
      {
        Sid      = "QuietAtNight"
        Effect   = "Allow"
        Action   = ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"]
        Resource = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name}-health"
      },
    ]
  })
}

resource "aws_iam_role" "replication" {
  name               = "${local.name}-replication"
  assume_role_policy = local.service_trust["s3"]
}

resource "aws_iam_role_policy" "replication" {
  role = aws_iam_role.replication.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = "arn:aws:s3:::acme-churn-staging-access-logs"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
        Resource = "arn:aws:s3:::acme-churn-staging-access-logs/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateTags"]
        Resource = "arn:aws:s3:::acme-churn-staging-audit/*"
      },
    ]
  })
}

# Deploying, operating, auditing and calling are four duties.
resource "aws_iam_role" "person" {
  for_each = toset(["operate", "audit", "invoke"])

  name = "${local.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:role/sso-growth-${each.key}" }
      Action    = "sts:AssumeRole"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

resource "aws_iam_role_policy" "person" {
  for_each = {
    operate = { Effect = "Allow", Action = ["sagemaker:DescribeEndpoint"], Resource = [local.endpoint_arn], Condition = { StringEquals = { "aws:PrincipalTag/ml:team" = "growth" } } }
    audit   = { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::acme-churn-staging-audit/*"], Condition = { StringEquals = { "aws:PrincipalTag/ml:team" = "growth" } } }
    invoke  = { Effect = "Allow", Action = ["sagemaker:InvokeEndpoint"], Resource = [local.endpoint_arn], Condition = { StringEquals = { "aws:PrincipalTag/ml:team" = "growth" } } }
  }

  role   = aws_iam_role.person[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [each.value] })
}

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
        "token.actions.githubusercontent.com:sub" = "repo:acme/churn-scoring:environment:staging"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  role = aws_iam_role.deploy.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sagemaker:UpdateEndpoint"
        Resource  = [local.endpoint_arn, local.config_arn]
        Condition = { StringEquals = { "aws:ResourceTag/ml:endpoint" = local.name } }
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "${local.role_prefix}-execution"
        Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
      },
    ]
  })
}
