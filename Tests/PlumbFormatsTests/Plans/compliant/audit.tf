resource "aws_cloudtrail" "this" {
  name                          = local.name
  s3_bucket_name                = aws_s3_bucket.audit.bucket
  kms_key_id                    = aws_kms_key.main.arn
  enable_logging                = true
  enable_log_file_validation    = true
  is_multi_region_trail         = true
  include_global_service_events = true

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  advanced_event_selector {
    name = "Objects of the deployment"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }

    field_selector {
      field = "resources.ARN"
      starts_with = [
        "arn:aws:s3:::${aws_s3_bucket.artifacts.bucket}/",
        "arn:aws:s3:::${aws_s3_bucket.captures.bucket}/",
        "arn:aws:s3:::${aws_s3_bucket.replica.bucket}/",
      ]
    }
  }

  advanced_event_selector {
    name = "Items of the registry"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::DynamoDB::Table"]
    }

    field_selector {
      field  = "resources.ARN"
      equals = ["arn:aws:dynamodb:${var.region}:${var.account_id}:table/${aws_dynamodb_table.registry.name}"]
    }
  }

  advanced_event_selector {
    name = "Requests to the endpoint"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::SageMaker::Endpoint"]
    }

    field_selector {
      field  = "resources.ARN"
      equals = [local.endpoint_arn]
    }
  }

  depends_on = [aws_s3_bucket_policy.audit]
}

resource "aws_kinesis_firehose_delivery_stream" "logs" {
  name        = "${local.name}-logs"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn            = aws_iam_role.delivery.arn
    bucket_arn          = "arn:aws:s3:::${aws_s3_bucket.audit.bucket}"
    prefix              = "logs/"
    error_output_prefix = "logs-failed/"
    buffering_interval  = 300
    buffering_size      = 5
    kms_key_arn         = aws_kms_key.main.arn
  }

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.main.arn
  }
}

resource "aws_cloudwatch_log_subscription_filter" "endpoint" {
  name            = "${local.name}-to-audit"
  log_group_name  = aws_cloudwatch_log_group.endpoint.name
  destination_arn = aws_kinesis_firehose_delivery_stream.logs.arn
  role_arn        = aws_iam_role.subscription.arn
  filter_pattern  = ""
}

resource "aws_accessanalyzer_analyzer" "external" {
  analyzer_name = "${local.name}-external"
  type          = "ACCOUNT"
}

resource "aws_accessanalyzer_analyzer" "unused" {
  analyzer_name = "${local.name}-unused"
  type          = "ACCOUNT_UNUSED_ACCESS"

  configuration {
    unused_access {
      unused_access_age = 90
    }
  }
}

resource "aws_accessanalyzer_analyzer" "recovery_external" {
  provider      = aws.recovery
  analyzer_name = "${local.name}-external"
  type          = "ACCOUNT"
}

resource "aws_accessanalyzer_analyzer" "recovery_unused" {
  provider      = aws.recovery
  analyzer_name = "${local.name}-unused"
  type          = "ACCOUNT_UNUSED_ACCESS"

  configuration {
    unused_access {
      unused_access_age = 90
    }
  }
}
