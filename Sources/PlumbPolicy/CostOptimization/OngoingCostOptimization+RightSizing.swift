// Right-sized instances, no idle resources, autoscaling that fits: the action items of the ongoing process.

import PlumbModel

extension PolicyBook {
    static let rightSize = Control(
        "COST-1.4", "Instances are right-sized",
        severities: Severities(production: .medium),
        provableAt: [.spec, .live, .engine],
        seed: "Action items: Right-size instances",
        limit: "30 % at the minimum count, 70 % at the maximum count",
        remedy: "Change instances.type or the bounds as the finding proposes, and verify by a load test.",
        traps: [
            "CPUUtilization counts 100 % for each processor: normalise before comparing.",
            "A smaller type must hold the model's memory, and bear the load when one zone is lost.",
            "Compute Optimizer does not look at endpoints of SageMaker.",
        ],
        holds: [
            ControlExample("20 % at the minimum count, but the next smaller type would not survive the loss of a zone"),
            ControlExample("the smallest type of its family", spec: "instances: {type: ml.m5.large}") {
                declareLoad(&$0, on: "ml.m5.large", peak: 2)
            },
            ControlExample("two weeks at 45 %") {
                $0.source = .live
                $0.record(.metrics, numbers: ["days": 14, "cpuP95Percent": 45, "memoryP95Percent": 40])
                $0.record(.fleet, numbers: ["atMinimumPercent": 80, "atMaximumPercent": 1])
            },
        ],
        fails: [
            ControlExample(
                "a type sixteen times too large", spec: "instances: {type: ml.m5.4xlarge}\nbudget: {monthlyUSD: 5000}"
            ) {
                declareLoad(&$0, on: "ml.m5.4xlarge", peak: 20, memoryPercent: 8)
            },
            ControlExample("a peak that the largest fleet cannot bear at 70 %") {
                declareLoad(&$0, on: "ml.m5.xlarge", peak: 400)
            },
            ControlExample("two weeks at 12 % of the smallest fleet") {
                $0.source = .live
                $0.record(.metrics, numbers: ["days": 14, "cpuP95Percent": 12, "memoryP95Percent": 20])
                $0.record(.fleet, numbers: ["atMinimumPercent": 100, "atMaximumPercent": 0])
            },
            ControlExample("two weeks at 85 %, mostly at the maximum") {
                $0.source = .live
                $0.record(.metrics, numbers: ["days": 14, "cpuP95Percent": 85, "memoryP95Percent": 40])
                $0.record(.fleet, numbers: ["atMinimumPercent": 5, "atMaximumPercent": 60])
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askSize(of: endpoint, in: graph, &ask) } }
    }

    static let idleResources = Control(
        "COST-1.5", "Idle resources go, autoscaling is tuned",
        severities: Severities(dev: .medium, staging: .medium, production: .medium),
        provableAt: [.live, .engine],
        seed: "remove idle resources, optimize autoscaling",
        limit: "no request for 7 days, 14 in production; at the maximum 10 % of the time; 6 changes an hour",
        remedy: "Delete the endpoint, configurations and models that nobody uses; move the bounds or thresholds of "
            + "autoscaling so that it acts, but rarely.",
        traps: [
            "Invocations asked by EndpointName alone returns no data, which reads as idle.",
            "Configurations kept for rollback, replicas for recovery and endpoints outside their hours are not idle.",
        ],
        holds: [
            ControlExample("requests every day, and autoscaling that moves") {
                inUse(&$0, requests: 120_000, days: 14)
            },
            ControlExample("few requests are requests", in: .dev) { inUse(&$0, requests: 3, days: 7) },
        ],
        fails: [
            ControlExample("no request for two weeks") { inUse(&$0, requests: 0, days: 14) },
            ControlExample("no request for a week in dev", in: .dev) { inUse(&$0, requests: 0, days: 7) },
            ControlExample("pinned at the maximum for a third of the time") {
                inUse(&$0, requests: 120_000, days: 14)
                $0.evidence.removeAll { $0.kind == .fleet }
                $0.record(
                    .fleet,
                    numbers: ["days": 30, "atMinimumPercent": 10, "atMaximumPercent": 33, "changesPerHourMax": 2])
            },
            ControlExample("twelve changes in an hour") {
                inUse(&$0, requests: 120_000, days: 14)
                $0.evidence.removeAll { $0.kind == .fleet }
                $0.record(
                    .fleet,
                    numbers: ["days": 30, "atMinimumPercent": 60, "atMaximumPercent": 2, "changesPerHourMax": 12])
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askUse(of: endpoint, in: graph, &ask) } }
    }

