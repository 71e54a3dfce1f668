// Where an alarm looks, whom it tells, what silence means to it, and what it sets going.

import PlumbModel
import PlumbSignals

// MARK: - Dimensions (OPS-1.5)

extension Graph {
    /// Namespaces in which SageMaker publishes about endpoints.
    private static let endpointNamespaces = ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]

    /// Whether the alarm's dimensions name things that exist; nil for alarms that speak of no endpoint.
    func judgeDimensions(of alarm: Alarm) -> Judgement? {
        let rows = (alarm.queries.value ?? []).filter { row in
            guard row.expression.value == nil else { return false }
            let names = (row.dimensions.value ?? []).map(\.name)
            return row.namespace.value.map(Self.endpointNamespaces.contains) == true || names.contains("EndpointName")
                || row.namespace.isUnknown
        }
        guard !rows.isEmpty || alarm.queries.isUnknown else { return nil }
        return .about(alarm) { ask in
            if let why = alarm.queries.whyUnknown { return ask.doubt("its metrics cannot be told: \(why)") }
            for row in rows { askForDimensions(of: row, in: alarm, &ask) }
        }
    }

    private func askForDimensions(of row: AlarmQuery, in alarm: Alarm, _ ask: inout Inquiry) {
        if let why = row.namespace.whyUnknown { return ask.doubt("a metric's namespace cannot be told: \(why)") }
        if let why = row.dimensions.whyUnknown { return ask.doubt("its dimensions cannot be told: \(why)") }
        let metric = row.metricName.value ?? "its metric"
        let dimensions = row.dimensions.value ?? []
        let isSageMakers = row.namespace.value.map(Self.endpointNamespaces.contains) == true
        func value(_ name: String) -> Fact<String>? { dimensions.first { $0.name == name }?.value }
        if isSageMakers {
            let found = Set(dimensions.map(\.name))
            let legal: [Set<String>] = [
                ["EndpointName", "VariantName"], ["EndpointName", "VariantName", "EndpointConfigName"],
            ]
            guard legal.contains(found) else {
                return ask.fail(
                    "\(metric) is asked for with "
                        + "\(found.isEmpty ? "no dimension" : found.sorted().joined(separator: ", ")); "
                        + "it is published with EndpointName and VariantName, and with EndpointConfigName besides")
            }
        }
        guard let named = value("EndpointName") else { return }
        if let why = named.whyUnknown { return ask.doubt("the endpoint it names cannot be told: \(why)") }
        guard let endpointName = named.value, let endpoint = endpoint(named: endpointName)
        else { return missing(named.value ?? "", &ask) }
        ask.relate("the endpoint \(endpoint.id)", at: endpoint.place)
        if isElsewhere(alarm.head, than: endpoint.head),
            endpointConfigs.contains(where: { !isElsewhere($0.head, than: alarm.head) })
        {
            return ask.prove("it waits in the second region for '\(endpointName)' to be created there")
        }
        askForRegion(of: alarm, endpoint, &ask)
        guard let config = endpointConfigs[endpoint.config], let variants = config.variants.value else {
            return ask.doubt("the variants of '\(endpointName)' cannot be told from this input")
        }
        ask.prove("\(metric) names endpoint '\(endpointName)'")
        if let variant = value("VariantName") {
            compare(variant, with: variants.map(\.name), "variant", of: endpointName, &ask)
        }
        if let name = value("EndpointConfigName") {
            compare(name, with: [config.name], "configuration", of: endpointName, &ask)
        }
    }

    private func missing(_ name: String, _ ask: inout Inquiry) {
        let join = joined(EndpointsByName.self)
        if endpoints.isEmpty || join.isAnyNameOpen {
            ask.doubt("whether endpoint '\(name)' exists cannot be told: an endpoint's name is not known here")
        } else {
            let hint =
                join.anyCase[name.lowercased()].map { "; names are case-sensitive, '\($0)' exists" }
                ?? "; there is \(endpoints.few.compactMap(\.name.value).quoted(of: endpoints.count))"
            ask.fail("it names endpoint '\(name)', which does not exist\(hint)")
        }
    }

    private func compare(
        _ named: Fact<String>, with existing: [Fact<String>], _ what: String, of endpointName: String,
        _ ask: inout Inquiry
    ) {
        if let why = named.whyUnknown { return ask.doubt("the \(what) it names cannot be told: \(why)") }
        let known = existing.compactMap(\.value)
        guard let name = named.value, !known.contains(name) else { return ask.prove("and its \(what)") }
        // A configuration without a name is given one by the service.
        if known.count < existing.count {
            ask.doubt("whether the \(what) '\(name)' exists cannot be told: a name is not known here")
        } else {
            ask.fail("it names the \(what) '\(name)', which '\(endpointName)' does not have; it has \(known.quoted)")
        }
    }

    private func askForRegion(of alarm: Alarm, _ endpoint: Endpoint, _ ask: inout Inquiry) {
        let regions = [alarm.head.region, endpoint.head.region].map { $0.isAbsent ? region : $0 }
        guard let own = regions[0].value, let other = regions[1].value, own != other else { return }
        ask.fail("it stands in \(own), the endpoint in \(other): it sees no data")
    }

    /// Every variant that gets traffic must be named by an alarm, and what guards an endpoint must look at it.
    func judgeCoverage(of endpoint: Endpoint) -> Judgement {
        .about(endpoint) { ask in
            askForStrayGuards(of: endpoint, &ask)
            for variant in watchedVariants(of: endpoint, &ask) {
                let isNamed = variant.alarms.contains { alarm in
                    alarm.metrics.contains {
                        $0.dimension("EndpointName") == variant.identity.endpoint
                            && $0.dimension("VariantName") == variant.identity.variant
                    }
                }
                if isNamed {
                    ask.prove("alarms name variant '\(variant.identity.variant)'")
                } else if variant.alarms.contains(where: { $0.isUnreadable || $0.hasUnknownDimension }) {
                    ask.doubt("whether an alarm names variant '\(variant.identity.variant)' cannot be told")
                } else {
                    ask.fail("no alarm names variant '\(variant.identity.variant)'")
                }
            }
        }
    }
}

