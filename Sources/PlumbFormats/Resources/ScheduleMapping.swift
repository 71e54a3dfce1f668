// What happens at set times, and to which endpoint.

import PlumbModel

/// Reads EventBridge Scheduler's schedules, and the rules that stop or start an endpoint by the clock.
enum ScheduleMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let endpoints = Set(graph.endpoints.compactMap(\.name.value))
        for resource in tongue.resources("AWS::Scheduler::Schedule", "aws_scheduler_schedule", in: inventory) {
            let source = Bilingual(resource, tongue)
            var schedule = Schedule(head: resource.head)
            schedule.expression = source["ScheduleExpression", "schedule_expression"].string
            schedule.timezone = source["ScheduleExpressionTimezone", "schedule_expression_timezone"].orNothing.string
            schedule.isEnabled = source["State", "state"].orNothing.string.map { $0 != "DISABLED" }
            let target = source["Target", "target"]
            let arn = target["Arn", "arn"].property
            schedule.targetARN = inventory.address(arn)
            schedule.role = inventory.directory.reference(
                target["RoleArn", "role_arn"].property, to: "AWS::IAM::Role")
            let input = target["Input", "input"].orNothing.property
            schedule.input = input.name
            let function = inventory.functionReference(inventory.directory.reference(arn, to: "AWS::Lambda::Function"))
            if case .resource(let id)? = function.value { schedule.targetARN = .known("${\(id).Arn}", at: arn.place) }
            schedule.endpointName = endpointName(input, schedule.targetARN, graph.functions[function], endpoints)
            graph.schedules.append(schedule)
        }
        addRules(to: &graph, endpoints)
    }

    /// The endpoint that the call names, or that the function it starts is made for.
    ///
    /// Absent when the call is about something else, such as alarms.
    private static func endpointName(
        _ input: Property, _ target: Fact<String>, _ function: Function?, _ endpoints: Set<String>
    ) -> Fact<String> {
        let document = input.parsed
        for key in ["EndpointName", "endpointName", "endpoint_name", "endpoint", "Endpoint"] {
            let name = document[key]
            if case .text = name.state { return name.name }
            // `ResourceId` of a scalable target: `endpoint/NAME/variant/NAME`.
        }
        if case .text = document["ResourceId"].state, let id = document["ResourceId"].name.value {
            let parts = id.split(separator: "/").map(String.init)
            if parts.count == 4, parts[0] == "endpoint" { return .known(parts[1], at: input.place) }
        }
        if let function { return self.endpointName(of: function, endpoints) }
        if let why = input.whyUnknown ?? target.whyUnknown { return .unknown(why, at: input.place) }
        let call = target.value ?? ""
        let isAboutEndpoints = call.lowercased().contains(":aws-sdk:sagemaker:")
        let isOther = call.contains(":aws-sdk:") || call.contains(":sns:") || call.contains(":sqs:")
        if isOther, !isAboutEndpoints { return .absent(at: input.place) }
        // What cannot be read may be about the endpoint.
        return .unknown("which endpoint it is for: its input names none that can be read here", at: input.place)
    }

    private static func endpointName(of function: Function, _ endpoints: Set<String>) -> Fact<String> {
        let variables = function.environment.value ?? [:]
        for (_, value) in variables.sorted(by: { $0.key < $1.key }) where endpoints.contains(value) {
            return .known(value, at: function.environment.place)
        }
        if let code = function.code.value {
            let words = Set(code.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init))
            if let name = endpoints.sorted().first(where: words.contains) { return .known(name, at: function.place) }
        }
        // A function for something else entirely does not concern the endpoint.
        guard let purpose = function.purpose.value else {
            return .unknown(
                "which endpoint the function \(function.id) is for is not in this input", at: function.place)
        }
        let acts = ["stop-endpoint", "start-endpoint"].contains(purpose)
        return acts
            ? .unknown("which endpoint the function \(function.id) acts on is not in this input", at: function.place)
            : .absent(at: function.place)
    }

    /// A rule that starts a stopping or starting function by the clock does what a schedule does, in UTC.
    private static func addRules(to graph: inout Graph, _ endpoints: Set<String>) {
        for rule in graph.eventRules where rule.scheduleExpression.isKnown {
            for target in rule.targets.value ?? [] {
                guard let function = graph.functions[target], let purpose = function.purpose.value,
                    ["stop-endpoint", "start-endpoint"].contains(purpose)
                else { continue }
                var schedule = Schedule(head: rule.head)
                schedule.expression = rule.scheduleExpression
                schedule.isEnabled = rule.isEnabled
                schedule.targetARN = .known("${\(function.id).Arn}", at: rule.place)
                schedule.role = function.role
                schedule.endpointName = endpointName(of: function, endpoints)
                graph.schedules.append(schedule)
            }
        }
    }
}
