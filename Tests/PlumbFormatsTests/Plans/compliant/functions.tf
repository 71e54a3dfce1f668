# The functions around the endpoint: the probe, the responder, the archivist of the registry, and the API's facade.

resource "aws_cloudwatch_log_group" "probe" {
  name              = "/aws/lambda/${local.name}-probe"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "probe" {
  function_name = "${local.name}-probe"
  role          = aws_iam_role.probe.arn
  runtime       = "python3.12"
  handler       = "probe.handle"
  s3_bucket     = aws_s3_bucket.artifacts.bucket
  s3_key        = "functions/probe-1f0c8a4e.zip"
  timeout       = 30
  kms_key_arn   = aws_kms_key.main.arn

  environment {
    variables = {
      ENDPOINT_NAME   = local.name
      VARIANT_NAME    = local.variant
      INVOKE_ROLE_ARN = "${local.role_prefix}-invoke"
    }
  }

  vpc_config {
    subnet_ids         = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_group_ids = [aws_security_group.functions.id]
  }

  depends_on = [aws_cloudwatch_log_group.probe, aws_iam_role_policy.probe]
}

resource "aws_cloudwatch_log_group" "responder" {
  name              = "/aws/lambda/${local.name}-responder"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "responder" {
  function_name = "${local.name}-responder"
  role          = aws_iam_role.responder.arn
  runtime       = "python3.12"
  handler       = "responder.handle"
  s3_bucket     = aws_s3_bucket.artifacts.bucket
  s3_key        = "functions/responder-7ab92d10.zip"
  timeout       = 60
  kms_key_arn   = aws_kms_key.main.arn

  environment {
    variables = {
      ENDPOINT_NAME  = local.name
      REGISTRY_TABLE = aws_dynamodb_table.registry.name
    }
  }

  vpc_config {
    subnet_ids         = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_group_ids = [aws_security_group.functions.id]
  }

  depends_on = [aws_cloudwatch_log_group.responder, aws_iam_role_policy.responder]
}

resource "aws_cloudwatch_log_group" "archive" {
  name              = "/aws/lambda/${local.name}-archive"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "archive" {
  function_name = "${local.name}-archive"
  role          = aws_iam_role.archive.arn
  runtime       = "python3.12"
  handler       = "archive.handle"
  s3_bucket     = aws_s3_bucket.artifacts.bucket
  s3_key        = "functions/archive-c2e4f690.zip"
  timeout       = 60
  kms_key_arn   = aws_kms_key.main.arn

  environment {
    variables = {
      AUDIT_BUCKET = aws_s3_bucket.audit.bucket
    }
  }

  vpc_config {
    subnet_ids         = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_group_ids = [aws_security_group.functions.id]
  }

  depends_on = [aws_cloudwatch_log_group.archive, aws_iam_role_policy.archive]
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/lambda/${local.name}-api"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "api" {
  function_name = "${local.name}-api"
  role          = aws_iam_role.api.arn
  runtime       = "python3.12"
  handler       = "api.handle"
  s3_bucket     = aws_s3_bucket.artifacts.bucket
  s3_key        = "functions/api-90d3b7aa.zip"
  timeout       = 29
  kms_key_arn   = aws_kms_key.main.arn

  environment {
    variables = {
      ENDPOINT_NAME   = local.name
      INVOKE_ROLE_ARN = "${local.role_prefix}-invoke"
    }
  }

  vpc_config {
    subnet_ids         = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_group_ids = [aws_security_group.functions.id]
  }

  depends_on = [aws_cloudwatch_log_group.api, aws_iam_role_policy.api]
}

resource "aws_cloudwatch_event_rule" "probe" {
  name                = "${local.name}-probe"
  description         = "The endpoint is probed every minute"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "probe" {
  rule = aws_cloudwatch_event_rule.probe.name
  arn  = aws_lambda_function.probe.arn
}

resource "aws_lambda_permission" "probe" {
  statement_id   = "EveryMinute"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.probe.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.probe.arn
  source_account = var.account_id
}

# A stream keeps a day: the archivist keeps the changes in the locked bucket.
resource "aws_lambda_event_source_mapping" "registry" {
  event_source_arn               = aws_dynamodb_table.registry.stream_arn
  function_name                  = aws_lambda_function.archive.arn
  starting_position              = "TRIM_HORIZON"
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = 10000
}
