// Roles of a plan, with every policy that is attached to them by any path, and the analyzers that watch them.

import PlumbModel

extension PlanMapping {
    static func addRoles(to graph: inout Graph, from inventory: Inventory) {
        let role = "AWS::IAM::Role"
        let inline = Attachments(inventory["aws_iam_role_policy"], to: role, in: inventory) { $0["role"] }
        let attached = Attachments(inventory["aws_iam_role_policy_attachment"], to: role, in: inventory) { $0["role"] }
        let shared = Attachments(inventory["aws_iam_policy_attachment"], to: role, in: inventory) { $0["roles"] }
        for resource in inventory["aws_iam_role"] {
            var role = Role(head: resource.head)
            role.purpose = Purposes.role(from: resource.head.tags)
            role.trust = PolicyDocument.read(resource["assume_role_policy"], inventory.directory)
            role.permissionsBoundary = resource["permissions_boundary"].unlessEmpty.name
            var policies = RolePolicies(inventory) { $0["policy"] }
            policies.addInline(resource["inline_policy"], document: "policy", of: resource.id)
            for policy in inline[resource.id] { policies.add(policy["policy"], of: policy.id) }
            policies.attach(resource["managed_policy_arns"], to: resource.id)
            for attachment in attached[resource.id] + shared[resource.id] {
                policies.attach(attachment["policy_arn"], to: resource.id)
            }
            for attachments in [inline, attached, shared] { policies.doubt(attachments.undecided) }
            policies.fill(&role)
            graph.roles.append(role)
        }
    }

    static func addAnalyzers(to graph: inout Graph, from inventory: Inventory) {
        let rules = Attachments(
            inventory["aws_accessanalyzer_archive_rule"], to: "AWS::AccessAnalyzer::Analyzer", in: inventory
        ) { $0["analyzer_name"] }
        for resource in inventory["aws_accessanalyzer_analyzer"] {
            var analyzer = Analyzer(head: resource.head)
            analyzer.kind = resource["type"].string.defaulting(to: "ACCOUNT")
            analyzer.unusedAccessAgeDays = resource["configuration"]["unused_access"]["unused_access_age"].int
            let keys = rules[resource.id].map { Analyzer.filterKeys($0["filter"], "criteria") }
            if let why = keys.lazy.compactMap(\.whyUnknown).first ?? rules.undecided {
                analyzer.archiveRuleKeys = .unknown(why)
            } else if !keys.isEmpty {
                analyzer.archiveRuleKeys = .known(keys.compactMap(\.value), at: rules[resource.id].first?.head.place)
            }
            graph.analyzers.append(analyzer)
        }
    }
}
