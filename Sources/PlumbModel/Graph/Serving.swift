// The resources that answer requests: endpoint, its configuration and variants, model, monitors and scaling.

/// How traffic moves from the old fleet to the new one (SageMaker `TrafficRoutingConfig.Type`).
public enum TrafficRouting: String, Sendable, Codable, Hashable, CaseIterable {
    case allAtOnce = "ALL_AT_ONCE"
    case canary = "CANARY"
    case linear = "LINEAR"
}

/// A share of a fleet (SageMaker `CapacitySize`).
public struct CapacitySize: Sendable, Hashable, Codable {
    public enum Unit: String, Sendable, Codable, Hashable {
        case instanceCount = "INSTANCE_COUNT"
        case capacityPercent = "CAPACITY_PERCENT"
    }
    public var unit: Unit
    public var value: Int
    public init(_ unit: Unit, _ value: Int) {
        self.unit = unit
        self.value = value
    }
}

/// A guarded deployment (SageMaker `BlueGreenUpdatePolicy`).
public struct BlueGreenPolicy: Sendable, Hashable, Codable {
    public var routing: Fact<TrafficRouting> = .absent
    public var canarySize: Fact<CapacitySize> = .absent
    public var linearStepSize: Fact<CapacitySize> = .absent
    public var waitIntervalSeconds: Fact<Int> = .absent
    /// SageMaker's default is 0: after the last shift nothing could roll back.
    public var terminationWaitSeconds: Fact<Int> = .absent
    public var maximumExecutionTimeoutSeconds: Fact<Int> = .absent
    public init() {}
}

/// A deployment in batches (SageMaker `RollingUpdatePolicy`).
public struct RollingPolicy: Sendable, Hashable, Codable {
    public var maximumBatchSize: Fact<CapacitySize> = .absent
    public var waitIntervalSeconds: Fact<Int> = .absent
    public var maximumExecutionTimeoutSeconds: Fact<Int> = .absent
    public init() {}
}

/// A real-time endpoint (`AWS::SageMaker::Endpoint`).
public struct Endpoint: Resource {
    public static let type = "AWS::SageMaker::Endpoint"
    public var head: ResourceHead
    public var config: Fact<Reference> = .absent
    public var blueGreen: Fact<BlueGreenPolicy> = .absent
    public var rolling: Fact<RollingPolicy> = .absent
    /// Names of the alarms in `AutoRollbackConfiguration`; 1 to 10.
    public var rollbackAlarms: Fact<[Fact<String>]> = .absent
    public var retainsAllVariantProperties: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One production (or shadow) variant of an endpoint configuration.
public struct Variant: Sendable, Hashable, Codable {
    public var name: Fact<String> = .absent
    public var model: Fact<Reference> = .absent
    public var instanceType: Fact<String> = .absent
    public var initialInstanceCount: Fact<Int> = .absent
    /// SageMaker's default is 1.0.
    public var weight: Fact<Double> = .absent
    public var isShadow = false
    public var isServerless = false
    public var acceleratorType: Fact<String> = .absent
    public var managedMinimum: Fact<Int> = .absent
    public var managedMaximum: Fact<Int> = .absent
    public var modelDataDownloadTimeoutSeconds: Fact<Int> = .absent
    public var containerStartupTimeoutSeconds: Fact<Int> = .absent
    public var enablesSSMAccess: Fact<Bool> = .absent
    public init() {}
}

/// What an endpoint records of its traffic (SageMaker `DataCaptureConfig`).
public struct DataCapture: Sendable, Hashable, Codable {
    public var isEnabled: Fact<Bool> = .absent
    public var samplingPercentage: Fact<Int> = .absent
    public var destination: Fact<String> = .absent
    public var key: Fact<Reference> = .absent
    /// `Input`, `Output`.
    public var modes: Fact<[String]> = .absent
    public init() {}
}

/// An endpoint configuration (`AWS::SageMaker::EndpointConfig`).
public struct EndpointConfig: Resource {
    public static let type = "AWS::SageMaker::EndpointConfig"
    public var head: ResourceHead
    public var variants: Fact<[Variant]> = .absent
    public var key: Fact<Reference> = .absent
    public var dataCapture: Fact<DataCapture> = .absent
    public var asyncOutputKey: Fact<Reference> = .absent
    public var isAsync = false
    /// Invocation metrics at this interval in seconds, where set.
    public var metricPublishSeconds: Fact<Int> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A model: container, data, network (`AWS::SageMaker::Model`).
public struct Model: Resource {
    public static let type = "AWS::SageMaker::Model"
    public var head: ResourceHead
    public var image: Fact<String> = .absent
    public var dataURL: Fact<String> = .absent
    public var isMultiModel: Fact<Bool> = .absent
    public var modelCacheSetting: Fact<String> = .absent
    public var isMarketplace = false
    public var role: Fact<Reference> = .absent
    public var subnets: Fact<[Fact<Reference>]> = .absent
    public var securityGroups: Fact<[Fact<Reference>]> = .absent
    public var isNetworkIsolated: Fact<Bool> = .absent
    /// SHA-256 of the artefact's content, in hex.
    public var digest: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A scheduled comparison of traffic with a baseline: a job of Model Monitor (`AWS::SageMaker::MonitoringSchedule`), or
/// what does the same work, a function of one's own or the streaming detector of an engine.
public struct MonitoringSchedule: Resource {
    public enum Kind: String, Sendable, Codable, Hashable {
        case dataQuality, modelQuality
    }
    public static let type = "AWS::SageMaker::MonitoringSchedule"
    public var head: ResourceHead
    public var kind: Fact<Kind> = .absent
    /// True when an engine compares as requests arrive, instead of a scheduled job.
    public var isStreaming: Fact<Bool> = .absent
    /// The function of one's own that compares.
    public var detector: Fact<Reference> = .absent
    public var endpointName: Fact<String> = .absent
    public var scheduleExpression: Fact<String> = .absent
    public var baselineConstraints: Fact<String> = .absent
    public var baselineStatistics: Fact<String> = .absent
    public var groundTruth: Fact<String> = .absent
    public var outputKey: Fact<Reference> = .absent
    public var volumeKey: Fact<Reference> = .absent
    public var encryptsInterContainerTraffic: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }

