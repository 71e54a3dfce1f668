// SageMaker Model Monitor: a schedule and the job that it starts, joined to one thing.

import PlumbModel

/// Reads monitoring schedules with their job definitions, inline or by name, also those of a stack inside a plan.
enum MonitorMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let definitions = Definitions(inventory, tongue)
        for resource in tongue.resources(
            "AWS::SageMaker::MonitoringSchedule", "aws_sagemaker_monitoring_schedule", in: inventory)
        {
            graph.monitoringSchedules.append(
                schedule(resource.head, Bilingual(resource, tongue), definitions, inventory))
        }
        if tongue == .plan { addStacks(to: &graph, from: inventory, definitions) }
    }

    private static func schedule(
        _ head: ResourceHead, _ source: Bilingual, _ definitions: Definitions, _ inventory: Inventory
    ) -> MonitoringSchedule {
        var schedule = MonitoringSchedule(head: head)
        let config = source["MonitoringScheduleConfig", "monitoring_schedule_config"].parsed
        schedule.isStreaming = false
        schedule.scheduleExpression =
            config["ScheduleConfig", "schedule_config"]["ScheduleExpression", "schedule_expression"].string
        let status = source["MonitoringScheduleStatus", ""].string
        if source.tongue == .template, status.value == "Stopped" {
            schedule.scheduleExpression = .known("stopped", at: status.place)
        }
        let named = config["MonitoringJobDefinitionName", "monitoring_job_definition_name"]
        let inline = config["MonitoringJobDefinition", "monitoring_job_definition"]
        let type = config["MonitoringType", "monitoring_type"].string
        let definition = named.isPresent ? definitions.find(named.property) : nil
        schedule.kind = kind(type, definition, inline, at: source.place)
        if let definition {
            fill(&schedule, from: definition, inventory)
        } else if inline.isPresent {
            fill(&schedule, fromInline: inline, inventory)
        } else {
            let why =
                config.whyUnknown ?? named.whyUnknown ?? inline.whyUnknown
                ?? "the job definition '\(named.name.value ?? "")' is not part of this input"
            let open = Fact<String>.unknown(why, at: source.place)
            schedule.endpointName = open
            schedule.baselineConstraints = open
            schedule.baselineStatistics = open
            schedule.groundTruth = open
            schedule.outputKey = .unknown(why, at: source.place)
            schedule.volumeKey = .unknown(why, at: source.place)
            schedule.encryptsInterContainerTraffic = .unknown(why, at: source.place)
        }
        return schedule
    }

    /// What the schedule watches. Bias and explainability are neither of the two: absent.
    private static func kind(
        _ type: Fact<String>, _ definition: Definition?, _ inline: Bilingual, at place: Place?
    ) -> Fact<MonitoringSchedule.Kind> {
        if let definition { return .known(definition.kind, at: definition.resource.head.place) }
        switch type.value {
        case "DataQuality": return .known(.dataQuality, at: type.place)
        case "ModelQuality": return .known(.modelQuality, at: type.place)
        case _?: return .absent(at: type.place)
        case nil: break
        }
        if let why = type.whyUnknown { return .unknown(why, at: type.place) }
        // A job written into the schedule is one of data quality: the others have definitions of their own.
        return inline.isPresent
            ? .known(.dataQuality, at: place) : .unknown("MonitoringType would tell what it watches", at: place)
    }

    private static func fill(_ schedule: inout MonitoringSchedule, from found: Definition, _ inventory: Inventory) {
        let source = found.source
        let isData = found.kind == .dataQuality
        let baseline =
            isData
            ? source["DataQualityBaselineConfig", "data_quality_baseline_config"]
            : source["ModelQualityBaselineConfig", "model_quality_baseline_config"]
        let input =
            isData
            ? source["DataQualityJobInput", "data_quality_job_input"]
            : source["ModelQualityJobInput", "model_quality_job_input"]
        let output =
            isData
            ? source["DataQualityJobOutputConfig", "data_quality_job_output_config"]
            : source["ModelQualityJobOutputConfig", "model_quality_job_output_config"]
        fillBaseline(&schedule, baseline)
        schedule.endpointName = input["EndpointInput", "endpoint_input"]["EndpointName", "endpoint_name"].name
        schedule.groundTruth = input["GroundTruthS3Input", "ground_truth_s3_input"]["S3Uri", "s3_uri"].name
        schedule.outputKey = inventory.keyReference(output["KmsKeyId", "kms_key_id"].property)
        fillResources(
            &schedule, source["JobResources", "job_resources"], source["NetworkConfig", "network_config"], inventory)
    }

    private static func fill(
        _ schedule: inout MonitoringSchedule, fromInline job: Bilingual, _ inventory: Inventory
    ) {
        fillBaseline(&schedule, job["BaselineConfig", "baseline_config"])
        let inputs = job["MonitoringInputs", "monitoring_inputs"]
        let names = inputs.items.map { $0["EndpointInput", "endpoint_input"]["EndpointName", "endpoint_name"].name }
        schedule.endpointName =
            names.first { !$0.isAbsent }
            ?? inputs.whyUnknown.map { .unknown($0, at: inputs.place) } ?? .absent(at: inputs.place)
        schedule.outputKey = inventory.keyReference(
            job["MonitoringOutputConfig", "monitoring_output_config"]["KmsKeyId", "kms_key_id"].property)
        fillResources(
            &schedule, job["MonitoringResources", "monitoring_resources"], job["NetworkConfig", "network_config"],
            inventory)
    }

    /// A baselining job leaves both files where the monitor finds them.
    private static func fillBaseline(_ schedule: inout MonitoringSchedule, _ baseline: Bilingual) {
        schedule.baselineConstraints = baseline["ConstraintsResource", "constraints_resource"]["S3Uri", "s3_uri"].name
        schedule.baselineStatistics = baseline["StatisticsResource", "statistics_resource"]["S3Uri", "s3_uri"].name
        let job = baseline["BaseliningJobName", "baselining_job_name"].orNothing.name
        guard job.isKnown else { return }
        let left = job.map { "the baselining job \($0)" }
        if schedule.baselineConstraints.isAbsent { schedule.baselineConstraints = left }
        if schedule.baselineStatistics.isAbsent { schedule.baselineStatistics = left }
    }

    private static func fillResources(
        _ schedule: inout MonitoringSchedule, _ resources: Bilingual, _ network: Bilingual, _ inventory: Inventory
    ) {
        schedule.volumeKey = inventory.keyReference(
            resources["ClusterConfig", "cluster_config"]["VolumeKmsKeyId", "volume_kms_key_id"].property)
        schedule.encryptsInterContainerTraffic =
            network["EnableInterContainerTrafficEncryption", "enable_inter_container_traffic_encryption"].bool
    }
}

