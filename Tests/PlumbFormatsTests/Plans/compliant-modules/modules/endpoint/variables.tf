variable "name" { type = string }

variable "variant" {
  type    = string
  default = "AllTraffic"
}

variable "revision" { type = string }
variable "region" { type = string }
variable "account_id" { type = string }

variable "live" {
  type    = bool
  default = true
}

variable "workload" { type = string }
variable "instance_type" { type = string }
variable "vcpus" { type = number }

variable "instances" {
  type    = object({ minimum = number, maximum = number })
  default = { minimum = 2, maximum = 4 }
}

variable "image" { type = string }
variable "model_data_url" { type = string }
variable "capture_bucket" { type = string }
variable "execution_role_arn" { type = string }
variable "kms_key_arn" { type = string }

variable "network" {
  type = object({ subnet_ids = list(string), security_group_id = string })
}

variable "retention_days" { type = number }

variable "bake_seconds" {
  type    = number
  default = 420
}

variable "on_call_url" { type = string }
variable "canary" {
  description = "Name of the canary that calls the endpoint, where it is live."
  type        = string
  default     = null
}

variable "schedules" {
  description = "Names of the monitoring schedules."
  type        = object({ data = string, model = string })
  default     = { data = null, model = null }
}

locals {
  revision  = "${var.name}-${var.revision}"
  topic_arn = "arn:aws:sns:${var.region}:${var.account_id}:${var.name}-alerts"
}

output "name" {
  value = one(aws_sagemaker_endpoint.this[*].name)
}

output "config_name" {
  value = aws_sagemaker_endpoint_configuration.this.name
}

output "topic_arn" {
  value = aws_sns_topic.alerts.arn
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.endpoint.name
}

output "health_alarm_name" {
  value = one(aws_cloudwatch_metric_alarm.health[*].alarm_name)
}

output "alarm_names" {
  value = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
