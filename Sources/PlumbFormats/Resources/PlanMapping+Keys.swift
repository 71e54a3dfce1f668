// Keys of a plan.

import PlumbModel

extension PlanMapping {
    static func addKeys(to graph: inout Graph, from inventory: Inventory) {
        let types = ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"]
        let aliases = Attachments(
            inventory["aws_kms_alias"], to: "AWS::KMS::Key", "AWS::KMS::ReplicaKey", in: inventory
        ) { $0["target_key_id"] }
        let policies = Attachments(
            inventory["aws_kms_key_policy"], to: "AWS::KMS::Key", "AWS::KMS::ReplicaKey", in: inventory
        ) { $0["key_id"] }
        for resource in types.flatMap({ inventory[$0] }) {
            var key = Key(head: resource.head)
            if key.head.name.value.map({ $0 == "${\(resource.id)}" }) ?? true, aliases[resource.id].count == 1 {
                key.head.name = aliases.fact(of: resource.id) { $0["name"].name }
            }
            key.isCustomerManaged = true
            key.isReplica = .known(resource.type.contains("replica"))
            key.isEnabled = resource["is_enabled"].bool.otherwise(resource["enabled"].bool)
            key.isRotating = resource["enable_key_rotation"].bool
            key.rotationPeriodDays = resource["rotation_period_in_days"].int
            key.pendingWindowDays = resource["deletion_window_in_days"].int
            key.isMultiRegion = key.isReplica.value == true ? true : resource["multi_region"].bool
            key.keySpec = resource["customer_master_key_spec"].string
            // Material of one's own cannot rotate, nor can a key in a store of one's own.
            if resource.type.contains("external") {
                key.origin = "EXTERNAL"
            } else if !resource["custom_key_store_id"].unlessEmpty.isAbsent {
                key.origin = "AWS_CLOUDHSM"
            } else if key.isReplica.value != true {
                key.origin = "AWS_KMS"
            }
            let own = PolicyDocument.read(resource["policy"].unlessEmpty, inventory.directory)
            key.policy = policies.fact(of: resource.id) { PolicyDocument.read($0["policy"], inventory.directory) }
                .otherwise(own)
            graph.keys.append(key)
        }
    }
}
