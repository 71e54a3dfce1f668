// What only an account shows, as the survey writes it: the keys of properties that begin with `Live`.

import PlumbModel

/// Takes what only an account shows into the graph.
enum AccountFacts {
    static func add(to graph: inout Graph, from inventory: Inventory) {
        addAlarms(to: &graph, from: inventory)
        for resource in inventory["AWS::SageMaker::Endpoint"] {
            var state = LiveFacts.EndpointState(
                status: resource["LiveStatus"].string, instances: instances(resource["LiveVariants"]))
            state.modifiedAt = resource["LiveLastModifiedTime"].double
            graph.live.endpoints[resource.id] = state
        }
        for resource in inventory["AWS::SageMaker::MonitoringSchedule"] {
            graph.live.monitorRuns[resource.id] = resource["LiveLastExecution"].structure { run($0, "Status") }
        }
        for resource in inventory["AWS::Backup::RestoreTestingPlan"] {
            graph.live.restores[resource.id] = resource["LiveRestores"].list { run($0, "Status") }
        }
        for resource in inventory["AWS::AccessAnalyzer::Analyzer"] {
            graph.live.analyzerStatus[resource.id] = resource["LiveStatus"].string
            graph.live.findings[resource.id] = resource["LiveFindings"].list { finding in
                LiveFacts.OpenFinding(
                    finding["Type"].string.value ?? "finding", of: finding["Resource"].name.value ?? "a resource",
                    days: finding["Days"].int.value ?? 0)
            }
        }
        for resource in inventory["AWS::CloudTrail::Trail"] {
            graph.live.deliveries[resource.id] = LiveFacts.Delivery(
                newest: day(resource["LiveLatestDelivery"]), error: resource["LiveDeliveryError"].string)
        }
        for resource in inventory["AWS::CE::CostAllocationTag"] {
            graph.costAllocationTags.append(
                CostAllocationTag(resource.id) {
                    $0.head.name = resource["TagKey"].name
                    $0.isActive = resource["Status"].string.map { $0 == "Active" }
                })
        }
        for resource in inventory.resources {
            graph.live.unknownStacks[resource.id] = resource["LiveStack"].whyUnknown
        }
        addKeys(to: &graph, from: inventory)
    }

    private static func addAlarms(to graph: inout Graph, from inventory: Inventory) {
        graph.alarms.mutateEach { $0.state = inventory[id: $0.id]?["LiveState"].choice() ?? .absent }
        for alarm in graph.alarms {
            guard let source = inventory[id: alarm.id] else { continue }
            // Each evaluation updates the state; only some change it.
            let turned = day(source["LiveStateTransitionedTime"])
            graph.live.alarmStateSince[alarm.id] = turned.isAbsent ? day(source["LiveStateUpdatedTime"]) : turned
        }
    }

    /// A key of AWS's own is no customer's, and one that waits for its end is not in use.
    private static func addKeys(to graph: inout Graph, from inventory: Inventory) {
        graph.keys.mutateEach { key in
            guard let source = inventory[id: key.id] else { return }
            let manager = source["LiveManager"].string
            if !manager.isAbsent { key.isCustomerManaged = manager.map { $0 == "CUSTOMER" } }
            let state = source["LiveState"].string
            if !state.isAbsent { key.isEnabled = state.map { $0 == "Enabled" } }
        }
    }

    /// `[{VariantName, CurrentInstanceCount}]`; a serverless variant has no count.
    private static func instances(_ variants: Property) -> Fact<[String: Int]> {
        variants.list { variant -> [String: Int] in
            guard let name = variant["VariantName"].name.value,
                let count = variant["CurrentInstanceCount"].int.value
            else { return [:] }
            return [name: count]
        }.map { counts in counts.reduce(into: [:]) { all, one in all.merge(one) { _, last in last } } }
    }

    private static func run(_ source: Property, _ status: String) -> LiveFacts.Run {
        let ended = day(source["Day"])
        return LiveFacts.Run(
            source[status].string.value ?? "of an unknown end",
            on: ended.value ?? day(source["EndTime"]).value)
    }

    /// Seconds since 1970, or a date in ISO 8601.
    private static func day(_ property: Property) -> Fact<Day> {
        switch property.string.state {
        case .absent: .absent
        case .unknown(let why): .unknown(why)
        case .known(let text):
            if let seconds = Double(text) {
                .known(Day(secondsSinceEpoch: seconds))
            } else {
                Day(String(text.prefix(10))).map { .known($0) } ?? .unknown("'\(text.prefix(40))' is no date")
            }
        }
    }
}