    /// The load on one instance of the smallest fleet, as measured or as declared, and what may be done about it.
    private static func askSize(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let variants = graph.variants(of: endpoint, &ask)
        if variants.count > 1 {
            ask.doubt("\(variants.count) variants share the load: the utilisation of each over 14 days would decide it")
        }
        guard variants.count == 1, let variant = variants.first else { return }
        if variant.isServerless {
            ask.prove("a serverless variant has no instances to size")
            return
        }
        guard let type = ask.need(variant.instanceType, "the instance type"),
            let bounds = graph.instanceBounds(of: variant, endpoint, &ask)
        else { return }
        let size =
            graph.source == .live || graph.source == .engine
            ? measuredSize(of: endpoint, in: graph, &ask)
            : declaredSize(of: endpoint, type, bounds, in: graph, &ask)
        guard let size else { return }
        let told = "\(Int(bounded: size.atMinimum.rounded())) % of \(bounds.minimum) x \(type) (p95)"
        if size.atMaximum > 70 {
            ask.fail(
                "the load is \(Int(bounded: size.atMaximum.rounded())) % of \(bounds.maximum) x \(type), "
                    + "the largest fleet, wanted at most 70 %")
            ask.fix = "Choose a larger type, raise instances.maximum up to 4, or optimise the model (PERF-2)."
            return
        }
        guard size.atMinimum < 30 else {
            ask.prove(told)
            return
        }
        guard InstanceType.named(type) != nil else {
            ask.doubt("\(told), which is little, and the sizes of \(type) are not known")
            return
        }
        guard size.memory != nil else {
            ask.doubt("\(told), which is little: memoryP95Percent would decide whether a smaller type holds the model")
            return
        }
        guard let smaller = size.smallerType(than: type, instances: bounds.minimum) else {
            ask.prove("\(told), and no smaller type of its family holds the model and survives the loss of a zone")
            return
        }
        let region = graph.region.value ?? "us-east-1"
        var proposal = "\(smaller.name) would do"
        if let old = graph.usdPerHour(of: type, in: region), let new = graph.usdPerHour(of: smaller.name, in: region) {
            proposal += " and save \(MonthlyCost.usd(Double(bounds.minimum) * (old - new) * 730)) USD a month"
        }
        ask.fail("the load is \(told), wanted at least 30 %: \(proposal)")
        ask.fix = "Set instances.type: \(smaller.name), and verify by a load test."
    }

    /// What the last two weeks show; doubted when they show too little.
    private static func measuredSize(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) -> Load? {
        let name = endpoint.name.value ?? ""
        guard let metrics = graph.evidence(.metrics, for: name).first, let days = metrics.numbers["days"],
            let processor = metrics.numbers["cpuP95Percent"] ?? metrics.numbers["gpuP95Percent"], days >= 14
        else {
            ask.doubt("the 95th percentile of CPU and GPU utilisation over 14 days would decide it")
            return nil
        }
        guard let fleet = graph.evidence(.fleet, for: name).first,
            let atMinimum = fleet.numbers["atMinimumPercent"], let atMaximum = fleet.numbers["atMaximumPercent"]
        else {
            ask.doubt("the share of time at the minimum and the maximum count would decide it")
            return nil
        }
        let graphics = metrics.numbers["gpuP95Percent"]
        let busiest = max(processor, graphics ?? 0)
        // A fleet that has scaled out is not judged by the load of its smallest size, and the other way round.
        return Load(
            processor: metrics.numbers["cpuP95Percent"] ?? 0, graphics: graphics,
            memory: metrics.numbers["memoryP95Percent"], atMinimum: atMinimum >= 50 ? busiest : max(busiest, 30),
            atMaximum: atMaximum > 10 ? busiest : min(busiest, 70))
    }

    /// What the benchmark and the declared peak come to.
    private static func declaredSize(
        of endpoint: Endpoint, _ type: String, _ bounds: (minimum: Int, maximum: Int, place: Place?), in graph: Graph,
        _ ask: inout Inquiry
    ) -> Load? {
        guard let declaration = graph.declaration(of: endpoint) else {
            ask.doubt("no declaration belongs to this endpoint: a spec with peak and benchmark would decide it")
            return nil
        }
        let capacity = declaration.capacityPerInstance(of: type)
        guard let each = capacity.value else {
            ask.doubt(capacity.whyUnknown ?? "the capacity of one instance is not known")
            return nil
        }
        guard let peak = declaration.peakRequestsPerSecond.value, let record = declaration.benchmark.value,
            let rate = record.requestsPerSecond
        else {
            ask.doubt("peakRequestsPerSecond would tell the load it must bear")
            return nil
        }
        let share = peak / Double(max(1, bounds.minimum)) / rate
        return Load(
            processor: (record.cpuP95Percent ?? 100 * rate / each) * share,
            graphics: record.gpuP95Percent.map { $0 * share }, memory: record.memoryP95Percent,
            atMinimum: 100 * peak / (Double(max(1, bounds.minimum)) * each),
            atMaximum: 100 * peak / (Double(max(1, bounds.maximum)) * each))
    }

