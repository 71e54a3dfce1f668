# A deployment that exists already: terraform.tfstate says how. The variables make the changes that README.md lists.
variable "region" {
  type    = string
  default = "us-east-1"
}

variable "account_id" {
  type    = string
  default = "111122223333"
}

variable "endpoint_name" {
  type    = string
  default = "churn"
}

variable "revision" {
  type    = string
  default = "r41"
}

variable "artifact_bucket" {
  type    = string
  default = "acme-churn-artifacts"
}

variable "keeps_bucket" {
  type    = bool
  default = true
}

variable "keeps_key" {
  type    = bool
  default = true
}

variable "keeps_log_group" {
  type    = bool
  default = true
}

variable "hash_key" {
  type    = string
  default = "revision"
}

variable "termination_wait" {
  type    = number
  default = 600
}

resource "aws_kms_key" "main" {
  count = var.keeps_key ? 1 : 0

  description             = "Everything that churn stores"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_s3_bucket" "artifacts" {
  count = var.keeps_bucket ? 1 : 0

  bucket = var.artifact_bucket
}

resource "aws_dynamodb_table" "registry" {
  name         = "churn-registry"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.hash_key

  attribute {
    name = var.hash_key
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_cloudwatch_log_group" "endpoint" {
  count = var.keeps_log_group ? 1 : 0

  name              = "/aws/sagemaker/Endpoints/churn"
  retention_in_days = 400
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "churn-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  dimensions          = { EndpointName = var.endpoint_name, VariantName = "AllTraffic" }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name = "churn-${var.revision}"

  production_variants {
    variant_name           = "AllTraffic"
    model_name             = "churn-${var.revision}"
    instance_type          = "ml.m5.2xlarge"
    initial_instance_count = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = var.endpoint_name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name

  deployment_config {
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors.alarm_name
      }
    }

    blue_green_update_policy {
      termination_wait_in_seconds          = var.termination_wait
      maximum_execution_timeout_in_seconds = 3600

      traffic_routing_configuration {
        type                     = "ALL_AT_ONCE"
        wait_interval_in_seconds = 600
      }
    }
  }
}
