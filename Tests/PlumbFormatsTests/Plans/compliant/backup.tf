resource "aws_backup_vault" "main" {
  name        = local.name
  kms_key_arn = aws_kms_key.main.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name   = aws_backup_vault.main.name
  min_retention_days  = 7
  max_retention_days  = 35
  changeable_for_days = 3
}

resource "aws_backup_vault" "recovery" {
  provider    = aws.recovery
  name        = local.name
  kms_key_arn = aws_kms_replica_key.recovery.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_lock_configuration" "recovery" {
  provider            = aws.recovery
  backup_vault_name   = aws_backup_vault.recovery.name
  min_retention_days  = 7
  max_retention_days  = 35
  changeable_for_days = 3
}

resource "aws_backup_plan" "main" {
  name = local.name

  rule {
    rule_name                = "continuous"
    target_vault_name        = aws_backup_vault.main.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true
    start_window             = 60
    completion_window        = 180

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = aws_backup_vault.recovery.arn

      lifecycle {
        delete_after = 35
      }
    }
  }
}

resource "aws_backup_selection" "artifacts" {
  name         = "artifacts"
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = ["arn:aws:s3:::${aws_s3_bucket.artifacts.bucket}"]
}

resource "aws_backup_restore_testing_plan" "quarterly" {
  name                = "churn_scoring_quarterly"
  schedule_expression = "cron(0 6 1 1,4,7,10 ? *)"
  start_window_hours  = 8

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = ["arn:aws:backup:${var.region}:${var.account_id}:backup-vault:${aws_backup_vault.main.name}"]
    recovery_point_types  = ["CONTINUOUS"]
    selection_window_days = 30
  }
}

resource "aws_backup_restore_testing_selection" "artifacts" {
  name                      = "artifacts"
  restore_testing_plan_name = aws_backup_restore_testing_plan.quarterly.name
  iam_role_arn              = aws_iam_role.backup.arn
  protected_resource_type   = "S3"
  protected_resource_arns   = ["arn:aws:s3:::${aws_s3_bucket.artifacts.bucket}"]
  validation_window_hours   = 8
}

# Fifteen minutes is what replication promises: its absence is told.
resource "aws_cloudwatch_metric_alarm" "replication" {
  alarm_name          = "${local.name}-replication"
  alarm_description   = "Artefacts reach the recovery region later than ten minutes"
  namespace           = "AWS/S3"
  metric_name         = "ReplicationLatency"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 600
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    SourceBucket      = aws_s3_bucket.artifacts.bucket
    DestinationBucket = aws_s3_bucket.replica.bucket
    RuleId            = "artifacts"
  }
}
