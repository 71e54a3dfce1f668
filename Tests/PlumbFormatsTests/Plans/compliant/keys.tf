# One customer key with a replica in the recovery region. Its policy names the roles, so that the roles' own policies
# need not name the key.
locals {
  key_administration = {
    Sid       = "Administration"
    Effect    = "Allow"
    Principal = { AWS = ["arn:aws:iam::${var.account_id}:root", "arn:aws:iam::${var.account_id}:role/kms-administrator"] }
    Action = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
      "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListGrants",
      "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription",
    ]
    Resource = "*"
  }

  key_users = [for role in ["execution", "replication", "backup", "archive", "delivery", "deploy"] : "${local.role_prefix}-${role}"]

  key_policy = { for region in [var.region, var.recovery_region] : region => jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.key_administration,
      {
        Sid       = "UseThroughServices"
        Effect    = "Allow"
        Principal = { AWS = local.key_users }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:ViaService" = [
          "s3.${region}.amazonaws.com", "dynamodb.${region}.amazonaws.com", "sagemaker.${region}.amazonaws.com",
          "ecr.${region}.amazonaws.com", "backup.${region}.amazonaws.com",
        ] } }
      },
      {
        Sid       = "GrantsForServices"
        Effect    = "Allow"
        Principal = { AWS = local.key_users }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = {
          Bool         = { "kms:GrantIsForAWSResource" = "true" }
          StringEquals = { "kms:ViaService" = ["sagemaker.${region}.amazonaws.com", "dynamodb.${region}.amazonaws.com", "backup.${region}.amazonaws.com"] }
        }
      },
      {
        Sid       = "PublishersOfTheEncryptedTopic"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "LogGroups"
        Effect    = "Allow"
        Principal = { Service = "logs.${region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${region}:${var.account_id}:log-group:*" } }
      },
      {
        Sid       = "Trail"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["kms:DescribeKey", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "Backup"
        Effect    = "Allow"
        Principal = { Service = "backup.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
    ]
  }) }
}

resource "aws_kms_key" "main" {
  description             = "Everything that ${local.name} stores"
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  multi_region            = true
  policy                  = local.key_policy[var.region]

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_kms_replica_key" "recovery" {
  provider                = aws.recovery
  description             = "Everything that ${local.name} stores, in the recovery region"
  primary_key_arn         = aws_kms_key.main.arn
  deletion_window_in_days = 30
  policy                  = local.key_policy[var.recovery_region]

  lifecycle {
    prevent_destroy = true
  }
}
