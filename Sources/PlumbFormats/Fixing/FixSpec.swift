// The spec of an endpoint that stands in a template or plan: what is known of it, and the policies' own values beside.

import PlumbModel

/// Writes the spec that a fix is compiled from.
struct FixSpec {
    let index: ResourceIndex
    /// nil where the input holds none: a part of a deployment.
    let endpoint: Endpoint?
    let asOf: Day
    /// Whether one container serves several models, whatever the input says.
    var servesSeveralModels = false

    private var graph: Graph { index.graph }

    /// The endpoint's name as metrics and ARNs have it.
    var name: String {
        let name = endpoint?.name.value ?? tagged("ml:endpoint") ?? endpoint.map(\.id) ?? "endpoint"
        let legal = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        let trimmed = legal.split(separator: "-").joined(separator: "-").prefix(40)
        return trimmed.first?.isLetter == true ? String(trimmed) : "endpoint-\(trimmed)".trimmed(to: 40)
    }

    var variant: String { variants.first?.name.value ?? "primary" }

    private var variants: [Variant] {
        guard let endpoint, let config = graph.endpointConfigs[endpoint.config] else { return [] }
        return (config.variants.value ?? []).filter { !$0.isShadow }
    }

    private var isMultiModel: Bool {
        servesSeveralModels || variants.contains { graph.models[$0.model]?.isMultiModel.value == true }
    }

    private var declaration: Declaration? {
        graph.declarations.first { $0.endpointName == endpoint?.name.value } ?? graph.declarations.first
    }

    private func tagged(_ key: String) -> String? { endpoint?.head.tags.value?[key] }

    var isCritical: Bool { declaration?.isCritical.value ?? false }

    /// The blueprint of a spec that `text` gave.
    func blueprint(_ text: String) -> Blueprint? {
        guard let spec = SpecReader.read(text, file: "", environment: graph.environment).spec else { return nil }
        return Blueprint(spec, variant: variant)
    }

    /// The lines of the spec, under the endpoint's own name or one that stands for it. `keepingType` says whether the
    /// endpoint's own instance type is taken over, or the one that the policies prescribe.
    func text(named name: String, keepingType: Bool) -> String {
        let region = Self.known(graph.region.value) ?? "us-east-1"
        let type = keepingType ? variants.first?.instanceType.value : nil
        let workload = declaration?.workload.value ?? type.map(Self.workload) ?? .cpu
        var lines = [
            "name: \(Self.quoted(name))",
            "team: \(Self.quoted(tagged("ml:team") ?? declaration?.team.value ?? "team"))",
            "workload: \(workload.rawValue)", "region: \(region)", "critical: true",
            "model: {path: model.onnx\(isMultiModel ? ", multiModel: true" : "")}",
            "example: {contentType: application/json, body: '{}'}",
            alarms,
            "drift: {enabled: true, baseline: baseline}",
            "cache: {deterministic: true, repeatRate: 0.2, ttl: 300}",
            "recovery: {region: \(recoveryRegion(beside: region)), owner: \(Self.quoted(receiver))}",
        ]
        if let type, InstanceType.named(type) != nil { lines.append("instances: {type: \(type)}") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The organisation's own limits, where it has any, and who is told.
    private var alarms: String {
        let (own, seed) = (graph.thresholds, Thresholds())
        var parts = ["notify: [\(Self.quoted(receiver))]"]
        if own.errorRatePercent != seed.errorRatePercent {
            parts.append("errorRate: {thresholdPercent: \(own.errorRatePercent)}")
        }
        if own.latencyP99Milliseconds != seed.latencyP99Milliseconds {
            parts.append("latencyP99: {thresholdMilliseconds: \(own.latencyP99Milliseconds)}")
        }
        return "alarms: {\(parts.joined(separator: ", "))}"
    }

    /// Who is told of alarms already; an address to be replaced where that is nobody.
    private var receiver: String {
        let all = graph.topics.lazy.flatMap { $0.subscriptions.value ?? [] }
        let found = all.first { $0.protocolName.value == "email" }?.endpoint.value
        return found.flatMap { $0.contains("$") || !$0.contains("@") ? nil : $0 } ?? "oncall@example.org"
    }

    private func recoveryRegion(beside region: String) -> String {
        if let other = index.regions.lazy.compactMap(Self.known).first(where: { $0 != region }) { return other }
        let pair = region.hasPrefix("eu-") ? ["eu-west-1", "eu-central-1"] : ["us-west-2", "us-east-1"]
        return pair[0] == region ? pair[1] : pair[0]
    }

    /// A region's name, not what stands for one.
    private static func known(_ region: String?) -> String? {
        guard let region, region.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "-" }), region.contains("-")
        else { return nil }
        return region
    }

    private static func workload(of type: String) -> Workload {
        let family = type.dropFirst(3)
        if family.hasPrefix("g") || family.hasPrefix("p") { return .gpu }
        return family.hasPrefix("r") || family.hasPrefix("x") ? .memory : .cpu
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.filter { !$0.isNewline }.replacing("'", with: "''") + "'"
    }
}

extension String {
    fileprivate func trimmed(to count: Int) -> String { String(prefix(count)) }
}
