// Functions with their code, and what starts them.

import PlumbModel

extension RenderedDeployment {
    func automation() -> [RenderedResource] {
        graph.functions.map(function) + graph.eventRules.filter { !isForPeople($0) }.flatMap(rendered) + permissions()
    }

    private func function(_ function: Function) -> RenderedResource {
        var resource = RenderedResource(
            function, "AWS::Lambda::Function", "aws_lambda_function", in: .automation, note: note(on: function),
            for: controls(of: function)
        ) { fields in
            fields.put("FunctionName", "function_name", function.name)
            fields.put("Runtime", "runtime", function.runtime)
            fields.put("Handler", "handler", .text("index.handler"))
            fields.put("Role", "role", .link(function.role, "Arn", "arn"))
            fields.put("Timeout", "timeout", function.timeoutSeconds)
            fields.put("MemorySize", "memory_size", .int(memoryMegabytes(of: function)))
            fields.putBlock("Environment", "environment") { $0.put("Variables", "variables", variables(of: function)) }
            fields.putBlock("VpcConfig", "vpc_config", for: "SEC-1.3") {
                $0.put("SubnetIds", "subnet_ids", .links(function.subnets))
                $0.put("SecurityGroupIds", "security_group_ids", .links(function.securityGroups, "GroupId"))
            }
            putCode(of: function, &fields)
            fields.put("Tags", "tags", function.head.tags.value.map { .tags($0) }, for: "COST-1.2")
        }
        // Lambda would make the log group itself, without a key and for ever.
        resource.dependsOn = policies(of: function.role) + ["\(function.id)LogGroup"].filter(has)
        return resource
    }

    /// The detectors hold a whole baseline and an hour of traffic.
    private func memoryMegabytes(of function: Function) -> Int {
        Detector.allCases.contains { $0.purpose == function.purpose.value } ? 1024 : 256
    }

    /// What brings autoscaling back has the bounds that were asked for, as the scalable target has.
    private func variables(of function: Function) -> RenderedValue? {
        guard let environment = function.environment.value else { return nil }
        var variables = environment.mapValues { RenderedValue.text($0) }
        if function.purpose.value == "restore-scaling" {
            variables["MINIMUM"] = minimumInstances ?? variables["MINIMUM"]
            variables["MAXIMUM"] = maximumInstances ?? variables["MAXIMUM"]
        }
        return .map(variables)
    }

    /// CloudFormation holds the code itself, Terraform an archive beside the module.
    private func putCode(of function: Function, _ fields: inout RenderedFields) {
        fields.putBlock("Code", nil) { $0.put("ZipFile", nil, function.code) }
        let path = "\"${path.module}/functions/\(RenderedDeployment.snakeCase(function.id)).zip\""
        fields.put(nil, "filename", .expression(path))
        fields.put(nil, "source_code_hash", .expression("filebase64sha256(\(path))"))
    }

    private func note(on function: Function) -> String? {
        switch function.purpose.value {
        case "health-probe": "SageMaker has no metric of healthy hosts: this asks the example question."
        case "late-rollback": "SageMaker's own guard ends with the deployment; this one does not."
        case "audit-archive": "Keeps logs and state changes in the locked bucket."
        case "drift-detector":
            "Compares the last hour's inputs with the baseline, and publishes what DriftAlarm watches."
        case "quality-detector": "Holds answers to the labels that came later, and publishes what QualityAlarm watches."
        case "restore-scaling": "Puts autoscaling back after the night, which deletes it together with the endpoint."
        default: nil
        }
    }

    private func controls(of function: Function) -> [String] {
        switch function.purpose.value {
        case "health-probe": ["OPS-1.4"]
        case "late-rollback": ["OPS-1.8", "OPS-2.10"]
        case "audit-archive": ["SEC-3.4", "SEC-3.6"]
        case "drift-detector", "quality-detector": ["OPS-2.3"]
        case "restore-scaling": ["COST-2.3", "REL-2.1"]
        default: []
        }
    }

    /// EventBridge may start a function only where the function says so.
    private func permissions() -> [RenderedResource] {
        graph.eventRules.flatMap { rule in
            (rule.targets.value ?? []).compactMap { target in
                guard let function = graph.functions[target] else { return nil }
                return RenderedResource(
                    "\(rule.id)Permission", "AWS::Lambda::Permission", "aws_lambda_permission", in: .automation,
                    for: controls(of: function)
                ) { fields in
                    fields.put(
                        "FunctionName", "function_name", .link(function.id, template: "Arn", plan: "function_name"))
                    fields.put("Action", "action", .text("lambda:InvokeFunction"))
                    fields.put("Principal", "principal", .text("events.amazonaws.com"))
                    fields.put("SourceArn", "source_arn", .link(rule.id, template: "Arn", plan: "arn"))
                }
            }
        }
    }
}
