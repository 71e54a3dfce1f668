// Encryption keys and their aliases.

import PlumbModel

extension RenderedDeployment {
    func keys() -> [RenderedResource] {
        graph.keys.flatMap { key -> [RenderedResource] in
            let made = key.isReplica.value == true ? replicaKey(key) : ownKey(key)
            guard let alias = alias(of: key) else { return [made] }
            return [made, alias]
        }
    }

    private func ownKey(_ key: Key) -> RenderedResource {
        RenderedResource(
            key, "AWS::KMS::Key", "aws_kms_key", in: .keys, note: note(on: key),
            for: ["SEC-1.5", "SEC-1.6", "SEC-1.8", "OPS-3.6"]
        ) { fields in
            fields.put("Description", "description", .text(description(of: key)))
            fields.put("KeySpec", "customer_master_key_spec", key.keySpec, for: "SEC-1.9")
            fields.put("Origin", nil, key.origin, for: "SEC-1.9")
            fields.put("Enabled", "is_enabled", key.isEnabled, for: "SEC-1.9")
            fields.put("EnableKeyRotation", "enable_key_rotation", key.isRotating, for: "SEC-1.9")
            fields.put("RotationPeriodInDays", "rotation_period_in_days", key.rotationPeriodDays, for: "SEC-1.9")
            fields.put("PendingWindowInDays", "deletion_window_in_days", key.pendingWindowDays, for: "SEC-1.9")
            fields.put("MultiRegion", "multi_region", key.isMultiRegion, for: "SEC-1.9")
            fields.put(
                "KeyPolicy", "policy", .policy(key.policy), for: "SEC-1.9", "SEC-2.4", "SEC-3.6", "OPS-1.6", "COST-3.4")
            fields.putTags("Tags", "tags", key.head.tags)
        }
    }

    private func replicaKey(_ key: Key) -> RenderedResource {
        RenderedResource(
            key, "AWS::KMS::ReplicaKey", "aws_kms_replica_key", in: .keys, note: note(on: key),
            for: ["SEC-1.8", "SEC-1.9", "REL-3.5", "REL-3.7", "OPS-3.6"]
        ) { fields in
            fields.put("Description", "description", .text(description(of: key)))
            fields.put("PrimaryKeyArn", "primary_key_arn", primaryKey, for: "SEC-1.9")
            fields.put("Enabled", "enabled", key.isEnabled, for: "SEC-1.9")
            fields.put("PendingWindowInDays", "deletion_window_in_days", key.pendingWindowDays, for: "SEC-1.9")
            fields.put("KeyPolicy", "policy", .policy(key.policy), for: "SEC-1.9", "SEC-2.4")
            fields.putTags("Tags", "tags", key.head.tags)
        }
    }

    /// A template of the second region cannot refer to the first: whoever deploys it says which key it is a twin of.
    private var primaryKey: RenderedValue? {
        guard let primary = graph.keys.first(where: { $0.isMultiRegion.value == true && $0.isReplica.value != true })
        else { return nil }
        if tongue == .plan { return .link(.resource(primary.id), "Arn", "arn") }
        return .parameter(
            .text(
                "PrimaryKeyArn", nil,
                matching: "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/mrk-[0-9a-f]{32}$",
                hint: "The ARN of a multi-Region key: arn:aws:kms:REGION:ACCOUNT:key/mrk-...",
                "The ARN of \(primary.id) in the first region."))
    }

    private func alias(of key: Key) -> RenderedResource? {
        guard let name = key.name.value else { return nil }
        return RenderedResource(
            "\(key.id)Alias", "AWS::KMS::Alias", "aws_kms_alias", in: .keys, region: key.head.region.value
        ) { fields in
            fields.put("AliasName", "name", .text(name))
            fields.put("TargetKeyId", "target_key_id", .link(.resource(key.id), nil, "key_id"))
        }
    }

    private func description(of key: Key) -> String {
        let name = key.name.value.map { $0.hasPrefix("alias/") ? String($0.dropFirst(6)) : $0 }
        return "\(name ?? key.id) of \(plan.spec.name)"
    }

    private func note(on key: Key) -> String? {
        switch key.id {
        case "DataKey": "Everything that the endpoint reads and writes."
        case "AuditKey": "Logs, trail and alarms: shredding data never destroys the record of it."
        case "ReplicaKey": "The data key's twin in the second region; it rotates with its primary."
        default: nil
        }
    }
}
