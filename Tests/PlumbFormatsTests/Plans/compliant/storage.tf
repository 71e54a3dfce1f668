# Seven buckets. Each refuses plain HTTP and TLS below 1.2, is private, versioned and encrypted.
# What is captured lives apart from the locked logs, so that it can expire and be erased.
locals {
  buckets = ["artifacts", "captures", "access-logs", "audit", "replica", "replica-access-logs", "audit-replica"]

  transport_statements = { for bucket in local.buckets : bucket => [
    {
      Sid       = "RefusePlainTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::acme-churn-${bucket}", "arn:aws:s3:::acme-churn-${bucket}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "RefuseOldTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::acme-churn-${bucket}", "arn:aws:s3:::acme-churn-${bucket}/*"]
      Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    },
  ] }
}

resource "aws_s3_bucket" "artifacts" {
  bucket = "acme-churn-artifacts"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket                  = aws_s3_bucket.artifacts.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_policy" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.transport_statements["artifacts"]
  })
}

resource "aws_s3_bucket_logging" "artifacts" {
  bucket        = aws_s3_bucket.artifacts.bucket
  target_bucket = aws_s3_bucket.access_logs.bucket
  target_prefix = "s3/artifacts/"
}

resource "aws_s3_bucket" "captures" {
  bucket = "acme-churn-captures"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "captures" {
  bucket                  = aws_s3_bucket.captures.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "captures" {
  bucket = aws_s3_bucket.captures.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "captures" {
  bucket = aws_s3_bucket.captures.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "captures" {
  bucket = aws_s3_bucket.captures.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_policy" "captures" {
  bucket = aws_s3_bucket.captures.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.transport_statements["captures"]
  })
}

resource "aws_s3_bucket_logging" "captures" {
  bucket        = aws_s3_bucket.captures.bucket
  target_bucket = aws_s3_bucket.access_logs.bucket
  target_prefix = "s3/captures/"
}

resource "aws_s3_bucket_lifecycle_configuration" "captures" {
  bucket = aws_s3_bucket.captures.bucket

  rule {
    id     = "expire-captures"
    status = "Enabled"

    filter {
      prefix = "captures/"
    }

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.captures]
}

resource "aws_s3_bucket" "access_logs" {
  bucket = "acme-churn-access-logs"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket                  = aws_s3_bucket.access_logs.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

# S3 delivers access logs neither to a locked bucket nor to one with SSE-KMS by default.
resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.transport_statements["access-logs"], [{
      Sid       = "ServerAccessLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::acme-churn-access-logs/*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::acme-churn-*" }
        StringEquals = { "aws:SourceAccount" = var.account_id }
      }
    }])
  })
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    id     = "expire-after-retention"
    status = "Enabled"

    filter {
      prefix = "s3/"
    }

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.access_logs]
}

resource "aws_s3_bucket" "audit" {
  bucket              = "acme-churn-audit"
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "audit" {
  bucket                  = aws_s3_bucket.audit.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "audit" {
  bucket = aws_s3_bucket.audit.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "audit" {
  bucket = aws_s3_bucket.audit.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "audit" {
  bucket = aws_s3_bucket.audit.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_policy" "audit" {
  bucket = aws_s3_bucket.audit.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.transport_statements["audit"], [
      {
        Sid       = "TrailChecksItsBucket"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = "arn:aws:s3:::acme-churn-audit"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "TrailWrites"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::acme-churn-audit/AWSLogs/${var.account_id}/*"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn, "s3:x-amz-acl" = "bucket-owner-full-control" } }
      },
    ])
  })
}

resource "aws_s3_bucket_object_lock_configuration" "audit" {
  bucket = aws_s3_bucket.audit.bucket

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = var.retention_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.audit]
}

resource "aws_s3_bucket" "replica" {
  provider = aws.recovery

  bucket = "acme-churn-replica"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "replica" {
  provider = aws.recovery

  bucket                  = aws_s3_bucket.replica.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_replica_key.recovery.arn
    }
  }
}

resource "aws_s3_bucket_policy" "replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.transport_statements["replica"]
  })
}

resource "aws_s3_bucket_logging" "replica" {
  provider = aws.recovery

  bucket        = aws_s3_bucket.replica.bucket
  target_bucket = aws_s3_bucket.replica_access_logs.bucket
  target_prefix = "s3/replica/"
}

resource "aws_s3_bucket_lifecycle_configuration" "replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica.bucket

  rule {
    id     = "expire-captures"
    status = "Enabled"

    filter {
      prefix = "captures/"
    }

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.replica]
}

resource "aws_s3_bucket" "replica_access_logs" {
  provider = aws.recovery

  bucket = "acme-churn-replica-access-logs"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "replica_access_logs" {
  provider = aws.recovery

  bucket                  = aws_s3_bucket.replica_access_logs.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

# S3 delivers access logs neither to a locked bucket nor to one with SSE-KMS by default.
resource "aws_s3_bucket_server_side_encryption_configuration" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.transport_statements["replica-access-logs"], [{
      Sid       = "ServerAccessLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::acme-churn-replica-access-logs/*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::acme-churn-*" }
        StringEquals = { "aws:SourceAccount" = var.account_id }
      }
    }])
  })
}

resource "aws_s3_bucket_lifecycle_configuration" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket

  rule {
    id     = "expire-after-retention"
    status = "Enabled"

    filter {
      prefix = "s3/"
    }

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.replica_access_logs]
}

resource "aws_s3_bucket" "audit_replica" {
  provider = aws.recovery

  bucket              = "acme-churn-audit-replica"
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "audit_replica" {
  provider = aws.recovery

  bucket                  = aws_s3_bucket.audit_replica.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "audit_replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.audit_replica.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "audit_replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.audit_replica.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "audit_replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.audit_replica.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_replica_key.recovery.arn
    }
  }
}

resource "aws_s3_bucket_policy" "audit_replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.audit_replica.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.transport_statements["audit-replica"]
  })
}

resource "aws_s3_bucket_object_lock_configuration" "audit_replica" {
  provider = aws.recovery

  bucket = aws_s3_bucket.audit_replica.bucket

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = var.retention_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.audit_replica]
}

resource "aws_s3_bucket_replication_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket
  role   = aws_iam_role.replication.arn

  rule {
    id     = "artifacts"
    status = "Enabled"

    filter {}

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = "arn:aws:s3:::${aws_s3_bucket.replica.bucket}"

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

      encryption_configuration {
        replica_kms_key_id = aws_kms_replica_key.recovery.arn
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.artifacts]
}

resource "aws_s3_bucket_replication_configuration" "captures" {
  bucket = aws_s3_bucket.captures.bucket
  role   = aws_iam_role.replication.arn

  rule {
    id     = "captures"
    status = "Enabled"

    filter {
      prefix = "captures/"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = "arn:aws:s3:::${aws_s3_bucket.replica.bucket}"

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

      encryption_configuration {
        replica_kms_key_id = aws_kms_replica_key.recovery.arn
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.captures]
}

resource "aws_s3_bucket_replication_configuration" "audit" {
  bucket = aws_s3_bucket.audit.bucket
  role   = aws_iam_role.replication.arn

  rule {
    id     = "audit"
    status = "Enabled"

    filter {}

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = "arn:aws:s3:::${aws_s3_bucket.audit_replica.bucket}"

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

      encryption_configuration {
        replica_kms_key_id = aws_kms_replica_key.recovery.arn
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.audit]
}

resource "aws_s3_bucket_replication_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket
  role   = aws_iam_role.replication.arn

  rule {
    id     = "access-logs"
    status = "Enabled"

    filter {
      prefix = "s3/"
    }

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = "arn:aws:s3:::${aws_s3_bucket.audit.bucket}"

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

      encryption_configuration {
        replica_kms_key_id = aws_kms_key.main.arn
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.access_logs]
}

resource "aws_s3_bucket_replication_configuration" "replica_access_logs" {
  provider = aws.recovery

  bucket = aws_s3_bucket.replica_access_logs.bucket
  role   = aws_iam_role.replication.arn

  rule {
    id     = "replica-access-logs"
    status = "Enabled"

    filter {
      prefix = "s3/"
    }

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket = "arn:aws:s3:::${aws_s3_bucket.audit_replica.bucket}"

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

      encryption_configuration {
        replica_kms_key_id = aws_kms_replica_key.recovery.arn
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.replica_access_logs]
}

resource "aws_dynamodb_table" "registry" {
  name                        = "${local.name}-registry"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "revision"
  deletion_protection_enabled = true
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "revision"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }

  replica {
    region_name            = var.recovery_region
    kms_key_arn            = aws_kms_replica_key.recovery.arn
    point_in_time_recovery = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_ecr_repository" "model" {
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.main.arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_replication_configuration" "recovery" {
  replication_configuration {
    rule {
      destination {
        region      = var.recovery_region
        registry_id = var.account_id
      }

      repository_filter {
        filter      = local.name
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}
