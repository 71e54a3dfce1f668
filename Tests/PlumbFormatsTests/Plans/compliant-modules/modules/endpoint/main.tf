terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_cloudwatch_log_group" "endpoint" {
  name              = "/aws/sagemaker/Endpoints/${var.name}"
  retention_in_days = var.retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_sagemaker_model" "this" {
  name                     = local.revision
  execution_role_arn       = var.execution_role_arn
  enable_network_isolation = true

  primary_container {
    image          = var.image
    model_data_url = var.model_data_url
  }

  vpc_config {
    subnets            = var.network.subnet_ids
    security_group_ids = [var.network.security_group_id]
  }

  tags = { "ml:workload" = var.workload }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name        = local.revision
  kms_key_arn = var.kms_key_arn

  dynamic "production_variants" {
    for_each = { (var.variant) = aws_sagemaker_model.this.name }

    content {
      variant_name                                      = production_variants.key
      model_name                                        = production_variants.value
      instance_type                                     = var.instance_type
      initial_instance_count                            = var.instances.maximum
      model_data_download_timeout_in_seconds            = 900
      container_startup_health_check_timeout_in_seconds = 300
    }
  }

  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 50
    destination_s3_uri          = "s3://${var.capture_bucket}/captures"
    kms_key_id                  = var.kms_key_arn

    dynamic "capture_options" {
      for_each = toset(["Input", "Output"])

      content {
        capture_mode = capture_options.key
      }
    }
  }

  tags = { "ml:workload" = var.workload }

  lifecycle {
    create_before_destroy = true
  }
}

# A region in reserve has everything but the endpoint.
resource "aws_sagemaker_endpoint" "this" {
  count = var.live ? 1 : 0

  name                 = var.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name

  deployment_config {
    auto_rollback_configuration {
      dynamic "alarms" {
        for_each = concat(
          [for name in ["errors", "errors-of-revision", "latency-p99", "drift", "quality"] : aws_cloudwatch_metric_alarm.this[name].alarm_name],
          aws_cloudwatch_metric_alarm.health[*].alarm_name,
        )

        content {
          alarm_name = alarms.value
        }
      }
    }

    blue_green_update_policy {
      termination_wait_in_seconds          = var.bake_seconds
      maximum_execution_timeout_in_seconds = 600 + 3 * var.bake_seconds + 300

      traffic_routing_configuration {
        type                     = "LINEAR"
        wait_interval_in_seconds = var.bake_seconds

        linear_step_size {
          type  = "CAPACITY_PERCENT"
          value = 50
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_group.endpoint]
}
