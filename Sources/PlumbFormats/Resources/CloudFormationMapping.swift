// From a template's resolved resources to the graph's typed ones.

import PlumbModel

/// Fills a graph from an inventory whose resources have CloudFormation's types and property names.
enum CloudFormationMapping {
    /// Adds every resource that the graph has a type for, and what the tags declare.
    ///
    /// The order matters where one concern asks for another's names: dashboards, rules and schedules find endpoints,
    /// alarms and functions that are there already. An environment that the caller was not told
    /// (`graph.environmentIsAssumed`) is taken from the tags.
    static func fill(_ graph: inout Graph, from inventory: Inventory) {
        let tongue = Tongue.template
        ServingMapping.add(to: &graph, from: inventory, in: tongue)
        MonitorMapping.add(to: &graph, from: inventory, in: tongue)
        ScalingMapping.add(to: &graph, from: inventory, in: tongue)
        AlarmMapping.add(to: &graph, from: inventory, in: tongue)
        DashboardMapping.add(to: &graph, from: inventory, in: tongue)
        TopicMapping.add(to: &graph, from: inventory, in: tongue)
        FunctionMapping.add(to: &graph, from: inventory, in: tongue)
        EventMapping.add(to: &graph, from: inventory, in: tongue)
        DetectorMapping.add(to: &graph)
        CanaryMapping.add(to: &graph, from: inventory, in: tongue)
        CostMapping.add(to: &graph, from: inventory, in: tongue)
        ScheduleMapping.add(to: &graph, from: inventory, in: tongue)
        addKeys(to: &graph, from: inventory)
        addBuckets(to: &graph, from: inventory)
        addTables(to: &graph, from: inventory)
        addRepositories(to: &graph, from: inventory)
        addBackup(to: &graph, from: inventory)
        addRoles(to: &graph, from: inventory)
        addAnalyzers(to: &graph, from: inventory)
        addTrails(to: &graph, from: inventory)
        addLogGroups(to: &graph, from: inventory)
        addNetwork(to: &graph, from: inventory)
        addEntryPoints(to: &graph, from: inventory)
        addDistributions(to: &graph, from: inventory)
        addRouting(to: &graph, from: inventory)
        Purposes.settle(in: &graph)
        DeclarationMapping.add(to: &graph)
    }
}
