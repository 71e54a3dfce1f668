// Reckons a deployment's month from its graph: A-2, so that it is the same for specs, templates, plans and accounts.

public import PlumbModel

/// What an estimate is told beside the deployment itself.
public struct SpendAssumptions: Sendable {
    /// Hours of an average month in which a week's plan is on, by the calendar of its time zone, where that is asked
    /// for; else, and where it answers nil, the plan's share of the week counts, as in COST-2.5.
    public var hoursPerMonth: (@Sendable (WeeklyPlan) -> Double?)?
    /// How many instances run on the average, where the meter or a person knows.
    public var averageInstances: Double?
    /// How many instances the peak needs, where that was measured.
    public var instancesAtPeak: Int?
    /// Requests a second in each hour of a week, from Monday 00:00.
    public var load: [Double] = []
    /// What one instance answers at full load, where no benchmark is declared.
    public var capacityPerInstance: Double?
    /// Storage of one instance in GB.
    public var storageGB: Double?
    /// Whose prices count where the input names no region, as a template does not.
    public var region: String?

    public init(hoursPerMonth: (@Sendable (WeeklyPlan) -> Double?)? = nil) { self.hoursPerMonth = hoursPerMonth }
}

extension Graph {
    /// What this deployment is going to cost in a month.
    public func spend(_ assumptions: SpendAssumptions) -> SpendEstimate {
        let spends = endpoints.map { spend(of: $0, assumptions) }
        let groups: [SpendEstimate.Group]
        if environment == .production {
            groups = spends.map {
                SpendEstimate.Group(name: "endpoint \($0.name)", of: [$0], limitUSD: $0.budgetUSD, isCap: false)
            }
        } else {
            let cap = environment == .dev ? thresholds.devBudgetUSD : thresholds.stagingBudgetUSD
            let teams = Dictionary(grouping: spends) { $0.team ?? "" }
            groups = teams.sorted { $0.key < $1.key }.map { team, spends in
                SpendEstimate.Group(
                    name: team.isEmpty ? "no team" : "team \(team)", of: spends, limitUSD: cap, isCap: true)
            }
        }
        return SpendEstimate(environment: environment, endpoints: spends, groups: groups)
    }

    private func spend(of endpoint: Endpoint, _ assumptions: SpendAssumptions) -> EndpointSpend {
        var ask = Inquiry(endpoint.id)
        let hours = hours(of: endpoint, assumptions)
        var spend = EndpointSpend(
            name: endpoint.name.value ?? endpoint.id, at: endpoint.place, environment: environment,
            team: team(of: endpoint).value, hoursPerMonth: hours.hours, hoursBasis: hours.basis)
        if let doubt = hours.doubt { spend.unknown.append(doubt) }
        spend.budgetUSD = limit(of: endpoint)
        guard let config = config(of: endpoint, &ask), let variants = config.variants.value else {
            spend.unknown.append("the variants of \(spend.name): the input does not show its configuration")
            return spend
        }
        let named = (endpoint.head.region.isAbsent ? self.region : endpoint.head.region).value
        let region = named ?? assumptions.region ?? "us-east-1"
        if named == nil { spend.regionAssumed = region }
        var fleets: [MonthlyCost.Fleet] = []
        for variant in variants {
            add(variant, of: endpoint, in: region, assumptions, to: &spend, fleets: &fleets)
        }
        addDeployments(of: endpoint, fleets, to: &spend)
        addFixed(to: &spend)
        return spend
    }

