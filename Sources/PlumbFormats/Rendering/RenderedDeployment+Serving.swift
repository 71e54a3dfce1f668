// Endpoint, endpoint configuration and model.

import PlumbModel

extension RenderedDeployment {
    func serving() -> [RenderedResource] {
        graph.models.map(model) + graph.endpointConfigs.map(endpointConfig) + graph.endpoints.map(endpoint)
    }

    private func concern(of element: some Resource) -> Concern { element.head.region.isKnown ? .recovery : .serving }

    /// A resource whose name carries the revision, since neither can be altered: Terraform makes the new one before
    /// the old one goes. Its `prevent_destroy` would forbid that, so only CloudFormation keeps the old one.
    private func revisioned(_ resource: RenderedResource) -> RenderedResource {
        var resource = resource
        resource.createsBeforeDestroy = true
        if tongue == .plan {
            resource.deletionPolicy = nil
            resource.updateReplacePolicy = nil
        }
        return resource
    }

    // MARK: - Model

    private func model(_ model: Model) -> RenderedResource {
        var resource = RenderedResource(
            model, "AWS::SageMaker::Model", "aws_sagemaker_model", in: concern(of: model),
            note: "The artefact and the container that serves it; the name changes with either.", for: ["OPS-2.10"]
        ) { fields in
            fields.put("ModelName", "name", model.name, for: "OPS-3.3")
            fields.put(
                "ExecutionRoleArn", "execution_role_arn", .link(model.role, "Arn", "arn"), for: "OPS-2.8", "SEC-2.2")
            fields.put(
                "EnableNetworkIsolation", "enable_network_isolation", model.isNetworkIsolated, for: "SEC-1.4")
            fields.putBlock("PrimaryContainer", "primary_container") { container(of: model, &$0) }
            fields.putBlock("VpcConfig", "vpc_config", for: "SEC-1.3", "REL-1.3", "REL-1.5") {
                $0.put("Subnets", "subnets", .links(model.subnets))
                $0.put("SecurityGroupIds", "security_group_ids", .links(model.securityGroups, "GroupId"))
            }
            fields.put("Tags", "tags", model.head.tags.value.map { .tags($0) }, for: "COST-1.2", "PERF-2.1")
        }
        // SageMaker tries the role's rights when the model is made.
        resource.dependsOn = policies(of: model.role)
        return revisioned(resource)
    }

    private func container(of model: Model, _ fields: inout RenderedFields) {
        let pinned = "^.+@sha256:[0-9a-f]{64}$"
        let image = RenderedParameter.text(
            "ModelImage", nil, matching: pinned, hint: "An image by its digest, NAME@sha256:DIGEST.",
            "The container image that serves the model.")
        fields.put("Image", "image", model.image.value.map { .text($0) } ?? .parameter(image), for: "OPS-3.3")
        let data = RenderedParameter.text(
            "ModelDataURL", nil, matching: "^s3://.+$", hint: "An address in a bucket, s3://BUCKET/KEY.",
            "Where the model's artefact lies; the address never changes its content.")
        fields.put(
            "ModelDataUrl", "model_data_url", model.dataURL.value.map { .text($0) } ?? .parameter(data), for: "OPS-3.3")
        if model.isMultiModel.value == true {
            fields.put("Mode", "mode", .text("MultiModel"))
            fields.putBlock("MultiModelConfig", "multi_model_config", for: "PERF-3.2") {
                $0.put("ModelCacheSetting", "model_cache_setting", model.modelCacheSetting)
            }
        }
        let variables = plan.spec.model.environment
        if !variables.isEmpty {
            fields.put("Environment", "environment", .map(variables.mapValues { .text($0) }))
        }
    }

    // MARK: - Endpoint configuration

