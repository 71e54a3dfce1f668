resource "aws_sagemaker_model" "ranking" {
  name                     = "ranking-r7"
  execution_role_arn       = aws_iam_role.fleet.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/ranking@sha256:72616e6b696e6772616e6b696e6772616e6b696e6772616e6b696e6772616e6b"
    model_data_url = "s3://acme-fleet-artifacts/models/696e6772616e6b696e6772616e6b696e/model.tar.gz"
  }

  vpc_config {
    subnets            = aws_subnet.fleet[*].id
    security_group_ids = [aws_security_group.fleet.id]
  }

  tags = { "ml:endpoint" = "ranking", "ml:team" = "growth", "ml:workload" = "cpu" }
}

resource "aws_sagemaker_endpoint_configuration" "ranking" {
  name        = "ranking-r7"
  kms_key_arn = aws_kms_key.fleet.arn

  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.ranking.name
    instance_type          = "ml.m5.xlarge"
    initial_instance_count = 2
  }

  tags = { "ml:endpoint" = "ranking", "ml:team" = "growth", "ml:workload" = "cpu" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "ranking" {
  name                 = "ranking"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.ranking.name

  deployment_config {
    auto_rollback_configuration {
      alarms {
        alarm_name = "ranking-errors"
      }

      alarms {
        alarm_name = "ranking-latency"
      }

      alarms {
        alarm_name = "ranking-health"
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

  tags = { "ml:endpoint" = "ranking", "ml:team" = "growth", "ml:workload" = "cpu" }
}

resource "aws_cloudwatch_metric_alarm" "ranking_errors" {
  alarm_name          = "ranking-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team["growth"].arn]

  dimensions = {
    EndpointName = "ranking"
    VariantName  = "main"
  }
}

resource "aws_cloudwatch_metric_alarm" "ranking_latency" {
  alarm_name          = "ranking-latency"
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
    EndpointName = "ranking"
    VariantName  = "main"
  }
}

resource "aws_cloudwatch_metric_alarm" "ranking_health" {
  alarm_name          = "ranking-health"
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
    EndpointName = "ranking"
    VariantName  = "main"
  }
}

resource "aws_appautoscaling_target" "ranking" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/ranking/variant/main"
  min_capacity       = 2
  max_capacity       = 4

  depends_on = [aws_sagemaker_endpoint.ranking]
}

resource "aws_appautoscaling_policy" "ranking_set_point" {
  name               = "ranking-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.ranking.service_namespace
  scalable_dimension = aws_appautoscaling_target.ranking.scalable_dimension
  resource_id        = aws_appautoscaling_target.ranking.resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 280
    disable_scale_in = true

    customized_metric_specification {
      namespace   = "/aws/sagemaker/Endpoints"
      metric_name = "CPUUtilization"
      statistic   = "Average"

      dimensions {
        name  = "EndpointName"
        value = "ranking"
      }

      dimensions {
        name  = "VariantName"
        value = "main"
      }
    }
  }
}

resource "aws_appautoscaling_policy" "ranking_add" {
  name               = "ranking-add"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.ranking.service_namespace
  scalable_dimension = aws_appautoscaling_target.ranking.scalable_dimension
  resource_id        = aws_appautoscaling_target.ranking.resource_id

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

resource "aws_appautoscaling_policy" "ranking_remove" {
  name               = "ranking-remove"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.ranking.service_namespace
  scalable_dimension = aws_appautoscaling_target.ranking.scalable_dimension
  resource_id        = aws_appautoscaling_target.ranking.resource_id

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

resource "aws_cloudwatch_metric_alarm" "ranking_busy" {
  alarm_name          = "ranking-busy"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 320
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.ranking_add.arn]

  dimensions = {
    EndpointName = "ranking"
    VariantName  = "main"
  }
}

resource "aws_cloudwatch_metric_alarm" "ranking_quiet" {
  alarm_name          = "ranking-quiet"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 184
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.ranking_remove.arn]

  dimensions = {
    EndpointName = "ranking"
    VariantName  = "main"
  }
}

resource "aws_budgets_budget" "ranking" {
  name         = "ranking"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "2000"
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:ml:endpoint$ranking"]
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