    /// Hours of a month: always in production; else those of the schedules, on the calendar.
    private func hours(
        of endpoint: Endpoint, _ assumptions: SpendAssumptions
    ) -> (hours: Double, basis: String, doubt: String?) {
        let always = PriceBook.hoursPerMonth
        guard environment != .production else { return (always, "730 h, always on", nil) }
        let plan = weeklyPlan(of: endpoint)
        if let why = plan.whyUnknown { return (always, "730 h, as if always on", "the hours in which it runs: \(why)") }
        guard let plan = plan.value else { return (always, "730 h, nothing stops it", nil) }
        let weekly = plan.hoursPerWeek
        guard weekly < 168 else { return (always, "730 h, always on", nil) }
        if let hours = assumptions.hoursPerMonth?(plan) {
            return (hours, "\(Arithmetic.text(weekly, places: 2)) h a week on the calendar of \(plan.timezone)", nil)
        }
        let hours = PriceBook.hoursPerMonth(atWeekly: weekly)
        return (hours, "\(Arithmetic.text(weekly, places: 2)) of 168 h a week, and that share of 730", nil)
    }

    private func limit(of endpoint: Endpoint) -> Double? {
        if let said = declaration(of: endpoint)?.monthlyBudgetUSD.value { return said }
        var ask = Inquiry(endpoint.id)
        return budgetMeant(for: endpoint, &ask)?.limitUSD.value
    }

    private func add(
        _ variant: Variant, of endpoint: Endpoint, in region: String, _ assumptions: SpendAssumptions,
        to spend: inout EndpointSpend, fleets: inout [MonthlyCost.Fleet]
    ) {
        let name = variant.name.value ?? "without a name"
        if variant.isServerless {
            spend.unknown.append("serverless variant \(name): it is billed by the request")
            return
        }
        var ask = Inquiry(endpoint.id)
        guard let type = variant.instanceType.value, let bounds = instanceBounds(of: variant, endpoint, &ask) else {
            spend.unknown.append("variant \(name): its type or the number of its instances is not known")
            return
        }
        let price = priceBook.price(of: type, in: region)
        spend.prices.append(SpendPrice(type: type, region: region, price: price))
        let mean = mean(of: endpoint, type, bounds.minimum, bounds.maximum, assumptions)
        let counts = "\(bounds.minimum) to \(bounds.maximum) x \(type)"
        guard let price else {
            spend.parts.append(SpendPart(name: "instances of \(name)", basis: "\(counts), price unknown"))
            spend.unknown.append("no hosting price of \(type) in \(region) is known")
            return
        }
        if price.confidence == .derived { spend.unknown.append("the price of \(type) in \(region) is worked out") }
        let hours = spend.hoursPerMonth
        func usd(_ instances: Double) -> Double { instances * price.usdPerHour * hours }
        spend.parts.append(
            SpendPart(
                name: "instances of \(name)",
                basis: "\(counts) at \(Arithmetic.text(price.usdPerHour, places: 4)) $/h, "
                    + "\(Arithmetic.text(hours, places: 2)) h, \(mean.basis)",
                floorUSD: usd(Double(bounds.minimum)), expectedUSD: usd(mean.instances),
                worstUSD: usd(Double(bounds.maximum))))
        fleets.append(
            MonthlyCost.Fleet(
                type: type, usdPerHour: price.usdPerHour, minimum: bounds.minimum, maximum: bounds.maximum))
        addStorage(type, region, bounds.minimum, mean.instances, bounds.maximum, assumptions, to: &spend)
    }

