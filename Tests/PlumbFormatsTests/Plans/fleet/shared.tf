variable "region" {
  type    = string
  default = "us-east-1"
}

variable "account_id" {
  type    = string
  default = "111122223333"
}

resource "aws_kms_key" "fleet" {
  description             = "The fleet's endpoints"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administration"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Publishers"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
    ]
  })
}

resource "aws_sns_topic" "team" {
  for_each = toset(["risk", "growth"])

  name              = "${each.key}-alerts"
  kms_master_key_id = aws_kms_key.fleet.id
}

resource "aws_sns_topic_subscription" "team" {
  for_each = aws_sns_topic.team

  topic_arn = each.value.arn
  protocol  = "https"
  endpoint  = "https://events.pager.example.com/integration/${each.key}"
}

resource "aws_sns_topic_policy" "team" {
  for_each = aws_sns_topic.team

  arn = each.value.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:${var.region}:${var.account_id}:${each.key}-alerts"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_sns_topic" "unread" {
  name              = "platform-archive"
  kms_master_key_id = aws_kms_key.fleet.id
}

resource "aws_vpc" "fleet" {
  cidr_block = "10.60.0.0/20"
}

resource "aws_subnet" "fleet" {
  count = 2

  vpc_id            = aws_vpc.fleet.id
  cidr_block        = cidrsubnet(aws_vpc.fleet.cidr_block, 4, count.index)
  availability_zone = "${var.region}${["a", "b"][count.index]}"
}

resource "aws_security_group" "fleet" {
  name   = "fleet-models"
  vpc_id = aws_vpc.fleet.id
}

resource "aws_iam_role" "fleet" {
  name = "fleet-execution"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "fleet" {
  role = aws_iam_role.fleet.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::acme-fleet-artifacts/models/*"
      },
      {
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:*"
      },
    ]
  })
}
