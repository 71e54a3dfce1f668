// Scripted probes, and which endpoint each asks.

import PlumbModel

/// Reads CloudWatch Synthetics' canaries.
enum CanaryMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let names = graph.endpoints.compactMap(\.name.value)
        for resource in tongue.resources("AWS::Synthetics::Canary", "aws_synthetics_canary", in: inventory) {
            let source = Bilingual(resource, tongue)
            var canary = SyntheticsCanary(head: resource.head)
            canary.scheduleExpression = source["Schedule", "schedule"]["Expression", "expression"].string
            canary.endpointName = endpointName(source, names)
            graph.canaries.append(canary)
        }
    }

    /// An environment variable that names the endpoint, or a script that does.
    private static func endpointName(_ source: Bilingual, _ names: [String]) -> Fact<String> {
        let written = source["RunConfig", "run_config"]["EnvironmentVariables", "environment_variables"]
        let variables = FunctionMapping.variables(written).value ?? [:]
        for (_, value) in variables.sorted(by: { $0.key < $1.key }) {
            if let name = names.first(where: { value == $0 || value.contains("/endpoints/\($0)/") }) {
                return .known(name, at: written.place)
            }
        }
        let key = variables.keys.sorted().first { $0.lowercased().contains("endpoint") }
        if let key, let value = variables[key], !value.contains("/") { return .known(value, at: written.place) }
        if source.tongue == .template {
            let script = source["Code", ""]["Script", ""].name
            let words = Set((script.value ?? "").split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init))
            if let name = names.first(where: words.contains) { return .known(name, at: script.place) }
        }
        return .unknown(
            "which endpoint its script asks is not in this input: an environment variable ENDPOINT_NAME would tell",
            at: source.place)
    }
}
