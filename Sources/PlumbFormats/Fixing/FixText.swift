// Prints a fix in the language of the input.

import PlumbModel

struct FixText {
    let tongue: Tongue
    /// The input's region, where it is known.
    let region: String?
    /// The type of every resource that a fix may refer to, by id.
    let types: [String: String]
    let elsewhere: [String: (arn: String, inProperty: String)]
    private let regions: [String: String]
    /// Knows the ids of all these.
    private let texts: RenderedTextReader

    init(_ deployment: FixDeployment, region: String?) {
        tongue = deployment.tongue
        self.region = region
        types = deployment.types
        elsewhere = deployment.elsewhere
        regions = deployment.regions
        texts = deployment.texts
    }

    func text(of fixes: [ResourceFix]) -> String {
        switch tongue {
        case .template: template(fixes)
        case .plan: plan(fixes)
        }
    }

    /// The fixes without a word on what becomes of what is there: on an endpoint that nobody has, nothing is.
    func example(_ fixes: [ResourceFix]) -> String {
        text(of: fixes).split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.drop { $0 == " " }.hasPrefix("# Change in ") }.joined(separator: "\n")
    }

    // MARK: - CloudFormation

    private func template(_ fixes: [ResourceFix]) -> String {
        // What is nested in a stack has the stack's name before its own: in its template it has its own alone.
        let referred = ids(in: fixes)
        let ids = referred.filter { $0.contains(".") }.reduce(into: [String: String]()) {
            $0[$1] = Self.lastName($1)
        }
        let renaming = RenderedNames(ids: ids, names: [:], prefix: "")
        let resources = fixes.map { fix in
            var resource = ids.isEmpty ? fix.resource : renaming.resource(fix.resource)
            resource.id = Self.lastName(resource.id)
            resource.dependsOn = []
            return resource
        }
        let reader = RenderedTextReader(ids: Set(referred.map(Self.lastName)), recoveryRegion: nil)
        let types = referred.reduce(into: [String: String]()) { $0[Self.lastName($1)] = self.types[$1] }
        var lines: [String] = []
        for (fix, resource) in zip(fixes, resources) {
            var printer = CloudFormationPrinter(
                texts: reader, types: types, exportPrefix: "", isRecovery: false, regions: (region, nil)
            ) { id in
                guard let elsewhere = elsewhere[id], regions[id] != fix.resource.region else { return .here }
                return .elsewhere(arn: elsewhere.arn, inProperty: elsewhere.inProperty)
            }
            lines += heading(fix, name: resource.id).map { "  # \($0)" } + printer.fragment(resource)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func lastName(_ id: String) -> String { id.split(separator: ".").last.map(String.init) ?? id }

    // MARK: - Terraform

    private func plan(_ fixes: [ResourceFix]) -> String {
        let referred = ids(in: fixes)
        var lines: [String] = []
        for fix in fixes {
            let address = FixAddress(fix.resource.id, type: fix.resource.plan ?? "")
            let addresses = referred.reduce(into: [String: String]()) {
                if $1.contains(".") { $0[$1] = FixAddress($1, type: "").reference(from: address) }
            }
            var printer = TerraformPrinter(
                texts: RenderedTextReader(ids: referred, recoveryRegion: nil), types: types, commonTags: [:])
            printer.addresses = addresses
            printer.addresses[fix.resource.id] = "\(address.type).\(address.name)"
            let place = address.module.isEmpty ? "" : " of \(address.module)"
            lines += heading(fix, name: "\(address.type).\(address.name)\(place)").map { "# \($0)" }
            lines.append(printer.fragment(fix.resource, name: address.name))
        }
        return lines.joined(separator: "\n")
    }

    // MARK: - Both

    private func heading(_ fix: ResourceFix, name: String) -> [String] {
        let place = fix.resource.region.map { " In \($0):" } ?? ""
        switch fix.kind {
        case .add:
            let note = fix.resource.note.map { " \($0)" } ?? ""
            return TextFold.lines("Add.\(place)\(note)", width: 90)
        case .change:
            let removed = fix.removed.isEmpty ? "" : " Take out \(fix.removed.joined(separator: ", "))."
            return ["Change in \(name):\(place)\(removed)"]
        case .replace: return ["In place of \(name):\(place)"]
        }
    }

    /// Every id that stands in the fixes.
    private func ids(in fixes: [ResourceFix]) -> Set<String> {
        fixes.reduce(into: []) { ids, fix in
            ids.insert(fix.resource.id)
            ids.formUnion(fix.resource.dependsOn)
            for field in fix.resource.fields { ids.formUnion(field.value.references(among: texts)) }
        }
    }
}

/// Where a resource of a configuration stands, and how others refer to it.
struct FixAddress {
    /// `module.storage`; empty for the root module.
    var module = ""
    var type: String
    var name: String
    /// `[0]`, `["eu"]`; empty for a resource without instances.
    var instance = ""

    /// - Parameters:
    ///   - id: An address of the plan, or the id of a resource that is to be added.
    ///   - type: The type of the latter.
    init(_ id: String, type: String) {
        let steps = PlanAddress(id).steps
        guard steps.count > 1, let last = steps.last else {
            self.type = type
            name = RenderedDeployment.snakeCase(id)
            return
        }
        self.type = steps[steps.count - 2].name
        name = last.name
        instance = last.key.map { "[\($0)]" } ?? ""
        module = steps.dropLast(2).map(\.text).joined(separator: ".")
    }

    /// How a resource at `address` refers to this one: by its own address in the same module.
    func reference(from address: FixAddress) -> String {
        let own = "\(type).\(name)\(instance)"
        return module == address.module || module.isEmpty ? own : "\(module).\(own)"
    }
}
