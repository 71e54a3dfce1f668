// The endpoint, its configuration with its variants, and its models.

import PlumbModel

/// Reads SageMaker's endpoints, endpoint configurations and models.
enum ServingMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let endpoints = tongue.resources("AWS::SageMaker::Endpoint", "aws_sagemaker_endpoint", in: inventory)
        let configs = tongue.resources(
            "AWS::SageMaker::EndpointConfig", "aws_sagemaker_endpoint_configuration", in: inventory)
        let models = tongue.resources("AWS::SageMaker::Model", "aws_sagemaker_model", in: inventory)
        let configNames = RegionalNames(configs)
        for resource in endpoints {
            let source = Bilingual(resource, tongue)
            var endpoint = self.endpoint(resource.head, source)
            endpoint.config = configNames.reference(
                source["EndpointConfigName", "endpoint_config_name"].property, of: resource,
                to: "AWS::SageMaker::EndpointConfig", in: inventory)
            graph.endpoints.append(endpoint)
        }
        let modelNames = RegionalNames(models)
        for resource in configs {
            graph.endpointConfigs.append(
                config(resource.head, Bilingual(resource, tongue), inventory) { property in
                    modelNames.reference(property, of: resource, to: "AWS::SageMaker::Model", in: inventory)
                })
        }
        for resource in models {
            graph.models.append(ModelReading(Bilingual(resource, tongue), inventory).model(resource.head))
        }
    }

    private static func endpoint(_ head: ResourceHead, _ source: Bilingual) -> Endpoint {
        var endpoint = Endpoint(head: head)
        let deployment = source["DeploymentConfig", "deployment_config"]
        endpoint.blueGreen = deployment["BlueGreenUpdatePolicy", "blue_green_update_policy"].structure(blueGreen)
        endpoint.rolling = deployment["RollingUpdatePolicy", "rolling_update_policy"].structure(rolling)
        endpoint.rollbackAlarms = deployment["AutoRollbackConfiguration", "auto_rollback_configuration"][
            "Alarms", "alarms"
        ].list { $0["AlarmName", "alarm_name"].name }
        // Terraform's provider has no such argument.
        if source.tongue == .template {
            endpoint.retainsAllVariantProperties = source["RetainAllVariantProperties", ""].bool
        }
        return endpoint
    }

    private static func blueGreen(_ source: Bilingual) -> BlueGreenPolicy {
        var policy = BlueGreenPolicy()
        let routing = source["TrafficRoutingConfiguration", "traffic_routing_configuration"]
        policy.routing = routing["Type", "type"].choice()
        policy.canarySize = size(routing["CanarySize", "canary_size"])
        policy.linearStepSize = size(routing["LinearStepSize", "linear_step_size"])
        policy.waitIntervalSeconds = routing["WaitIntervalInSeconds", "wait_interval_in_seconds"].int
        policy.terminationWaitSeconds = source["TerminationWaitInSeconds", "termination_wait_in_seconds"].int
        policy.maximumExecutionTimeoutSeconds =
            source["MaximumExecutionTimeoutInSeconds", "maximum_execution_timeout_in_seconds"].int
        return policy
    }

    private static func rolling(_ source: Bilingual) -> RollingPolicy {
        var policy = RollingPolicy()
        policy.maximumBatchSize = size(source["MaximumBatchSize", "maximum_batch_size"])
        policy.waitIntervalSeconds = source["WaitIntervalInSeconds", "wait_interval_in_seconds"].int
        policy.maximumExecutionTimeoutSeconds =
            source["MaximumExecutionTimeoutInSeconds", "maximum_execution_timeout_in_seconds"].int
        return policy
    }

    private static func size(_ source: Bilingual) -> Fact<CapacitySize> {
        guard source.isPresent else { return source.property.structure { _ in CapacitySize(.instanceCount, 0) } }
        let unit = source["Type", "type"].choice(CapacitySize.Unit.self)
        let value = source["Value", "value"].int
        guard let unit = unit.value, let value = value.value else {
            return .unknown(
                unit.whyUnknown ?? value.whyUnknown ?? "a size has a type and a value", at: source.place)
        }
        return .known(CapacitySize(unit, value), at: source.place)
    }

    private static func config(
        _ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory, model: (Property) -> Fact<Reference>
    ) -> EndpointConfig {
        var config = EndpointConfig(head: head)
        let production = source["ProductionVariants", "production_variants"].list { variant($0, model) }
        let shadows = source["ShadowProductionVariants", "shadow_production_variants"].list { item in
            var shadow = variant(item, model)
            shadow.isShadow = true
            return shadow
        }
        // Shadows take no traffic of their own: that they are not known leaves the others judged.
        config.variants = production.map { $0 + (shadows.value ?? []) }
        config.key = inventory.keyReference(source["KmsKeyId", "kms_key_arn"].property)
        config.dataCapture = source["DataCaptureConfig", "data_capture_config"].structure { capture($0, inventory) }
        let async = source["AsyncInferenceConfig", "async_inference_config"]
        config.isAsync = async.isPresent
        config.asyncOutputKey = inventory.keyReference(
            async["OutputConfig", "output_config"]["KmsKeyId", "kms_key_id"].property)
        if source.tongue == .template {
            config.metricPublishSeconds = source["MetricsConfig", ""]["MetricPublishFrequencyInSeconds", ""].int
        }
        return config
    }

    private static func variant(_ source: Bilingual, _ model: (Property) -> Fact<Reference>) -> Variant {
        var variant = Variant()
        variant.name = source["VariantName", "variant_name"].orNothing.name
        if source.tongue == .plan, variant.name.isAbsent {
            variant.name = .unknown("the provider makes a name up: variant_name would say it", at: source.place)
        }
        variant.model = model(source["ModelName", "model_name"].property)
        variant.instanceType = source["InstanceType", "instance_type"].orNothing.string
        variant.initialInstanceCount = source["InitialInstanceCount", "initial_instance_count"].int
        variant.weight = source["InitialVariantWeight", "initial_variant_weight"].double
        variant.isServerless = source["ServerlessConfig", "serverless_config"].isPresent
        variant.acceleratorType = source["AcceleratorType", "accelerator_type"].orNothing.string
        let managed = source["ManagedInstanceScaling", "managed_instance_scaling"]
        if managed["Status", "status"].string.value != "DISABLED" {
            variant.managedMinimum = managed["MinInstanceCount", "min_instance_count"].int
            variant.managedMaximum = managed["MaxInstanceCount", "max_instance_count"].int
        }
        variant.modelDataDownloadTimeoutSeconds =
            source["ModelDataDownloadTimeoutInSeconds", "model_data_download_timeout_in_seconds"].int
        variant.containerStartupTimeoutSeconds =
            source[
                "ContainerStartupHealthCheckTimeoutInSeconds", "container_startup_health_check_timeout_in_seconds"
            ].int
        variant.enablesSSMAccess = source["EnableSSMAccess", "enable_ssm_access"].bool
        return variant
    }

    private static func capture(_ source: Bilingual, _ inventory: Inventory) -> DataCapture {
        var capture = DataCapture()
        capture.isEnabled = source["EnableCapture", "enable_capture"].bool
        capture.samplingPercentage = source["InitialSamplingPercentage", "initial_sampling_percentage"].int
        capture.destination = source["DestinationS3Uri", "destination_s3_uri"].name
        capture.key = inventory.keyReference(source["KmsKeyId", "kms_key_id"].property)
        let options = source["CaptureOptions", "capture_options"]
        let modes = options.list { $0["CaptureMode", "capture_mode"].string }
        if let open = (modes.value ?? []).first(where: \.isUnknown) {
            capture.modes = .unknown(open.whyUnknown ?? "", at: open.place)
        } else {
            capture.modes = modes.map { found in
                found.compactMap(\.value).flatMap { $0 == "InputAndOutput" ? ["Input", "Output"] : [$0] }
            }
        }
        return capture
    }
}

