// Keys of a template.

import PlumbModel

extension CloudFormationMapping {
    static func addKeys(to graph: inout Graph, from inventory: Inventory) {
        let aliases = Attachments(
            inventory["AWS::KMS::Alias"], to: "AWS::KMS::Key", "AWS::KMS::ReplicaKey", in: inventory
        ) { $0["TargetKeyId"] }
        for resource in inventory["AWS::KMS::Key"] + inventory["AWS::KMS::ReplicaKey"] {
            var key = Key(head: resource.head)
            if key.head.name.value.map({ $0 == "${\(resource.id)}" }) ?? true, aliases[resource.id].count == 1 {
                key.head.name = aliases.fact(of: resource.id) { $0["AliasName"].name }
            }
            // A key that a template makes is the customer's.
            key.isCustomerManaged = true
            key.isReplica = .known(resource.type == "AWS::KMS::ReplicaKey")
            key.isEnabled = resource["Enabled"].bool
            key.isRotating = resource["EnableKeyRotation"].bool
            key.rotationPeriodDays = resource["RotationPeriodInDays"].int
            key.pendingWindowDays = resource["PendingWindowInDays"].int
            key.isMultiRegion = key.isReplica.value == true ? true : resource["MultiRegion"].bool
            key.keySpec = resource["KeySpec"].string
            key.origin = resource["Origin"].string
            key.policy = PolicyDocument.read(resource["KeyPolicy"], inventory.directory)
            graph.keys.append(key)
        }
    }
}
