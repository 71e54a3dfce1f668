terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" { type = string }
variable "region" { type = string }
variable "cidr" { type = string }
variable "zones" { type = list(string) }
variable "account_id" { type = string }
variable "invoke_role_arn" { type = string }
variable "endpoint_arn" { type = string }

locals {
  services = {
    "sagemaker.runtime" = ["sagemaker:InvokeEndpoint"]
    "ecr.api"           = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    "ecr.dkr"           = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    "logs"              = ["logs:CreateLogStream", "logs:PutLogEvents"]
    "monitoring"        = ["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricData"]
    "kms"               = ["kms:Decrypt", "kms:GenerateDataKey"]
    "sts"               = ["sts:AssumeRole"]
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "private" {
  count = length(var.zones)

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
  availability_zone = element(var.zones, count.index)
  tags              = { Name = "${var.name}-${count.index}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "private" {
  count = length(aws_subnet.private)

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Private endpoints: HTTPS from the model"
  vpc_id      = aws_vpc.this.id

  ingress {
    description     = "HTTPS"
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    security_groups = [aws_security_group.model.id]
  }
}

resource "aws_security_group" "model" {
  name        = "${var.name}-model"
  description = "Model containers: HTTPS inside the network and to S3"
  vpc_id      = aws_vpc.this.id

  egress {
    description     = "HTTPS"
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    cidr_blocks     = [var.cidr]
    prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id]
  }
}

data "aws_iam_policy_document" "interface" {
  for_each = local.services

  statement {
    actions   = each.value
    resources = each.key == "sagemaker.runtime" ? [var.endpoint_arn] : ["*"]

    principals {
      type        = "AWS"
      identifiers = each.key == "sagemaker.runtime" ? [var.invoke_role_arn] : ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.services

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = data.aws_iam_policy_document.interface[each.key].json
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = [aws_route_table.private.id]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]
      Resource  = ["arn:aws:s3:::acme-churnm-*", "arn:aws:s3:::prod-${var.region}-starport-layer-bucket/*"]
      Condition = { StringEquals = { "aws:PrincipalAccount" = var.account_id } }
    }]
  })
}

output "network" {
  value = {
    subnet_ids        = aws_subnet.private[*].id
    security_group_id = aws_security_group.model.id
  }
}

output "runtime_endpoint_id" {
  value = aws_vpc_endpoint.interface["sagemaker.runtime"].id
}
