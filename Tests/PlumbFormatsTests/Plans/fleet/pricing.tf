locals {
  pricing = {
    name    = "pricing"
    variant = "Primary"
    tags    = { "ml:endpoint" = "pricing", "ml:team" = "growth", "ml:workload" = "cpu" }
  }
}

resource "aws_sagemaker_model" "pricing" {
  name                     = "pricing-r7"
  execution_role_arn       = aws_iam_role.fleet.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/pricing@sha256:70726963696e6770726963696e6770726963696e6770726963696e6770726963"
    model_data_url = "s3://acme-fleet-artifacts/models/696e6770726963696e6770726963696e/model.tar.gz"
  }

  vpc_config {
    subnets            = aws_subnet.fleet[*].id
    security_group_ids = [aws_security_group.fleet.id]
  }

  tags = local.pricing.tags
}

resource "aws_sagemaker_endpoint_configuration" "pricing" {
  name        = "pricing-r7"
  kms_key_arn = aws_kms_key.fleet.arn

  production_variants {
    variant_name           = local.pricing.variant
    model_name             = aws_sagemaker_model.pricing.name
    instance_type          = "ml.m5.4xlarge"
    initial_instance_count = 2
  }

  tags = local.pricing.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "pricing" {
  name                 = local.pricing.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.pricing.name

  deployment_config {
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.pricing_errors.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.pricing_latency.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.pricing_health.alarm_name
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

  tags = local.pricing.tags
}

resource "aws_cloudwatch_metric_alarm" "pricing_errors" {
  alarm_name          = "pricing-errors"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team["growth"].arn]

  metric_query {
    id          = "rate"
    label       = "Failed requests in per cent"
    expression  = "IF(requests > 0, 100 * FILL(failed, 0) / requests, 0)"
    return_data = true
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocation5XXErrors"
      stat        = "Sum"
      period      = 60
      dimensions  = { EndpointName = local.pricing.name, VariantName = local.pricing.variant }
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocations"
      stat        = "Sum"
      period      = 60
      dimensions  = { EndpointName = local.pricing.name, VariantName = local.pricing.variant }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "pricing_latency" {
  alarm_name          = "pricing-latency"
  namespace           = "AWS/SageMaker"
  metric_name         = "ModelLatency"
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team["growth"].arn]

  dimensions = {
    EndpointName = local.pricing.name
    VariantName  = local.pricing.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "pricing_health" {
  alarm_name          = "pricing-health"
  namespace           = "Acme/EndpointProbe"
  metric_name         = "Success"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.team["growth"].arn]

  dimensions = {
    EndpointName = local.pricing.name
    VariantName  = local.pricing.variant
  }
}

resource "aws_appautoscaling_target" "pricing" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.pricing.name}/variant/${local.pricing.variant}"
  min_capacity       = 2
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "pricing_set_point" {
  name               = "pricing-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.pricing.service_namespace
  scalable_dimension = aws_appautoscaling_target.pricing.scalable_dimension
  resource_id        = aws_appautoscaling_target.pricing.resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 1120
    disable_scale_in = true

    customized_metric_specification {
      namespace   = "/aws/sagemaker/Endpoints"
      metric_name = "CPUUtilization"
      statistic   = "Average"

      dimensions {
        name  = "EndpointName"
        value = local.pricing.name
      }

      dimensions {
        name  = "VariantName"
        value = local.pricing.variant
      }
    }
  }
}

resource "aws_appautoscaling_policy" "pricing_add" {
  name               = "pricing-add"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.pricing.service_namespace
  scalable_dimension = aws_appautoscaling_target.pricing.scalable_dimension
  resource_id        = aws_appautoscaling_target.pricing.resource_id

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

resource "aws_appautoscaling_policy" "pricing_remove" {
  name               = "pricing-remove"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.pricing.service_namespace
  scalable_dimension = aws_appautoscaling_target.pricing.scalable_dimension
  resource_id        = aws_appautoscaling_target.pricing.resource_id

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

resource "aws_cloudwatch_metric_alarm" "pricing_busy" {
  alarm_name          = "pricing-busy"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1280
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.pricing_add.arn]

  dimensions = {
    EndpointName = local.pricing.name
    VariantName  = local.pricing.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "pricing_quiet" {
  alarm_name          = "pricing-quiet"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 736
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.pricing_remove.arn]

  dimensions = {
    EndpointName = local.pricing.name
    VariantName  = local.pricing.variant
  }
}

resource "aws_budgets_budget" "pricing" {
  name         = "pricing"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "3000"
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:ml:endpoint$pricing"]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 50
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["growth"].arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["growth"].arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["growth"].arn]
  }
}
