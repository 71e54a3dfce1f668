// What runs on an event: functions, automation documents, state machines.

import PlumbModel

/// Reads Lambda functions with who may call them, SSM automation documents and Step Functions' state machines.
enum FunctionMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let permissions = Permissions(inventory, tongue)
        for resource in tongue.resources("AWS::Lambda::Function", "aws_lambda_function", in: inventory) {
            var function = self.function(resource, Bilingual(resource, tongue), inventory)
            function.invokers = permissions.invokers(of: resource)
            graph.functions.append(function)
        }
        for resource in tongue.resources("AWS::SSM::Document", "aws_ssm_document", in: inventory) {
            let source = Bilingual(resource, tongue)
            guard source["DocumentType", "document_type"].string.value == "Automation" else { continue }
            var function = Function(head: resource.head)
            function.runtime = "ssm-automation"
            function.code = text(source["Content", "content"].property)
            function.purpose = purpose(resource.head.tags, function.code)
            graph.functions.append(function)
        }
        for resource in tongue.resources(
            "AWS::StepFunctions::StateMachine", "aws_sfn_state_machine", in: inventory)
        {
            let source = Bilingual(resource, tongue)
            var function = Function(head: resource.head)
            function.runtime = "states"
            let written = source["DefinitionString", "definition"]
            function.code = text(
                written.property.isAbsent ? source["Definition", "definition"].property : written.property)
            function.role = inventory.directory.reference(source["RoleArn", "role_arn"].property, to: "AWS::IAM::Role")
            function.purpose = purpose(resource.head.tags, function.code)
            graph.functions.append(function)
        }
    }

    private static func function(
        _ resource: SourceResource, _ source: Bilingual, _ inventory: Inventory
    ) -> Function {
        var function = Function(head: resource.head)
        function.runtime = source["Runtime", "runtime"].orNothing.string
        function.role = inventory.directory.reference(source["Role", "role"].property, to: "AWS::IAM::Role")
        if source.tongue == .template { function.code = source["Code", ""]["ZipFile", ""].name }
        function.purpose = purpose(resource.head.tags, function.code)
        function.timeoutSeconds = source["Timeout", "timeout"].int
        function.environment = variables(source["Environment", "environment"]["Variables", "variables"])
        let network = source["VpcConfig", "vpc_config"]
        function.subnets = inventory.references(
            network["SubnetIds", "subnet_ids"].property, only: "AWS::EC2::Subnet")
        function.securityGroups = inventory.references(
            network["SecurityGroupIds", "security_group_ids"].property, only: "AWS::EC2::SecurityGroup")
        return function
    }

    /// What is known of an environment; a value that is not is left out.
    static func variables(_ source: Bilingual) -> Fact<[String: String]> {
        source.structure { map in
            var variables: [String: String] = [:]
            for field in map.property.fields { variables[field.key] = field.value.name.value }
            return variables
        }
    }

    /// The tag `ml:purpose`, else what the code plainly does to endpoints.
    private static func purpose(_ tags: Fact<[String: String]>, _ code: Fact<String>) -> Fact<String> {
        if let tagged = tags.value?["ml:purpose"] { return .known(tagged, at: tags.place) }
        let code = (code.value ?? "").lowercased().filter { $0 != "_" }
        let (stops, starts) = (calls("deleteendpoint", in: code), calls("createendpoint", in: code))
        if stops, !starts { return .known("stop-endpoint", at: tags.place) }
        if starts, !stops { return .known("start-endpoint", at: tags.place) }
        return tags.whyUnknown.map { .unknown($0, at: tags.place) } ?? .absent(at: tags.place)
    }

    /// Whether the code calls it, and not `…Config`, whose name begins alike.
    private static func calls(_ name: String, in code: String) -> Bool {
        code.ranges(of: name).contains { !code[$0.upperBound...].hasPrefix("config") }
    }

    /// A document as it is written: a text, or the texts of a map.
    private static func text(_ property: Property) -> Fact<String> {
        if case .map = property.state {
            return .known(property.flattened(0).joined(separator: "\n"), at: property.place)
        }
        return property.name
    }
}

extension Property {
    /// Every text in a tree, keys left out; deeper than 60 levels nothing is looked for.
    fileprivate func flattened(_ depth: Int) -> [String] {
        guard depth < 60 else { return [] }
        switch state {
        case .text(let text, _): return [text]
        case .list(let items): return items.flatMap { $0.flattened(depth + 1) }
        case .map(let fields): return fields.flatMap { $0.value.flattened(depth + 1) }
        case .absent, .unknown: return []
        }
    }
}

/// Who may call which function.
private struct Permissions {
    private var principals: [String: [Fact<String>]] = [:]
    private var openBecause: String?

    init(_ inventory: Inventory, _ tongue: Tongue) {
        for resource in tongue.resources("AWS::Lambda::Permission", "aws_lambda_permission", in: inventory) {
            let source = Bilingual(resource, tongue)
            let named = inventory.directory.reference(
                source["FunctionName", "function_name"].property, to: "AWS::Lambda::Function")
            let reference = inventory.functionReference(named)
            if case .resource(let id)? = reference.value {
                principals[id, default: []].append(source["Principal", "principal"].name)
            } else if let why = reference.whyUnknown {
                openBecause = "which function \(resource.id) is for cannot be told: \(why)"
            }
        }
    }

    func invokers(of function: SourceResource) -> Fact<[Fact<String>]> {
        if let found = principals[function.id] { return .known(found, at: function.head.place) }
        return openBecause.map { .unknown($0, at: function.head.place) } ?? .known([], at: function.head.place)
    }
}
