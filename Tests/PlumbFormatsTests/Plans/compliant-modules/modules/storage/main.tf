terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "prefix" { type = string }
variable "kms_key_arn" { type = string }
variable "retention_days" { type = number }

variable "buckets" {
  type = map(object({
    encrypted_with_key = optional(bool, true)
    locked             = optional(bool, false)
    logs_to            = optional(string)
    expire_days        = optional(number)
    policy             = optional(string)
  }))
}

resource "aws_s3_bucket" "this" {
  for_each = var.buckets

  bucket              = "${var.prefix}-${each.key}"
  object_lock_enabled = each.value.locked
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = var.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = each.value.encrypted_with_key

    apply_server_side_encryption_by_default {
      sse_algorithm     = each.value.encrypted_with_key ? "aws:kms" : "AES256"
      kms_master_key_id = each.value.encrypted_with_key ? var.kms_key_arn : null
    }
  }
}

data "aws_iam_policy_document" "this" {
  for_each = var.buckets

  source_policy_documents = compact([each.value.policy])

  statement {
    sid       = "RefusePlainTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "RefuseOldTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.this[each.key].json
}

resource "aws_s3_bucket_logging" "this" {
  for_each = { for name, bucket in var.buckets : name => bucket.logs_to if bucket.logs_to != null }

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this[each.value].id
  target_prefix = "s3/${each.key}/"
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = { for name, bucket in var.buckets : name => bucket if bucket.locked }

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = var.retention_days
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = { for name, bucket in var.buckets : name => bucket.expire_days if bucket.expire_days != null }

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = each.value
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }
}

output "names" {
  value = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}

output "arns" {
  value = { for name, bucket in aws_s3_bucket.this : name => bucket.arn }
}
