// The endpoint, its configuration and its model.

import PlumbModel

extension Architecture {
    static func addServing(to graph: inout Graph, _ plan: Blueprint) {
        graph.endpoints.append(endpoint(plan))
        graph.endpointConfigs.append(endpointConfig("EndpointConfig", model: "Model", key: "DataKey", plan))
        graph.models.append(model("Model", network: "", plan))
    }

    private static func endpoint(_ plan: Blueprint) -> Endpoint {
        plan.make("Endpoint", named: nil) { endpoint in
            let rollout = plan.spec.rollout
            endpoint.head.name = plan.said(plan.spec.name, "name")
            endpoint.head.tags = .known(plan.servingTags)
            endpoint.config = reference("EndpointConfig")
            var blueGreen = BlueGreenPolicy()
            blueGreen.routing = plan.said(rollout.strategy, "rollout.strategy")
            switch rollout.strategy {
            case .canary:
                blueGreen.canarySize = plan.said(
                    CapacitySize(.capacityPercent, rollout.canaryPercent), "rollout.canaryPercent")
            case .linear:
                blueGreen.linearStepSize = plan.said(
                    CapacitySize(.capacityPercent, rollout.stepPercent), "rollout.stepPercent")
            case .allAtOnce: break
            }
            blueGreen.waitIntervalSeconds = plan.said(rollout.waitSeconds, "rollout.wait")
            blueGreen.terminationWaitSeconds = plan.said(rollout.terminationWaitSeconds, "rollout.terminationWait")
            blueGreen.maximumExecutionTimeoutSeconds = plan.said(rollout.timeoutSeconds, "rollout.timeout")
            endpoint.blueGreen = plan.said(blueGreen, "rollout")
            endpoint.rollbackAlarms = .known(
                rollbackAlarms(plan).map { plan.said(plan.alarmName($0), "alarms") }, at: plan.spec.place(of: "alarms"))
            // Without it a deployment would throw away what autoscaling has added.
            endpoint.retainsAllVariantProperties = true
        }
    }

    /// The configuration of the main region, or of the second one.
    static func endpointConfig(_ id: String, model: String, key: String, _ plan: Blueprint) -> EndpointConfig {
        plan.make(id, named: nil, from: "instances", isKept: true) { config in
            let spec = plan.spec
            config.head.name = plan.said(plan.configName, "name")
            config.head.tags = .known(plan.servingTags)
            keepsRevision(&config.head, plan)
            var variant = Variant()
            variant.name = .known(plan.variant)
            variant.model = reference(model)
            variant.instanceType = plan.said(spec.instances.type, "instances.type")
            variant.initialInstanceCount = plan.said(spec.instances.initial, "instances.initial")
            variant.weight = 1
            variant.modelDataDownloadTimeoutSeconds = plan.said(
                spec.model.downloadTimeoutSeconds, "model.downloadTimeout")
            variant.containerStartupTimeoutSeconds = plan.said(
                spec.model.startupTimeoutSeconds, "model.startupTimeout")
            variant.enablesSSMAccess = false
            config.variants = .known([variant], at: spec.place(of: "instances"))
            // Local NVMe disks are encrypted by the hardware, and SageMaker refuses a key for them (T-11).
            if plan.isProduction, plan.storesModelsOnNVMe != true { config.key = reference(key) }
            var capture = DataCapture()
            capture.isEnabled = plan.said(spec.capture.isEnabled, "capture.enabled")
            capture.samplingPercentage = plan.said(spec.capture.samplingPercent, "capture.samplingPercent")
            capture.destination = .known("s3://\(plan.bucketName("captures"))/captures")
            capture.key = reference(key)
            capture.modes = .known(["Input", "Output"])
            config.dataCapture = plan.said(capture, "capture")
        }
    }

    /// The model of the main region, or of the second one, in the network whose ids start with `network`.
    static func model(_ id: String, network: String, _ plan: Blueprint) -> Model {
        plan.make(id, named: plan.revision, from: "model", isKept: true) { model in
            let source = plan.spec.model
            model.head.name = plan.said(plan.configName, "name")
            model.head.tags = .known(plan.servingTags)
            keepsRevision(&model.head, plan)
            model.image = image(of: source, isReplica: !network.isEmpty, plan)
            model.dataURL = dataURL(of: source, isReplica: !network.isEmpty, plan)
            model.digest = plan.said(source.digest, "model.digest")
            model.isMultiModel = plan.said(source.isMultiModel, "model.multiModel")
            if source.isMultiModel { model.modelCacheSetting = "Enabled" }
            model.role = reference("ExecutionRole")
            model.isNetworkIsolated = true
            if plan.isProduction {
                model.subnets = references(plan.subnets(network))
                model.securityGroups = references(["\(network)ModelSecurityGroup"])
            }
        }
    }

    /// Earlier revisions are what a rollback goes back to: a template must not delete the one it replaces.
    private static func keepsRevision(_ head: inout ResourceHead, _ plan: Blueprint) {
        guard plan.isGuarded else { return }
        head.deletionPolicy = "Retain"
        head.updateReplacePolicy = "Retain"
    }

    /// The image by digest; in the second region the registry's replica of it.
    private static func image(of source: ModelSource, isReplica: Bool, _ plan: Blueprint) -> Fact<String> {
        guard let image = source.image else {
            return .unknown(
                "the spec names no container image (model.image); a template takes it as a parameter",
                at: plan.spec.place(of: "model"))
        }
        guard isReplica, let there = plan.recoveryRegion else { return plan.said(image, "model.image") }
        return plan.said(
            image.replacing(".dkr.ecr.\(plan.spec.region).", with: ".dkr.ecr.\(there)."), "model.image")
    }

    /// Where the artefact is published to, whatever place it comes from: by its digest, so that an address never
    /// changes its content, and in a bucket that is encrypted, versioned and replicated.
    private static func dataURL(of source: ModelSource, isReplica: Bool, _ plan: Blueprint) -> Fact<String> {
        guard let key = plan.modelKey else {
            return .unknown(
                "the artefact's address holds its digest, which the spec does not say (model.digest)",
                at: plan.spec.place(of: "model"))
        }
        return plan.said("s3://\(plan.bucketName(isReplica ? "replica" : "artifacts"))/\(key)", "model.digest")
    }
}
