locals {
  fraud = {
    name    = "fraud"
    variant = "AllTraffic"
    tags    = { "ml:endpoint" = "fraud", "ml:team" = "risk", "ml:workload" = "cpu" }
  }
}

resource "aws_sagemaker_model" "fraud" {
  name                     = "fraud-r7"
  execution_role_arn       = aws_iam_role.fleet.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/fraud@sha256:6672617564667261756466726175646672617564667261756466726175646672"
    model_data_url = "s3://acme-fleet-artifacts/models/64667261756466726175646672617564/model.tar.gz"
  }

  vpc_config {
    subnets            = aws_subnet.fleet[*].id
    security_group_ids = [aws_security_group.fleet.id]
  }

  tags = local.fraud.tags
}

resource "aws_sagemaker_endpoint_configuration" "fraud" {
  name        = "fraud-r7"
  kms_key_arn = aws_kms_key.fleet.arn

  production_variants {
    variant_name           = local.fraud.variant
    model_name             = aws_sagemaker_model.fraud.name
    instance_type          = "ml.m5.2xlarge"
    initial_instance_count = 2
  }

  tags = local.fraud.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "fraud" {
  name                 = local.fraud.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.fraud.name

  deployment_config {
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.fraud_errors.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.fraud_latency.alarm_name
      }

      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.fraud_health.alarm_name
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

  tags = local.fraud.tags
}

resource "aws_cloudwatch_metric_alarm" "fraud_errors" {
  alarm_name          = "fraud-errors"
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
    EndpointName = local.fraud.name
    VariantName  = local.fraud.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "fraud_latency" {
  alarm_name          = "fraud-latency"
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
    EndpointName = local.fraud.name
    VariantName  = local.fraud.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "fraud_health" {
  alarm_name          = "fraud-health"
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
    EndpointName = local.fraud.name
    VariantName  = local.fraud.variant
  }
}

resource "aws_appautoscaling_target" "fraud" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.fraud.name}/variant/${local.fraud.variant}"
  min_capacity       = 2
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "fraud_set_point" {
  name               = "fraud-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.fraud.service_namespace
  scalable_dimension = aws_appautoscaling_target.fraud.scalable_dimension
  resource_id        = aws_appautoscaling_target.fraud.resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 560
    disable_scale_in = true

    customized_metric_specification {
      namespace   = "/aws/sagemaker/Endpoints"
      metric_name = "CPUUtilization"
      statistic   = "Average"

      dimensions {
        name  = "EndpointName"
        value = local.fraud.name
      }

      dimensions {
        name  = "VariantName"
        value = local.fraud.variant
      }
    }
  }
}

resource "aws_appautoscaling_policy" "fraud_add" {
  name               = "fraud-add"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.fraud.service_namespace
  scalable_dimension = aws_appautoscaling_target.fraud.scalable_dimension
  resource_id        = aws_appautoscaling_target.fraud.resource_id

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

resource "aws_appautoscaling_policy" "fraud_remove" {
  name               = "fraud-remove"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.fraud.service_namespace
  scalable_dimension = aws_appautoscaling_target.fraud.scalable_dimension
  resource_id        = aws_appautoscaling_target.fraud.resource_id

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

resource "aws_cloudwatch_metric_alarm" "fraud_busy" {
  alarm_name          = "fraud-busy"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 640
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.fraud_add.arn]

  dimensions = {
    EndpointName = local.fraud.name
    VariantName  = local.fraud.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "fraud_quiet" {
  alarm_name          = "fraud-quiet"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 368
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.fraud_remove.arn]

  dimensions = {
    EndpointName = local.fraud.name
    VariantName  = local.fraud.variant
  }
}

resource "aws_ce_cost_allocation_tag" "endpoint" {
  tag_key = "ml:endpoint"
  status  = "Active"
}

resource "aws_budgets_budget" "fraud" {
  name         = "fraud"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "2000"
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:ml:endpoint$fraud"]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 50
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["risk"].arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["risk"].arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.team["risk"].arn]
  }
}