/// A job definition that schedules name.
private struct Definition {
    var resource: SourceResource
    var source: Bilingual
    var kind: MonitoringSchedule.Kind
}

/// Job definitions by id and by name.
private struct Definitions {
    private var found: [String: Definition] = [:]
    private let directory: NameDirectory

    init(_ inventory: Inventory, _ tongue: Tongue) {
        directory = inventory.directory
        add(
            tongue.resources(
                "AWS::SageMaker::DataQualityJobDefinition", "aws_sagemaker_data_quality_job_definition", in: inventory),
            .dataQuality, tongue)
        add(
            tongue.resources(
                "AWS::SageMaker::ModelQualityJobDefinition", "aws_sagemaker_model_quality_job_definition", in: inventory
            ),
            .modelQuality, tongue)
    }

    mutating func add(_ resources: [SourceResource], _ kind: MonitoringSchedule.Kind, _ tongue: Tongue) {
        for resource in resources {
            let definition = Definition(resource: resource, source: Bilingual(resource, tongue), kind: kind)
            found[resource.id] = definition
            if let name = resource.head.name.value { found[name] = definition }
        }
    }

    /// By name, or by a reference to its name or ARN.
    func find(_ property: Property) -> Definition? {
        guard let text = property.name.value else { return nil }
        if let definition = found[text] { return definition }
        if let (id, _) = directory.resourceNamed(text) { return found[id] }
        return nil
    }
}

