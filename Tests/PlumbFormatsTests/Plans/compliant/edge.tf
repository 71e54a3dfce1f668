# A read-only facade for answers that may be reused: CloudFront, then the API, then a function that calls the endpoint.
# POST requests never come this way; they use the private endpoint of the runtime.
resource "aws_api_gateway_rest_api" "facade" {
  name                         = local.name
  disable_execute_api_endpoint = true

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "users" {
  name          = "users"
  rest_api_id   = aws_api_gateway_rest_api.facade.id
  type          = "COGNITO_USER_POOLS"
  provider_arns = [var.user_pool_arn]
}

resource "aws_api_gateway_resource" "scores" {
  rest_api_id = aws_api_gateway_rest_api.facade.id
  parent_id   = aws_api_gateway_rest_api.facade.root_resource_id
  path_part   = "scores"
}

resource "aws_api_gateway_resource" "score" {
  rest_api_id = aws_api_gateway_rest_api.facade.id
  parent_id   = aws_api_gateway_resource.scores.id
  path_part   = "{customer}"
}

resource "aws_api_gateway_method" "score" {
  rest_api_id   = aws_api_gateway_rest_api.facade.id
  resource_id   = aws_api_gateway_resource.score.id
  http_method   = "GET"
  authorization = "COGNITO_USER_POOLS"
  authorizer_id = aws_api_gateway_authorizer.users.id

  request_parameters = {
    "method.request.path.customer"           = true
    "method.request.header.Authorization"    = true
    "method.request.header.Accept"           = false
    "method.request.header.X-Model-Revision" = true
  }
}

resource "aws_api_gateway_integration" "score" {
  rest_api_id             = aws_api_gateway_rest_api.facade.id
  resource_id             = aws_api_gateway_resource.score.id
  http_method             = aws_api_gateway_method.score.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.api.invoke_arn

  cache_key_parameters = [
    "method.request.path.customer",
    "method.request.header.Authorization",
    "method.request.header.Accept",
    "method.request.header.X-Model-Revision",
  ]
}

resource "aws_lambda_permission" "facade" {
  statement_id   = "Facade"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.api.function_name
  principal      = "apigateway.amazonaws.com"
  source_arn     = "${aws_api_gateway_rest_api.facade.execution_arn}/*/GET/scores/*"
  source_account = var.account_id
}

resource "aws_api_gateway_deployment" "facade" {
  rest_api_id = aws_api_gateway_rest_api.facade.id

  triggers = {
    revision = var.revision
  }

  depends_on = [aws_api_gateway_integration.score]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id           = aws_api_gateway_rest_api.facade.id
  deployment_id         = aws_api_gateway_deployment.facade.id
  stage_name            = "live"
  cache_cluster_enabled = true
  cache_cluster_size    = "0.5"
}

resource "aws_api_gateway_method_settings" "live" {
  rest_api_id = aws_api_gateway_rest_api.facade.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"

  settings {
    caching_enabled                            = true
    cache_data_encrypted                       = true
    cache_ttl_in_seconds                       = 60
    require_authorization_for_cache_control    = true
    unauthorized_cache_control_header_strategy = "FAIL_WITH_403"
    metrics_enabled                            = true
    logging_level                              = "ERROR"
  }
}

resource "aws_api_gateway_domain_name" "facade" {
  domain_name              = "origin.${var.api_domain}"
  regional_certificate_arn = var.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "facade" {
  api_id      = aws_api_gateway_rest_api.facade.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  domain_name = aws_api_gateway_domain_name.facade.domain_name
}

resource "aws_cloudfront_cache_policy" "scores" {
  name        = "${local.name}-scores"
  min_ttl     = 0
  default_ttl = 60
  max_ttl     = 300

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "whitelist"

      headers {
        items = ["Accept", "Authorization", "X-Model-Revision"]
      }
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

resource "aws_wafv2_web_acl" "edge" {
  name  = local.name
  scope = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = 2000
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.name
    sampled_requests_enabled   = true
  }
}

resource "aws_cloudfront_distribution" "edge" {
  enabled         = true
  is_ipv6_enabled = true
  aliases         = [var.api_domain]
  web_acl_id      = aws_wafv2_web_acl.edge.arn

  origin {
    origin_id   = "facade"
    domain_name = "origin.${var.api_domain}"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "facade"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = aws_cloudfront_cache_policy.scores.id
    compress               = true
  }

  custom_error_response {
    error_code            = 500
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 502
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 503
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 504
    error_caching_min_ttl = 0
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
}