/// One model resource: its containers, where its artefact lies, and the network it runs in.
private struct ModelReading {
    let source: Bilingual
    let inventory: Inventory
    /// The containers, or why they cannot be told.
    let containers: [Bilingual]
    let whyUnknown: String?

    init(_ source: Bilingual, _ inventory: Inventory) {
        self.source = source
        self.inventory = inventory
        let primary = source["PrimaryContainer", "primary_container"]
        let several = source["Containers", "container"]
        let written = primary.items + several.items
        containers = written.map { ModelReading.unpacked($0, inventory) }
        whyUnknown = primary.whyUnknown ?? several.whyUnknown
    }

    func model(_ head: ResourceHead) -> Model {
        var model = Model(head: head)
        model.role = inventory.directory.reference(
            source["ExecutionRoleArn", "execution_role_arn"].property, to: "AWS::IAM::Role")
        let network = source["VpcConfig", "vpc_config"]
        model.subnets = inventory.references(
            network["Subnets", "subnets"].property, only: "AWS::EC2::Subnet")
        model.securityGroups = inventory.references(
            network["SecurityGroupIds", "security_group_ids"].property, only: "AWS::EC2::SecurityGroup")
        model.isNetworkIsolated = source["EnableNetworkIsolation", "enable_network_isolation"].bool
        if let whyUnknown {
            model.image = .unknown(whyUnknown, at: source.place)
            model.dataURL = .unknown(whyUnknown, at: source.place)
            model.isMultiModel = .unknown(whyUnknown, at: source.place)
        } else {
            model.image = image
            model.dataURL = containers.lazy.map(dataURL).first { !$0.isAbsent } ?? .absent(at: source.place)
            model.isMultiModel = isMultiModel
        }
        model.modelCacheSetting =
            containers.lazy.map { $0["MultiModelConfig", "multi_model_config"] }
            .first { $0.isPresent }?["ModelCacheSetting", "model_cache_setting"].orNothing.string ?? .absent
        model.isMarketplace = containers.contains(where: isMarketplace)
        model.digest = ModelReading.digest(head.tags, model.dataURL)
        return model
    }