    private func endpointConfig(_ config: EndpointConfig) -> RenderedResource {
        revisioned(
            RenderedResource(
                config, "AWS::SageMaker::EndpointConfig", "aws_sagemaker_endpoint_configuration",
                in: concern(of: config),
                note: "How many instances of which type serve the model; a change makes a new one, to roll back from.",
                for: ["OPS-2.10", "OPS-3.6"]
            ) { fields in
                fields.put("EndpointConfigName", "name", config.name, for: "OPS-3.3")
                fields.put(
                    "ProductionVariants", "production_variants",
                    config.variants.value.map {
                        .blocks($0.map { variant in RenderedFields { put(variant, &$0) }.list })
                    })
                fields.put("KmsKeyId", "kms_key_arn", .link(config.key, "Arn", "arn"), for: "SEC-1.7")
                if let capture = config.dataCapture.value {
                    fields.putBlock("DataCaptureConfig", "data_capture_config", for: "OPS-2.3") { put(capture, &$0) }
                }
                fields.put("Tags", "tags", config.head.tags.value.map { .tags($0) }, for: "COST-1.2", "OPS-3.4")
            })
    }

    private func put(_ variant: Variant, _ fields: inout RenderedFields) {
        fields.put("VariantName", "variant_name", variant.name, for: "OPS-1.5")
        fields.put("ModelName", "model_name", .link(variant.model, "ModelName", "name"))
        fields.put(
            "InstanceType", "instance_type", variant.instanceType,
            for: "OPS-2.7", plan.isProduction ? "PERF-1.2" : "COST-2.1", plan.isProduction ? "COST-3.5" : "COST-2.5")
        fields.put(
            "InitialInstanceCount", "initial_instance_count", variant.initialInstanceCount, for: "REL-1.1", "COST-3.5")
        fields.put("InitialVariantWeight", "initial_variant_weight", variant.weight)
        fields.put(
            "ModelDataDownloadTimeoutInSeconds", "model_data_download_timeout_in_seconds",
            variant.modelDataDownloadTimeoutSeconds, for: "OPS-2.6", "REL-3.3")
        fields.put(
            "ContainerStartupHealthCheckTimeoutInSeconds", "container_startup_health_check_timeout_in_seconds",
            variant.containerStartupTimeoutSeconds, for: "OPS-2.6", "REL-3.3")
        fields.put("EnableSSMAccess", "enable_ssm_access", variant.enablesSSMAccess, for: "SEC-1.4")
    }

    private func put(_ capture: DataCapture, _ fields: inout RenderedFields) {
        fields.put("EnableCapture", "enable_capture", capture.isEnabled)
        fields.put("InitialSamplingPercentage", "initial_sampling_percentage", capture.samplingPercentage)
        fields.put("DestinationS3Uri", "destination_s3_uri", capture.destination, for: "SEC-3.8")
        fields.put("KmsKeyId", "kms_key_id", .link(capture.key, "Arn", "arn"), for: "SEC-1.8")
        fields.put(
            "CaptureOptions", "capture_options",
            capture.modes.value.map { modes in
                .blocks(
                    modes.map { mode in RenderedFields { $0.put("CaptureMode", "capture_mode", .text(mode)) }.list })
            })
        // Only bodies of these types are kept as text that a detector can read.
        let type = plan.spec.example.contentType.prefix { $0 != ";" }
        guard type.contains("json") || type.contains("csv") else { return }
        fields.putBlock("CaptureContentTypeHeader", "capture_content_type_header") {
            let isJSON = type.contains("json")
            $0.put(
                isJSON ? "JsonContentTypes" : "CsvContentTypes", isJSON ? "json_content_types" : "csv_content_types",
                .texts([String(type)]))
        }
    }

    // MARK: - Endpoint