// Terraform's provider has no model-quality job: plans carry it in a stack of CloudFormation.
extension MonitorMapping {
    private static func addStacks(to graph: inout Graph, from inventory: Inventory, _ own: Definitions) {
        for stack in inventory["aws_cloudformation_stack"] {
            let body = stack["template_body"].parsed
            if let why = body.whyUnknown, graph.monitoringSchedules.allSatisfy({ $0.kind.value != .modelQuality }) {
                // It may hold the very schedule that is missed elsewhere.
                graph.monitoringSchedules.append(
                    MonitoringSchedule("\(stack.id)/template_body", at: stack.head.place) {
                        $0.kind = .unknown("what the stack \(stack.id) holds is not known: \(why)")
                    })
            }
            let parameters = stack["parameters"]
            var definitions = own
            var schedules: [SourceResource] = []
            for entry in body["Resources"].fields {
                guard let type = entry.value["Type"].string.value else { continue }
                var resource = SourceResource(
                    id: "\(stack.id)/\(entry.key)", type: type,
                    properties: entry.value["Properties"].resolved(by: parameters, depth: 0),
                    head: ResourceHead(id: "\(stack.id)/\(entry.key)", at: stack.head.place))
                resource.head.region = stack.head.region
                resource.head.tags = stack.head.tags
                switch type {
                case "AWS::SageMaker::DataQualityJobDefinition", "AWS::SageMaker::ModelQualityJobDefinition":
                    let kind: MonitoringSchedule.Kind = type.contains("ModelQuality") ? .modelQuality : .dataQuality
                    resource.head.name = resource["JobDefinitionName"].name
                    definitions.add([resource], kind, .template)
                    // Ref and GetAtt inside the stack give its logical id.
                    var byID = resource
                    byID.head.name = .known("${\(entry.key)}")
                    definitions.add([byID], kind, .template)
                case "AWS::SageMaker::MonitoringSchedule":
                    resource.head.name = resource["MonitoringScheduleName"].name
                    schedules.append(resource)
                default: break
                }
            }
            for resource in schedules {
                graph.monitoringSchedules.append(
                    schedule(resource.head, Bilingual(resource, .template), definitions, inventory))
            }
        }
    }
}

extension Property {
    /// The document with `Ref` to a parameter and `Fn::GetAtt` resolved: all that a stack inside a plan needs, whose
    /// values Terraform has put in already.
    fileprivate func resolved(by parameters: Property, depth: Int) -> Property {
        guard depth < 60 else { return Property(.unknown("it is nested too deeply"), at: place) }
        switch state {
        case .absent, .text, .unknown: return self
        case .list(let items):
            return Property(.list(items.map { $0.resolved(by: parameters, depth: depth + 1) }), at: place)
        case .map(let fields):
            guard fields.count == 1, let only = fields.first else {
                return Property(
                    .map(
                        fields.map {
                            Field(key: $0.key, value: $0.value.resolved(by: parameters, depth: depth + 1))
                        }), at: place)
            }
            switch only.key {
            case "Ref":
                let name = only.value.name.value ?? ""
                // Unknown parameters of a plan are one list of all that they refer to: whoever asks picks by sort.
                if case .list(let items) = parameters.state, items.count > 1 { return parameters }
                let given = parameters[name]
                return given.isAbsent ? Property(.text("${\(name)}", undecided: nil), at: place) : given
            case "Fn::GetAtt":
                // A list, or both parts joined by a dot.
                let first = only.value.items.first?.name.value ?? ""
                let id = first.split(separator: ".").first.map(String.init) ?? ""
                return Property(.text("${\(id)}", undecided: nil), at: place)
            case _ where only.key.hasPrefix("Fn::"):
                return Property(.unknown("\(only.key) inside a stack of the plan is not resolved"), at: place)
            default:
                let value = only.value.resolved(by: parameters, depth: depth + 1)
                return Property(.map([Field(key: only.key, value: value)]), at: place)
            }
        }
    }
}