    /// How many instances run on the average of the hours in which it runs.
    private func mean(
        of endpoint: Endpoint, _ type: String, _ minimum: Int, _ maximum: Int, _ assumptions: SpendAssumptions
    ) -> (instances: Double, basis: String) {
        func bounded(_ count: Double) -> Double { min(max(count, Double(minimum)), Double(max(minimum, maximum))) }
        if let average = assumptions.averageInstances {
            let mean = bounded(average)
            return (mean, "\(Arithmetic.text(mean, places: 2)) on the average, as told")
        }
        let declaration = declaration(of: endpoint)
        let capacity = assumptions.capacityPerInstance ?? declaration?.capacityPerInstance(of: type).value
        if !assumptions.load.isEmpty, let capacity, capacity > 0 {
            let minutes = runningMinutes(of: endpoint)
            let counts = assumptions.load.map {
                bounded(Arithmetic.instances(bearing: $0, each: InstanceCapacity.shareMax * capacity))
            }
            let running = minutes.reduce(0, +)
            let sum = zip(counts, minutes).reduce(0.0) { $0 + $1.0 * Double($1.1) }
            let mean = running == 0 ? Double(minimum) : sum / Double(running)
            return (mean, "\(Arithmetic.text(mean, places: 2)) on the average of the week's load")
        }
        let declared = assumptions.instancesAtPeak ?? declaration?.instancesAtPeak(of: type).value
        let peak = bounded(Double(declared ?? maximum))
        let halfWay = ((Double(minimum) + peak) / 2).rounded(.up)
        let mean = 0.7 * Double(minimum) + 0.25 * halfWay + 0.05 * peak
        let told = declared == nil ? "the maximum, since no peak is declared" : "the declared peak"
        return (mean, "70 % at the minimum, 25 % half-way, 5 % at \(told)")
    }

    /// How many minutes of each hour of a week, from Monday 00:00, the endpoint runs.
    private func runningMinutes(of endpoint: Endpoint) -> [Int] {
        guard environment != .production, let plan = weeklyPlan(of: endpoint).value else {
            return Array(repeating: 60, count: 168)
        }
        var minutes = Array(repeating: 0, count: 168)
        for minute in plan.minutesOfWeek { minutes[minute / 60] += 1 }
        return minutes
    }

    /// The volume of each instance; types with NVMe disks of their own have none.
    private func addStorage(
        _ type: String, _ region: String, _ minimum: Int, _ mean: Double, _ maximum: Int,
        _ assumptions: SpendAssumptions, to spend: inout EndpointSpend
    ) {
        guard let size = assumptions.storageGB, InstanceType.isNVMe(type) != true else { return }
        guard let each = Self.storageUSDPerGB[region] else {
            spend.parts.append(SpendPart(name: "storage", basis: "\(Arithmetic.text(size)) GB each, price unknown"))
            spend.unknown.append("no price of storage in \(region) is known")
            return
        }
        let share = spend.hoursPerMonth / PriceBook.hoursPerMonth
        func usd(_ count: Double) -> Double { count * size * each * share }
        spend.parts.append(
            SpendPart(
                name: "storage", basis: "\(Arithmetic.text(size)) GB each at \(each) $/GB-month while it runs",
                floorUSD: usd(Double(minimum)), expectedUSD: usd(mean), worstUSD: usd(Double(maximum))))
    }

    /// US dollars for a GB and month of an endpoint's storage; other regions' prices are not known.
    private static let storageUSDPerGB = ["us-east-1": 0.14, "eu-west-1": 0.154]

    private func addDeployments(of endpoint: Endpoint, _ fleets: [MonthlyCost.Fleet], to spend: inout EndpointSpend) {
        guard !fleets.isEmpty, source != .engine else { return }
        let usd = deploymentsUSD(of: endpoint, fleets)
        let count = declaration(of: endpoint)?.deploymentsPerMonth.value ?? 4
        spend.parts.append(
            SpendPart(
                name: "deployments",
                basis: "\(Arithmetic.text(count)) a month, each a second fleet until the old is gone",
                floorUSD: 0, expectedUSD: usd, worstUSD: usd))
    }

    private func addFixed(to spend: inout EndpointSpend) {
        guard source != .engine else { return }
        let share = Double(max(1, endpoints.count))
        for part in joined(FixedCost.self).parts where part.count > 0 {
            let usd = Double(part.count) * part.usdEach / share
            let divided = endpoints.count > 1 ? ", shared by \(endpoints.count) endpoints" : ""
            spend.parts.append(
                SpendPart(
                    name: part.name,
                    basis: "\(part.count) at \(Arithmetic.text(part.usdEach, places: 2)) $ a month\(divided)",
                    floorUSD: usd, expectedUSD: usd, worstUSD: usd))
        }
    }
}
