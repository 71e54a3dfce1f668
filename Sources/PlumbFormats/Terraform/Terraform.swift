// Reads Terraform plans and states in the form of `terraform show -json`.

public import PlumbModel

/// What was read of a plan.
public struct PlanReading: Sendable {
    /// Nil when a diagnostic is an error.
    public var graph: Graph?
    public var diagnostics: [Diagnostic]

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads a Terraform plan.
public enum PlanReader {
    /// Reads a plan as the deployment it would make.
    ///
    /// - Parameters:
    ///   - document: The plan, or a state.
    ///   - environment: The environment to judge in; else the resources' tag `ml:environment`, else production.
    ///   - day: The day the graph is judged on.
    /// - Returns: The graph, or every error that was found.
    public static func read(
        _ document: SourceDocument, environment: Environment? = nil, asOf day: Day
    ) -> PlanReading {
        let plan = Plan(document.root, file: document.path)
        guard !plan.diagnostics.contains(where: { $0.severity == .error }) else {
            return PlanReading(graph: nil, diagnostics: plan.diagnostics)
        }
        var graph = Graph(source: .terraform, environment: environment ?? .production, asOf: day)
        graph.environmentIsAssumed = environment == nil
        let inventory = Inventory(plan)
        graph.notes = inventory.notes
        graph.notes.parts = inventory.parts
        graph.region = PlanRegions(plan).main
        PlanMapping.fill(&graph, from: inventory)
        return PlanReading(graph: graph, diagnostics: plan.diagnostics + inventory.diagnostics)
    }
}