    private func endpoint(_ endpoint: Endpoint) -> RenderedResource {
        var resource = RenderedResource(
            endpoint, "AWS::SageMaker::Endpoint", "aws_sagemaker_endpoint", in: .serving,
            note: "The guarded endpoint: a bad revision is rolled back while the old fleet still runs."
        ) { fields in
            fields.put("EndpointName", "name", endpoint.name, for: "OPS-1.5", "OPS-3.6")
            fields.put(
                "EndpointConfigName", "endpoint_config_name", .link(endpoint.config, "EndpointConfigName", "name"))
            fields.putBlock("DeploymentConfig", "deployment_config") {
                if let policy = endpoint.blueGreen.value { put(policy, &$0) }
                $0.putBlock(
                    "AutoRollbackConfiguration", "auto_rollback_configuration", for: "OPS-1.8", "OPS-2.1", "OPS-2.2",
                    "OPS-2.9"
                ) {
                    let names = (endpoint.rollbackAlarms.value ?? []).compactMap(\.value)
                    // By name: an alarm that were referred to could not watch the endpoint that refers to it.
                    $0.put(
                        "Alarms", "alarms",
                        .blocks(
                            names.map { name in
                                RenderedFields { $0.put("AlarmName", "alarm_name", .text(name)) }.list
                            }))
                }
            }
            // Terraform's provider has neither: it starts every revision with the initial count.
            fields.put(
                "RetainAllVariantProperties", nil, endpoint.retainsAllVariantProperties, for: "REL-2.6", "REL-1.2")
            let excluded = RenderedFields { $0.put("VariantPropertyType", nil, .text("DataCaptureConfig")) }
            fields.put("ExcludeRetainedVariantProperties", nil, .blocks([excluded.list]), for: "OPS-2.3")
            fields.put(
                "Tags", "tags", endpoint.head.tags.value.map { .tags($0) }, for: "COST-1.2", "COST-3.2", "OPS-3.4")
        }
        resource.dependsOn = needs(of: endpoint)
        return resource
    }

    /// What must be there before instances start, although no property names it: the role's rights, the alarms that
    /// guard the deployment, the log group that SageMaker would else make without a key, the ways to image and data.
    private func needs(of endpoint: Endpoint) -> [String] {
        let guards = Set((endpoint.rollbackAlarms.value ?? []).compactMap(\.value))
        let alarms = graph.alarms.filter { $0.name.value.map(guards.contains) ?? false }.map(\.id)
        let roles = graph.models.filter { $0.head.region.isAbsent }.flatMap { policies(of: $0.role) }
        let rest = [
            "EndpointLogGroup", "S3VPCEndpoint", "ECRApiVPCEndpoint", "ECRDkrVPCEndpoint", "LogsVPCEndpoint",
            "MonitoringVPCEndpoint", "KMSVPCEndpoint",
        ]
        return roles + alarms + rest.filter(has)
    }

    private func put(_ policy: BlueGreenPolicy, _ fields: inout RenderedFields) {
        fields.putBlock("BlueGreenUpdatePolicy", "blue_green_update_policy", for: "OPS-2.5", "OPS-2.6") {
            $0.putBlock("TrafficRoutingConfiguration", "traffic_routing_configuration") {
                $0.put("Type", "type", policy.routing.value.map { .text($0.rawValue) }, for: "OPS-2.6")
                $0.put(
                    "WaitIntervalInSeconds", "wait_interval_in_seconds", policy.waitIntervalSeconds, for: "OPS-2.4")
                put(policy.canarySize.value, "CanarySize", "canary_size", &$0)
                put(policy.linearStepSize.value, "LinearStepSize", "linear_step_size", &$0)
            }
            $0.put(
                "TerminationWaitInSeconds", "termination_wait_in_seconds", policy.terminationWaitSeconds,
                for: "OPS-2.4", "OPS-2.5")
            $0.put(
                "MaximumExecutionTimeoutInSeconds", "maximum_execution_timeout_in_seconds",
                policy.maximumExecutionTimeoutSeconds, for: "OPS-2.6")
        }
    }

    private func put(_ size: CapacitySize?, _ template: String, _ plan: String, _ fields: inout RenderedFields) {
        guard let size else { return }
        fields.putBlock(template, plan, for: "OPS-2.6") {
            $0.put("Type", "type", .text(size.unit.rawValue))
            $0.put("Value", "value", .int(size.value))
        }
    }
}

extension RenderedDeployment {
    /// The ids of the policies of a role: what acts under it waits for its rights.
    func policies(of role: Fact<Reference>) -> [String] {
        guard case .resource(let id)? = role.value else { return [] }
        return ["\(id)Policy"]
    }
}
