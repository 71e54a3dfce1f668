resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "https"
  endpoint  = var.on_call_url
}

data "aws_iam_policy_document" "alerts" {
  statement {
    sid       = "Publishers"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = data.aws_iam_policy_document.alerts.json
}

locals {
  traffic = { EndpointName = var.name, VariantName = var.variant }

  deployment_alarms = {
    "errors" = {
      metric = "Invocation5XXErrors", statistic = "Average", percentile = null, threshold = 0.01, dimensions = local.traffic
    }

    "latency-p99" = {
      metric = "ModelLatency", statistic = null, percentile = "p99", threshold = 500000, dimensions = local.traffic
    }
  }

  live_alarms = {
    "errors-of-revision" = {
      metric     = "Invocation5XXErrors", statistic = "Average", percentile = null, threshold = 0.01
      dimensions = merge(local.traffic, { EndpointConfigName = local.revision })
    }

    "drift" = {
      metric     = "feature_baseline_drift_tenure", statistic = "Maximum", percentile = null, threshold = 0.2, period = 3600, periods = 1
      namespace  = "aws/sagemaker/Endpoints/data-metrics"
      dimensions = { Endpoint = var.name, MonitoringSchedule = var.schedules.data }
    }

    "quality" = {
      metric     = "f1", statistic = "Minimum", percentile = null, threshold = 0.82, period = 3600, periods = 1
      namespace  = "aws/sagemaker/Endpoints/model-metrics", comparison = "LessThanThreshold"
      dimensions = { Endpoint = var.name, MonitoringSchedule = var.schedules.model }
    }

    "traffic" = {
      metric     = "Invocations", statistic = "Sum", percentile = null, threshold = 50, period = 300, periods = 3
      comparison = "LessThanThreshold", dimensions = local.traffic
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for key, alarm in merge(local.deployment_alarms, local.live_alarms) : key => alarm if var.live || contains(keys(local.deployment_alarms), key) }

  alarm_name          = "${var.name}-${each.key}"
  namespace           = try(each.value.namespace, "AWS/SageMaker")
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  comparison_operator = try(each.value.comparison, "GreaterThanThreshold")
  threshold           = each.value.threshold
  period              = try(each.value.period, 60)
  evaluation_periods  = try(each.value.periods, 2)
  treat_missing_data  = "notBreaching"
  dimensions          = each.value.dimensions
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "health" {
  count = var.live ? 1 : 0

  alarm_name          = "${var.name}-health"
  namespace           = "CloudWatchSynthetics"
  metric_name         = "SuccessPercent"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 90
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  dimensions          = { CanaryName = var.canary }
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

# The error budget of 0.1 % a month: 14.4 times too fast over an hour, 6 times over six.
resource "aws_cloudwatch_metric_alarm" "burn" {
  for_each = var.live ? { fast = { rate = 14.4, hours = 1 }, slow = { rate = 6, hours = 6 } } : {}

  alarm_name          = "${var.name}-burn-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.rate * 0.001
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "burn"
    expression  = "IF(requests > 0, FILL(failed, 0) / requests, 0)"
    label       = "Share of failed requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failed = "Invocation5XXErrors", requests = "Invocations" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/SageMaker"
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 3600 * each.value.hours
        dimensions  = local.traffic
      }
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
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
        metrics = [["AWS/SageMaker", metric, "EndpointName", var.name, "VariantName", var.variant]]
      }
    }]
  })
}
