// Roles of a template, with every policy that is attached to them by any path, and the analyzers that watch them.

import PlumbModel

extension CloudFormationMapping {
    static func addRoles(to graph: inout Graph, from inventory: Inventory) {
        let role = "AWS::IAM::Role"
        let inline = Attachments(inventory["AWS::IAM::Policy"], to: role, in: inventory) { $0["Roles"] }
        let named = Attachments(inventory["AWS::IAM::RolePolicy"], to: role, in: inventory) { $0["RoleName"] }
        let managed = Attachments(inventory["AWS::IAM::ManagedPolicy"], to: role, in: inventory) { $0["Roles"] }
        for resource in inventory[role] {
            var role = Role(head: resource.head)
            role.purpose = Purposes.role(from: resource.head.tags)
            role.trust = PolicyDocument.read(resource["AssumeRolePolicyDocument"], inventory.directory)
            role.permissionsBoundary = resource["PermissionsBoundary"].name
            var policies = RolePolicies(inventory) { $0["PolicyDocument"] }
            policies.addInline(resource["Policies"], document: "PolicyDocument", of: resource.id)
            for attachments in [inline, named, managed] {
                for policy in attachments[resource.id] { policies.add(policy["PolicyDocument"], of: policy.id) }
                policies.doubt(attachments.undecided)
            }
            policies.attach(resource["ManagedPolicyArns"], to: resource.id)
            policies.fill(&role)
            graph.roles.append(role)
        }
    }

    static func addAnalyzers(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::AccessAnalyzer::Analyzer"] {
            var analyzer = Analyzer(head: resource.head)
            analyzer.kind = resource["Type"].string
            analyzer.unusedAccessAgeDays =
                resource["AnalyzerConfiguration"]["UnusedAccessConfiguration"]["UnusedAccessAge"].int
            let rules = resource["ArchiveRules"]
            if let why = rules.items.lazy.compactMap({ Analyzer.filterKeys($0["Filter"], "Property").whyUnknown }).first
            {
                analyzer.archiveRuleKeys = .unknown(why, at: rules.place)
            } else {
                analyzer.archiveRuleKeys = rules.list { Analyzer.filterKeys($0["Filter"], "Property").value ?? [] }
            }
            graph.analyzers.append(analyzer)
        }
    }
}

extension Analyzer {
    /// What an archive rule filters by.
    static func filterKeys(_ filters: Property, _ key: String) -> Fact<[String]> {
        if let why = filters.whyUnknown { return .unknown(why, at: filters.place) }
        return Property(.list(filters.items.map { $0[key] }), at: filters.place).strings
    }
}
