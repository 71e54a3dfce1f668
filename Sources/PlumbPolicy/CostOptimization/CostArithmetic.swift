// What an endpoint can cost in a month: the catalogue's arithmetic A-2, in US dollars.

import PlumbModel

/// One endpoint's month: instances between two bounds, deployments, and what is billed without any request.
struct MonthlyCost {
    /// The instances of one variant.
    struct Fleet {
        var type: String
        var usdPerHour: Double
        var minimum: Int
        var maximum: Int
        /// Where the maximum is said.
        var place: Place?
    }
    var fleets: [Fleet]
    /// Hours a month in which it runs: 730, or those of its schedule.
    var hours: Double
    /// Second fleets that run while revisions change places.
    var deploymentsUSD: Double
    /// Interface endpoints, keys, alarms, monitoring jobs.
    var fixedUSD: Double

    /// The least it costs: every variant at its minimum.
    var floorUSD: Double { fleets.reduce(0) { $0 + Double($1.minimum) * $1.usdPerHour * hours } }
    /// The most autoscaling can make of it, with deployments and fixed costs.
    var worstUSD: Double { maximumUSD + deploymentsUSD + fixedUSD }
    private var maximumUSD: Double { fleets.reduce(0) { $0 + Double($1.maximum) * $1.usdPerHour * hours } }

    /// What a month comes to when at peak `instances` of one variant run.
    ///
    /// No load curve is declared anywhere, so the catalogue's worked example is taken: 70 % of the hours at the
    /// minimum, 25 % half-way, 5 % at the peak.
    func expectedUSD(atPeak instances: Int) -> Double {
        let running = fleets.reduce(0.0) { sum, fleet in
            let peak = min(max(instances, fleet.minimum), fleet.maximum)
            let halfWay = Double(fleet.minimum + peak) / 2
            let mean = 0.7 * Double(fleet.minimum) + 0.25 * halfWay.rounded(.up) + 0.05 * Double(peak)
            return sum + mean * fleet.usdPerHour
        }
        return running * hours + deploymentsUSD + fixedUSD
    }

    /// The largest maximum of a single variant whose worst case is at most `limit`; nil with several variants.
    func maximumFitting(_ limit: Double) -> Int? {
        guard fleets.count == 1, let fleet = fleets.first else { return nil }
        let rest = limit - deploymentsUSD - fixedUSD
        return max(0, Int(bounded: (rest / (fleet.usdPerHour * hours) + 1e-9).rounded(.down)))
    }

    /// The worst case as a sum that can be followed.
    var arithmetic: String {
        let running = fleets.map {
            "\($0.maximum) x \($0.type) at \(Self.rate($0.usdPerHour)) $/h x \(Self.hours(hours)) h = "
                + Self.usd(Double($0.maximum) * $0.usdPerHour * hours)
        }
        return running.joined(separator: " + ") + " + deployments \(Self.usd(deploymentsUSD)) + fixed "
            + "\(Self.usd(fixedUSD)) = \(Self.usd(worstUSD)) USD"
    }

    /// `4,424.10`.
    static func usd(_ amount: Double) -> String { SpendEstimate.usd(amount) }
    private static func rate(_ price: Double) -> Double { (price * 10_000).rounded() / 10_000 }
    private static func hours(_ hours: Double) -> Double { (hours * 10).rounded() / 10 }
}

extension Graph {
    /// Reckons an endpoint's month; nil, with what is missing doubted or failed, when a number is not known.
    func monthlyCost(of endpoint: Endpoint, _ ask: inout Inquiry) -> MonthlyCost? {
        guard let config = config(of: endpoint, &ask),
            let variants = ask.need(config.variants, "the configuration's list of variants")
        else { return nil }
        let fleets = variants.compactMap { fleet(of: $0, endpoint, &ask) }
        guard fleets.count == variants.count, let hours = hoursPerMonth(of: endpoint, &ask) else { return nil }
        return MonthlyCost(
            fleets: fleets, hours: hours, deploymentsUSD: deploymentsUSD(of: endpoint, fleets),
            fixedUSD: source == .engine ? 0 : joined(FixedCost.self).usd / Double(max(1, endpoints.count)))
    }

    private func fleet(of variant: Variant, _ endpoint: Endpoint, _ ask: inout Inquiry) -> MonthlyCost.Fleet? {
        if variant.isServerless {
            ask.doubt("a serverless variant is billed by the request: the bill decides what it costs")
            return nil
        }
        let name = variant.name.value ?? "without a name"
        guard let type = ask.need(variant.instanceType, "the instance type of variant \(name)"),
            let bounds = instanceBounds(of: variant, endpoint, &ask)
        else { return nil }
        let region = (endpoint.head.region.isAbsent ? self.region : endpoint.head.region).value ?? "us-east-1"
        guard let price = usdPerHour(of: type, in: region) else {
            ask.doubt("no hosting price of \(type) in \(region) is known as of \(priceBook.lists.first?.asOf ?? asOf)")
            return nil
        }
        return MonthlyCost.Fleet(
            type: type, usdPerHour: price, minimum: bounds.minimum, maximum: bounds.maximum, place: bounds.place)
    }

