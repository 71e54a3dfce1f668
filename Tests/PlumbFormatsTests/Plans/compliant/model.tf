resource "aws_cloudwatch_log_group" "endpoint" {
  name              = "/aws/sagemaker/Endpoints/${local.name}"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.main.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sagemaker_model" "this" {
  name                     = local.revision
  execution_role_arn       = aws_iam_role.execution.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/${aws_ecr_repository.model.name}@${var.image_digest}"
    model_data_url = "s3://${aws_s3_bucket.artifacts.bucket}/models/${var.model_digest}/model.tar.gz"
  }

  vpc_config {
    subnets            = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_group_ids = [aws_security_group.model.id]
  }

  tags = {
    "ml:workload" = "cpu"
  }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name        = local.revision
  kms_key_arn = aws_kms_key.main.arn

  # A new configuration resets the count to the initial one, since the provider cannot retain it: it starts at the
  # maximum, so that an update never takes capacity away.
  production_variants {
    variant_name                                      = local.variant
    model_name                                        = aws_sagemaker_model.this.name
    instance_type                                     = var.instance_type
    initial_instance_count                            = 4
    model_data_download_timeout_in_seconds            = 900
    container_startup_health_check_timeout_in_seconds = 300
  }

  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 100
    destination_s3_uri          = "s3://${aws_s3_bucket.captures.bucket}/captures"
    kms_key_id                  = aws_kms_key.main.arn

    capture_options {
      capture_mode = "Input"
    }

    capture_options {
      capture_mode = "Output"
    }

    capture_content_type_header {
      json_content_types = ["application/json"]
    }
  }

  tags = {
    "ml:workload" = "cpu"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = local.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name

  deployment_config {
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors_of_revision.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.latency.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.health.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.drift.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.quality.alarm_name
      }
    }

    # Detection takes 60 + 2 x 60 + 60 + 60 = 300 s, which both waits exceed.
    blue_green_update_policy {
      termination_wait_in_seconds          = 600
      maximum_execution_timeout_in_seconds = 3600

      traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 600

        canary_size {
          type  = "CAPACITY_PERCENT"
          value = 25
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_group.endpoint, aws_iam_role_policy.execution]

  lifecycle {
    prevent_destroy = true
  }
}
