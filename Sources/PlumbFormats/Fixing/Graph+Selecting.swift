// A graph of some of another's resources.

import PlumbModel

extension Graph {
    /// The resources with these ids, and what holds for the whole graph.
    func only(_ ids: some Sequence<String>) -> Graph {
        var part = Graph(source: source, environment: environment, asOf: asOf)
        part.region = region
        let ids = Array(ids)
        func take<Element>(_ path: WritableKeyPath<Graph, ResourceTable<Element>>) {
            let table = self[keyPath: path]
            if table.isEmpty { return }
            for id in ids { if let element = table[id: id] { part[keyPath: path].append(element) } }
        }
        take(\.endpoints)
        take(\.endpointConfigs)
        take(\.models)
        take(\.monitoringSchedules)
        take(\.scalableTargets)
        take(\.scalingPolicies)
        take(\.alarms)
        take(\.compositeAlarms)
        take(\.alarmMuteRules)
        take(\.dashboards)
        take(\.topics)
        take(\.eventRules)
        take(\.functions)
        take(\.canaries)
        take(\.keys)
        take(\.buckets)
        take(\.tables)
        take(\.repositories)
        take(\.streamConsumers)
        take(\.backupVaults)
        take(\.backupPlans)
        take(\.backupSelections)
        take(\.restoreTestingPlans)
        take(\.roles)
        take(\.analyzers)
        take(\.trails)
        take(\.logGroups)
        take(\.vpcs)
        take(\.subnets)
        take(\.routeTables)
        take(\.securityGroups)
        take(\.vpcEndpoints)
        take(\.entryPoints)
        take(\.distributions)
        take(\.cachePolicies)
        take(\.healthChecks)
        take(\.recordSets)
        take(\.budgets)
        take(\.anomalyMonitors)
        take(\.anomalySubscriptions)
        take(\.costAllocationTags)
        take(\.schedules)
        return part
    }
}
