// The configuration behind a plan: modules within modules, and what their expressions refer to.

import PlumbModel

/// One module of the configuration; its instances share it.
final class PlanModule: Sendable {
    let resources: [String: DocumentNode]
    let calls: [String: (node: DocumentNode, module: PlanModule)]
    let outputs: [String: DocumentNode]
    let variables: [String: DocumentNode]

    /// Modules nested deeper than any real configuration are left out, so that no file exhausts the stack.
    init(_ node: DocumentNode?, depth: Int = 0) {
        var resources: [String: DocumentNode] = [:]
        for resource in node?["resources"]?.items ?? [] {
            if let address = resource["address"]?.text { resources[address] = resource }
        }
        var calls: [String: (DocumentNode, PlanModule)] = [:]
        for entry in node?["module_calls"]?.entries ?? [] where depth < 50 {
            calls[entry.key] = (entry.value, PlanModule(entry.value["module"], depth: depth + 1))
        }
        self.resources = resources
        self.calls = calls
        outputs = Self.dictionary(node?["outputs"])
        variables = Self.dictionary(node?["variables"])
    }

    private static func dictionary(_ node: DocumentNode?) -> [String: DocumentNode] {
        var dictionary: [String: DocumentNode] = [:]
        for entry in node?.entries ?? [] { dictionary[entry.key] = entry.value }
        return dictionary
    }
}

/// One instance of a module: where it stands in the tree, with the keys of `count` and `for_each` on the way.
final class PlanModuleInstance: Sendable {
    let module: PlanModule
    /// Empty for the root, else `module.a["k"].module.b`.
    let address: String
    let parent: PlanModuleInstance?
    /// The call in the parent that made it, and its key there.
    let call: DocumentNode?
    let key: String?

    init(root: PlanModule) {
        module = root
        address = ""
        parent = nil
        call = nil
        key = nil
    }

    private init(_ module: PlanModule, in parent: PlanModuleInstance, step: PlanAddress.Step, call: DocumentNode) {
        self.module = module
        self.parent = parent
        self.call = call
        key = step.key
        let own = "module.\(step.name)" + (step.key.map { "[\($0)]" } ?? "")
        address = parent.address.isEmpty ? own : parent.address + "." + own
    }

    func child(_ step: PlanAddress.Step) -> PlanModuleInstance? {
        guard let (call, module) = self.module.calls[step.name] else { return nil }
        return PlanModuleInstance(module, in: self, step: step, call: call)
    }

    /// The absolute address of something in this module.
    func absolute(_ address: String) -> String { self.address.isEmpty ? address : self.address + "." + address }
}

/// A reference or address of Terraform in its steps.
struct PlanAddress: Sendable {
    /// `name`, `name[0]` or `name["key"]`; the key as it is written.
    struct Step: Sendable {
        var name: String
        var key: String?
        var text: String { name + (key.map { "[\($0)]" } ?? "") }
    }
    var steps: [Step]

    /// Reads `module.a["k"].aws_x.y[0].arn`; dots and brackets in quotes do not part.
    init(_ text: String) {
        var steps: [Step] = []
        var (name, key): (String, String?) = ("", nil)
        var (isInKey, isQuoted) = (false, false)
        for character in text {
            if isInKey {
                if character == "\"" { isQuoted.toggle() }
                if character == "]", !isQuoted {
                    isInKey = false
                } else {
                    key = (key ?? "") + String(character)
                }
            } else if character == "[" {
                isInKey = true
                key = ""
            } else if character == "." {
                steps.append(Step(name: name, key: key))
                (name, key) = ("", nil)
            } else {
                name.append(character)
            }
        }
        if !name.isEmpty { steps.append(Step(name: name, key: key)) }
        self.steps = steps
    }
}
