// Short forms in which the architecture's policy documents are written.

import PlumbModel

extension PolicyStatement {
    static func allow(
        _ sid: String, _ actions: [String], on resources: [String], to principals: [PolicyPrincipal] = [],
        when conditions: [PolicyCondition] = []
    ) -> PolicyStatement {
        PolicyStatement(.allow, sid: sid) {
            $0.principals = principals
            $0.actions = actions
            $0.resources = resources
            $0.conditions = conditions
        }
    }

    static func deny(
        _ sid: String, _ actions: [String], on resources: [String], to principals: [PolicyPrincipal] = [],
        when conditions: [PolicyCondition] = []
    ) -> PolicyStatement {
        PolicyStatement(.deny, sid: sid) {
            $0.principals = principals
            $0.actions = actions
            $0.resources = resources
            $0.conditions = conditions
        }
    }
}

extension PolicyPrincipal {
    static func service(_ name: String) -> PolicyPrincipal { PolicyPrincipal("Service", "\(name).amazonaws.com") }
    /// This account: IAM policies decide who in it.
    static var account: PolicyPrincipal { PolicyPrincipal("AWS", "arn:${AWS::Partition}:iam::${AWS::AccountId}:root") }
}

extension PolicyCondition {
    static func equals(_ key: String, _ values: [String]) -> PolicyCondition {
        PolicyCondition("StringEquals", key, values)
    }
    /// The service acts for this account: no confused deputy.
    static var fromThisAccount: PolicyCondition { .equals("aws:SourceAccount", ["${AWS::AccountId}"]) }
    static var insecureTransport: PolicyCondition { PolicyCondition("Bool", "aws:SecureTransport", ["false"]) }
    /// A key may be used only through these services of the region.
    static func via(_ services: [String], region: String = "${AWS::Region}") -> PolicyCondition {
        .equals("kms:ViaService", services.map { "\($0).\(region).amazonaws.com" })
    }
}
