// What a graph and its evidence tell of each endpoint's month, for the review of its cost.

public import PlumbModel

extension Graph {
    /// One month for each endpoint: the estimate beside what was measured and metered.
    public func endpointMonths(_ assumptions: SpendAssumptions = SpendAssumptions()) -> [EndpointMonth] {
        let estimates = Dictionary(spend(assumptions).endpoints.map { ($0.name, $0) }) { first, _ in first }
        return endpoints.map { endpoint in
            let name = endpoint.name.value ?? endpoint.id
            let region = (endpoint.head.region.isAbsent ? self.region : endpoint.head.region).value ?? "us-east-1"
            var month = EndpointMonth(name: name, environment: environment, region: region)
            month.team = team(of: endpoint).value
            month.workload = declaration(of: endpoint)?.workload.value
            if let estimate = estimates[name] {
                month.hoursPerMonth = estimate.hoursPerMonth
                month.estimatedUSD = estimate.isComplete ? estimate.expectedUSD : nil
            }
            addInstances(of: endpoint, in: region, to: &month)
            addUse(of: name, to: &month)
            return month
        }
    }

    private func addInstances(of endpoint: Endpoint, in region: String, to month: inout EndpointMonth) {
        var ask = Inquiry(endpoint.id)
        let variants = variants(of: endpoint, &ask)
        guard variants.count == 1, let variant = variants.first, let type = variant.instanceType.value,
            let bounds = instanceBounds(of: variant, endpoint, &ask)
        else { return }
        month.instanceType = type
        (month.minimum, month.maximum) = (bounds.minimum, bounds.maximum)
        month.usdPerHour = usdPerHour(of: type, in: region)
    }

    private func addUse(of name: String, to month: inout EndpointMonth) {
        if let metrics = evidence(.metrics, for: name).first?.numbers {
            month.requests = metrics["requests"]
            month.days = metrics["days"] ?? 0
            month.cpuP95Percent = metrics["cpuP95Percent"]
            month.gpuP95Percent = metrics["gpuP95Percent"]
            month.memoryP95Percent = metrics["memoryP95Percent"]
            month.p99Milliseconds = metrics["p99Milliseconds"]
        }
        month.p99MillisecondsMax = thresholds.latencyP99Milliseconds
        if let fleet = evidence(.fleet, for: name).first?.numbers {
            // An engine measures its fleet for as long as its requests.
            if source == .engine, month.days == 0 { month.days = fleet["days"] ?? 0 }
            month.fleetDays = fleet["days"]
            month.atMinimumPercent = fleet["atMinimumPercent"]
            month.atMaximumPercent = fleet["atMaximumPercent"]
            month.changesPerHourMax = fleet["changesPerHourMax"]
        }
        month.meteredUSD = source == .engine ? evidence(.cost, for: name).first?.numbers["usd"] : nil
    }
}