    /// Use over the window, then how autoscaling moved, then what is kept without use.
    private static func askUse(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let name = endpoint.name.value ?? ""
        let window: Double = graph.environment == .production ? 14 : 7
        if let metrics = graph.evidence(.metrics, for: name).first, let requests = metrics.numbers["requests"] {
            let days = metrics.numbers["days"] ?? 0
            if requests > 0 {
                ask.prove("\(Int(bounded: requests)) requests in \(Int(bounded: days)) days")
            } else if days >= window {
                ask.fail("no request in \(Int(bounded: days)) days, wanted at least one in \(Int(bounded: window))")
            } else {
                ask.doubt("no request in \(Int(bounded: days)) days; \(Int(bounded: window)) days would decide it")
            }
        } else {
            ask.doubt("the number of requests in \(Int(bounded: window)) days would decide whether it is idle")
        }
        if let fleet = graph.evidence(.fleet, for: name).first,
            let atMaximum = fleet.numbers["atMaximumPercent"], let changes = fleet.numbers["changesPerHourMax"],
            let atMinimum = fleet.numbers["atMinimumPercent"], let days = fleet.numbers["days"]
        {
            if atMaximum > 10 {
                ask.fail("at the maximum count \(Int(bounded: atMaximum)) % of the time, wanted at most 10 %")
            }
            if changes > 6 { ask.fail("\(Int(bounded: changes)) changes of the count in one hour, wanted at most 6") }
            if atMinimum >= 100 && days >= 30 {
                ask.fail("autoscaling has not left the minimum in \(Int(bounded: days)) days: its thresholds never act")
            }
            ask.prove(
                "at the maximum \(Int(bounded: atMaximum)) % of the time, at most "
                    + "\(Int(bounded: changes)) changes an hour")
        } else {
            ask.doubt("30 days of scaling activities would decide whether autoscaling is tuned")
        }
        askLeftovers(of: endpoint, in: graph, &ask)
    }

    private static func askLeftovers(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let kept = graph.declaration(of: endpoint)?.keptRevisions.value ?? 2
        if let state = graph.evidence(.state, for: endpoint.name.value ?? "").first,
            let revisions = state.numbers["revisionsKept"], revisions > Double(kept)
        {
            ask.fail("\(Int(bounded: revisions)) earlier revisions are kept, wanted \(kept)")
        }
        let unused = graph.joined(UnusedConfigs.self).ids
        if unused.count > kept {
            ask.doubt(
                "\(unused.count) configurations serve no endpoint, and \(kept) are kept for rollback: the age of "
                    + "\(unused.few()) would decide whether they are idle")
        }
    }

    /// For examples: a benchmark on this type with so much of its memory in use, and a peak in requests a second.
    private static func declareLoad(
        _ graph: inout Graph, on type: String, peak: Double, memoryPercent: Double = 40
    ) {
        graph.redeclare { declaration in
            declaration.benchmark = declaration.benchmark.map { record in
                var changed = record
                changed.instanceType = type
                changed.memoryP95Percent = memoryPercent
                return changed
            }
            declaration.peakRequestsPerSecond = .known(peak)
        }
    }

    /// For examples: an endpoint of a live account with this many requests, and autoscaling that moves.
    private static func inUse(_ graph: inout Graph, requests: Double, days: Double) {
        graph.source = .live
        graph.record(.metrics, numbers: ["requests": requests, "days": days])
        graph.record(
            .fleet, numbers: ["days": 30, "atMinimumPercent": 72, "atMaximumPercent": 2, "changesPerHourMax": 2])
    }
}

/// Configurations that serve no endpoint; those in another region wait there for a disaster.
private struct UnusedConfigs: GraphJoin {
    let ids: [String]

    init(_ graph: Graph) {
        let used = Set(graph.endpoints.compactMap { graph.endpointConfigs[$0.config]?.id })
        ids = graph.endpointConfigs.filter { !used.contains($0.id) && $0.head.region.isAbsent }.map(\.id)
    }
}

/// How busy an endpoint's instances are, in percent of capacity.
private struct Load {
    /// Of one instance of the smallest fleet.
    var processor: Double
    var graphics: Double?
    var memory: Double?
    /// The busier of the two, of the smallest and of the largest fleet.
    var atMinimum: Double
    var atMaximum: Double

    /// The largest smaller type of the same family that holds the memory with 30 % to spare, and stays at or below 70 %
    /// when one of two zones is lost; nil when there is none.
    func smallerType(than name: String, instances: Int) -> InstanceType? {
        guard let type = InstanceType.named(name), let memory else { return nil }
        let afterLoss = instances > 1 ? Double(instances) / Double(instances - instances / 2) : 1
        return InstanceType.all.filter { candidate in
            guard candidate.family == type.family, candidate.vCPUs < type.vCPUs else { return false }
            let busy = processor * Double(type.vCPUs) / Double(candidate.vCPUs) * afterLoss
            guard busy <= 70, memory * type.memoryGiB / candidate.memoryGiB * 1.3 <= 100 else { return false }
            guard let graphics, type.gpus > 0 else { return type.gpus == 0 || candidate.gpus == type.gpus }
            return candidate.gpus > 0 && graphics * Double(type.gpus) / Double(candidate.gpus) * afterLoss <= 70
        }.max { $0.vCPUs < $1.vCPUs }
    }
}
