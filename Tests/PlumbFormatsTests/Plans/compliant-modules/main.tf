module "network" {
  source = "./modules/network"

  name            = local.name
  region          = var.region
  cidr            = "10.40.0.0/20"
  zones           = var.zones[var.region]
  account_id      = var.account_id
  invoke_role_arn = local.role_arn["invoke"]
  endpoint_arn    = local.endpoint_arn
}

module "network_recovery" {
  source    = "./modules/network"
  providers = { aws = aws.recovery }

  name            = local.name
  region          = var.recovery_region
  cidr            = "10.44.0.0/20"
  zones           = var.zones[var.recovery_region]
  account_id      = var.account_id
  invoke_role_arn = local.role_arn["invoke"]
  endpoint_arn    = "arn:aws:sagemaker:${var.recovery_region}:${var.account_id}:endpoint/${local.name}"
}

module "storage" {
  source = "./modules/storage"

  prefix         = "acme-churnm"
  kms_key_arn    = aws_kms_key.main.arn
  retention_days = local.retention_days

  buckets = {
    artifacts   = { logs_to = "access-logs" }
    captures    = { logs_to = "access-logs", expire_days = 30 }
    access-logs = { encrypted_with_key = false, expire_days = local.retention_days, policy = data.aws_iam_policy_document.access_logs["acme-churnm-access-logs"].json }
    audit       = { locked = true, policy = data.aws_iam_policy_document.trail.json }
  }
}

module "storage_recovery" {
  source    = "./modules/storage"
  providers = { aws = aws.recovery }

  prefix         = "acme-churnm-west"
  kms_key_arn    = aws_kms_replica_key.recovery.arn
  retention_days = local.retention_days

  buckets = {
    replica     = { logs_to = "access-logs" }
    access-logs = { encrypted_with_key = false, expire_days = local.retention_days, policy = data.aws_iam_policy_document.access_logs["acme-churnm-west-access-logs"].json }
    audit       = { locked = true }
  }
}

data "aws_iam_policy_document" "access_logs" {
  for_each = toset(["acme-churnm-access-logs", "acme-churnm-west-access-logs"])

  statement {
    sid       = "ServerAccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${each.value}/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "trail" {
  statement {
    sid       = "TrailChecksItsBucket"
    actions   = ["s3:GetBucketAcl"]
    resources = ["arn:aws:s3:::acme-churnm-audit"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }

  statement {
    sid       = "TrailWrites"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::acme-churnm-audit/AWSLogs/${var.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
}

# Source bucket -> where its objects go.
locals {
  replications = {
    artifacts   = { destination = module.storage_recovery.arns["replica"], key = aws_kms_replica_key.recovery.arn, encrypted = true }
    captures    = { destination = module.storage_recovery.arns["replica"], key = aws_kms_replica_key.recovery.arn, encrypted = true }
    audit       = { destination = module.storage_recovery.arns["audit"], key = aws_kms_replica_key.recovery.arn, encrypted = true }
    access-logs = { destination = module.storage.arns["audit"], key = aws_kms_key.main.arn, encrypted = false }
  }
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replications

  bucket = module.storage.names[each.key]
  role   = aws_iam_role.this["replication"].arn

  rule {
    id     = each.key
    status = "Enabled"

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    dynamic "source_selection_criteria" {
      for_each = each.value.encrypted ? [true] : []

      content {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }
    }

    destination {
      bucket = each.value.destination

      encryption_configuration {
        replica_kms_key_id = each.value.key
      }

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "recovery_access_logs" {
  provider = aws.recovery

  bucket = module.storage_recovery.names["access-logs"]
  role   = aws_iam_role.this["replication"].arn

  rule {
    id     = "access-logs"
    status = "Enabled"

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = module.storage_recovery.arns["audit"]

      encryption_configuration {
        replica_kms_key_id = aws_kms_replica_key.recovery.arn
      }
    }
  }
}

module "endpoint" {
  source = "./modules/endpoint"

  name               = local.name
  revision           = var.revision
  region             = var.region
  account_id         = var.account_id
  workload           = "cpu"
  instance_type      = "ml.m5.4xlarge"
  vcpus              = 16
  image              = "${aws_ecr_repository.model.repository_url}@${var.image_digest}"
  model_data_url     = "s3://${module.storage.names["artifacts"]}/models/${var.model_digest}/model.tar.gz"
  capture_bucket     = module.storage.names["captures"]
  execution_role_arn = aws_iam_role.this["execution"].arn
  kms_key_arn        = aws_kms_key.main.arn
  network            = module.network.network
  retention_days     = local.retention_days
  on_call_url        = var.on_call_url
  canary             = aws_synthetics_canary.health.name
  schedules          = { data = "${local.name}-data", model = "${local.name}-model" }
}

module "endpoint_recovery" {
  source    = "./modules/endpoint"
  providers = { aws = aws.recovery }

  name               = local.name
  live               = false
  revision           = var.revision
  region             = var.recovery_region
  account_id         = var.account_id
  workload           = "cpu"
  instance_type      = "ml.m5.4xlarge"
  vcpus              = 16
  image              = "${var.account_id}.dkr.ecr.${var.recovery_region}.amazonaws.com/${local.name}@${var.image_digest}"
  model_data_url     = "s3://${module.storage_recovery.names["replica"]}/models/${var.model_digest}/model.tar.gz"
  capture_bucket     = module.storage_recovery.names["replica"]
  execution_role_arn = aws_iam_role.this["execution"].arn
  kms_key_arn        = aws_kms_replica_key.recovery.arn
  network            = module.network_recovery.network
  retention_days     = local.retention_days
  on_call_url        = var.on_call_url
}

module "cost" {
  source = "./modules/cost"

  endpoint  = local.name
  limit     = 3500
  topic_arn = module.endpoint.topic_arn
}
