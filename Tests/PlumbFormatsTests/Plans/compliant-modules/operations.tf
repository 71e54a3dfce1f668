# Registry, image, probe, response, trail, backup and the way to the second region.
resource "aws_dynamodb_table" "registry" {
  name                        = "${local.name}-registry"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "revision"
  deletion_protection_enabled = true
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "revision"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }

  point_in_time_recovery {
    enabled = true
  }

  dynamic "replica" {
    for_each = { (var.recovery_region) = aws_kms_replica_key.recovery.arn }

    content {
      region_name            = replica.key
      kms_key_arn            = replica.value
      point_in_time_recovery = true
    }
  }
}

resource "aws_ecr_repository" "model" {
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.main.arn
  }
}

resource "aws_ecr_replication_configuration" "this" {
  replication_configuration {
    rule {
      destination {
        region      = var.recovery_region
        registry_id = var.account_id
      }
    }
  }
}

resource "aws_synthetics_canary" "health" {
  name                 = "${local.name}-health"
  artifact_s3_location = "s3://${module.storage.names["captures"]}/canary/"
  execution_role_arn   = aws_iam_role.this["function"].arn
  handler              = "probe.handle"
  runtime_version      = "syn-python-selenium-5.1"
  s3_bucket            = module.storage.names["artifacts"]
  s3_key               = "functions/canary-5e1b7f02.zip"
  start_canary         = true

  schedule {
    expression = "rate(1 minute)"
  }

  run_config {
    timeout_in_seconds    = 30
    environment_variables = { ENDPOINT_NAME = local.name }
  }

  vpc_config {
    subnet_ids         = module.network.network.subnet_ids
    security_group_ids = [module.network.network.security_group_id]
  }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = toset(["responder", "archive"])

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = local.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "this" {
  for_each = aws_cloudwatch_log_group.function

  function_name = "${local.name}-${each.key}"
  role          = aws_iam_role.this["function"].arn
  runtime       = "python3.12"
  handler       = "${each.key}.handle"
  s3_bucket     = module.storage.names["artifacts"]
  s3_key        = "functions/${each.key}-4f21ab90.zip"
  kms_key_arn   = aws_kms_key.main.arn
}

resource "aws_lambda_event_source_mapping" "registry" {
  event_source_arn  = aws_dynamodb_table.registry.stream_arn
  function_name     = aws_lambda_function.this["archive"].arn
  starting_position = "TRIM_HORIZON"
}

resource "aws_cloudwatch_event_rule" "critical_alarm" {
  name = "${local.name}-critical-alarm"
  event_pattern = jsonencode({
    source        = ["aws.cloudwatch"]
    "detail-type" = ["CloudWatch Alarm State Change"]
    detail = {
      alarmName = concat([for key in ["errors", "errors-of-revision", "latency-p99"] : module.endpoint.alarm_names[key]], [module.endpoint.health_alarm_name])
      state     = { value = ["ALARM"] }
    }
  })
}

resource "aws_cloudwatch_event_target" "critical_alarm" {
  rule = aws_cloudwatch_event_rule.critical_alarm.name
  arn  = aws_lambda_function.this["responder"].arn
}

resource "aws_lambda_permission" "critical_alarm" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this["responder"].function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.critical_alarm.arn
  source_account = var.account_id
}

# --- Monitors ---

resource "aws_sagemaker_data_quality_job_definition" "this" {
  name     = "${local.name}-${var.revision}-data"
  role_arn = aws_iam_role.this["execution"].arn

  data_quality_app_specification {
    image_uri = "156813124566.dkr.ecr.${var.region}.amazonaws.com/sagemaker-model-monitor-analyzer@sha256:7e1e8ed7b4ea2d9a6ba1e79b9bb2b9e2e5f2c0f1a0d6b2e5c4b3a29181716151"
  }

  data_quality_baseline_config {
    constraints_resource {
      s3_uri = "s3://${module.storage.names["artifacts"]}/models/${var.model_digest}/constraints.json"
    }

    statistics_resource {
      s3_uri = "s3://${module.storage.names["artifacts"]}/models/${var.model_digest}/statistics.json"
    }
  }

  data_quality_job_input {
    endpoint_input {
      endpoint_name = module.endpoint.name
    }
  }

  data_quality_job_output_config {
    kms_key_id = aws_kms_key.main.arn

    monitoring_outputs {
      s3_output {
        s3_uri = "s3://${module.storage.names["captures"]}/reports"
      }
    }
  }

  job_resources {
    cluster_config {
      instance_count    = 1
      instance_type     = "ml.m5.xlarge"
      volume_size_in_gb = 20
      volume_kms_key_id = aws_kms_key.main.arn
    }
  }

  network_config {
    enable_inter_container_traffic_encryption = true
    enable_network_isolation                  = true

    vpc_config {
      subnets            = module.network.network.subnet_ids
      security_group_ids = [module.network.network.security_group_id]
    }
  }
}

