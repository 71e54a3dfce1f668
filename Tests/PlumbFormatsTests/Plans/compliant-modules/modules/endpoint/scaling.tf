locals {
  utilization = {
    namespace   = "/aws/sagemaker/Endpoints"
    metric_name = "CPUUtilization"
  }
}

resource "aws_appautoscaling_target" "this" {
  count = var.live ? 1 : 0

  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this[0].name}/variant/${var.variant}"
  min_capacity       = var.instances.minimum
  max_capacity       = var.instances.maximum
}

resource "aws_appautoscaling_policy" "set_point" {
  count = var.live ? 1 : 0

  name               = "${var.name}-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = 70 * var.vcpus
    disable_scale_in = true

    customized_metric_specification {
      namespace   = local.utilization.namespace
      metric_name = local.utilization.metric_name
      statistic   = "Average"

      dynamic "dimensions" {
        for_each = local.traffic

        content {
          name  = dimensions.key
          value = dimensions.value
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  for_each = var.live ? { add = 1, remove = -1 } : {}

  name               = "${var.name}-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[0].resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = 300

    step_adjustment {
      metric_interval_lower_bound = each.value > 0 ? "0" : null
      metric_interval_upper_bound = each.value < 0 ? "0" : null
      scaling_adjustment          = each.value
    }
  }
}

# Utilisation per vCPU, by metric math.
resource "aws_cloudwatch_metric_alarm" "step" {
  for_each = var.live ? {
    add    = { comparison = "GreaterThanThreshold", threshold = 80, periods = 2 }
    remove = { comparison = "LessThanThreshold", threshold = 46, periods = 15 }
  } : {}

  alarm_name          = "${var.name}-step-${each.key}"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.step[each.key].arn]

  metric_query {
    id          = "utilization"
    expression  = "cpu / ${var.vcpus}"
    return_data = true
  }

  metric_query {
    id = "cpu"

    metric {
      namespace   = local.utilization.namespace
      metric_name = local.utilization.metric_name
      stat        = "Average"
      period      = 60
      dimensions  = local.traffic
    }
  }
}
