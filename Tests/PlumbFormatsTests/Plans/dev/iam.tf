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