resource "aws_sagemaker_monitoring_schedule" "data" {
  name = "${local.name}-data"

  monitoring_schedule_config {
    monitoring_job_definition_name = aws_sagemaker_data_quality_job_definition.this.name
    monitoring_type                = "DataQuality"

    schedule_config {
      schedule_expression = "cron(0 * ? * * *)"
    }
  }
}

resource "aws_cloudformation_stack" "model_quality" {
  name          = "${local.name}-model"
  template_body = templatefile("${path.module}/model-quality.yaml", { name = local.name, revision = var.revision, region = var.region, bucket = module.storage.names["captures"] })
  parameters    = { RoleArn = aws_iam_role.this["execution"].arn, KeyArn = aws_kms_key.main.arn }
}

# --- Audit ---

resource "aws_cloudtrail" "this" {
  name                       = local.name
  s3_bucket_name             = module.storage.names["audit"]
  kms_key_id                 = aws_kms_key.main.arn
  is_multi_region_trail      = true
  enable_log_file_validation = true

  advanced_event_selector {
    name = "Management"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  dynamic "advanced_event_selector" {
    for_each = {
      "AWS::S3::Object"          = [for bucket in [module.storage.names["artifacts"], module.storage.names["captures"], module.storage_recovery.names["replica"]] : "arn:aws:s3:::${bucket}/"]
      "AWS::DynamoDB::Table"     = ["arn:aws:dynamodb:${var.region}:${var.account_id}:table/${aws_dynamodb_table.registry.name}"]
      "AWS::SageMaker::Endpoint" = [local.endpoint_arn]
    }

    content {
      name = advanced_event_selector.key

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field  = "resources.type"
        equals = [advanced_event_selector.key]
      }

      field_selector {
        field       = "resources.ARN"
        starts_with = advanced_event_selector.value
      }
    }
  }
}

resource "aws_kinesis_firehose_delivery_stream" "logs" {
  name        = "${local.name}-logs"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn    = aws_iam_role.this["delivery"].arn
    bucket_arn  = module.storage.arns["audit"]
    prefix      = "logs/"
    kms_key_arn = aws_kms_key.main.arn
  }

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.main.arn
  }
}

resource "aws_cloudwatch_log_subscription_filter" "endpoint" {
  name            = "to-audit"
  log_group_name  = module.endpoint.log_group_name
  destination_arn = aws_kinesis_firehose_delivery_stream.logs.arn
  role_arn        = aws_iam_role.this["subscription"].arn
  filter_pattern  = ""
}

resource "aws_accessanalyzer_analyzer" "external" {
  analyzer_name = "${local.name}-external"
  type          = "ACCOUNT"
}

resource "aws_accessanalyzer_analyzer" "unused" {
  analyzer_name = "${local.name}-unused"
  type          = "ACCOUNT_UNUSED_ACCESS"

  configuration {
    unused_access {
      unused_access_age = 60
    }
  }
}

resource "aws_accessanalyzer_analyzer" "recovery_external" {
  provider = aws.recovery

  analyzer_name = "${local.name}-external"
  type          = "ACCOUNT"
}

resource "aws_accessanalyzer_analyzer" "recovery_unused" {
  provider = aws.recovery

  analyzer_name = "${local.name}-unused"
  type          = "ACCOUNT_UNUSED_ACCESS"

  configuration {
    unused_access {
      unused_access_age = 60
    }
  }
}

# --- Backup ---

resource "aws_backup_vault" "main" {
  name        = local.name
  kms_key_arn = aws_kms_key.main.arn
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 7
}

resource "aws_backup_vault" "recovery" {
  provider = aws.recovery

  name        = local.name
  kms_key_arn = aws_kms_replica_key.recovery.arn
}

resource "aws_backup_vault_lock_configuration" "recovery" {
  provider = aws.recovery

  backup_vault_name  = aws_backup_vault.recovery.name
  min_retention_days = 7
}

resource "aws_backup_plan" "this" {
  name = local.name

  rule {
    rule_name                = "continuous"
    target_vault_name        = aws_backup_vault.main.name
    enable_continuous_backup = true

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = aws_backup_vault.recovery.arn
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = "artifacts"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this["backup"].arn
  resources    = [module.storage.arns["artifacts"]]
}

# --- The way to the second region ---

resource "aws_route53_health_check" "endpoint" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = module.endpoint.health_alarm_name
  cloudwatch_alarm_region         = var.region
  insufficient_data_health_status = "Unhealthy"
}

resource "aws_route53_record" "api" {
  for_each = {
    PRIMARY   = { host = "runtime.sagemaker.${var.region}.amazonaws.com", check = aws_route53_health_check.endpoint.id }
    SECONDARY = { host = "runtime.sagemaker.${var.recovery_region}.amazonaws.com", check = null }
  }

  zone_id         = "Z0123456789EXAMPLE"
  name            = "churn.ml.example.com"
  type            = "CNAME"
  ttl             = 60
  records         = [each.value.host]
  set_identifier  = lower(each.key)
  health_check_id = each.value.check

  failover_routing_policy {
    type = each.key
  }
}
