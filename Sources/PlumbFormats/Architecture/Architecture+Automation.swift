// What acts without a person: the probe, the rollback after the bake, and the archive of logs and state changes.

import PlumbModel

extension Architecture {
    static func addAutomation(to graph: inout Graph, _ plan: Blueprint) {
        addProbe(to: &graph, plan)
        addLateRollback(to: &graph, plan)
        addArchive(to: &graph, plan)
    }

    /// SageMaker has no metric of healthy hosts: an endpoint is healthy when it answers.
    private static func addProbe(to graph: inout Graph, _ plan: Blueprint) {
        graph.functions.append(
            function("ProbeFunction", "probe", purpose: "health-probe", role: "ProbeRole", from: "example", plan) {
                $0.code = .known(AutomationCode.probe)
                $0.timeoutSeconds = 60
                $0.environment = .known(probeEnvironment(plan), at: plan.spec.place(of: "example"))
                // Inside the network, because the endpoint answers only there.
                if plan.isProduction {
                    $0.subnets = references(plan.subnets())
                    $0.securityGroups = references(["ModelSecurityGroup"])
                }
            })
        graph.eventRules.append(
            plan.make("ProbeRule", named: "probe", from: "alarms.probe") {
                $0.isEnabled = true
                $0.scheduleExpression = "rate(1 minute)"
                $0.targets = references(["ProbeFunction"])
            })
    }

    private static func probeEnvironment(_ plan: Blueprint) -> [String: String] {
        let example = plan.spec.example
        var environment = [
            "ENDPOINT": plan.spec.name, "VARIANT": plan.variant, "NAMESPACE": Blueprint.namespace,
            "CONTENT_TYPE": example.contentType, "TIMEOUT": "\(plan.spec.alarms.probeTimeoutSeconds)",
            "ARTIFACT_BUCKET": plan.bucketName("artifacts"),
        ]
        // A function's environment holds 4 KB in all; a larger body is fetched.
        if let body = example.body, body.utf8.count <= 2048 {
            environment["BODY"] = body
        } else {
            let file = example.file.flatMap { $0.split(separator: "/").last.map(String.init) }
            environment["BODY_KEY"] = "examples/\(file ?? "request")"
        }
        if plan.recoveryRegion != nil, !plan.spec.model.isMultiModel { environment["MODEL_KEY"] = plan.modelKey }
        return environment
    }

    /// SageMaker's own guard ends with the deployment; this one does not.
    private static func addLateRollback(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.spec.rollout.rollsBackLate else { return }
        let path = "rollout.rollsBackLate"
        graph.functions.append(
            function(
                "LateRollbackFunction", "late-rollback", purpose: "late-rollback", role: "AutomationRole", from: path,
                plan
            ) {
                $0.code = .known(AutomationCode.lateRollback)
                $0.timeoutSeconds = 60
                $0.environment = .known(["ENDPOINT": plan.spec.name, "CONFIG_PREFIX": "\(plan.configPrefix)-"])
            })
        graph.eventRules.append(
            plan.make("LateRollbackRule", named: "late-rollback", from: path) {
                $0.isEnabled = plan.said(true, path)
                $0.detailTypes = .known(["CloudWatch Alarm State Change"])
                $0.names = .known(rollbackAlarms(plan).map { plan.said(plan.alarmName($0), "alarms") })
                $0.targets = references(["LateRollbackFunction"])
            })
    }

    private static func addArchive(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.isGuarded else { return }
        let groups = plan.logGroups.map(\.name)
        graph.functions.append(
            function(
                "AuditArchiveFunction", "audit-archive", purpose: "audit-archive", role: "ArchiveRole",
                from: "retentionDays", plan
            ) {
                $0.code = .known(AutomationCode.auditArchive)
                $0.timeoutSeconds = 900
                $0.environment = .known([
                    "AUDIT_BUCKET": plan.bucketName("audit"), "LOG_GROUPS": groups.joined(separator: ","),
                ])
            })
        graph.eventRules.append(
            plan.make("LogArchiveRule", named: "log-archive", from: "retentionDays") {
                $0.isEnabled = true
                $0.scheduleExpression = "cron(10 * * * ? *)"
                $0.targets = references(["AuditArchiveFunction"])
            })
    }

    static func function(
        _ id: String, _ suffix: String, purpose: String, role: String, from path: String, _ plan: Blueprint,
        _ configure: (inout Function) -> Void
    ) -> Function {
        plan.make(id, named: suffix, from: path) {
            $0.head.tags = plan.tags(for: purpose)
            $0.runtime = .known(AutomationCode.runtime)
            $0.purpose = .known(purpose)
            $0.role = reference(role)
            $0.invokers = .known(["events.amazonaws.com"])
            configure(&$0)
        }
    }
}
