// What the examples of the security controls change in a compiled graph.

import PlumbModel

extension Graph {
    /// Adds an Allow to a role.
    mutating func allow(
        _ role: String, _ actions: [String], on resources: [String], if conditions: PolicyCondition...,
        configure: (inout PolicyStatement) -> Void = { _ in }
    ) {
        let statement = PolicyStatement(.allow) {
            $0.actions = actions
            $0.resources = resources
            $0.conditions = conditions
            configure(&$0)
        }
        let before = roles[id: role]?.policies.value ?? []
        roles[id: role]?.policies = .known(before + [PolicyDocument([statement])])
    }

    /// Lets a role be assumed by one principal, and by nobody else.
    mutating func trust(_ role: String, _ principal: PolicyPrincipal, if conditions: PolicyCondition...) {
        let statement = PolicyStatement(.allow) {
            $0.principals = [principal]
            $0.actions = [principal.kind == "Federated" ? "sts:AssumeRoleWithWebIdentity" : "sts:AssumeRole"]
            $0.conditions = conditions
        }
        roles[id: role]?.trust = .known(PolicyDocument([statement]))
    }
}

extension Bucket {
    /// Adds a statement to the bucket's policy.
    mutating func add(_ statement: PolicyStatement) {
        policy = .known(PolicyDocument((policy.value?.statements ?? []) + [statement]))
    }

    /// The two statements that refuse plain HTTP and old TLS, over the given resources.
    mutating func refusePlainTransport(on resources: [String], below version: String = "1.2") {
        policy = .known(
            PolicyDocument([
                .denyEveryone(on: resources, if: PolicyCondition("Bool", "aws:SecureTransport", ["false"])),
                .denyEveryone(on: resources, if: PolicyCondition("NumericLessThan", "s3:TlsVersion", [version])),
            ]))
    }
}

extension PolicyStatement {
    /// Denies every S3 action to everyone where all the conditions are met.
    static func denyEveryone(on resources: [String], if conditions: PolicyCondition...) -> PolicyStatement {
        PolicyStatement(.deny) {
            $0.principals = [.anyone]
            $0.actions = ["s3:*"]
            $0.resources = resources
            $0.conditions = conditions
        }
    }
}
