// A plan as `terraform show -json` writes it: what will be there, what is not known yet, and the configuration behind.

import PlumbModel

/// One resource of a plan or state.
struct PlanResource: Sendable {
    var address: String
    var type: String
    var isData: Bool
    var module: PlanModuleInstance
    /// The key of `count` or `for_each`, as addresses write it.
    var key: String?
    /// Address in its module without key: how the configuration calls it.
    var localAddress: String
    var after: DocumentNode?
    var unknown: DocumentNode?
    var configuration: DocumentNode?
    var mark: Mark
}

/// A parsed plan.
struct Plan: Sendable {
    let file: String
    let root: PlanModuleInstance
    private(set) var resources: [PlanResource] = []
    private(set) var changes: [SourceNotes.PlannedChange] = []
    let variables: DocumentNode?
    let providers: [DocumentNode.Entry]
    private(set) var diagnostics: [Diagnostic] = []

    /// Instances by the address of their resource without key, and resources by whole address.
    private(set) var instances: [String: [Int]] = [:]
    private(set) var indexByAddress: [String: Int] = [:]
    private var modules: [String: PlanModuleInstance] = [:]

    init(_ node: DocumentNode, file: String) {
        self.file = file
        root = PlanModuleInstance(root: PlanModule(node["configuration"]?["root_module"]))
        variables = node["variables"]
        providers = node["configuration"]?["provider_config"]?.entries ?? []
        modules[""] = root
        checkForm(node)
        if let changes = node["resource_changes"] {
            for change in changes.items { read(change: change) }
        } else if let values = (node["values"] ?? node["planned_values"])?["root_module"] {
            read(values: values, depth: 0)
        } else if !diagnostics.contains(where: { $0.severity == .error }) {
            diagnostics.append(
                Diagnostic(
                    .warning, "the plan changes nothing and holds no resource",
                    at: Place(file: file, line: 1, column: 1))
            )
        }
    }

    private mutating func checkForm(_ node: DocumentNode) {
        func say(_ severity: Diagnostic.Severity, _ message: String, _ key: String, hint: String) {
            let mark = (node[key] ?? node).mark
            diagnostics.append(Diagnostic(severity, message, at: mark.place(in: file), hint: hint))
        }
        if let version = node["format_version"]?.text, !version.hasPrefix("1."), version != "0.2", version != "0.1" {
            say(
                .error, "the plan has format version \(version); 1 is what this reads", "format_version",
                hint: "write it anew: terraform show -json PLAN > plan.json")
        }
        for key in ["resource_changes", "configuration"] {
            guard let part = node[key], !part.isNull else { continue }
            let isRight =
                key == "configuration" ? !part.entries.isEmpty || part.kindName == "a map" : part.kindName == "a list"
            if !isRight {
                say(.error, "\(key) is \(part.kindName)", key, hint: "write it anew: terraform show -json PLAN")
            }
        }
        if node["errored"]?.text == "true" || node["complete"]?.text == "false" {
            say(
                .warning, "the plan is not complete: what it leaves out is not judged", "errored",
                hint: "mend the configuration until terraform plan ends without an error")
        }
    }

    private mutating func read(change node: DocumentNode) {
        guard let address = node["address"]?.text, let type = node["type"]?.text, let change = node["change"] else {
            diagnostics.append(
                Diagnostic(.warning, "a change without address and type is left out", at: node.mark.place(in: file)))
            return
        }
        let actions = change["actions"]?.items.compactMap(\.text) ?? []
        let mark = node["address"]?.mark ?? node.mark
        let isData = node["mode"]?.text == "data"
        if !isData, actions.contains("delete") || actions.contains("forget") {
            changes.append(
                SourceNotes.PlannedChange(address, type: type, actions: actions, at: mark.place(in: file)))
        }
        guard actions != ["delete"], actions != ["forget"] else { return }
        append(
            node, address: address, type: type, isData: isData, after: change["after"],
            unknown: change["after_unknown"],
            moduleAddress: node["module_address"]?.text ?? "", mark: mark)
    }

    /// A state, or a plan that shows only its values: everything is known.
    private mutating func read(values node: DocumentNode, depth: Int) {
        guard depth < 50 else { return }
        for resource in node["resources"]?.items ?? [] {
            guard let address = resource["address"]?.text, let type = resource["type"]?.text else { continue }
            append(
                resource, address: address, type: type, isData: resource["mode"]?.text == "data",
                after: resource["values"], unknown: nil, moduleAddress: node["address"]?.text ?? "",
                mark: resource["address"]?.mark ?? resource.mark)
        }
        for child in node["child_modules"]?.items ?? [] { read(values: child, depth: depth + 1) }
    }

    private mutating func append(
        _ node: DocumentNode, address: String, type: String, isData: Bool, after: DocumentNode?, unknown: DocumentNode?,
        moduleAddress: String, mark: Mark
    ) {
        let module = moduleInstance(moduleAddress)
        let name = node["name"]?.text ?? ""
        let local = (isData ? "data." : "") + type + "." + name
        let resource = PlanResource(
            address: address, type: type, isData: isData, module: module, key: Self.key(node["index"]),
            localAddress: local, after: after, unknown: unknown, configuration: module.module.resources[local],
            mark: mark)
        instances[module.absolute(local), default: []].append(resources.count)
        indexByAddress[address] = resources.count
        resources.append(resource)
    }

    private static func key(_ node: DocumentNode?) -> String? {
        guard case .scalar(let text, let isPlain)? = node?.content else { return nil }
        return isPlain ? text : "\"\(text)\""
    }

    private mutating func moduleInstance(_ address: String) -> PlanModuleInstance {
        if let known = modules[address] { return known }
        var instance = root
        for step in PlanAddress(address).steps where step.name != "module" {
            // A module that the configuration does not show has nothing to say about expressions.
            guard let child = instance.child(step) else { return instance }
            instance = child
        }
        modules[address] = instance
        return instance
    }

    subscript(address address: String) -> PlanResource? { indexByAddress[address].map { resources[$0] } }
    /// All instances of what stands at an absolute address without key.
    func instances(of address: String) -> [PlanResource] { (instances[address] ?? []).map { resources[$0] } }
}
