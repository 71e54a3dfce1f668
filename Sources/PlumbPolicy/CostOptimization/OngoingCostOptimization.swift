// Cost optimization must be an ongoing process, not a one-time activity.

import PlumbModel

extension PolicyBook {
    static let ongoingCostOptimization = Policy(
        "COST-1", .costOptimization, "Cost optimization must be an ongoing process, not a one-time activity.",
        controls: [monthlyReview, costTools, anomalyDetection, rightSize, idleResources])

    private static let monthlyReview = Control(
        "COST-1.1", "A monthly review with recommendations exists",
        severities: Severities(staging: .low, production: .medium),
        provableAt: [.spec, .engine], isAttestable: true,
        seed: "Review frequency: Monthly cost analysis and optimization recommendations",
        limit: "31 days",
        remedy: "Review the month's cost, and record day, owner, actual and expected USD and at least one decision "
            + "(spec: costReview).",
        traps: [
            "A review without a decision is a reading: 'keep ml.m5.xlarge' is a decision.",
            "Expected cost must be written down before it can be compared.",
        ],
        holds: [
            ControlExample("a review of this month"),
            ControlExample("a decision to change nothing, 31 days ago") { graph in
                let today = graph.asOf
                changeReview(&graph) {
                    $0.day = today.adding(days: -31)
                    $0.decisions = ["nothing to change"]
                }
            },
        ],
        fails: [
            ControlExample("a review 32 days old") { graph in
                let today = graph.asOf
                changeReview(&graph) { $0.day = today.adding(days: -32) }
            },
            ControlExample("a review without a decision") { changeReview(&$0) { $0.decisions = [] } },
            ControlExample("a review that expected nothing", in: .staging) {
                changeReview(&$0) { $0.expectedUSD = nil }
            },
            ControlExample("no review") { $0.redeclare { $0.costReview = .absent } },
            ControlExample("a review of tomorrow") { graph in
                let today = graph.asOf
                changeReview(&graph) { $0.day = today.adding(days: 1) }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askReview(of: endpoint, in: graph, &ask) } }
    }

