locals {
  intent = {
    name    = "intent"
    variant = "AllTraffic"
    tags    = { "ml:endpoint" = "intent", "ml:team" = "risk", "ml:workload" = "gpu" }
  }
}

resource "aws_sagemaker_model" "intent" {
  name                     = "intent-r7"
  execution_role_arn       = aws_iam_role.fleet.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/intent@sha256:696e74656e74696e74656e74696e74656e74696e74656e74696e74656e74696e"
    model_data_url = "s3://acme-fleet-artifacts/models/6e74696e74656e74696e74656e74696e/model.tar.gz"
  }

  vpc_config {
    subnets            = aws_subnet.fleet[*].id
    security_group_ids = [aws_security_group.fleet.id]
  }

  tags = local.intent.tags
}

resource "aws_sagemaker_endpoint_configuration" "intent" {
  name = "intent-r7"

  production_variants {
    variant_name           = local.intent.variant
    model_name             = aws_sagemaker_model.intent.name
    instance_type          = "ml.g5.xlarge"
    initial_instance_count = 2
  }

  tags = local.intent.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "intent" {
  name                 = local.intent.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.intent.name

  deployment_config {
    auto_rollback_configuration {
      dynamic "alarms" {
        for_each = [
          aws_cloudwatch_metric_alarm.intent_errors.alarm_name,
          aws_cloudwatch_metric_alarm.intent_latency.alarm_name,
          aws_cloudwatch_metric_alarm.intent_health.alarm_name,
        ]

        content {
          alarm_name = alarms.value
        }
      }
    }

    blue_green_update_policy {
      termination_wait_in_seconds          = 600
      maximum_execution_timeout_in_seconds = 3600

      traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 600

        canary_size {
          type  = "CAPACITY_PERCENT"
          value = 50
        }
      }
    }
  }

  tags = local.intent.tags
}

resource "aws_cloudwatch_metric_alarm" "intent_errors" {
  alarm_name          = "intent-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team["risk"].arn]

  dimensions = {
    EndpointName = local.intent.name
    VariantName  = local.intent.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "intent_latency" {
  alarm_name          = "intent-latency"
  namespace           = "AWS/SageMaker"
  metric_name         = "ModelLatency"
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team["risk"].arn]

  dimensions = {
    EndpointName = local.intent.name
    VariantName  = local.intent.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "intent_health" {
  alarm_name          = "intent-health"
  namespace           = "Acme/EndpointProbe"
  metric_name         = "Success"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.team["risk"].arn]

  dimensions = {
    EndpointName = local.intent.name
    VariantName  = local.intent.variant
  }
}

resource "aws_appautoscaling_target" "intent" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.intent.name}/variant/${local.intent.variant}"
  min_capacity       = 2
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "intent_set_point" {
  name               = "intent-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.intent.service_namespace
  scalable_dimension = aws_appautoscaling_target.intent.scalable_dimension
  resource_id        = aws_appautoscaling_target.intent.resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 70
    disable_scale_in = true

    customized_metric_specification {
      namespace   = "/aws/sagemaker/Endpoints"
      metric_name = "GPUUtilization"
      statistic   = "Average"

      dimensions {
        name  = "EndpointName"
        value = local.intent.name
      }

      dimensions {
        name  = "VariantName"
        value = local.intent.variant
      }
    }
  }
}

resource "aws_appautoscaling_policy" "intent_add" {
  name               = "intent-add"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.intent.service_namespace
  scalable_dimension = aws_appautoscaling_target.intent.scalable_dimension
  resource_id        = aws_appautoscaling_target.intent.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = 60

    step_adjustment {
      metric_interval_lower_bound = "0"
      scaling_adjustment          = 1
    }
  }
}

resource "aws_appautoscaling_policy" "intent_remove" {
  name               = "intent-remove"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.intent.service_namespace
  scalable_dimension = aws_appautoscaling_target.intent.scalable_dimension
  resource_id        = aws_appautoscaling_target.intent.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = 300

    step_adjustment {
      metric_interval_upper_bound = "0"
      scaling_adjustment          = -1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "intent_busy" {
  alarm_name          = "intent-busy"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "GPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.intent_add.arn]

  dimensions = {
    EndpointName = local.intent.name
    VariantName  = local.intent.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "intent_quiet" {
  alarm_name          = "intent-quiet"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "GPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 46
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.intent_remove.arn]

  dimensions = {
    EndpointName = local.intent.name
    VariantName  = local.intent.variant
  }
}

resource "aws_budgets_budget" "intent" {
  name         = "intent"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "5000"
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:ml:endpoint$intent"]
  }

  dynamic "notification" {
    for_each = [50, 80, 100]

    content {
      notification_type         = "ACTUAL"
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.team["risk"].arn]
    }
  }
}
