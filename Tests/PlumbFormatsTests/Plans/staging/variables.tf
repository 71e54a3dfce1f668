variable "region" {
  type    = string
  default = "us-east-1"
}

variable "account_id" {
  type    = string
  default = "444455556666"
}

variable "revision" {
  type    = string
  default = "r42"
}

variable "image_digest" {
  type    = string
  default = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
}

variable "model_digest" {
  type    = string
  default = "9b74c9897bac770ffc029102a200c5de1c4f2d5a5b0e6f1b7a6f9c9f6c2f9a10"
}

variable "owner_email" {
  type    = string
  default = "growth-ml@example.com"
}

locals {
  name          = "churn-scoring-staging"
  variant       = "AllTraffic"
  revision      = "${local.name}-${var.revision}"
  instance_type = "ml.m5.xlarge"
  retention     = 90

  tags = {
    "ml:endpoint"    = local.name
    "ml:environment" = "staging"
    "ml:team"        = "growth"
    "ml:workload"    = "cpu"
  }

  endpoint_arn = "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint/${local.name}"
  config_arn   = "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"
  topic_arn    = "arn:aws:sns:${var.region}:${var.account_id}:${local.name}-alerts"
  trail_arn    = "arn:aws:cloudtrail:${var.region}:${var.account_id}:trail/${local.name}"
  role_prefix  = "arn:aws:iam::${var.account_id}:role/${local.name}"
}
