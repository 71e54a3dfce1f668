# The pilot light in the second region: network, model, configuration, alarms and the way there. The endpoint is created
# from this configuration when the region is needed, within the hour.
resource "aws_vpc" "recovery" {
  provider             = aws.recovery
  cidr_block           = "10.44.0.0/20"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "recovery_a" {
  provider          = aws.recovery
  vpc_id            = aws_vpc.recovery.id
  cidr_block        = "10.44.0.0/24"
  availability_zone = var.recovery_availability_zones[0]
}

resource "aws_subnet" "recovery_b" {
  provider          = aws.recovery
  vpc_id            = aws_vpc.recovery.id
  cidr_block        = "10.44.1.0/24"
  availability_zone = var.recovery_availability_zones[1]
}

resource "aws_route_table" "recovery" {
  provider = aws.recovery
  vpc_id   = aws_vpc.recovery.id
}

resource "aws_route_table_association" "recovery_a" {
  provider       = aws.recovery
  subnet_id      = aws_subnet.recovery_a.id
  route_table_id = aws_route_table.recovery.id
}

resource "aws_route_table_association" "recovery_b" {
  provider       = aws.recovery
  subnet_id      = aws_subnet.recovery_b.id
  route_table_id = aws_route_table.recovery.id
}

resource "aws_security_group" "recovery_model" {
  provider    = aws.recovery
  name        = "${local.name}-model"
  description = "Model containers: to the private endpoints and to S3, nothing else"
  vpc_id      = aws_vpc.recovery.id
}

resource "aws_security_group" "recovery_endpoints" {
  provider    = aws.recovery
  name        = "${local.name}-endpoints"
  description = "Private endpoints: HTTPS from the model"
  vpc_id      = aws_vpc.recovery.id
}

resource "aws_vpc_security_group_egress_rule" "recovery_model_to_endpoints" {
  provider                     = aws.recovery
  security_group_id            = aws_security_group.recovery_model.id
  referenced_security_group_id = aws_security_group.recovery_endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "recovery_model_to_s3" {
  provider          = aws.recovery
  security_group_id = aws_security_group.recovery_model.id
  prefix_list_id    = aws_vpc_endpoint.recovery_s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "recovery_endpoints_from_model" {
  provider                     = aws.recovery
  security_group_id            = aws_security_group.recovery_endpoints.id
  referenced_security_group_id = aws_security_group.recovery_model.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_endpoint" "recovery_s3" {
  provider          = aws.recovery
  vpc_id            = aws_vpc.recovery.id
  service_name      = "com.amazonaws.${var.recovery_region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.recovery.id]
  policy            = local.bucket_endpoint_policy
}

resource "aws_vpc_endpoint" "recovery_runtime" {
  provider            = aws.recovery
  vpc_id              = aws_vpc.recovery.id
  service_name        = "com.amazonaws.${var.recovery_region}.sagemaker.runtime"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.recovery_a.id, aws_subnet.recovery_b.id]
  security_group_ids  = [aws_security_group.recovery_endpoints.id]
  policy              = local.runtime_policy[var.recovery_region]
}

resource "aws_vpc_endpoint" "recovery_interface" {
  provider = aws.recovery
  for_each = local.interface_policies

  vpc_id              = aws_vpc.recovery.id
  service_name        = "com.amazonaws.${var.recovery_region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.recovery_a.id, aws_subnet.recovery_b.id]
  security_group_ids  = [aws_security_group.recovery_endpoints.id]
  policy              = each.value
}

resource "aws_cloudwatch_log_group" "recovery_endpoint" {
  provider          = aws.recovery
  name              = "/aws/sagemaker/Endpoints/${local.name}"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_replica_key.recovery.arn
}

resource "aws_sagemaker_model" "recovery" {
  provider                 = aws.recovery
  name                     = local.revision
  execution_role_arn       = aws_iam_role.execution.arn
  enable_network_isolation = true

  primary_container {
    image          = "${var.account_id}.dkr.ecr.${var.recovery_region}.amazonaws.com/${local.name}@${var.image_digest}"
    model_data_url = "s3://${aws_s3_bucket.replica.bucket}/models/${var.model_digest}/model.tar.gz"
  }

  vpc_config {
    subnets            = [aws_subnet.recovery_a.id, aws_subnet.recovery_b.id]
    security_group_ids = [aws_security_group.recovery_model.id]
  }

  tags = {
    "ml:workload" = "cpu"
  }
}

resource "aws_sagemaker_endpoint_configuration" "recovery" {
  provider    = aws.recovery
  name        = local.revision
  kms_key_arn = aws_kms_replica_key.recovery.arn

  production_variants {
    variant_name                                      = local.variant
    model_name                                        = aws_sagemaker_model.recovery.name
    instance_type                                     = var.instance_type
    initial_instance_count                            = 4
    model_data_download_timeout_in_seconds            = 900
    container_startup_health_check_timeout_in_seconds = 300
  }

  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 100
    destination_s3_uri          = "s3://${aws_s3_bucket.replica.bucket}/captures"
    kms_key_id                  = aws_kms_replica_key.recovery.arn

    capture_options {
      capture_mode = "Input"
    }

    capture_options {
      capture_mode = "Output"
    }
  }

  tags = {
    "ml:workload" = "cpu"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sns_topic" "recovery_alerts" {
  provider          = aws.recovery
  name              = "${local.name}-alerts"
  kms_master_key_id = aws_kms_replica_key.recovery.arn
}

resource "aws_sns_topic_subscription" "recovery_on_call" {
  provider  = aws.recovery
  topic_arn = aws_sns_topic.recovery_alerts.arn
  protocol  = "https"
  endpoint  = var.on_call_url
}

resource "aws_sns_topic_policy" "recovery_alerts" {
  provider = aws.recovery
  arn      = aws_sns_topic.recovery_alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Publishers"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.recovery_topic_arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "RefusePlainTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.recovery_topic_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "recovery_errors" {
  provider            = aws.recovery
  alarm_name          = "${local.name}-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.recovery_alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

resource "aws_cloudwatch_metric_alarm" "recovery_latency" {
  provider                              = aws.recovery
  alarm_name                            = "${local.name}-latency-p99"
  namespace                             = "AWS/SageMaker"
  metric_name                           = "ModelLatency"
  extended_statistic                    = "p99"
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = 500000
  period                                = 60
  evaluation_periods                    = 2
  treat_missing_data                    = "notBreaching"
  evaluate_low_sample_count_percentiles = "evaluate"
  alarm_actions                         = [aws_sns_topic.recovery_alerts.arn]

  dimensions = {
    EndpointName = local.name
    VariantName  = local.variant
  }
}

# Clients follow the name of the API's origin; it moves when the endpoint is ill.
resource "aws_route53_health_check" "endpoint" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = aws_cloudwatch_metric_alarm.health.alarm_name
  cloudwatch_alarm_region         = var.region
  insufficient_data_health_status = "Unhealthy"
}

resource "aws_route53_record" "primary" {
  zone_id         = var.zone_id
  name            = "origin.${var.api_domain}"
  type            = "CNAME"
  ttl             = 60
  records         = [aws_api_gateway_domain_name.facade.regional_domain_name]
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.endpoint.id

  failover_routing_policy {
    type = "PRIMARY"
  }
}

resource "aws_route53_record" "secondary" {
  zone_id        = var.zone_id
  name           = "origin.${var.api_domain}"
  type           = "CNAME"
  ttl            = 60
  records        = [var.recovery_api_domain]
  set_identifier = "secondary"

  failover_routing_policy {
    type = "SECONDARY"
  }
}
