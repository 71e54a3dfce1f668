// Whether there is time to notice a bad revision and to go back, and whether the deployment can end at all.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let bakeOutlastsDetection = Control(
        "OPS-2.4", "Every bake is at least as long as detection",
        severities: Severities(staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Recovery time: < 5 minutes from detection to rollback completion",
        remedy:
            "Raise WaitIntervalInSeconds and TerminationWaitInSeconds to the detection time, or shorten the alarm's "
            + "period or its DatapointsToAlarm.",
        traps: [
            "TerminationWaitInSeconds defaults to 0: after the last shift nothing can roll back.",
            "AWS's own example, 2 periods of 600 s, needs 1,920 s and bakes for 600.",
            "M is DatapointsToAlarm, not EvaluationPeriods.",
        ],
        holds: [
            ControlExample("the compiled waits"),
            ControlExample("two of five periods are noticed within 300 s") { graph in
                graph.changeBlueGreen {
                    $0.waitIntervalSeconds = 300
                    $0.terminationWaitSeconds = 300
                }
                graph.alarms.mutateEach { alarm in
                    alarm.periodSeconds = 60
                    alarm.evaluationPeriods = 5
                    alarm.datapointsToAlarm = 2
                }
            },
        ],
        fails: [
            ControlExample("the old fleet goes at once") { $0.changeBlueGreen { $0.terminationWaitSeconds = .absent } },
            ControlExample("AWS's own example") { graph in
                graph.changeBlueGreen {
                    $0.waitIntervalSeconds = 600
                    $0.terminationWaitSeconds = 600
                }
                graph.alarms.mutateEach { alarm in
                    alarm.periodSeconds = 600
                    alarm.evaluationPeriods = 2
                    alarm.datapointsToAlarm = .absent
                }
            },
            ControlExample("a canary of one minute", in: .staging) { graph in
                graph.changeBlueGreen {
                    $0.routing = .known(.canary)
                    $0.waitIntervalSeconds = 60
                }
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForBake(of: $0, &$1) }
    }

    static let fastRecovery = Control(
        "OPS-2.5", "Recovery completes in under 300 s",
        severities: Severities(production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Recovery time: < 5 minutes from detection to rollback completion", limit: "5 minutes",
        remedy:
            "Deploy blue/green with TerminationWaitInSeconds above 0, so that the old fleet is alive while it may be "
            + "needed; or measure a rollback under 300 s in a drill every 90 days.",
        traps: [
            "A rolling deployment has to make the old instances again: 720 s instead of 150.",
            "A container that ignores SIGTERM adds 30 s.",
        ],
        holds: [
            ControlExample("blue/green with a living old fleet") {
                $0.changeDeclarations { $0.rollbackDrill = .absent }
            },
            ControlExample("a rolling deployment whose drill took 140 s") { graph in
                graph.rollInBatches()
                graph.practise(daysAgo: 10, seconds: 140)
            },
        ],
        fails: [
            ControlExample("a rolling deployment") { graph in
                graph.rollInBatches()
                graph.changeDeclarations { $0.rollbackDrill = .absent }
            },
            ControlExample("a rolling deployment with a drill of last year") { graph in
                graph.rollInBatches()
                graph.practise(daysAgo: 400, seconds: 140)
            },
            ControlExample("the old fleet is gone after the last shift") { graph in
                graph.changeBlueGreen { $0.terminationWaitSeconds = 0 }
                graph.changeDeclarations { $0.rollbackDrill = .absent }
            },
            ControlExample("the drill took six minutes", spec: "rollbackDrill: {day: 2026-11-10, seconds: 360}"),
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForRecovery(of: $0, &$1) }
    }

    static let legalDeployment = Control(
        "OPS-2.6", "The deployment policy is legal and can finish",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Deployment pipelines must support automated rollback",
        limit: "canary up to 50 %, linear steps 10 to 50 %, batches 5 to 50 %, timeout 600 to 28,800 s",
        remedy:
            "Use exactly one of blue/green and rolling, a size within the limits for the number of instances, and a "
            + "timeout of at least provisioning + waits + termination wait + 300 s.",
        traps: [
            "With one instance there is no legal canary or batch: half of one is less than one.",
            "The timeout also covers provisioning.",
            "Linear steps of 10 % with waits of 600 s pay for both fleets over 6,000 s.",
        ],
        holds: [
            ControlExample("the compiled policy"),
            ControlExample("all at once in dev", in: .dev, spec: "rollout: {strategy: allAtOnce}"),
            ControlExample("two linear steps", spec: "rollout: {strategy: linear, stepPercent: 50}"),
        ],
        fails: [
            ControlExample("a canary of 60 %") {
                $0.changeBlueGreen {
                    $0.routing = .known(.canary)
                    $0.linearStepSize = .absent
                    $0.canarySize = .known(CapacitySize(.capacityPercent, 60))
                }
            },
            ControlExample("a canary of both instances") {
                $0.changeBlueGreen {
                    $0.routing = .known(.canary)
                    $0.linearStepSize = .absent
                    $0.canarySize = .known(CapacitySize(.instanceCount, 2))
                }
            },
            ControlExample("a canary on a single instance", in: .staging) { graph in
                graph.changeVariants { $0.initialInstanceCount = 1 }
                graph.changeBlueGreen {
                    $0.routing = .known(.canary)
                    $0.canarySize = .known(CapacitySize(.instanceCount, 1))
                }
            },
            ControlExample("a timeout shorter than the waits") {
                $0.changeBlueGreen { $0.maximumExecutionTimeoutSeconds = 700 }
            },
            ControlExample("both policies at once") {
                $0.endpoints.mutateEach { $0.rolling = .known(RollingPolicy()) }
            },
            ControlExample("no policy", in: .dev) { $0.endpoints.mutateEach { $0.blueGreen = .absent } },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForLegality(of: $0, &$1) }
    }

    static let undilutedCanary = Control(
        "OPS-2.9", "A small canary cannot hide a bad model",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Trigger conditions: … endpoint errors",
        remedy:
            "Give a listed error alarm the third dimension EndpointConfigName with the new configuration's name, or "
            + "shift at least half of the traffic.",
        traps: [
            "The metrics of both fleets mix: at 10 % of the traffic the new one must fail 9.1 % before 1 % shows.",
            "The dimension is documented on the rollback page only, and the alarm must be made anew for each revision.",
        ],
        holds: [
            ControlExample("the compiled alarm"),
            ControlExample("half of the traffic") { graph in
                graph.drop("NewRevisionErrorRateAlarm", dimension: "EndpointConfigName")
                graph.changeVariants { $0.initialInstanceCount = 2 }
                graph.changeBlueGreen {
                    $0.routing = .known(.canary)
                    $0.canarySize = .known(CapacitySize(.capacityPercent, 10))
                }
            },
        ],
        fails: [
            ControlExample("one instance of ten, judged on the traffic of all") { $0.dilute() },
            ControlExample("the dimension names an old configuration") { graph in
                graph.dilute()
                graph.changeRows(of: "NewRevisionErrorRateAlarm") { row in
                    guard row.expression.value == nil else { return }
                    row.dimensions = row.dimensions.map { $0 + [DimensionFact("EndpointConfigName", "digits-old")] }
                }
            },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForUndilutedCanary(of: $0, &$1) }
    }

    static let lateRollback = Control(
        "OPS-2.10", "There is a rollback path after the bake, and it has been drilled",
        severities: Severities(staging: .medium, production: .high),
        provableAt: [.spec, .live, .engine],
        seed: "\"Deployment pipelines must support automated rollback\" / \"Recovery time: < 5 minutes\"",
        limit: "a drill under 300 s, every 90 days",
        remedy: "Keep earlier revisions, let a late ALARM start the rollback, and practise it every 90 days "
            + "(plumb drill rollback).",
        traps: [
            "CloudFormation deletes a replaced configuration right after the update unless it is retained.",
            "A rollback after the bake provisions again: only a warm second fleet meets 300 s.",
        ],
        holds: [
            ControlExample("kept, automated and drilled"),
            ControlExample("one earlier revision is enough", spec: "rollout: {keptRevisions: 1}"),
            ControlExample("an account that holds an earlier configuration") { graph in
                graph.source = .live
                graph.changeDeclarations { $0.keptRevisions = .unknown("an account does not show it") }
                graph.record(.state, numbers: ["revisionsKept": 1])
            },
        ],
        fails: [
            ControlExample("the drill is too old", spec: "rollbackDrill: {day: 2026-06-01, seconds: 95}"),
            ControlExample("never practised") { $0.changeDeclarations { $0.rollbackDrill = .absent } },
            ControlExample(
                "the drill took too long", in: .staging, spec: "rollbackDrill: {day: 2026-11-10, seconds: 720}"),
            ControlExample("no earlier revision is kept") { $0.changeDeclarations { $0.keptRevisions = 0 } },
            ControlExample("an account that holds no earlier configuration, whatever was declared") { graph in
                graph.source = .live
                graph.record(.state, numbers: ["revisionsKept": 0])
            },
            ControlExample("nothing answers a late alarm") { $0.eventRules = [] },
        ]
    ) { graph in
        graph.judgeGuarded { graph.askForLateRollback(of: $0, &$1) }
    }
}

extension Graph {
    /// Deploys in batches instead of blue/green.
    fileprivate mutating func rollInBatches() {
        endpoints.mutateEach { endpoint in
            endpoint.blueGreen = .absent
            var policy = RollingPolicy()
            policy.maximumBatchSize = .known(CapacitySize(.capacityPercent, 50))
            policy.waitIntervalSeconds = 300
            endpoint.rolling = .known(policy)
        }
    }

    /// Records a practised rollback of every endpoint.
    fileprivate mutating func practise(daysAgo days: Int, seconds: Double) {
        let drill = RollbackDrill(day: asOf.adding(days: -days), seconds: seconds)
        changeDeclarations { $0.rollbackDrill = .known(drill) }
    }

    /// A canary of one instance in ten, with an error alarm on both fleets.
    fileprivate mutating func dilute() {
        drop("NewRevisionErrorRateAlarm", dimension: "EndpointConfigName")
        changeVariants { $0.initialInstanceCount = 10 }
        changeBlueGreen {
            $0.routing = .known(.canary)
            $0.canarySize = .known(CapacitySize(.capacityPercent, 10))
        }
    }
}
