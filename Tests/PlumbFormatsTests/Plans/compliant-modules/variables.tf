variable "account_id" {
  type    = string
  default = "111122223333"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "recovery_region" {
  type    = string
  default = "us-west-2"
}

variable "zones" {
  type = map(list(string))
  default = {
    us-east-1 = ["us-east-1a", "us-east-1c"]
    us-west-2 = ["us-west-2a", "us-west-2b"]
  }
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

variable "on_call_url" {
  type    = string
  default = "https://events.pager.example.com/integration/churn"
}

locals {
  name           = "churnm"
  retention_days = 400

  tags = {
    "ml:endpoint"    = local.name
    "ml:environment" = "production"
    "ml:team"        = "growth"
    "ml:critical"    = "true"
  }

  role_arn     = { for role in ["execution", "invoke", "deploy", "operate", "audit", "replication", "backup", "function", "delivery", "subscription"] : role => "arn:aws:iam::${var.account_id}:role/${local.name}-${role}" }
  endpoint_arn = "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint/${local.name}"
  config_arn   = "arn:aws:sagemaker:${var.region}:${var.account_id}:endpoint-config/${local.name}-*"
  trail_arn    = "arn:aws:cloudtrail:${var.region}:${var.account_id}:trail/${local.name}"
}
