resource "aws_appautoscaling_target" "this" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/${local.variant}"
  min_capacity       = 2
  max_capacity       = 4
}

# The set point: 70 % of all vCPUs. It adds and never removes.
resource "aws_appautoscaling_policy" "set_point" {
  name               = "${local.name}-set-point"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 70
    disable_scale_in   = true
    scale_out_cooldown = 60

    customized_metric_specification {
      metrics {
        id          = "utilization"
        label       = "CPU per vCPU"
        expression  = "cpu / ${local.vcpus}"
        return_data = true
      }

      metrics {
        id          = "cpu"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "/aws/sagemaker/Endpoints"
            metric_name = "CPUUtilization"

            dimensions {
              name  = "EndpointName"
              value = local.name
            }

            dimensions {
              name  = "VariantName"
              value = local.variant
            }
          }
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "add" {
  name               = "${local.name}-add"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

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

resource "aws_appautoscaling_policy" "remove" {
  name               = "${local.name}-remove"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

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

resource "aws_cloudwatch_metric_alarm" "busy" {
  alarm_name          = "${local.name}-busy"
  alarm_description   = "More than 80 % of the vCPUs are busy (the metric is the sum over ${local.vcpus} of them)"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80 * local.vcpus
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.add.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "quiet" {
  alarm_name          = "${local.name}-quiet"
  alarm_description   = "Less than 46 % of the vCPUs are busy: one instance of three can go without passing the set point"
  namespace           = "/aws/sagemaker/Endpoints"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 46 * local.vcpus
  period              = 60
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.remove.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}