    /// How few and how many instances of a variant there can be: autoscaling's bounds, else the count it starts with.
    func instanceBounds(
        of variant: Variant, _ endpoint: Endpoint, _ ask: inout Inquiry
    ) -> (minimum: Int, maximum: Int, place: Place?)? {
        let resourceID = "endpoint/\(endpoint.name.value ?? "")/variant/\(variant.name.value ?? "")"
        let join = joined(ScalingJoin.self)
        if let target = join.targetsByResource[resourceID].first.map({ scalableTargets[$0] }) {
            ask.relate("its scalable target \(target.id)", at: target.place)
            guard let minimum = ask.need(target.minimum, "autoscaling's minimum"),
                let maximum = ask.need(target.maximum, "autoscaling's maximum")
            else { return nil }
            if let why = target.scheduled.whyUnknown {
                ask.doubt("the scheduled scaling actions cannot be told: \(why)")
                return nil
            }
            let raised = (target.scheduled.value ?? []).compactMap(\.maximum.value)
            return (minimum, max(maximum, raised.max() ?? 0), target.maximum.place)
        }
        if let target = join.firstUnknownResource.map({ scalableTargets[$0] }) {
            ask.doubt("whether \(target.id) scales this variant cannot be told: \(target.resourceID.whyUnknown ?? "")")
            return nil
        }
        let count = variant.initialInstanceCount.defaulting(to: variant.managedMinimum.value ?? 1)
        guard let started = ask.need(count, "the number of instances") else { return nil }
        let place = variant.managedMaximum.isKnown ? variant.managedMaximum.place : variant.initialInstanceCount.place
        return (variant.managedMinimum.value ?? started, variant.managedMaximum.value ?? started, place)
    }

    private func hoursPerMonth(of endpoint: Endpoint, _ ask: inout Inquiry) -> Double? {
        if environment == .production { return PriceBook.hoursPerMonth }
        let weekly = weeklyHours(of: endpoint).defaulting(to: 168)
        guard let hours = ask.need(weekly, "the hours a week in which it runs") else { return nil }
        return PriceBook.hoursPerMonth(atWeekly: hours)
    }

    /// Deployments a month, each with a second fleet from its provisioning to the end of the old one's.
    func deploymentsUSD(of endpoint: Endpoint, _ fleets: [MonthlyCost.Fleet]) -> Double {
        let deployments = declaration(of: endpoint)?.deploymentsPerMonth.value ?? 4
        let waits = endpoint.blueGreen.value.map(Self.waitSeconds) ?? 0
        return fleets.reduce(0) { sum, fleet in
            let hasGPU = (InstanceType.named(fleet.type)?.gpus ?? 0) > 0
            let provisioning: Double = hasGPU ? 900 : 600
            return sum + deployments * Double(fleet.minimum) * fleet.usdPerHour * (provisioning + waits) / 3600
        }
    }

    /// How long both fleets are billed after the new one stands; a wait that is not known counts as 3600 s, the longest
    /// that SageMaker takes.
    private static func waitSeconds(_ policy: BlueGreenPolicy) -> Double {
        func seconds(_ fact: Fact<Int>) -> Double { Double(fact.value ?? (fact.isAbsent ? 0 : 3600)) }
        let shifts: Double =
            switch policy.routing.value {
            case .canary: 1
            case .linear: (100 / Double(max(1, policy.linearStepSize.value?.value ?? 10))).rounded(.up)
            case .allAtOnce, nil: 0
            }
        return seconds(policy.waitIntervalSeconds) * shifts + seconds(policy.terminationWaitSeconds)
    }

}

/// What is billed without a request, a month: 7.30 for each network interface of a VPC endpoint, 1 for a customer key,
/// 0.10 for each metric of an alarm, 28 for an hourly monitoring job of ten minutes.
struct FixedCost: GraphJoin {
    /// What is billed, how many of it, and the price of one.
    let parts: [(name: String, count: Int, usdEach: Double)]
    var usd: Double { parts.reduce(0) { $0 + Double($1.count) * $1.usdEach } }

    init(_ graph: Graph) {
        let interfaces = graph.vpcEndpoints.filter { $0.kind.value == "Interface" }.reduce(0) {
            $0 + max(1, $1.subnets.value?.count ?? 2)
        }
        let keys = graph.keys.filter { $0.isCustomerManaged.value == true }.count
        let metrics = graph.alarms.reduce(0) { sum, alarm in
            sum + max(1, (alarm.queries.value ?? []).filter { $0.expression.isAbsent }.count)
        }
        let jobs = graph.monitoringSchedules.filter(\.isJob).count
        parts = [
            ("network interfaces of VPC endpoints", interfaces, 7.30), ("customer managed keys", keys, 1),
            ("metrics of alarms", metrics, 0.10), ("monitoring jobs", jobs, 28),
        ]
    }
}

extension Declaration {
    /// How many requests a second one instance answers at full load: what a benchmark on this very type measured,
    /// scaled to 100 % of the busier of processor and GPU.
    func capacityPerInstance(of type: String) -> Fact<Double> {
        guard let record = benchmark.value else {
            return .unknown("a benchmark with requestsPerSecond would tell what one instance answers")
        }
        guard record.instanceType == type else {
            return .unknown("the benchmark ran on \(record.instanceType ?? "an unnamed type"), not on \(type)")
        }
        guard let rate = record.requestsPerSecond, rate > 0 else {
            return .unknown("the benchmark does not say how many requests a second it made")
        }
        let busiest = max(record.cpuP95Percent ?? 0, record.gpuP95Percent ?? 0)
        return .known(busiest > 0 ? rate / min(1, busiest / 100) : rate)
    }

    /// How many instances bear the declared peak at 70 % each (A-2); unknown when peak or capacity are.
    func instancesAtPeak(of type: String) -> Fact<Int> {
        let capacity = capacityPerInstance(of: type)
        guard let each = capacity.value else { return .unknown(capacity.whyUnknown ?? "") }
        guard let peak = peakRequestsPerSecond.value else {
            return .unknown("peakRequestsPerSecond would tell the load it must bear")
        }
        return .known(Int(bounded: Arithmetic.instances(bearing: peak, each: InstanceCapacity.shareMax * each)))
    }
}
