// Roles, each with one policy of its own.

import PlumbModel

extension RenderedDeployment {
    /// A role's document is a resource of its own: a bucket may name the role that copies it, and that role's document
    /// the bucket, without a circle.
    func roles() -> [RenderedResource] {
        graph.roles.flatMap { role in [self.role(role)] + documents(of: role) }
    }

    private func role(_ role: Role) -> RenderedResource {
        let task = role.purpose.value.map(task)
        return RenderedResource(
            role, "AWS::IAM::Role", "aws_iam_role", in: .roles, note: task, for: ["SEC-2.2", "SEC-2.5"]
        ) { fields in
            fields.put("RoleName", "name", role.name)
            fields.put("Description", "description", task.map { .text($0) })
            fields.put("AssumeRolePolicyDocument", "assume_role_policy", .policy(role.trust), for: "SEC-2.3")
            fields.put("PermissionsBoundary", "permissions_boundary", role.permissionsBoundary)
            // People prove themselves anew every hour.
            fields.put("MaxSessionDuration", "max_session_duration", .int(3600))
            fields.putTags("Tags", "tags", role.head.tags)
        }
    }

    /// What a role is for, as its description in the account says it too.
    private func task(_ purpose: Role.Purpose) -> String {
        let name = plan.prefix
        return switch purpose {
        case .execution: "SageMaker runs the model of \(name) in it."
        case .invoke: "Asks the endpoint of \(name), and nothing else."
        case .deploy: "Brings revisions of \(name) out, and can neither approve them nor touch the record."
        case .operate: "Rolls \(name) back and tends its capacity and alarms."
        case .audit: "Reads the record of \(name)."
        case .approve: "Approves releases of \(name), and nothing else."
        case .replication: "S3 copies the objects of \(name) in it."
        case .backup: "AWS Backup saves and restores the data of \(name) in it."
        case .automation: "A function of \(name) runs in it."
        case .scheduler: "Starts and stops the endpoint of \(name) by the clock."
        }
    }

    private func documents(of role: Role) -> [RenderedResource] {
        (role.policies.value ?? []).enumerated().map { index, document in
            let number = index == 0 ? "" : String(index + 1)
            return RenderedResource(
                "\(role.id)Policy\(number)", "AWS::IAM::RolePolicy", "aws_iam_role_policy", in: .roles,
                region: role.head.region.value
            ) { fields in
                fields.put("PolicyName", "name", .text("least-privilege\(number.isEmpty ? "" : "-\(number)")"))
                fields.put("RoleName", "role", .link(.resource(role.id)))
                fields.put("PolicyDocument", "policy", .policy(document), forAll: controls(on: document, of: role))
            }
        }
    }

    /// The controls that rest on what a document allows.
    private func controls(on document: PolicyDocument, of role: Role) -> [String] {
        let actions = Set(document.statements.filter { $0.effect == .allow }.flatMap(\.actions))
        var ids = ["SEC-2.1"]
        if actions.contains("iam:PassRole") { ids.append("SEC-2.2") }
        if role.purpose.value.map(isDuty) == true { ids.append("SEC-2.5") }
        let guarded = ["sagemaker:CreateEndpointConfig", "sagemaker:CreateModel", "sagemaker:InvokeEndpoint"]
        if actions.contains(where: { guarded.contains($0) || $0.hasPrefix("kms:") }) { ids.append("SEC-2.6") }
        if role.purpose.value == .execution { ids.append("OPS-2.8") }
        return ids
    }

    /// Roles of people and pipelines, and the model's own, which must not be one of theirs.
    private func isDuty(_ purpose: Role.Purpose) -> Bool {
        [.execution, .invoke, .deploy, .operate, .audit, .approve].contains(purpose)
    }
}
