// Renders a compiled spec as CloudFormation templates or a Terraform module: what the readers read back as the same
// graph.

public import PlumbModel

/// One file of what is rendered.
public struct RenderedFile: Sendable, Hashable {
    /// Relative to the folder that is rendered into.
    public var path: String
    public var bytes: [UInt8]

    public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// What a renderer works from: the compiled graph, and the spec for what the graph does not hold.
///
/// A class, because a graph and a spec have so many parts that each copy of them costs more than what it is made for.
final class RenderedDeployment: Sendable {
    let graph: Graph
    let plan: Blueprint
    let tongue: Tongue
    /// The physical name of each resource of the graph, by id; the id itself for one without.
    private let names: [String: String]

    convenience init(_ spec: Spec, asOf day: Day, in tongue: Tongue) {
        let plan = Blueprint(spec)
        self.init(Architecture.compile(plan, asOf: day), plan, in: tongue)
    }

    init(_ graph: Graph, _ plan: Blueprint, in tongue: Tongue) {
        self.graph = graph
        self.plan = plan
        self.tongue = tongue
        names = Dictionary(
            graph.resources.map { ($0.id, $0.name.value ?? $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether `id` names a resource of the graph.
    func has(_ id: String) -> Bool { names[id] != nil }

    /// The physical name of a resource; its id where it has none.
    func name(of id: String) -> String { names[id] ?? id }

    /// Everything that is rendered, in the order in which it will be read.
    func resources() -> [RenderedResource] {
        let parts = [
            keys(), storage(), state(), backup(), network(), roles(), serving(), scaling(),
            monitoring(), notification(), automation(), audit(), cost(), schedules(), front(), failover(),
        ]
        return parts.flatMap { $0 }.filter { $0.type(in: tongue) != nil }
    }
}

/// Renders specs.
public enum Rendering {
    /// The files of a deployment in a tongue, the same bytes for the same spec.
    ///
    /// - Parameters:
    ///   - spec: One endpoint in one environment, complete.
    ///   - format: The tongue.
    ///   - day: The day on which the spec is judged.
    /// - Returns: Templates in the order in which their stacks are made, or the files of a module.
    public static func files(of spec: Spec, as format: Format, asOf day: Day) -> [RenderedFile] {
        files(of: spec, compiled: Architecture.compile(spec, asOf: day), as: format)
    }

    /// The same, where the spec is compiled to `graph` already.
    public static func files(of spec: Spec, compiled graph: Graph, as format: Format) -> [RenderedFile] {
        let plan = Blueprint(spec)
        return switch format {
        case .cloudformation: CloudFormationTemplates(RenderedDeployment(graph, plan, in: .template)).files()
        case .terraform: TerraformModule(RenderedDeployment(graph, plan, in: .plan)).files()
        }
    }

    /// A tongue that infrastructure is rendered in.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        case cloudformation, terraform
    }

    /// What a spec asks for that AWS does not offer, or not to a function there: one error each.
    public static func diagnostics(of spec: Spec) -> [Diagnostic] { periods(of: spec) + qualityMetric(of: spec) }

    private static func periods(of spec: Spec) -> [Diagnostic] {
        let rules = [
            ("alarms.errorRate", spec.alarms.errorRate), ("alarms.latencyP99", spec.alarms.latencyP99),
            ("alarms.health", spec.alarms.health),
        ]
        return unknownType(of: spec)
            + rules.compactMap { path, rule in
                let seconds = rule.periodSeconds
                guard seconds < 60 || seconds % 60 != 0 else { return nil }
                return Diagnostic(
                    .error,
                    "\(path).period is \(seconds) s: SageMaker tells CloudWatch its metrics once a minute, so an alarm "
                        + "on AWS counts in whole minutes",
                    at: spec.place(of: "\(path).period") ?? spec.place(of: path),
                    hint: "write \(path): {period: \(max(1, (seconds + 59) / 60))m}, or take the key out: "
                        + "1m is the default"
                )
            }
    }

    private static func unknownType(of spec: Spec) -> [Diagnostic] {
        guard InstanceType.named(spec.instances.type) == nil else { return [] }
        return [
            Diagnostic(
                .error,
                "instances.type \(spec.instances.type) is not known here: autoscaling divides the load by its vCPUs or "
                    + "GPUs",
                at: spec.place(of: "instances.type"),
                hint: "take another type, such as ml.m5.xlarge or ml.g5.2xlarge")
        ]
    }

    private static func qualityMetric(of spec: Spec) -> [Diagnostic] {
        let known = AutomationCode.qualityMetrics
        guard spec.drift.isEnabled, let metric = spec.drift.qualityMetric, !known.contains(metric) else { return [] }
        return [
            Diagnostic(
                .error, "drift.qualityMetric is \(metric): the detector of quality on AWS does not know it",
                at: spec.place(of: "drift.qualityMetric"), hint: "one of \(known.joined(separator: ", "))")
        ]
    }
}

extension RenderedDeployment {
    /// The programs of the functions, each in an archive of its own and, to be read, as it is.
    func functionFiles() -> [RenderedFile] {
        graph.functions.flatMap { function -> [RenderedFile] in
            guard let code = function.code.value else { return [] }
            let name = RenderedDeployment.snakeCase(function.id)
            let archive = ZipArchive.bytes([(name: "index.py", content: Array(code.utf8))])
            return [
                RenderedFile(path: "functions/\(name).py", text: code),
                RenderedFile(path: "functions/\(name).zip", bytes: archive),
            ]
        }
    }
}