extension Graph {
    /// An alarm in this endpoint's rollback list that looks at a neighbour, which does not list it: it was meant for
    /// this one. A neighbour's own alarm in the list is a matter of the list (OPS-2.2).
    private func askForStrayGuards(of endpoint: Endpoint, _ ask: inout Inquiry) {
        for alarm in rollbackList(of: endpoint).alarms {
            let others = Set(alarm.metrics.compactMap { $0.dimension("EndpointName") })
            guard others.count == 1, let name = others.first, let other = self.endpoint(named: name),
                other.id != endpoint.id, !rollbackList(of: other).alarms.contains(where: { $0.id == alarm.id })
            else { continue }
            ask.relate("the alarm \(alarm.id)", at: alarm.place)
            ask.relate("the endpoint \(other.id)", at: other.place)
            ask.fail("\(alarm.id) guards this endpoint, but watches '\(name)'", at: alarm.place)
        }
    }
}

extension Alarm {
    /// Whether a dimension's value is not known.
    var hasUnknownDimension: Bool {
        (queries.value ?? []).contains { row in
            row.dimensions.isUnknown || (row.dimensions.value ?? []).contains { $0.value.isUnknown }
        }
    }
}

extension [String] {
    /// `'a', 'b'`, or `none`; the first few.
    var quoted: String { Array(few).quoted(of: count) }

    /// The same for the first few of `total`.
    func quoted(of total: Int) -> String { isEmpty ? "none" : map { "'\($0)'" }.told(of: total) }
}

// MARK: - Tuning (OPS-1.7)

extension Alarm {
    /// Whether CloudWatch would take its period; the embedded engine takes any of a second or more.
    var hasCloudWatchPeriod: Bool {
        guard let period = effectivePeriodSeconds.value else { return true }
        return [10, 20, 30].contains(period) || period > 0 && period.isMultiple(of: 60)
    }
}

extension Graph {
    /// Judges the tuning of every alarm on errors, latency or health of an endpoint.
    func judgeTuning() -> [Judgement] {
        let names = joined(EndpointsByName.self).names
        return zip(alarms, joined(AlarmJoin.self).readings).compactMap { alarm, reading in
            guard !names.isEmpty else { return nil }
            let isProbe = reading.probes.contains {
                $0.reading == .certain && $0.endpointName.map(names.contains) == true
            }
            let found = isProbe ? reading.purposes.union([.health]) : reading.purposes
            let classes = AlarmClass.deployment.filter(found.contains)
            guard !classes.isEmpty, !alarm.isForScaling(in: self) else { return nil }
            return .about(alarm) { ask in
                askForMissingData(of: alarm, classes, &ask)
                askForPeriods(of: alarm, &ask)
                if classes.contains(.latency) {
                    ask.require(
                        alarm.lowSamples, "EvaluateLowSampleCountPercentile", wanted: "evaluate", absentAs: .evaluate
                    ) { $0 == .evaluate }
                }
                askForSight(of: alarm, Set(alarm.metrics.compactMap { $0.dimension("EndpointName") }), &ask)
            }
        }
    }

    private func askForMissingData(of alarm: Alarm, _ purposes: [AlarmClass], _ ask: inout Inquiry) {
        let wanted: MissingDataTreatment = purposes == [.health] ? .breaching : .notBreaching
        let why = wanted == .breaching ? "a silent probe is a failed one" : "no requests are no errors"
        ask.require(
            alarm.missingData, "TreatMissingData", wanted: "\(wanted.rawValue), because \(why)", absentAs: .missing
        ) { $0 == wanted }
    }

    private func askForPeriods(of alarm: Alarm, _ ask: inout Inquiry) {
        guard let period = ask.need(alarm.effectivePeriodSeconds, "its period"),
            let periods = ask.need(alarm.evaluationPeriods, "EvaluationPeriods")
        else { return }
        if !alarm.hasCloudWatchPeriod {
            let message = "its period is \(period) s; CloudWatch takes 10, 20, 30 or a multiple of 60"
            // A spec may be meant for the embedded engine, which takes any.
            if source == .spec { return ask.doubt(message + ", the embedded engine any") } else { ask.fail(message) }
        }
        ask.require(
            alarm.datapointsToAlarm, "DatapointsToAlarm", wanted: "1 to EvaluationPeriods (\(periods))",
            absentAs: periods
        ) { (1...max(1, periods)).contains($0) }
        let reach = period * periods
        let limit = period >= 3600 ? 604_800 : 86_400
        if reach > limit {
            ask.fail("it looks back \(period) x \(periods) = \(reach) s, wanted at most \(limit)")
        } else {
            ask.prove("it looks back \(period) x \(periods) = \(reach) s")
        }
        guard period < 60, alarm.metrics.contains(where: { $0.namespace == RequestMetric.namespace }) else { return }
        let named = Set(alarm.metrics.compactMap { $0.dimension("EndpointName") })
        let join = joined(EndpointsByName.self)
        let publishing = endpoints[named.reduce([]) { merged($0, join.positions[$1]) }].map {
            endpointConfigs[$0.config]?.metricPublishSeconds ?? .absent
        }
        for interval in publishing {
            ask.require(
                interval, "the interval of invocation metrics in seconds", wanted: "at most the alarm's \(period)",
                absentAs: 60
            ) { $0 <= period }
        }
    }
}
