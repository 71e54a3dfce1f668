# The alarms name the endpoint by its name and not by reference: the endpoint itself refers to them.

# --- Where alarms go ---

resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  kms_master_key_id = aws_kms_key.main.arn
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "https"
  endpoint  = var.on_call_url
}

resource "aws_sns_topic_subscription" "owner" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.owner_email
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Publishers"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"] }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "RefusePlainTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# --- Deployment alarms ---

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-errors"
  alarm_description   = "More than 1 % of the requests are answered with a server fault"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

# Sees the new fleet alone, so that a canary is judged by its own requests.
resource "aws_cloudwatch_metric_alarm" "errors_of_revision" {
  alarm_name          = "${local.revision}-errors"
  alarm_description   = "More than 1 % of the new revision's requests are answered with a server fault"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName       = local.name
    VariantName        = local.variant
    EndpointConfigName = aws_sagemaker_endpoint_configuration.this.name
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name                            = "${local.name}-latency-p99"
  alarm_description                     = "p99 of the model's latency exceeds 500 ms (the metric is in microseconds)"
  namespace                             = "AWS/SageMaker"
  metric_name                           = "ModelLatency"
  extended_statistic                    = "p99"
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = 500000
  period                                = 60
  evaluation_periods                    = 2
  datapoints_to_alarm                   = 2
  treat_missing_data                    = "notBreaching"
  evaluate_low_sample_count_percentiles = "evaluate"
  alarm_actions                         = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "health" {
  alarm_name          = "${local.name}-health"
  alarm_description   = "The probe's request is not answered, or the probe itself is silent"
  namespace           = "Acme/EndpointProbe"
  metric_name         = "Success"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

# --- Model alarms ---

resource "aws_cloudwatch_metric_alarm" "drift" {
  alarm_name          = "${local.name}-drift"
  alarm_description   = "A feature has drifted from the baseline"
  namespace           = "aws/sagemaker/Endpoints/data-metrics"
  metric_name         = "feature_baseline_drift_tenure"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.2
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    Endpoint           = local.name
    MonitoringSchedule = aws_sagemaker_monitoring_schedule.data_quality.name
  }
}

resource "aws_cloudwatch_metric_alarm" "quality" {
  alarm_name          = "${local.name}-quality"
  alarm_description   = "F1 against the labels that arrived has fallen"
  namespace           = "aws/sagemaker/Endpoints/model-metrics"
  metric_name         = "f1"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 0.82
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    Endpoint           = local.name
    MonitoringSchedule = "${local.name}-model-quality"
  }
}

# --- Traffic and the error budget ---

resource "aws_cloudwatch_metric_alarm" "traffic" {
  alarm_name          = "${local.name}-traffic"
  alarm_description   = "Fewer requests than on the quietest night"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocations"
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 50
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_burn_fast" {
  alarm_name          = "${local.name}-budget-burn-fast"
  alarm_description   = "The month's error budget of 0.1 % burns 14.4 times too fast"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.0144
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "burn"
    expression  = "IF(requests > 0, FILL(errors, 0) / requests, 0)"
    label       = "Share of failed requests in one hour"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocation5XXErrors"
      stat        = "Sum"
      period      = 3600

      dimensions = {
        EndpointName = local.name
        VariantName  = local.variant
      }
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocations"
      stat        = "Sum"
      period      = 3600

      dimensions = {
        EndpointName = local.name
        VariantName  = local.variant
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_burn_slow" {
  alarm_name          = "${local.name}-budget-burn-slow"
  alarm_description   = "The month's error budget of 0.1 % burns 6 times too fast"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.006
  evaluation_periods  = 6
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "burn"
    expression  = "IF(requests > 0, FILL(errors, 0) / requests, 0)"
    label       = "Share of failed requests in six hours"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocation5XXErrors"
      stat        = "Sum"
      period      = 3600

      dimensions = {
        EndpointName = local.name
        VariantName  = local.variant
      }
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/SageMaker"
      metric_name = "Invocations"
      stat        = "Sum"
      period      = 3600

      dimensions = {
        EndpointName = local.name
        VariantName  = local.variant
      }
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [
      {
        type = "metric", x = 0, y = 0, width = 12, height = 6
        properties = {
          title  = "Latency"
          region = var.region
          period = 60
          metrics = [
            ["AWS/SageMaker", "ModelLatency", "EndpointName", local.name, "VariantName", local.variant, { stat = "p99" }],
            ["AWS/SageMaker", "OverheadLatency", "EndpointName", local.name, "VariantName", local.variant, { stat = "Average" }],
          ]
        }
      },
      {
        type = "metric", x = 12, y = 0, width = 12, height = 6
        properties = {
          title  = "Errors"
          region = var.region
          period = 60
          metrics = [
            ["AWS/SageMaker", "Invocation5XXErrors", "EndpointName", local.name, "VariantName", local.variant, { stat = "Sum" }],
            [".", "Invocation4XXErrors", ".", ".", ".", ".", { stat = "Sum" }],
          ]
        }
      },
      {
        type = "metric", x = 0, y = 6, width = 12, height = 6
        properties = {
          title   = "Throughput"
          region  = var.region
          period  = 60
          metrics = [["AWS/SageMaker", "Invocations", "EndpointName", local.name, "VariantName", local.variant, { stat = "Sum" }]]
        }
      },
    ]
  })
}

# --- Automated response outside deployments ---

resource "aws_cloudwatch_event_rule" "critical_alarm" {
  name        = "${local.name}-critical-alarm"
  description = "A critical alarm of the endpoint has fired"
  event_pattern = jsonencode({
    source        = ["aws.cloudwatch"]
    "detail-type" = ["CloudWatch Alarm State Change"]
    detail = {
      alarmName = [
        aws_cloudwatch_metric_alarm.errors.alarm_name,
        aws_cloudwatch_metric_alarm.errors_of_revision.alarm_name,
        aws_cloudwatch_metric_alarm.latency.alarm_name,
        aws_cloudwatch_metric_alarm.health.alarm_name,
      ]
      state = { value = ["ALARM"] }
    }
  })
}

resource "aws_cloudwatch_event_target" "critical_alarm" {
  rule = aws_cloudwatch_event_rule.critical_alarm.name
  arn  = aws_lambda_function.responder.arn
}

resource "aws_lambda_permission" "critical_alarm" {
  statement_id   = "CriticalAlarm"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.responder.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.critical_alarm.arn
  source_account = var.account_id
}

resource "aws_cloudwatch_event_rule" "endpoint_state" {
  name        = "${local.name}-state"
  description = "The endpoint or its deployment changes state"
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Endpoint State Change", "SageMaker Endpoint Deployment State Change"]
    detail        = { EndpointName = [local.name] }
  })
}

resource "aws_cloudwatch_event_target" "endpoint_state" {
  rule = aws_cloudwatch_event_rule.endpoint_state.name
  arn  = aws_sns_topic.alerts.arn
}
