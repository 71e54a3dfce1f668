// Renders a compiled spec as CloudFormation templates or a Terraform module: what the readers read back as the same
// graph.

import PlumbModel

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
struct RenderedDeployment: Sendable {
    let graph: Graph
    let plan: Blueprint
    let tongue: Tongue

    init(_ spec: Spec, asOf day: Day, in tongue: Tongue) {
        graph = Architecture.compile(spec, asOf: day)
        plan = Blueprint(spec)
        self.tongue = tongue
    }

    /// Whether `id` names a resource of the graph.
    func has(_ id: String) -> Bool { graph.resources.contains { $0.id == id } }

    /// Everything that is rendered, in the order in which it will be read.
    func resources() -> [RenderedResource] {
        let parts = [
            keys(), storage(), state(), backup(), network(), roles(), serving(), scaling(),
            monitoring(), notification(), automation(), audit(), cost(), schedules(), front(), failover(),
        ]
        return parts.flatMap { $0 }.filter { $0.type(in: tongue) != nil }
    }
}
