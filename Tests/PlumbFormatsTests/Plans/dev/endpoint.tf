resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["/aws/sagemaker/Endpoints/${local.name}", "/aws/lambda/${local.name}-probe"])

  name              = each.key
  retention_in_days = local.retention
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_sagemaker_model" "this" {
  name                     = local.revision
  execution_role_arn       = aws_iam_role.execution.arn
  enable_network_isolation = true

  primary_container {
    image          = "${aws_ecr_repository.model.repository_url}@${var.image_digest}"
    model_data_url = "s3://${aws_s3_bucket.this["artifacts"].bucket}/models/${var.model_digest}/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name        = local.revision
  kms_key_arn = aws_kms_key.main.arn

  production_variants {
    variant_name           = local.variant
    model_name             = aws_sagemaker_model.this.name
    instance_type          = local.instance_type
    initial_instance_count = 1
  }

  lifecycle {
    create_before_destroy = true
  }
}

# With one instance no canary is small enough: all at once, and the old instance waits.
resource "aws_sagemaker_endpoint" "this" {
  name                 = local.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name

  deployment_config {
    auto_rollback_configuration {
      dynamic "alarms" {
        for_each = [aws_cloudwatch_metric_alarm.errors.alarm_name, aws_cloudwatch_metric_alarm.latency.alarm_name, aws_cloudwatch_metric_alarm.health.alarm_name]

        content {
          alarm_name = alarms.value
        }
      }
    }

    blue_green_update_policy {
      termination_wait_in_seconds          = 600
      maximum_execution_timeout_in_seconds = 3600

      traffic_routing_configuration {
        type                     = "ALL_AT_ONCE"
        wait_interval_in_seconds = 300
      }
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  kms_master_key_id = aws_kms_key.main.arn
}

resource "aws_sns_topic_subscription" "team" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.owner_email
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = local.topic_arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${local.name}-latency-p99"
  namespace           = "AWS/SageMaker"
  metric_name         = "ModelLatency"
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "health" {
  alarm_name          = "${local.name}-health"
  namespace           = "Acme/EndpointProbe"
  metric_name         = "Success"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [for metric, statistic in { ModelLatency = "p99", Invocation5XXErrors = "Average", Invocations = "Sum" } : {
      type   = "metric"
      width  = 8
      height = 6
      properties = {
        title   = metric
        region  = var.region
        period  = 60
        stat    = statistic
        metrics = [["AWS/SageMaker", metric, "EndpointName", local.name, "VariantName", local.variant]]
      }
    }]
  })
}

resource "aws_lambda_function" "probe" {
  function_name = "${local.name}-probe"
  role          = aws_iam_role.probe.arn
  runtime       = "python3.12"
  handler       = "probe.handle"
  s3_bucket     = aws_s3_bucket.this["artifacts"].bucket
  s3_key        = "functions/probe-1f0c8a4e.zip"
  timeout       = 30
  kms_key_arn   = aws_kms_key.main.arn

  environment {
    variables = { ENDPOINT_NAME = local.name, VARIANT_NAME = local.variant }
  }
}

resource "aws_cloudwatch_event_rule" "probe" {
  name                = "${local.name}-probe"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "probe" {
  rule = aws_cloudwatch_event_rule.probe.name
  arn  = aws_lambda_function.probe.arn
}

resource "aws_lambda_permission" "probe" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.probe.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.probe.arn
  source_account = var.account_id
}

# The responder returns to the configuration before, outside deployments.
resource "aws_cloudwatch_event_rule" "critical_alarm" {
  name = "${local.name}-critical-alarm"
  event_pattern = jsonencode({
    source        = ["aws.cloudwatch"]
    "detail-type" = ["CloudWatch Alarm State Change"]
    detail = {
      alarmName = [for alarm in ["errors", "latency-p99", "health"] : "${local.name}-${alarm}"]
      state     = { value = ["ALARM"] }
    }
  })
}

resource "aws_cloudwatch_event_target" "critical_alarm" {
  rule = aws_cloudwatch_event_rule.critical_alarm.name
  arn  = aws_lambda_function.responder.arn
}

resource "aws_lambda_permission" "critical_alarm" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.responder.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.critical_alarm.arn
  source_account = var.account_id
}

resource "aws_iam_role" "responder" {
  name               = "${local.name}-responder"
  assume_role_policy = local.service_trust["lambda"]
}

resource "aws_iam_role_policy" "responder" {
  role = aws_iam_role.responder.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"]
      Resource  = [local.endpoint_arn, local.config_arn]
      Condition = { StringEquals = { "aws:ResourceTag/ml:endpoint" = local.name } }
    }]
  })
}

resource "aws_lambda_function" "responder" {
  function_name = "${local.name}-responder"
  role          = aws_iam_role.responder.arn
  runtime       = "python3.12"
  handler       = "responder.handle"
  s3_bucket     = aws_s3_bucket.this["artifacts"].bucket
  s3_key        = "functions/responder-7ab92d10.zip"
  timeout       = 60
  kms_key_arn   = aws_kms_key.main.arn
}

# --- Scaling ---

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/${local.variant}"
  min_capacity       = 1
  max_capacity       = 3
}

resource "aws_appautoscaling_policy" "set_point" {
  name               = "${local.name}-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 140 # 70 % of 2 vCPUs
    disable_scale_in = true

    customized_metric_specification {
      namespace   = "/aws/sagemaker/Endpoints"
      metric_name = "CPUUtilization"
      statistic   = "Average"

      dynamic "dimensions" {
        for_each = { EndpointName = local.name, VariantName = local.variant }

        content {
          name  = dimensions.key
          value = dimensions.value
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  for_each = {
    busy  = { change = 1, lower = "0", upper = null, cooldown = 60 }
    quiet = { change = -1, lower = null, upper = "0", cooldown = 300 }
  }

  name               = "${local.name}-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = each.value.cooldown

    step_adjustment {
      metric_interval_lower_bound = each.value.lower
      metric_interval_upper_bound = each.value.upper
      scaling_adjustment          = each.value.change
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "load" {
  for_each = {
    busy  = { comparison = "GreaterThanThreshold", threshold = 160, periods = 2 }
    quiet = { comparison = "LessThanThreshold", threshold = 70, periods = 15 }
  }

  alarm_name          = "${local.name}-${each.key}"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.step[each.key].arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}
