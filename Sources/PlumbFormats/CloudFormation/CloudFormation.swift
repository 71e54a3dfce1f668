// Reads CloudFormation templates: sections, functions, conditions, stacks that refer to each other.
//
// A template whose conditions depend on a parameter without value is several templates. Each is read as a world of its
// own, and judged by itself; what all worlds agree on holds.

public import PlumbModel

/// What was read of one or several templates.
public struct TemplateReading: Sendable {
    /// One way in which the conditions can turn out.
    public struct World: Sendable {
        /// What is assumed, as `${Stage} is prod`; empty where the input decides everything.
        public var assumptions: [String]
        public var graph: Graph
    }
    /// Empty when a diagnostic is an error.
    public var worlds: [World]
    public var diagnostics: [Diagnostic]

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads CloudFormation templates, in YAML or JSON.
public enum TemplateReader {
    /// The most worlds that are judged. Conditions that span more are judged in so many of them, and said so.
    static let worldsMax = 8

    /// Reads templates as one deployment.
    ///
    /// - Parameters:
    ///   - documents: The templates; stacks that import from, or nest, one another find each other.
    ///   - parameters: Values of parameters, by name, in every template that has one of that name.
    ///   - environment: The environment to judge in; else the resources' tag `ml:environment`, else production.
    ///   - day: The day the graph is judged on.
    /// - Returns: The worlds, or every error that was found.
    public static func read(
        _ documents: [SourceDocument], parameters: [String: String] = [:], environment: Environment? = nil,
        asOf day: Day
    ) -> TemplateReading {
        let templates = documents.map { Template($0.root, file: $0.path) }
        var diagnostics = templates.flatMap(\.diagnostics)
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return TemplateReading(worlds: [], diagnostics: diagnostics)
        }
        for name in parameters.keys.sorted() where !templates.contains(where: { $0.parameters[name] != nil }) {
            diagnostics.append(
                Diagnostic(
                    .error, "no template has a parameter '\(name)'",
                    hint: "the parameters are "
                        + Set(templates.flatMap(\.parameterNames)).sorted().prefix(40).joined(separator: ", ")))
        }
        var library = TemplateLibrary()
        for template in templates { library.templates[TemplateLibrary.normal(template.file)] = template }
        let roots = Self.roots(of: templates, library, parameters)
        let first = StackDeployment(roots, library: library, parameters: parameters, world: [:])
        let (worlds, all) = Self.worlds(of: comparisons(in: first))
        if worlds.count < all {
            diagnostics.append(
                Diagnostic(
                    .warning, "the conditions can turn out in \(all) ways; \(worlds.count) of them were judged",
                    hint: "give the parameters they depend on: --parameters FILE, or --parameter NAME=VALUE"))
        }
        var reading = TemplateReading(worlds: [], diagnostics: diagnostics)
        for world in worlds {
            // Where nothing is open, the first reading is the only one.
            let deployment =
                world.isEmpty
                ? first : StackDeployment(roots, library: library, parameters: parameters, world: world)
            let (graph, found) = graph(of: deployment, environment, day)
            reading.worlds.append(TemplateReading.World(assumptions: Self.told(world, of: first), graph: graph))
            reading.diagnostics += found.filter { !reading.diagnostics.contains($0) }
        }
        return reading
    }

    /// The templates that no other one nests: a nested one is judged inside its parent.
    private static func roots(
        of templates: [Template], _ library: TemplateLibrary, _ parameters: [String: String]
    ) -> [Template] {
        guard templates.count > 1 else { return templates }
        let everything = StackDeployment(templates, library: library, parameters: parameters, world: [:])
        let nested = Set(everything.stacks.flatMap { stack in stack.nested.values.map(\.template.file) })
        let roots = templates.filter { !nested.contains($0.file) }
        return roots.isEmpty ? templates : roots
    }

    /// Evaluates every condition that decides something, so that the deployment notes what it cannot tell.
    private static func comparisons(in deployment: StackDeployment) -> [UndecidedComparison] {
        for stack in deployment.stacks {
            for name in stack.template.conditions.keys.sorted() { _ = stack.condition(name) }
        }
        return deployment.comparisons
    }

    /// Every combination of values, at most `worldsMax`, and how many there are. One subject has one value at a time.
    private static func worlds(of comparisons: [UndecidedComparison]) -> (worlds: [World], all: Int) {
        var worlds: [World] = [[:]]
        var all = 1
        var subjects: [String] = []
        for comparison in comparisons where !subjects.contains(comparison.subject) {
            subjects.append(comparison.subject)
        }
        for subject in subjects {
            let group = comparisons.filter { $0.subject == subject }
            let allowed = group[0].allowedValues
            var options: [String?] = group.map(\.value).filter { allowed?.contains($0) ?? true }
            // Another value than those it is compared with, unless nothing else is allowed.
            if allowed?.allSatisfy({ options.contains($0) }) != true { options.append(nil) }
            if options.isEmpty { options = [nil] }
            all = all.multipliedReportingOverflow(by: options.count).overflow ? Int.max : all * options.count
            worlds = Array(
                worlds.lazy.flatMap { world in
                    options.map { option in
                        var world = world
                        if let option { world[subject] = option }
                        return world
                    }
                }.prefix(worldsMax))
        }
        return (worlds, all)
    }

    private static func told(_ world: World, of deployment: StackDeployment) -> [String] {
        let subjects = Set(deployment.comparisons.map(\.subject)).sorted()
        return subjects.map { subject in
            guard let value = world[subject] else {
                let others = deployment.comparisons.filter { $0.subject == subject }.map { "'\($0.value)'" }
                return "\(subject) is not \(others.joined(separator: " or "))"
            }
            return "\(subject) is '\(value)'"
        }
    }

    /// The typed graph of a deployment in its world.
    private static func graph(
        of deployment: StackDeployment, _ environment: Environment?, _ day: Day
    ) -> (Graph, [Diagnostic]) {
        var graph = Graph(source: .cloudformation, environment: environment ?? .production, asOf: day)
        graph.environmentIsAssumed = environment == nil
        let inventory = Inventory(deployment)
        graph.notes = inventory.notes
        graph.notes.parts = inventory.parts
        CloudFormationMapping.fill(&graph, from: inventory)
        return (graph, deployment.diagnostics + inventory.diagnostics)
    }
}
