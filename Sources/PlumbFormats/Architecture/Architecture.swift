// Compiles a spec to the graph of the whole AWS architecture: what checks, renderers and engines work from.
//
// One file a concern; each adds its resources to the graph. `Blueprint` holds what all of them need: names, tags,
// places, and which parts an environment has.

public import PlumbModel

/// The step from what a user wrote to everything that must exist for it.
public enum Architecture {
    /// Every resource of the deployment that `spec` describes, and what it declares about it.
    ///
    /// Pure and total: any spec gives a graph, the same spec always the same one. Values of the spec are carried over
    /// as they stand, with their places, even where they break a policy: controls judge, nothing is mended here.
    /// What the spec does not speak of follows the policies for its environment.
    /// - Parameters:
    ///   - spec: One endpoint in one environment, complete.
    ///   - day: The day the graph is judged on.
    /// - Returns: The graph, of source `spec`.
    public static func compile(_ spec: Spec, asOf day: Day) -> Graph {
        compile(Blueprint(spec), asOf: day)
    }

    static func compile(_ plan: Blueprint, asOf day: Day) -> Graph {
        let spec = plan.spec
        var graph = Graph(source: .spec, environment: spec.environment, asOf: day)
        graph.region = plan.said(spec.region, "region")
        graph.declarations = [Declaration(spec)]
        addServing(to: &graph, plan)
        addScaling(to: &graph, plan)
        addRollbackAlarms(to: &graph, plan)
        addAvailabilityAlarms(to: &graph, plan)
        addDashboard(to: &graph, plan)
        addNotification(to: &graph, plan)
        addAutomation(to: &graph, plan)
        addDetectors(to: &graph, plan)
        addKeys(to: &graph, plan)
        addDataBuckets(to: &graph, plan)
        addAuditBuckets(to: &graph, plan)
        addState(to: &graph, plan)
        addBackup(to: &graph, plan)
        addServiceRoles(to: &graph, plan)
        addAutomationRoles(to: &graph, plan)
        addDetectorRoles(to: &graph, plan)
        addDutyRoles(to: &graph, plan)
        addAudit(to: &graph, plan)
        addNetwork(to: &graph, plan)
        addRecoveryRegion(to: &graph, plan)
        addFront(to: &graph, plan)
        addCost(to: &graph, plan)
        addWorkingHours(to: &graph, plan)
        return graph
    }
}
