# On from eight to eight on working days: 60 hours a week. Off means deleted; configuration and model stay.
locals {
  schedules = {
    start = {
      expression = "cron(45 7 ? * MON-FRI *)"
      action     = "sagemaker:createEndpoint"
      input      = { EndpointName = local.name, EndpointConfigName = local.revision }
    }

    register = {
      expression = "cron(0 8 ? * MON-FRI *)"
      action     = "applicationautoscaling:registerScalableTarget"
      input = {
        ServiceNamespace  = "sagemaker"
        ScalableDimension = "sagemaker:variant:DesiredInstanceCount"
        ResourceId        = "endpoint/${local.name}/variant/${local.variant}"
        MinCapacity       = 1
        MaxCapacity       = 4
      }
    }

    wake = {
      expression = "cron(5 8 ? * MON-FRI *)"
      action     = "cloudwatch:enableAlarmActions"
      input      = { AlarmNames = ["${local.name}-health"] }
    }

    hush = {
      expression = "cron(40 19 ? * MON-FRI *)"
      action     = "cloudwatch:disableAlarmActions"
      input      = { AlarmNames = ["${local.name}-health"] }
    }

    stop = {
      expression = "cron(45 19 ? * MON-FRI *)"
      action     = "sagemaker:deleteEndpoint"
      input      = { EndpointName = local.name }
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedules

  name                         = "${local.name}-${each.key}"
  schedule_expression          = each.value.expression
  schedule_expression_timezone = "Europe/Zurich"
  state                        = "ENABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:${each.value.action}"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode(each.value.input)
  }
}

resource "aws_ce_cost_allocation_tag" "this" {
  for_each = toset(["ml:endpoint", "ml:environment", "ml:team"])

  tag_key = each.key
  status  = "Active"
}

# The team's budget for everything in this environment.
resource "aws_budgets_budget" "team" {
  name         = "growth-staging"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "450"
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:ml:team$growth", "user:ml:environment$staging"]
  }

  dynamic "notification" {
    for_each = { "50" = "ACTUAL", "80" = "ACTUAL", "100" = "ACTUAL", "90" = "FORECASTED" }

    content {
      notification_type          = notification.value
      comparison_operator        = "GREATER_THAN"
      threshold                  = tonumber(notification.key)
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = [var.owner_email]
      subscriber_sns_topic_arns  = [aws_sns_topic.alerts.arn]
    }
  }
}

resource "aws_ce_anomaly_monitor" "team" {
  name         = "growth-staging"
  monitor_type = "CUSTOM"
  monitor_specification = jsonencode({
    And  = null, CostCategories = null, Dimensions = null, Not = null, Or = null
    Tags = { Key = "ml:team", MatchOptions = null, Values = ["growth"] }
  })
}

resource "aws_ce_anomaly_subscription" "team" {
  name             = "growth-staging"
  frequency        = "IMMEDIATE"
  monitor_arn_list = [aws_ce_anomaly_monitor.team.arn]

  subscriber {
    type    = "SNS"
    address = aws_sns_topic.alerts.arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["45"]
    }
  }
}
