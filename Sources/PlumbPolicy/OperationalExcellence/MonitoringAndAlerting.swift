// All deployments must have comprehensive monitoring and alerting.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let monitoringAndAlerting = Policy(
        "OPS-1", .operationalExcellence, "All deployments must have comprehensive monitoring and alerting.",
        controls: [
            collectedMetrics, errorRateAlarm, latencyAlarm, healthAlarm, alarmDimensions, alarmNotification,
            alarmTuning,
            automatedResponse,
        ])

    private static let collectedMetrics = Control(
        "OPS-1.1", "Latency, errors and throughput of every production variant are collected and shown",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Implementation: CloudWatch metrics for latency, error rates, throughput",
        remedy: "Draw ModelLatency, Invocation5XXErrors and Invocations of every variant on a dashboard or alarm on "
            + "them; in production add an alarm on a drop of Invocations.",
        traps: [
            "Invocation metrics live in AWS/SageMaker, instance metrics in /aws/sagemaker/Endpoints with a "
                + "leading slash.",
            "A shadow variant has a name, and so metrics, of its own.",
            "ListMetrics forgets a series that was idle for two weeks.",
        ],
        holds: [
            ControlExample("a dashboard draws the three metrics"),
            ControlExample("no dashboard, but alarms read all three in staging", in: .staging) {
                $0.dashboards = []
                $0.rewrite("TrafficDropAlarm", metric: "Invocations", statistic: "Sum")
                if $0.alarms[id: "TrafficDropAlarm"] == nil {
                    var alarm = Alarm("TrafficDropAlarm")
                    alarm.queries = .known([$0.query("Invocations", "Sum")])
                    $0.alarms.append(alarm)
                }
            },
        ],
        fails: [
            ControlExample("the dashboard reads the namespace of instance metrics") { graph in
                graph.alarms = []
                graph.dashboards.mutateEach { board in
                    board.metrics = board.metrics.map { metrics in
                        metrics.map {
                            MetricIdentity(
                                namespace: "/aws/sagemaker/Endpoints", name: $0.name, dimensions: $0.dimensions)
                        }
                    }
                }
            },
            ControlExample("no alarm tells a drop of traffic") { graph in
                graph.alarms.removeAll { alarm in alarm.metrics.allSatisfy { $0.name == "Invocations" } }
            },
            ControlExample("a second variant that nothing watches") { graph in
                graph.endpointConfigs.mutateEach { config in
                    guard var variants = config.variants.value, var other = variants.first else { return }
                    other.name = "challenger"
                    variants.append(other)
                    config.variants = .known(variants)
                }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                if graph.source == .engine { return graph.askEngineForMetrics(of: endpoint, &ask) }
                for variant in graph.watchedVariants(of: endpoint, &ask) { graph.askForMetrics(of: variant, &ask) }
            }
        }
    }

    private static let errorRateAlarm = Control(
        "OPS-1.2", "An alarm fires when the error rate exceeds 1 %",
        severities: Severities(dev: .critical, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Alarms: Error rate > 1%", limit: "1 %",
        remedy:
            "Alarm on Average of Invocation5XXErrors > 0.01, or on errors / requests * 100 > 1, with EndpointName and "
            + "VariantName of the variant.",
        traps: [
            "Each request sends 1 or 0, so Average is already the rate: Average > 1 never fires.",
            "Sum > 1 is a count and fires on healthy traffic.",
            "4XX alone misses the server's faults and pages for the client's; InvocationModelErrors includes 4XX.",
            "errors / requests has no data without traffic unless FILL or IF give it one.",
        ],
        holds: [
            ControlExample("the compiled alarm"),
            ControlExample("the average of 5XX above 0.01") {
                $0.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                    $0.threshold = 0.01
                    $0.comparison = .known(.greaterThanThreshold)
                }
            },
            ControlExample("a ratio of sums in percent, silent below 20 requests") { graph in
                let expression = "IF(requests >= 20, errors / requests * 100, 0)"
                graph.rewriteAsRatio(expression, thresholdPercent: 1)
            },
        ],
        fails: [
            ControlExample("the threshold is 5 %", spec: "alarms: {errorRate: {thresholdPercent: 5}}"),
            ControlExample("the average of 0 and 1 is compared with 1") {
                $0.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                    $0.threshold = 1
                    $0.comparison = .known(.greaterThanThreshold)
                }
                $0.keepOnlyAlarms(["ErrorRateAlarm"])
            },
            ControlExample("a count above 1") {
                $0.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Sum") { $0.threshold = 1 }
                $0.keepOnlyAlarms(["ErrorRateAlarm"])
            },
            ControlExample("only 4XX") {
                $0.rewrite("ErrorRateAlarm", metric: "Invocation4XXErrors", statistic: "Average") {
                    $0.threshold = 0.01
                }
                $0.keepOnlyAlarms(["ErrorRateAlarm"])
            },
            ControlExample("a ratio compared with 1 as if it were percent") { graph in
                graph.rewriteAsRatio("errors / FILL(requests, 1)", thresholdPercent: 1)
                graph.keepOnlyAlarms(["ErrorRateAlarm"])
            },
            ControlExample("1.5 % instead of 1 %") {
                $0.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                    $0.threshold = 0.015
                }
                $0.keepOnlyAlarms(["ErrorRateAlarm"])
            },
            ControlExample("no alarm at all", in: .dev) { $0.alarms = [] },
        ]
    ) { graph in graph.judgeAlarms(for: .errorRate) }

    private static let latencyAlarm = Control(
        "OPS-1.3", "An alarm fires when p99 latency exceeds 500 ms",
        severities: Severities(dev: .critical, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "latency p99 > 500ms", limit: "500 ms",
        remedy:
            "Alarm on p99 of ModelLatency > 500000 (microseconds), with EndpointName and VariantName of the variant.",
        traps: [
            "ModelLatency is in microseconds: a threshold of 500 is 0.5 ms and always in ALARM.",
            "Average passes a glance and misses the tail; percentiles do not exist for OverheadLatency.",
            "Unit Milliseconds finds no data, for ever.",
            "EvaluateLowSampleCountPercentile ignore freezes a p99 alarm below 1,000 requests a period.",
        ],
        holds: [
            ControlExample("the compiled alarm"),
            ControlExample("a stricter percentile and threshold") {
                $0.rewrite("LatencyP99Alarm", metric: "ModelLatency", statistic: "p99.5") { $0.threshold = 400_000 }
            },
        ],
        fails: [
            ControlExample("the threshold is meant in milliseconds") {
                $0.alarms[id: "LatencyP99Alarm"]?.threshold = 500
            },
            ControlExample("the average instead of the tail") {
                $0.rewrite("LatencyP99Alarm", metric: "ModelLatency", statistic: "Average")
            },
            ControlExample("a unit that is never published") {
                $0.rewrite("LatencyP99Alarm", metric: "ModelLatency", statistic: "p99")
                $0.changeRows(of: "LatencyP99Alarm") { $0.unit = "Milliseconds" }
            },
            ControlExample("a second and a half", spec: "alarms: {latencyP99: {thresholdMilliseconds: 1500}}"),
            ControlExample("600 ms instead of 500 ms") { $0.alarms[id: "LatencyP99Alarm"]?.threshold = 600_000 },
            ControlExample("the overhead instead of the model") {
                $0.rewrite("LatencyP99Alarm", metric: "OverheadLatency", statistic: "p99")
            },
        ]
    ) { graph in graph.judgeAlarms(for: .latency) }

    private static let healthAlarm = Control(
        "OPS-1.4", "Endpoint health is probed and alarmed",
        severities: Severities(dev: .high, staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "endpoint health checks",
        remedy:
            "Probe the endpoint on a schedule (a Synthetics canary, or a metric of one's own that names the endpoint) "
            + "and alarm on it with TreatMissingData breaching.",
        traps: [
            "SageMaker has no metric of healthy hosts.",
            "Invocations < 1 takes an idle endpoint for a dead one.",
            "A rule on endpoint state changes is no alarm and cannot drive a rollback; its events say "
                + "IN_SERVICE where the "
                + "API says InService.",
        ],
        holds: [
            ControlExample("the compiled probe and alarm"),
            ControlExample("an account in which it is in service") { $0.showServing(["primary": 2]) },
            ControlExample("a Synthetics canary") { graph in
                graph.canaries.append(
                    SyntheticsCanary("Canary") {
                        $0.head.name = "digits-canary"
                        $0.endpointName = graph.endpoints.first?.name ?? .absent
                    })
                graph.rewrite(
                    "HealthAlarm", metric: "SuccessPercent", statistic: "Average", namespace: "CloudWatchSynthetics"
                ) {
                    $0.threshold = 100
                    $0.comparison = .known(.lessThanThreshold)
                    $0.missingData = .known(.breaching)
                }
                graph.changeRows(of: "HealthAlarm") {
                    $0.dimensions = .known([DimensionFact("CanaryName", "digits-canary")])
                }
            },
        ],
        fails: [
            ControlExample("no requests is taken for dead") {
                $0.rewrite("HealthAlarm", metric: "Invocations", statistic: "Sum") {
                    $0.threshold = 1
                    $0.comparison = .known(.lessThanThreshold)
                    $0.missingData = .known(.breaching)
                }
            },
            ControlExample("an account in which it has failed") { graph in
                graph.source = .live
                for endpoint in graph.endpoints {
                    graph.live.endpoints[endpoint.id] = LiveFacts.EndpointState(status: "Failed")
                }
            },
            ControlExample("a silent probe is taken for a healthy one") {
                $0.alarms[id: "HealthAlarm"]?.missingData = .known(.notBreaching)
            },
            ControlExample("a rule on state changes instead of an alarm") { graph in
                graph.alarms[id: "HealthAlarm"] = nil
                graph.eventRules.append(
                    EventRule("StateRule") {
                        $0.detailTypes = .known(["SageMaker Endpoint State Change"])
                        $0.isEnabled = true
                    })
            },
        ]
    ) { graph in graph.judgeAlarms(for: .health) }
}

extension Graph {
    /// For each endpoint, one alarm of this class must do right by every variant that gets traffic.
    fileprivate func judgeAlarms(for purpose: AlarmClass) -> [Judgement] {
        endpoints.map { endpoint in
            .about(endpoint) { ask in
                if purpose == .health { askForService(of: endpoint, &ask) }
                for variant in watchedVariants(of: endpoint, &ask) {
                    let candidates = variant.alarms(for: purpose)
                    if candidates.isEmpty, source == .engine {
                        ask.doubt("the engine shows no \(purpose.title) alarm of \(variant.identity.variant) yet")
                        continue
                    }
                    ask.requireOne(
                        of: candidates,
                        orFail: "no \(purpose.title) alarm watches variant '\(variant.identity.variant)' as it must",
                        name: \.id
                    ) { variant.ask($0, as: purpose, &$1) }
                }
            }
        }
    }

    /// The three metrics must each be drawn or alarmed on, with exactly the variant's dimensions.
    fileprivate func askForMetrics(of variant: WatchedVariant, _ ask: inout Inquiry) {
        let name = variant.identity.variant
        let drawn = joined(DrawnMetrics.self)
        let read = variant.metrics
        let mayReadMore = drawn.isAnyOpen || variant.alarms.contains(where: \.isUnreadable)
        let wanted: [(title: String, metrics: [RequestMetric])] = [
            ("ModelLatency", [.modelLatency]), ("Invocation5XXErrors", [.serverErrors, .modelErrors]),
            ("Invocations", [.invocations]),
        ]
        let two = VariantIdentity(endpoint: variant.identity.endpoint, variant: name)
        for (title, metrics) in wanted {
            let accepted = metrics.flatMap { [two.metric($0), variant.identity.metric($0)] }
            if read.contains(where: accepted.contains) || accepted.contains(where: drawn.metrics.contains) {
                ask.prove("\(title) of variant '\(name)' is shown")
            } else if mayReadMore {
                ask.doubt(
                    "whether \(title) of variant '\(name)' is shown cannot be told: a dashboard or alarm is unknown")
            } else {
                ask.fail(
                    "no dashboard or alarm reads \(title) of variant '\(name)' (AWS/SageMaker, "
                        + "EndpointName=\(two.endpoint), VariantName=\(name))")
            }
        }
        guard environment == .production else { return }
        let drops = variant.alarms.filter { alarm in
            let metrics = alarm.metrics
            return !metrics.isEmpty && metrics.allSatisfy { RequestMetric($0) == .invocations }
                && alarm.comparison.value?.isBelow != false
        }
        ask.requireOne(of: drops, orFail: "no alarm tells a drop of Invocations of variant '\(name)'", name: \.id) {
            alarm, ask in
            ask.prove("tells a drop of traffic")
            if alarm.comparison.isUnknown { ask.doubt("its comparison is unknown") }
        }
    }

    fileprivate func askEngineForMetrics(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let name = ask.need(endpoint.name, "the endpoint's name") else { return }
        guard let newest = evidence(.metrics, for: name).first else {
            return ask.doubt("the engine has no record of metrics of '\(name)' yet: it would decide")
        }
        let listed = newest.texts["metrics"] ?? ""
        for metric in ["ModelLatency", "Invocation5XXErrors", "Invocations"] {
            let isThere = listed.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains { $0 == metric }
            if isThere { ask.prove("\(metric) is recorded") } else { ask.fail("the engine does not record \(metric)") }
        }
    }

    /// Makes the error alarm a ratio of two sums.
    fileprivate mutating func rewriteAsRatio(_ expression: String, thresholdPercent: Double) {
        var ratio = AlarmQuery()
        ratio.id = "rate"
        ratio.expression = .known(expression)
        ratio.returnsData = true
        let rows = [
            query("Invocation5XXErrors", "Sum", id: "errors", returnsData: false),
            query("Invocations", "Sum", id: "requests", returnsData: false), ratio,
        ]
        rewrite("ErrorRateAlarm", metric: "Invocations", statistic: "Sum") {
            $0.queries = .known(rows)
            $0.threshold = .known(thresholdPercent)
            $0.comparison = .known(.greaterThanThreshold)
        }
    }

    fileprivate mutating func keepOnlyAlarms(_ ids: Set<String>) {
        alarms.removeAll { !ids.contains($0.id) }
    }
}

extension ComparisonOperator {
    /// Whether it breaches below the threshold.
    var isBelow: Bool { self == .lessThanThreshold || self == .lessThanOrEqualToThreshold }
}
