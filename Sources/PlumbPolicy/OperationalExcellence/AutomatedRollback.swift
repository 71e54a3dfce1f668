// Deployment pipelines must support automated rollback.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let automatedRollback = Policy(
        "OPS-2", .operationalExcellence, "Deployment pipelines must support automated rollback.",
        controls: [
            rollbackAlarmsExist, rollbackTriggers, realSignals, bakeOutlastsDetection, fastRecovery, legalDeployment,
            noGuardrailBreaker, roleReadsAlarms, undilutedCanary, lateRollback,
        ])

    private static let rollbackAlarmsExist = Control(
        "OPS-2.1", "AutoRollbackConfiguration is present and every name in it is a real alarm",
        severities: Severities(dev: .low, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Implementation: SageMaker AutoRollbackConfiguration with ModelMonitor alarms", limit: "1 to 10 alarms",
        remedy:
            "List 1 to 10 alarms of the same region and account in DeploymentConfig.AutoRollbackConfiguration, by the "
            + "names they have; fold more than ten into a composite alarm.",
        traps: [
            "Neither cfn-lint nor the Terraform provider refuses a name that no alarm has.",
            "UpdateEndpoint outside the template, without DeploymentConfig, deploys unguarded.",
            "An empty list satisfies Terraform's schema.",
        ],
        holds: [
            ControlExample("the compiled list"),
            ControlExample("one composite alarm over all of them") { graph in
                let names = graph.endpoints.first?.rollbackAlarms.value?.compactMap(\.value) ?? []
                graph.compositeAlarms.append(
                    CompositeAlarm("Any") {
                        $0.head.name = "digits-any"
                        $0.rule = .known(names.map { "ALARM(\"\($0)\")" }.joined(separator: " OR "))
                    })
                graph.endpoints.mutateEach { $0.rollbackAlarms = .known(["digits-any"]) }
            },
        ],
        fails: [
            ControlExample("no list") { $0.endpoints.mutateEach { $0.rollbackAlarms = .absent } },
            ControlExample("an empty list") { $0.endpoints.mutateEach { $0.rollbackAlarms = .known([]) } },
            ControlExample("a name that no alarm has") { graph in
                graph.endpoints.mutateEach { endpoint in
                    endpoint.rollbackAlarms = endpoint.rollbackAlarms.map { $0 + ["digits-erorr-rate"] }
                }
            },
            ControlExample("eleven alarms") { graph in
                let names = (1...11).map { "extra-\($0)" }
                for name in names { graph.alarms.append(Alarm(name) { $0.head.name = .known(name) }) }
                graph.endpoints.mutateEach { $0.rollbackAlarms = .known(names.map { .known($0) }) }
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForRollbackList(of: $0, &$1) }
    }

    private static let rollbackTriggers = Control(
        "OPS-2.2", "Drift, model quality and endpoint errors are each a trigger",
        severities: Severities(staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Trigger conditions: Data drift, model quality degradation, endpoint errors",
        remedy:
            "List one alarm on errors, one on data drift (above) and one on model quality (accuracy below, an error "
            + "measure or degradation above) in AutoRollbackConfiguration.",
        traps: [
            "An accuracy alarm must fire below its threshold.",
            "Model Monitor's metrics are in aws/sagemaker/Endpoints/data-metrics with Endpoint and "
                + "MonitoringSchedule; the "
                + "namespace in the documents, with a leading slash, never gets data.",
            "An alarm that exists but is not listed triggers nothing.",
        ],
        holds: [
            ControlExample("the compiled triggers"),
            ControlExample("Model Monitor's own metrics") { graph in
                graph.readModelMonitor(
                    "DriftAlarm", "feature_baseline_drift_age", "data-metrics", .greaterThanThreshold)
                graph.readModelMonitor("QualityAlarm", "accuracy", "model-metrics", .lessThanThreshold)
            },
        ],
        fails: [
            ControlExample("the drift alarm is not listed") { $0.unlist("DriftAlarm") },
            ControlExample("accuracy above its threshold") { graph in
                graph.readModelMonitor("QualityAlarm", "accuracy", "model-metrics", .greaterThanThreshold)
            },
            ControlExample("an error alarm that cannot fire", in: .staging) { graph in
                graph.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                    $0.threshold = 1
                    $0.comparison = .known(.greaterThanThreshold)
                }
            },
            ControlExample("only errors") { graph in
                graph.unlist("DriftAlarm")
                graph.unlist("QualityAlarm")
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForTriggers(of: $0, &$1) }
    }

    private static let realSignals = Control(
        "OPS-2.3", "The drift and quality signals are real",
        severities: Severities(staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "ModelMonitor alarms", limit: "20 % sampling",
        remedy:
            "Capture input and output of at least 20 % of requests, and compare them with a baseline of "
            + "constraints and "
            + "statistics: hourly, or as they arrive; model quality needs ground truth.",
        traps: [
            "Model Monitor takes no new customers and no multi-model endpoints.",
            "A schedule that was stopped still exists; capture stops when the disk is three quarters full.",
            "Input without output shows drift but no quality.",
        ],
        holds: [
            ControlExample("the compiled capture and detectors"),
            ControlExample("hourly Model Monitor schedules") { $0.useModelMonitor() },
            ControlExample("schedules that ran today, and alarms that get data") {
                $0.useModelMonitor()
                $0.showRuns("CompletedWithViolations", daysAgo: 0)
            },
        ],
        fails: [
            ControlExample("a schedule whose last run failed") {
                $0.useModelMonitor()
                $0.showRuns("Failed", daysAgo: 0)
            },
            ControlExample("a schedule that has not run for five days") {
                $0.useModelMonitor()
                $0.showRuns("Completed", daysAgo: 5)
            },
            ControlExample("only input is captured") { $0.changeCapture { $0.modes = .known(["Input"]) } },
            ControlExample("one request in twenty is captured") { $0.changeCapture { $0.samplingPercentage = 5 } },
            ControlExample("capture is off") { $0.changeCapture { $0.isEnabled = false } },
            ControlExample("once a day") { graph in
                graph.monitoringSchedules.mutateEach {
                    $0.isStreaming = false
                    $0.scheduleExpression = "cron(0 3 ? * * *)"
                }
            },
            ControlExample("no detector of model quality, and no alarm on one", in: .staging) { graph in
                graph.monitoringSchedules.removeAll { $0.kind.value == .modelQuality }
                graph.alarms.removeAll { $0.id == "QualityAlarm" }
            },
            ControlExample("nothing to compare with") { graph in
                graph.monitoringSchedules.mutateEach {
                    $0.baselineConstraints = .absent
                    $0.baselineStatistics = .absent
                }
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForSignals(of: $0, &$1) }
    }

    private static let noGuardrailBreaker = Control(
        "OPS-2.7", "Nothing in the endpoint disables guardrails",
        severities: Severities(staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Deployment pipelines must support automated rollback",
        remedy:
            "Use an instance family and a container that deployment guardrails support: no Marketplace container, no "
            + "ml.inf1, no accelerator; roll in batches only with one instance-backed variant.",
        traps: [
            "SageMaker does not refuse: it falls back to all-at-once without a bake.",
            "accelerator_type still exists in Terraform although Elastic Inference is gone.",
        ],
        holds: [
            ControlExample("the compiled endpoint"), ControlExample("a GPU", spec: "instances: {type: ml.g5.xlarge}"),
        ],
        fails: [
            ControlExample("an Inferentia instance of the first generation") {
                $0.changeVariants { $0.instanceType = "ml.inf1.xlarge" }
            },
            ControlExample("an accelerator") { $0.changeVariants { $0.acceleratorType = "ml.eia2.medium" } },
            ControlExample("a Marketplace container") { $0.models.mutateEach { $0.isMarketplace = true } },
            ControlExample("rolling batches of two variants", in: .staging) { graph in
                graph.endpoints.mutateEach {
                    $0.blueGreen = .absent
                    $0.rolling = .known(RollingPolicy())
                }
                graph.endpointConfigs.mutateEach { $0.variants = $0.variants.map { $0 + $0 } }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { graph.askForGuardrailBreakers(of: endpoint, &$0) } }
    }

    private static let roleReadsAlarms = Control(
        "OPS-2.8", "The execution role may read the alarms",
        severities: Severities(staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "AutoRollbackConfiguration",
        remedy: "Allow the model's execution role cloudwatch:DescribeAlarms on the listed alarms.",
        traps: [
            "Documented in a footnote only; without it the guard may be void.",
            "A resource in another region matches nothing; a permissions boundary can take the right away again.",
        ],
        holds: [
            ControlExample("the compiled role"),
            ControlExample("every alarm of the account") { graph in
                graph.allowDescribeAlarms(on: "arn:aws:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
            },
        ],
        fails: [
            ControlExample("no such statement") { graph in
                graph.changeExecutionPolicies { statement in
                    statement.actions.removeAll { $0.lowercased() == "cloudwatch:describealarms" }
                }
            },
            ControlExample("alarms of another region") { graph in
                graph.allowDescribeAlarms(on: "arn:aws:cloudwatch:ap-southeast-2:${AWS::AccountId}:alarm:*")
            },
            ControlExample("a Deny takes it away") { graph in
                graph.roles.mutateEach { role in
                    let deny = PolicyStatement(.deny) {
                        $0.actions = ["cloudwatch:*"]
                        $0.resources = ["*"]
                    }
                    role.policies = .known((role.policies.value ?? []) + [PolicyDocument([deny])])
                }
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForAlarmReading(of: $0, &$1) }
    }
}

extension Graph {
    /// Takes an alarm out of the list without deleting it.
    mutating func unlist(_ alarmID: String) {
        let name = alarms[id: alarmID]?.name.value
        endpoints.mutateEach { endpoint in
            endpoint.rollbackAlarms = endpoint.rollbackAlarms.map { $0.filter { $0.value != name } }
        }
    }

    /// Makes an alarm read a metric of SageMaker Model Monitor.
    fileprivate mutating func readModelMonitor(
        _ alarmID: String, _ metric: String, _ namespace: String, _ comparison: ComparisonOperator
    ) {
        let endpointName = endpoints.first?.name ?? .absent
        rewrite(
            alarmID, metric: metric, statistic: "Average", namespace: "aws/sagemaker/Endpoints/" + namespace
        ) { $0.comparison = .known(comparison) }
        changeRows(of: alarmID) {
            $0.dimensions = .known([
                DimensionFact("Endpoint", endpointName), DimensionFact("MonitoringSchedule", "digits-monitor"),
            ])
        }
    }

    fileprivate mutating func changeCapture(_ change: (inout DataCapture) -> Void) {
        endpointConfigs.mutateEach { config in
            guard var capture = config.dataCapture.value else { return }
            change(&capture)
            config.dataCapture = .known(capture)
        }
    }

    /// Changes every statement of the models' execution roles.
    fileprivate mutating func changeExecutionPolicies(_ change: (inout PolicyStatement) -> Void) {
        let ids = Set(models.compactMap { roles[$0.role]?.id })
        roles.mutateEach { role in
            guard ids.contains(role.id), var documents = role.policies.value else { return }
            for index in documents.indices {
                for statement in documents[index].statements.indices {
                    change(&documents[index].statements[statement])
                }
            }
            role.policies = .known(documents)
        }
    }

    /// Replaces whatever lets the execution roles read alarms by one statement.
    fileprivate mutating func allowDescribeAlarms(on resource: String) {
        changeExecutionPolicies { statement in
            statement.actions.removeAll { $0.lowercased() == "cloudwatch:describealarms" }
        }
        let ids = Set(models.compactMap { roles[$0.role]?.id })
        roles.mutateEach { role in
            guard ids.contains(role.id) else { return }
            let allow = PolicyStatement(.allow) {
                $0.actions = ["cloudwatch:DescribeAlarms"]
                $0.resources = [resource]
            }
            role.policies = .known((role.policies.value ?? []) + [PolicyDocument([allow])])
        }
    }
}