    private static let costTools = Control(
        "COST-1.2", "Cost tools are switched on and usable",
        severities: Severities(production: .medium),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Tools: AWS Cost Explorer, Cost Anomaly Detection, Trusted Advisor",
        remedy:
            "Tag every billed resource with ml:endpoint, ml:environment and ml:team, and activate the three as cost "
            + "allocation tags in the paying account.",
        traps: [
            "A tag takes a day to appear on the bill, and is not retroactive.",
            "Cost Explorer's API costs 0.01 USD a request; Trusted Advisor's needs Business support.",
        ],
        holds: [
            ControlExample("three tags on everything, all activated"),
            ControlExample("an account without Business support, whose Cost Explorer answers") {
                $0.source = .live
                $0.record(.cost, texts: ["tools": "costExplorer", "refused": "trustedAdvisor"])
            },
        ],
        fails: [
            ControlExample("the buckets bear no team") { graph in
                graph.buckets.mutateEach { bucket in
                    bucket.head.tags = bucket.head.tags.map { $0.filter { $0.key != CostTag.team } }
                }
            },
            ControlExample("nothing is tagged") { graph in
                graph.endpoints.mutateEach { $0.head.tags = .absent }
                graph.functions.mutateEach { $0.head.tags = .absent }
            },
            ControlExample("the tags are not activated") {
                $0.costAllocationTags.mutateEach { $0.isActive = false }
            },
        ]
    ) { graph in
        let heads = graph.billedResources.map(\.head)
        let coverage = CostTag.all.map { TagCoverage(of: $0, on: heads) }
        return graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                for (key, covered) in zip(CostTag.all, coverage) {
                    covered.tell(&ask)
                    graph.askActivation(of: key, &ask)
                }
                askTools(for: endpoint, in: graph, &ask)
            }
        }
    }

    private static let anomalyDetection = Control(
        "COST-1.3", "Anomaly detection alerts someone",
        severities: Severities(staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Cost Anomaly Detection",
        limit: "the larger of 100 USD and 10 % of the budget",
        remedy:
            "Add an anomaly monitor, and a subscription to it with a receiver and a threshold of at most 100 USD or "
            + "10 % of the budget, whichever is more.",
        traps: [
            "A monitor without a subscription tells nobody.",
            "IMMEDIATE with an e-mail address passes every linter, and the API refuses it: it takes only SNS.",
            "Threshold is deprecated for ThresholdExpression.",
        ],
        holds: [
            ControlExample("a monitor with a subscription"),
            ControlExample("a daily digest by e-mail", in: .staging) { graph in
                graph.anomalySubscriptions.mutateEach {
                    $0.frequency = "DAILY"
                    $0.subscriberTypes = .known(["EMAIL"])
                }
            },
            ControlExample("a threshold of 10 % of a large budget", spec: "budget: {monthlyUSD: 4000}") {
                $0.anomalySubscriptions.mutateEach { $0.thresholdUSD = 400 }
            },
        ],
        fails: [
            ControlExample("a monitor that nobody subscribes to") { $0.anomalySubscriptions = [] },
            ControlExample("a subscription to no monitor") { $0.anomalyMonitors = [] },
            ControlExample("immediate alerts by e-mail") { graph in
                graph.anomalySubscriptions.mutateEach {
                    $0.frequency = "IMMEDIATE"
                    $0.subscriberTypes = .known(["EMAIL"])
                }
            },
            ControlExample("a threshold of 1,000 USD") {
                $0.anomalySubscriptions.mutateEach { $0.thresholdUSD = 1000 }
            },
            ControlExample("a subscription without a receiver", in: .staging) {
                $0.anomalySubscriptions.mutateEach { $0.subscriberTypes = .known([]) }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askAnomalies(of: endpoint, in: graph, &ask) } }
    }

    private static func askReview(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard let declaration = graph.declaration(of: endpoint) else {
            ask.doubt("no declaration belongs to this endpoint: a spec with a costReview would decide it")
            return
        }
        let most = Int(bounded: graph.thresholds.costReviewDays)
        // A signed word may stand in for the record, as long as it is of this month too.
        let isAttested = declaration.attestations.contains {
            $0.control == "COST-1.1" && (0...most).contains(graph.asOf.days(since: $0.day))
        }
        if declaration.costReview.isAbsent && isAttested {
            ask.doubt("no review is recorded; an attestation speaks of one")
            return
        }
        guard let review = ask.need(declaration.costReview, "the newest cost review (costReview)") else { return }
        let age = graph.asOf.days(since: review.day)
        if age < 0 {
            ask.fail("the review is dated \(review.day), after the day of judgement \(graph.asOf)")
        } else if age > most {
            ask.fail("the newest review is of \(review.day), \(age) days old, wanted at most \(most)")
        } else {
            ask.prove("reviewed on \(review.day), \(age) days ago")
        }
        if (review.owner ?? "").isEmpty { ask.fail("the review names no owner") }
        if let actual = review.actualUSD, let expected = review.expectedUSD {
            ask.prove("\(MonthlyCost.usd(actual)) USD spent, \(MonthlyCost.usd(expected)) USD expected")
        } else {
            ask.fail("the review does not compare actual with expected cost")
        }
        if review.decisions.isEmpty { ask.fail("the review records no decision") }
    }

    private static func askTools(for endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard graph.source == .live else { return }
        let record = graph.costRecord(of: endpoint)
        let tools = record?.texts["tools"] ?? ""
        if tools.contains("costExplorer") {
            ask.prove("Cost Explorer answers by tag")
        } else {
            ask.doubt("ce:GetCostAndUsage by tag would show that Cost Explorer answers")
        }
        if tools.contains("trustedAdvisor") {
            ask.prove("Trusted Advisor answers")
        } else if (record?.texts["refused"] ?? "").contains("trustedAdvisor") {
            ask.prove("Trusted Advisor needs a support plan that this account does not have")
        } else {
            ask.doubt("trustedadvisor:ListRecommendations would show whether Trusted Advisor answers")
        }
    }

    private static func askAnomalies(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        if graph.source == .engine {
            let record = graph.costRecord(of: endpoint)
            guard let rule = record?.texts["anomalyDetector"], let receivers = record?.texts["notified"] else {
                ask.doubt("a cost record that names its anomaly detector and whom it tells would decide it")
                return
            }
            ask.prove("daily spending is compared by \(rule), and \(receivers) are told")
            return
        }
        if graph.anomalyMonitors.isEmpty {
            ask.fail("nothing watches for unusual spending: there is no anomaly monitor")
            return
        }
        let limits = graph.budgets.compactMap(\.limitUSD.value)
        let thresholdMax = max(100, (limits.max() ?? 0) / 10)
        ask.requireOne(
            of: graph.anomalySubscriptions, orFail: "no subscription carries anomalies to anyone", name: { $0.id }
        ) { subscription, ask in
            ask.relate("the subscription \(subscription.id)", at: subscription.place)
            askMonitors(of: subscription, in: graph, &ask)
            ask.require(
                subscription.thresholdUSD, "its threshold in USD", wanted: "at most \(Int(bounded: thresholdMax))"
            ) { $0 <= thresholdMax }
            guard let receivers = ask.need(subscription.subscriberTypes, "its list of receivers") else { return }
            if receivers.isEmpty { ask.fail("it has no receiver") }
            let frequency = ask.need(subscription.frequency, "its frequency")
            if frequency == "IMMEDIATE", receivers.contains(where: { $0 != "SNS" }) {
                ask.fail("IMMEDIATE goes to SNS only, found \(receivers.joined(separator: ", "))")
            }
        }
    }

    private static func askMonitors(of subscription: AnomalySubscription, in graph: Graph, _ ask: inout Inquiry) {
        guard let references = ask.need(subscription.monitors, "its list of monitors") else { return }
        let watching = references.compactMap { graph.anomalyMonitors[$0] }
        if let monitor = watching.first {
            ask.relate("the monitor \(monitor.id)", at: monitor.place)
            ask.require(monitor.kind, "the monitor's type", wanted: "CUSTOM or DIMENSIONAL") {
                $0 == "CUSTOM" || $0 == "DIMENSIONAL"
            }
        } else if references.contains(where: { !$0.isKnown }) {
            ask.doubt("which monitor it follows cannot be told from this input")
        } else {
            ask.fail("it follows no monitor of this input")
        }
    }

    /// For examples: changes the recorded review.
    private static func changeReview(_ graph: inout Graph, _ change: (inout CostReview) -> Void) {
        graph.redeclare { declaration in
            declaration.costReview = declaration.costReview.map { review in
                var changed = review
                change(&changed)
                return changed
            }
        }
    }
}
