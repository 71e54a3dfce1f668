variable "account_id" {
  description = "The account that the deployment lives in."
  type        = string
  default     = "111122223333"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "recovery_region" {
  type    = string
  default = "us-west-2"
}

variable "availability_zones" {
  type    = list(string)
  default = ["us-east-1a", "us-east-1b"]
}

variable "recovery_availability_zones" {
  type    = list(string)
  default = ["us-west-2a", "us-west-2b"]
}

variable "revision" {
  description = "The revision of the model that is deployed; part of every name that must change with it."
  type        = string
  default     = "r42"
}

variable "image_digest" {
  type    = string
  default = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
}

variable "model_digest" {
  type    = string
  default = "9b74c9897bac770ffc029102a200c5de1c4f2d5a5b0e6f1b7a6f9c9f6c2f9a10"
}

variable "instance_type" {
  type    = string
  default = "ml.m5.2xlarge"
}

variable "retention_days" {
  description = "SOC 2 asks for a year; a month more lets an audit that is late still find its year."
  type        = number
  default     = 400
}

variable "on_call_url" {
  type    = string
  default = "https://events.pager.example.com/integration/churn"
}

variable "owner_email" {
  type    = string
  default = "growth-ml@example.com"
}

variable "zone_id" {
  type    = string
  default = "Z0123456789EXAMPLE"
}

variable "api_domain" {
  type    = string
  default = "churn.ml.example.com"
}

variable "recovery_api_domain" {
  description = "The regional domain name of the API in the recovery region."
  type        = string
  default     = "d-0123456789.execute-api.us-west-2.amazonaws.com"
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws:acm:us-east-1:111122223333:certificate/6a1f1f0e-1111-4222-8333-444455556666"
}

variable "user_pool_arn" {
  type    = string
  default = "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_ExAmPlE"
}

locals {
  name     = "churn-scoring"
  variant  = "AllTraffic"
  revision = "${local.name}-${var.revision}"
  vcpus    = 8 # of var.instance_type; CPUUtilization runs to 100 per vCPU

  tags = {
    "ml:endpoint"    = local.name
    "ml:environment" = "production"
    "ml:team"        = "growth"
    "ml:critical"    = "true"
    "ml:managed-by"  = "terraform"
  }

  topic_arn          = "arn:aws:sns:${var.region}:${var.account_id}:${local.name}-alerts"
  recovery_topic_arn = "arn:aws:sns:${var.recovery_region}:${var.account_id}:${local.name}-alerts"
  trail_arn          = "arn:aws:cloudtrail:${var.region}:${var.account_id}:trail/${local.name}"
  endpoint_arn       = "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint/${local.name}"
  role_prefix        = "arn:aws:iam::${var.account_id}:role/${local.name}"
}