    /// Whether it is a job of Model Monitor, on machines and volumes of its own.
    public var isJob: Bool { isStreaming.value != true && detector.isAbsent }
}

/// A planned change of a scalable target's bounds.
public struct ScheduledScaling: Sendable, Hashable, Codable {
    public var name: Fact<String> = .absent
    public var expression: Fact<String> = .absent
    public var timezone: Fact<String> = .absent
    public var minimum: Fact<Int> = .absent
    public var maximum: Fact<Int> = .absent
    public init() {}
}

/// What autoscaling may change (`AWS::ApplicationAutoScaling::ScalableTarget`).
public struct ScalableTarget: Resource {
    public static let type = "AWS::ApplicationAutoScaling::ScalableTarget"
    public var head: ResourceHead
    /// `endpoint/NAME/variant/NAME`.
    public var resourceID: Fact<String> = .absent
    public var dimension: Fact<String> = .absent
    public var minimum: Fact<Int> = .absent
    public var maximum: Fact<Int> = .absent
    public var scheduled: Fact<[ScheduledScaling]> = .absent
    public var suspendsScaleOut: Fact<Bool> = .absent
    public var suspendsScaleIn: Fact<Bool> = .absent
    public var suspendsScheduled: Fact<Bool> = .absent
    public var role: Fact<Reference> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One step of a step-scaling policy; bounds are relative to the alarm's threshold.
public struct ScalingStep: Sendable, Hashable, Codable {
    public var lowerBound: Fact<Double> = .absent
    public var upperBound: Fact<Double> = .absent
    public var adjustment: Fact<Int> = .absent
    public init() {}
}

/// How capacity follows load (`AWS::ApplicationAutoScaling::ScalingPolicy`).
public struct ScalingPolicy: Resource {
    public enum Kind: String, Sendable, Codable, Hashable {
        case targetTracking = "TargetTrackingScaling"
        case step = "StepScaling"
    }
    public static let type = "AWS::ApplicationAutoScaling::ScalingPolicy"
    public var head: ResourceHead
    public var kind: Fact<Kind> = .absent
    public var target: Fact<Reference> = .absent
    public var resourceID: Fact<String> = .absent
    // Target tracking
    public var targetValue: Fact<Double> = .absent
    public var disablesScaleIn: Fact<Bool> = .absent
    public var predefinedMetric: Fact<String> = .absent
    /// The customised metric as alarm rows: one metric, or metric math.
    public var metric: Fact<[AlarmQuery]> = .absent
    // Step
    public var adjustmentType: Fact<String> = .absent
    public var minimumAdjustmentMagnitude: Fact<Int> = .absent
    public var steps: Fact<[ScalingStep]> = .absent
    public var cooldownSeconds: Fact<Int> = .absent
    public var scaleInCooldownSeconds: Fact<Int> = .absent
    public var scaleOutCooldownSeconds: Fact<Int> = .absent
    public init(head: ResourceHead) { self.head = head }
}
