// Keeps serving when an instance, a zone, the load or a whole region gives way: the questions its three policies share.

import PlumbModel
import PlumbSignals

extension Variant {
    /// How the variant is called in messages.
    var title: String { "variant \(name.value ?? "(name not known)")" }

    /// Whether it takes requests; a weight that is not written is 1.
    var isServing: Bool { weight.value != 0 }

    /// Whether its instances are scaled by SageMaker itself, under inference components.
    var isManaged: Bool { managedMinimum.isKnown || managedMaximum.isKnown }
}

extension Graph {
    /// Judges every endpoint that runs on instances, with the variants that take requests.
    ///
    /// A serverless endpoint has no instances to count: it is told apart as not applicable.
    func judgeInstanceEndpoints(_ ask: (Endpoint, [Variant], inout Inquiry) -> Void) -> [Judgement] {
        endpoints.map { endpoint in
            var inquiry = Inquiry(endpoint.id, at: endpoint.place)
            let variants = variants(of: endpoint, &inquiry).filter(\.isServing)
            let instanced = variants.filter { !$0.isServerless }
            if instanced.isEmpty && !variants.isEmpty {
                return Judgement(
                    .notApplicable, endpoint.id, at: endpoint.place, "serverless: it has no instances to count")
            }
            if !instanced.isEmpty { ask(endpoint, instanced, &inquiry) }
            return inquiry.judgement
        }
    }

    /// Judges every endpoint of an engine by its newest evidence of one kind; unknown while there is none.
    func judgeEvidence(
        _ kind: Evidence.Kind, _ ask: (Endpoint, Evidence, inout Inquiry) -> Void
    ) -> [Judgement] {
        endpoints.map { endpoint in
            .about(endpoint) { inquiry in
                guard let found = newestEvidence(kind, of: endpoint) else {
                    return inquiry.doubt(
                        "the engine has recorded no '\(kind.rawValue)' evidence of this endpoint, which decides it")
                }
                ask(endpoint, found, &inquiry)
            }
        }
    }

    /// Judges what an engine has no evidence for: unknown, and what would decide it.
    func judgeUndecided(_ wouldDecide: String) -> [Judgement] {
        endpoints.map { .about($0) { $0.doubt(wouldDecide) } }
    }

    /// No schedule takes the endpoint away.
    func requireNoStop(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let near =
            endpoint.name.isUnknown ? Array(schedules) : schedules[joined(SchedulesByEndpoint.self).acting(endpoint)]
        for schedule in near where schedule.isEnabled.value != false {
            if schedule.endpointName.isUnknown || endpoint.name.isUnknown {
                ask.doubt("whether schedule \(schedule.id) acts on this endpoint is not known")
                continue
            }
            guard schedule.endpointName.isKnown, schedule.endpointName == endpoint.name else { continue }
            let target = schedule.targetARN.value?.lowercased() ?? ""
            if target.hasSuffix("createendpoint") { continue }
            if schedule.isEnabled.isUnknown {
                ask.doubt("whether schedule \(schedule.id), which acts on the endpoint, is enabled is not known")
            } else if target.contains("delete") || target.contains("stop") {
                ask.fail("schedule \(schedule.id) takes the endpoint away: \(target)", at: schedule.place)
            } else {
                ask.doubt("what schedule \(schedule.id) does with the endpoint is not known: its target is '\(target)'")
            }
        }
    }

    /// The newest evidence of one kind about an endpoint.
    func newestEvidence(_ kind: Evidence.Kind, of endpoint: Endpoint) -> Evidence? {
        evidence(kind, for: endpoint.name.value ?? endpoint.id).first
    }

    /// The endpoint's and variant's names, by which alarms and scalable targets find them.
    func identity(of variant: Variant, of endpoint: Endpoint, _ ask: inout Inquiry) -> VariantIdentity? {
        guard let name = ask.need(endpoint.name, "the endpoint's name"),
            let variant = ask.need(variant.name, "the variant's name")
        else { return nil }
        return VariantIdentity(endpoint: name, variant: variant)
    }

    /// The machine a variant runs on; doubted when it is not in the table of types.
    func instanceType(of variant: Variant, _ ask: inout Inquiry) -> InstanceType? {
        guard let name = ask.need(variant.instanceType, "the instance type of \(variant.title)") else { return nil }
        guard let type = InstanceType.named(name) else {
            ask.doubt("the figures of instance type '\(name)' are not in the product's table")
            return nil
        }
        return type
    }
}

extension Evidence {
    /// A number of this evidence; unknown when it was not recorded.
    func number(_ key: String) -> Fact<Double> {
        numbers[key].map { .known($0) } ?? .unknown("the evidence '\(kind.rawValue)' has no number '\(key)'")
    }
}

/// The zones that a set of subnets reaches.
enum ZoneSpread {
    /// At least this many different zones.
    case atLeast(Int)
    /// One zone at the most can be shown, or none.
    case one(String)
    case unknown(String)
}