    /// The image that is least certain to be what it was: of several containers one without a digest counts.
    private var image: Fact<String> {
        let images = containers.map(image)
        let unpinned = images.first { $0.value?.holds("@sha256:") != true }
        return unpinned ?? images.first ?? .absent(at: source.place)
    }

    private func image(_ container: Bilingual) -> Fact<String> {
        let written = container["Image", "image"].orNothing
        if written.property.isAbsent, container["ModelPackageName", "model_package_name"].isPresent {
            return .unknown("the image is that of a model package: the registry would tell it", at: container.place)
        }
        let image = written.property.string(decidedBy: ModelReading.isPinDecided)
        guard let digest = container["ImageDigest", "image_digest"].string.value, let text = image.value,
            !text.contains("@")
        else { return image }
        return .known("\(text)@\(digest)", at: image.place)
    }

    /// Whether it can be told from an undecided address if the image is pinned: account, region and repository before
    /// its tag or digest do not matter.
    private static func isPinDecided(_ text: String) -> Bool {
        if text.holds("@sha256:") { return true }
        let last = text.split(separator: "/").last ?? ""
        guard last.contains("${") else { return true }
        let tag = last.split(separator: ":").dropFirst().last ?? "${"
        return !tag.contains("$") && !tag.contains("}")
    }

    private func dataURL(_ container: Bilingual) -> Fact<String> {
        let plain = container["ModelDataUrl", "model_data_url"].orNothing
        if plain.isPresent || plain.whyUnknown != nil { return plain.name }
        return container["ModelDataSource", "model_data_source"]["S3DataSource", "s3_data_source"]["S3Uri", "s3_uri"]
            .name
    }

    private var isMultiModel: Fact<Bool> {
        let modes = containers.map { $0["Mode", "mode"].string }
        if modes.contains(where: { $0.value == "MultiModel" }) { return .known(true, at: source.place) }
        if let why = modes.lazy.compactMap(\.whyUnknown).first { return .unknown(why, at: source.place) }
        return .known(false, at: source.place)
    }

    private func isMarketplace(_ container: Bilingual) -> Bool {
        let package = ARN.split(container["ModelPackageName", "model_package_name"].name.value ?? "")
        if package.count == 6, ModelReading.marketplaceAccounts.contains(package[4]) { return true }
        let image = container["Image", "image"].name.value ?? ""
        return image.hasPrefix("709825985650.dkr.ecr.")
    }

    /// A container that names a model package of this input is what the package says.
    private static func unpacked(_ container: Bilingual, _ inventory: Inventory) -> Bilingual {
        guard container["Image", "image"].property.isAbsent, container.tongue == .template else { return container }
        let reference = inventory.directory.reference(
            container["ModelPackageName", ""].property, to: "AWS::SageMaker::ModelPackage")
        guard let package = inventory[reference], package.type == "AWS::SageMaker::ModelPackage",
            let inside = package["InferenceSpecification"]["Containers"].items.first
        else { return container }
        return Bilingual(inside, container.tongue)
    }

    /// The tag `ml:model-digest`, else a part of the artefact's path that is a SHA-256.
    private static func digest(_ tags: Fact<[String: String]>, _ url: Fact<String>) -> Fact<String> {
        if let tagged = tags.value?["ml:model-digest"] { return .known(tagged, at: tags.place) }
        let parts = (url.value ?? "").split { $0 == "/" || $0 == "." || $0 == "-" || $0 == "=" }
        guard let digest = parts.first(where: { $0.count == 64 && $0.allSatisfy(\.isHexDigit) }) else {
            return .absent(at: url.place)
        }
        return .known(String(digest), at: url.place)
    }

    /// The accounts from which AWS Marketplace shares model packages, one a region (SageMaker developer guide,
    /// "Use algorithm and model packages in the AWS Marketplace").
    private static let marketplaceAccounts: Set<String> = [
        "865070037744", "057799348421", "594846645681", "382657785993", "470592106596", "446921602837",
        "985815980388", "856760150666", "843114510376", "136758871317", "192199979996", "666831318237",
        "977537786026", "745090734665", "077584701553", "270155090741",
    ]
}
