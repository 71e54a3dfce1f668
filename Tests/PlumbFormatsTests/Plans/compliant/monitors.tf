resource "aws_sagemaker_data_quality_job_definition" "this" {
  name     = "${local.revision}-data-quality"
  role_arn = aws_iam_role.execution.arn

  data_quality_app_specification {
    image_uri = "156813124566.dkr.ecr.${var.region}.amazonaws.com/sagemaker-model-monitor-analyzer@sha256:7e1e8ed7b4ea2d9a6ba1e79b9bb2b9e2e5f2c0f1a0d6b2e5c4b3a29181716151"
  }

  data_quality_baseline_config {
    constraints_resource {
      s3_uri = "s3://${aws_s3_bucket.artifacts.bucket}/baselines/${var.model_digest}/constraints.json"
    }

    statistics_resource {
      s3_uri = "s3://${aws_s3_bucket.artifacts.bucket}/baselines/${var.model_digest}/statistics.json"
    }
  }

  data_quality_job_input {
    endpoint_input {
      endpoint_name = aws_sagemaker_endpoint.this.name
    }
  }

  data_quality_job_output_config {
    kms_key_id = aws_kms_key.main.arn

    monitoring_outputs {
      s3_output {
        s3_uri = "s3://${aws_s3_bucket.captures.bucket}/reports/data-quality"
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
      subnets            = [aws_subnet.private_a.id, aws_subnet.private_b.id]
      security_group_ids = [aws_security_group.model.id]
    }
  }

  stopping_condition {
    max_runtime_in_seconds = 1800
  }
}

resource "aws_sagemaker_monitoring_schedule" "data_quality" {
  name = "${local.name}-data-quality"

  monitoring_schedule_config {
    monitoring_job_definition_name = "${local.revision}-data-quality"
    monitoring_type                = "DataQuality"

    schedule_config {
      schedule_expression = "cron(0 * ? * * *)"
    }
  }
}

# The provider knows no model-quality jobs: CloudFormation does.
resource "aws_cloudformation_stack" "model_quality" {
  name = "${local.name}-model-quality"

  parameters = {
    RoleArn       = aws_iam_role.execution.arn
    KeyArn        = aws_kms_key.main.arn
    SubnetA       = aws_subnet.private_a.id
    SubnetB       = aws_subnet.private_b.id
    SecurityGroup = aws_security_group.model.id
  }

  template_body = jsonencode({
    Parameters = {
      RoleArn       = { Type = "String" }
      KeyArn        = { Type = "String" }
      SubnetA       = { Type = "String" }
      SubnetB       = { Type = "String" }
      SecurityGroup = { Type = "String" }
    }
    Resources = {
      Definition = {
        Type = "AWS::SageMaker::ModelQualityJobDefinition"
        Properties = {
          JobDefinitionName = "${local.revision}-model-quality"
          RoleArn           = { Ref = "RoleArn" }
          ModelQualityAppSpecification = {
            ImageUri    = "156813124566.dkr.ecr.${var.region}.amazonaws.com/sagemaker-model-monitor-analyzer@sha256:7e1e8ed7b4ea2d9a6ba1e79b9bb2b9e2e5f2c0f1a0d6b2e5c4b3a29181716151"
            ProblemType = "BinaryClassification"
          }
          ModelQualityBaselineConfig = {
            ConstraintsResource = { S3Uri = "s3://acme-churn-artifacts/baselines/${var.model_digest}/model-constraints.json" }
          }
          ModelQualityJobInput = {
            EndpointInput = {
              EndpointName       = local.name
              LocalPath          = "/opt/ml/processing/input"
              InferenceAttribute = "churned"
              StartTimeOffset    = "-PT2H"
              EndTimeOffset      = "-PT1H"
            }
            GroundTruthS3Input = { S3Uri = "s3://acme-churn-captures/labels" }
          }
          ModelQualityJobOutputConfig = {
            KmsKeyId          = { Ref = "KeyArn" }
            MonitoringOutputs = [{ S3Output = { S3Uri = "s3://acme-churn-captures/reports/model-quality", LocalPath = "/opt/ml/processing/output" } }]
          }
          JobResources = {
            ClusterConfig = { InstanceCount = 1, InstanceType = "ml.m5.xlarge", VolumeSizeInGB = 20, VolumeKmsKeyId = { Ref = "KeyArn" } }
          }
          NetworkConfig = {
            EnableInterContainerTrafficEncryption = true
            EnableNetworkIsolation                = true
            VpcConfig                             = { Subnets = [{ Ref = "SubnetA" }, { Ref = "SubnetB" }], SecurityGroupIds = [{ Ref = "SecurityGroup" }] }
          }
          StoppingCondition = { MaxRuntimeInSeconds = 1800 }
        }
      }
      Schedule = {
        Type = "AWS::SageMaker::MonitoringSchedule"
        Properties = {
          MonitoringScheduleName = "${local.name}-model-quality"
          MonitoringScheduleConfig = {
            MonitoringJobDefinitionName = { "Fn::GetAtt" = ["Definition", "JobDefinitionName"] }
            MonitoringType              = "ModelQuality"
            ScheduleConfig              = { ScheduleExpression = "cron(0 * ? * * *)" }
          }
        }
      }
    }
  })
}