extension Graph {
    /// How many different Availability Zones these subnets lie in.
    ///
    /// Names (`us-east-1a`), ids (`use1-az1`) and positions (`${AZ.0}`) cannot be compared with each other, only within
    /// their own kind.
    func spread(of subnets: [Fact<Reference>]) -> ZoneSpread {
        var distinct: Set<Reference> = []
        var zones: [String: Set<String>] = [:]
        var doubts: [String] = []
        for fact in subnets {
            guard let reference = fact.value else {
                doubts.append(fact.whyUnknown ?? "a subnet is not named")
                continue
            }
            distinct.insert(reference)
            guard let subnet = self.subnets[reference] else {
                doubts.append("a subnet is not part of this input")
                continue
            }
            guard let zone = subnet.availabilityZone.value else {
                doubts.append("the zone of \(subnet.id) is not known")
                continue
            }
            let kind = zone.hasPrefix("${") ? "position" : zone.contains("-az") ? "id" : "name"
            zones[kind, default: []].insert(zone)
        }
        let shown = zones.values.map(\.count).max() ?? 0
        if shown >= 2 { return .atLeast(shown) }
        if subnets.count == 1 || (doubts.isEmpty && distinct.count == 1) { return .one("there is one subnet") }
        if let doubt = doubts.first { return .unknown(doubt) }
        if zones.count > 1 { return .unknown("zones are written in ways that cannot be compared") }
        return .one("all subnets lie in \(zones.values.first?.first ?? "no zone")")
    }

    /// The zones a model's instances are spread over; without a network of its own SageMaker spreads them itself.
    func zoneSpread(of variant: Variant, _ ask: inout Inquiry) -> ZoneSpread? {
        guard let reference = ask.need(variant.model, "the model of \(variant.title)") else { return nil }
        guard let model = models[reference] else { return .unknown("its model is not part of this input") }
        ask.relate("its model \(model.id)", at: model.place)
        switch model.subnets.state {
        case .absent: return .atLeast(2)
        case .unknown(let why): return .unknown(why)
        case .known(let subnets) where subnets.isEmpty: return .atLeast(2)
        case .known(let subnets): return spread(of: subnets)
        }
    }
}

/// Whether, and how soon, an alarm notices that an endpoint's containers are dead.
enum DeathNotice {
    /// At the latest, whether the probe reports the failure or falls silent with it.
    case within(seconds: Int, by: Alarm)
    case never(String)
    case unknown(String)
}

extension Graph {
    /// The fastest alarm that fires on dead containers and keeps still on healthy and idle ones.
    func deathNotice(of endpoint: Endpoint, _ variants: [Variant]) -> DeathNotice {
        guard let name = endpoint.name.value, let variant = variants.compactMap(\.name.value).first else {
            return .unknown("the names by which a health alarm finds the endpoint are not known")
        }
        let identity = VariantIdentity(endpoint: name, variant: variant)
        var best: DeathNotice?
        var doubts: [String] = []
        let join = joined(AlarmJoin.self)
        for position in join.watching(name) {
            let (alarm, reading) = (alarms[position], join.readings[position])
            let probes = reading.probes.filter { $0.isOf(name) }
            guard !probes.isEmpty else { continue }
            guard let definition = reading.definition.value else {
                doubts.append("what \(alarm.id) does: \(reading.definition.whyUnknown ?? "it is incomplete")")
                continue
            }
            let judge = AlarmJudge(identity, probes: probes.map(\.healthProbe))
            let replay = joined(AlarmReplays.self).replay(definition, by: judge)
            let isQuiet = [CanonicalTrace.healthy, .idle].allSatisfy { !replay.behaviour(on: $0).isFiring }
            let answers = [CanonicalTrace.containerDead, .containerDeadProbeSilent].map { replay.behaviour(on: $0) }
            guard isQuiet, case .fires(let reported) = answers[0], case .fires(let silent) = answers[1] else {
                continue
            }
            let seconds = max(reported, silent)
            if case .within(let fastest, _)? = best, fastest <= seconds { continue }
            best = .within(seconds: seconds, by: alarm)
        }
        if let best { return best }
        if let open = join.firstUnknown.map({ alarms[$0] }) { doubts.append("what \(open.id) watches") }
        if let doubt = doubts.first { return .unknown("whether a dead container is noticed: \(doubt)") }
        return .never("no alarm fires when the container is dead, whether its probe reports that or falls silent")
    }
}

extension Graph {
    /// In an account, what runs counts, and not only what was asked for.
    func requireRunning(_ variant: Variant, of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard source == .live, let instances = live.endpoints[endpoint.id]?.instances else { return }
        guard let name = variant.name.value, let counts = instances.value else {
            return ask.doubt("how many instances of \(variant.title) run cannot be told: \(instances.whyUnknown ?? "")")
        }
        // A fleet that is being changed has a count again soon.
        guard let running = counts[name] else {
            return ask.doubt("the account shows no count of running instances of \(variant.title)")
        }
        let least = Int(bounded: thresholds.instancesMinimum)
        if running >= least {
            ask.prove("\(running) instances of \(variant.title) run")
        } else if live.endpoints[endpoint.id]?.status.value != "InService" {
            ask.doubt("\(running) instances of \(variant.title) run while the endpoint is not in service")
        } else {
            ask.fail("\(running) instances of \(variant.title) run, wanted at least \(least)")
        }
    }

    /// For examples: an account in which every endpoint is in service, with so many instances of each variant.
    mutating func showServing(_ instances: [String: Int]) {
        source = .live
        for endpoint in endpoints {
            live.endpoints[endpoint.id] = LiveFacts.EndpointState(status: "InService", instances: .known(instances))
        }
    }
}
