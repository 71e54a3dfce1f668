terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }
variable "limit" { type = number }
variable "topic_arn" { type = string }

variable "thresholds" {
  type    = list(number)
  default = [50, 80, 100]
}

resource "aws_ce_cost_allocation_tag" "this" {
  for_each = toset(["ml:endpoint", "ml:environment", "ml:team"])

  tag_key = each.value
  status  = "Active"
}

resource "aws_budgets_budget" "this" {
  name         = var.endpoint
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.limit)
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:ml:endpoint%s%s", "$", var.endpoint)]
  }

  dynamic "notification" {
    for_each = toset([for threshold in var.thresholds : tostring(threshold)])

    content {
      notification_type         = "ACTUAL"
      comparison_operator       = "GREATER_THAN"
      threshold                 = tonumber(notification.value)
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [var.topic_arn]
    }
  }
}

resource "aws_ce_anomaly_monitor" "this" {
  name              = var.endpoint
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  name             = var.endpoint
  frequency        = "IMMEDIATE"
  monitor_arn_list = [aws_ce_anomaly_monitor.this.arn]

  subscriber {
    type    = "SNS"
    address = var.topic_arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(min(100, var.limit / 10))]
    }
  }
}
