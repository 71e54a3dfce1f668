// How alarms are wired: to the right metrics, to people, to the right meaning of silence, and to an answer.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let alarmDimensions = Control(
        "OPS-1.5", "Every alarm names this endpoint and a variant that exists",
        severities: Severities(dev: .critical, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "\"CloudWatch metrics for latency, error rates, throughput\" / \"endpoint health checks\"",
        remedy:
            "Give every SageMaker alarm the dimensions EndpointName and VariantName (and EndpointConfigName for "
            + "the new "
            + "fleet alone) with the names that the endpoint and its configuration have.",
        traps: [
            "Dimensions match exactly: a metric published with two is invisible to an alarm with one.",
            "Names are case-sensitive, and AWS's examples hard-code AllTraffic.",
            "Terraform makes up a variant name when it is left out: unknown in a plan.",
        ],
        holds: [
            ControlExample("the compiled alarms"),
            ControlExample("the third dimension names the endpoint's own configuration") { graph in
                let config = graph.endpointConfigs[graph.endpoints.first?.config ?? .absent]
                graph.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average")
                graph.changeRows(of: "ErrorRateAlarm") { row in
                    let dimensions = row.dimensions.value ?? []
                    row.dimensions = .known(
                        dimensions + [DimensionFact("EndpointConfigName", config?.name ?? .absent)])
                }
            },
        ],
        fails: [
            ControlExample("the variant of an AWS example") {
                $0.redirect("LatencyP99Alarm", dimension: "VariantName", to: "AllTraffic")
            },
            ControlExample("another case of letters") { graph in
                let name = graph.endpoints.first?.name.value ?? ""
                graph.redirect("LatencyP99Alarm", dimension: "EndpointName", to: .known(name.uppercased()))
            },
            ControlExample("one dimension where the metric has two") {
                $0.drop("LatencyP99Alarm", dimension: "VariantName")
            },
            ControlExample("a second variant that no alarm names", in: .staging) { graph in
                graph.endpointConfigs.mutateEach { config in
                    guard var variants = config.variants.value, var other = variants.first else { return }
                    other.name = "challenger"
                    variants.append(other)
                    config.variants = .known(variants)
                }
            },
            ControlExample("an alarm in another region") {
                $0.alarms[id: "ErrorRateAlarm"]?.head.region = "ap-southeast-2"
            },
        ]
    ) { graph in
        graph.alarms.compactMap { graph.judgeDimensions(of: $0) } + graph.endpoints.map { graph.judgeCoverage(of: $0) }
    }

    static let alarmNotification = Control(
        "OPS-1.6", "An alarm reaches a person",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "comprehensive monitoring and alerting",
        remedy:
            "Let the alarm act on an SNS topic with a subscription, whose policy lets cloudwatch.amazonaws.com "
            + "publish; "
            + "an encrypted topic needs a customer key that lets cloudwatch.amazonaws.com use it.",
        traps: [
            "A topic encrypted with alias/aws/sns looks safe and silently kills every alarm action.",
            "An e-mail subscription needs a click that no template can prove.",
            "Five actions are the most; FIFO topics and topics of another region are refused.",
            "A mute rule, or the suppressor of a composite alarm, takes the action away again.",
        ],
        holds: [
            ControlExample("the compiled topic"),
            ControlExample("a subscription that was confirmed") { $0.showSubscriptions(confirmed: true) },
            ControlExample("a topic that is not encrypted, with an https receiver") { graph in
                graph.topics.mutateEach { topic in
                    topic.key = .absent
                    var receiver = Subscription()
                    receiver.protocolName = "https"
                    receiver.endpoint = "https://pager.example.org/v1/alarms"
                    topic.subscriptions = .known([receiver])
                }
            },
        ],
        fails: [
            ControlExample("a subscription that nobody has confirmed") { $0.showSubscriptions(confirmed: false) },
            ControlExample("nobody subscribes") { $0.topics.mutateEach { $0.subscriptions = .known([]) } },
            ControlExample("AWS's own key on the topic") {
                $0.topics.mutateEach { $0.key = .known(.external("alias/aws/sns")) }
            },
            ControlExample("actions are switched off") { $0.alarms[id: "HealthAlarm"]?.isActionsEnabled = false },
            ControlExample("an alarm without actions") { $0.alarms[id: "LatencyP99Alarm"]?.actions = .absent },
            ControlExample("a topic policy that leaves CloudWatch out") {
                $0.topics.mutateEach { topic in
                    let other = PolicyStatement(.allow) {
                        $0.principals = [PolicyPrincipal("Service", "budgets.amazonaws.com")]
                        $0.actions = ["sns:Publish"]
                        $0.resources = ["*"]
                    }
                    topic.policy = .known(PolicyDocument([other]))
                }
            },
            ControlExample("a FIFO topic") { $0.topics.mutateEach { $0.isFIFO = true } },
            ControlExample("a rule that mutes it at night") { graph in
                let name = graph.alarms[id: "HealthAlarm"]?.name ?? .absent
                graph.alarmMuteRules.append(
                    AlarmMuteRule("Nights") {
                        $0.alarmNames = .known([name])
                        $0.expression = "cron(0 22 * * *)"
                    })
            },
            ControlExample("only a composite alarm tells, and another suppresses it") { graph in
                let name = graph.alarms[id: "HealthAlarm"]?.name.value ?? ""
                let actions = graph.alarms[id: "HealthAlarm"]?.actions ?? .absent
                graph.alarms[id: "HealthAlarm"]?.actions = .absent
                graph.compositeAlarms.append(
                    CompositeAlarm("Any") {
                        $0.rule = .known("ALARM(\"\(name)\")")
                        $0.actions = actions
                        $0.actionsSuppressor = "maintenance"
                    })
            },
        ]
    ) { graph in graph.judgeNotification() }

    static let alarmTuning = Control(
        "OPS-1.7", "Alarms are tuned so that silence and low traffic mean the right thing",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Alarms: Error rate > 1%, latency p99 > 500ms, endpoint health checks",
        remedy:
            "TreatMissingData: notBreaching for errors and latency, breaching for health; DatapointsToAlarm at most "
            + "EvaluationPeriods; a period of 60 s or a multiple.",
        traps: [
            "The default is missing: an alarm without data says INSUFFICIENT_DATA and nothing happens.",
            "breaching on an error alarm rolls an idle endpoint back at night.",
            "Ten-second periods on metrics of one minute flap; metrics of ten seconds need MetricsConfig.",
            "EvaluateLowSampleCountPercentile ignore freezes a percentile alarm at low traffic.",
        ],
        holds: [
            ControlExample("the compiled tuning"),
            ControlExample("two of three periods") {
                $0.alarms[id: "ErrorRateAlarm"]?.evaluationPeriods = 3
                $0.alarms[id: "ErrorRateAlarm"]?.datapointsToAlarm = 2
            },
            ControlExample("an account whose alarms see the requests") { $0.showAlarms(.ok, sinceDaysAgo: 3) },
        ],
        fails: [
            ControlExample("an account in which an alarm sees nothing of the requests") {
                $0.showAlarms(.insufficientData, sinceDaysAgo: 3)
            },
            ControlExample("silence counts as errors") {
                $0.alarms[id: "ErrorRateAlarm"]?.missingData = .known(.breaching)
            },
            ControlExample("the default for a health alarm") { $0.alarms[id: "HealthAlarm"]?.missingData = .absent },
            ControlExample("ten-second periods on one-minute metrics") { graph in
                graph.rewrite("LatencyP99Alarm", metric: "ModelLatency", statistic: "p99") { $0.periodSeconds = 10 }
                graph.changeRows(of: "LatencyP99Alarm") { $0.periodSeconds = 10 }
            },
            ControlExample("three breaches wanted of two periods") {
                $0.alarms[id: "ErrorRateAlarm"]?.evaluationPeriods = 2
                $0.alarms[id: "ErrorRateAlarm"]?.datapointsToAlarm = 3
            },
            ControlExample("few samples freeze the percentile") {
                $0.alarms[id: "LatencyP99Alarm"]?.lowSamples = .known(.ignore)
            },
        ]
    ) { graph in graph.judgeTuning() }

    static let automatedResponse = Control(
        "OPS-1.8", "Critical alarms trigger an automated response",
        severities: Severities(dev: .low, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Response: Automated rollback on critical failures",
        remedy:
            "List the error, latency and health alarm in AutoRollbackConfiguration, and let a rule on CloudWatch Alarm "
            + "State Change start the late rollback for the same alarms.",
        traps: [
            "AutoRollback works only while a deployment runs: an hour later nothing rolls back.",
            "An alarm that only tells a person is no automated response.",
        ],
        holds: [
            ControlExample("listed, and a rule starts the late rollback"),
            ControlExample("the alarms start the function themselves") { graph in
                graph.eventRules = []
                graph.alarms.mutateEach { alarm in
                    let function = Fact<Reference>.known(.resource("LateRollbackFunction"))
                    alarm.actions = .known((alarm.actions.value ?? []) + [function])
                }
                graph.functions.mutateEach { $0.invokers = .known(["lambda.alarms.cloudwatch.amazonaws.com"]) }
            },
        ],
        fails: [
            ControlExample("guarded only while it is deployed") { $0.eventRules = [] },
            ControlExample("the rule is switched off") { $0.eventRules.mutateEach { $0.isEnabled = false } },
            ControlExample("the rule only tells people") { graph in
                graph.eventRules.mutateEach { $0.targets = .known([.known(.resource("AlarmTopic"))]) }
            },
            ControlExample("the function lets nobody call it") { graph in
                graph.functions.mutateEach { $0.invokers = .known([]) }
            },
            ControlExample("the health alarm is not listed") { graph in
                let health = graph.alarms[id: "HealthAlarm"]?.name.value
                graph.endpoints.mutateEach { endpoint in
                    endpoint.rollbackAlarms = endpoint.rollbackAlarms.map { $0.filter { $0.value != health } }
                }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { graph.askForResponse(of: endpoint, &$0) } }
    }
}
