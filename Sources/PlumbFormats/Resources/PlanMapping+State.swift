// Tables, what reads their streams, and image repositories of a plan.

import PlumbModel

extension PlanMapping {
    static func addTables(to graph: inout Graph, from inventory: Inventory) {
        let replicas = Attachments(inventory["aws_dynamodb_table_replica"], to: "AWS::DynamoDB::Table", in: inventory) {
            $0["global_table_arn"]
        }
        let streams = Attachments(
            inventory["aws_dynamodb_kinesis_streaming_destination"], to: "AWS::DynamoDB::Table", in: inventory
        ) { $0["table_name"] }
        for resource in inventory["aws_dynamodb_table"] {
            var table = Table(head: resource.head)
            let encryption = resource["server_side_encryption"]
            table.isSSEEnabled = encryption["enabled"].bool
            table.key = inventory.key(encryption["kms_key_arn"])
            // The provider keeps an empty view where the stream is off.
            table.streamView =
                resource["stream_enabled"].bool.value == false
                ? .absent(at: resource["stream_enabled"].place) : resource["stream_view_type"].unlessEmpty.string
            table.kinesisStream = streams.fact(of: resource.id) { $0["stream_arn"].name }
            table.hasPointInTimeRecovery = resource["point_in_time_recovery"]["enabled"].bool
            table.isDeletionProtected = resource["deletion_protection_enabled"].bool
            fillReplicas(of: &table, resource["replica"], replicas[resource.id], inventory)
            graph.tables.append(table)
        }
        for resource in inventory["aws_lambda_event_source_mapping"] {
            let consumer = StreamConsumer.reading(
                resource.head, source: resource["event_source_arn"], function: resource["function_name"], inventory)
            guard var consumer else { continue }
            consumer.isEnabled = resource["enabled"].bool
            graph.streamConsumers.append(consumer)
        }
    }

    private static func fillReplicas(
        of table: inout Table, _ inline: Property, _ separate: [SourceResource], _ inventory: Inventory
    ) {
        if let why = inline.whyUnknown {
            (table.replicaRegions, table.replicaKeys) = (.unknown(why, at: inline.place), .unknown(why))
            return
        }
        var regions: [Fact<String>] = []
        var keys: [Fact<Reference>] = []
        for replica in inline.items {
            regions.append(replica["region_name"].string)
            keys.append(inventory.key(replica["kms_key_arn"]))
        }
        for replica in separate {
            regions.append(replica.head.region)
            keys.append(inventory.key(replica["kms_key_arn"]))
        }
        guard !regions.isEmpty else { return }
        let known = regions.compactMap(\.value)
        table.replicaRegions =
            known.count == regions.count
            ? .known(known, at: inline.place) : .unknown("the region of a replica cannot be told", at: inline.place)
        table.replicaKeys = .known(keys, at: inline.place)
    }

    static func addRepositories(to graph: inout Graph, from inventory: Inventory) {
        let replications = inventory["aws_ecr_replication_configuration"].map { configuration in
            RegistryReplication(
                region: configuration.head.region,
                rules: configuration["replication_configuration"]["rule"],
                names: RegistryReplication.Names(
                    destinations: "destination", region: "region", filters: "repository_filter", filter: "filter"))
        }
        let policies = Attachments(
            inventory["aws_ecr_repository_policy"], to: "AWS::ECR::Repository", in: inventory
        ) { $0["repository"] }
        for resource in inventory["aws_ecr_repository"] {
            var repository = Repository(head: resource.head)
            repository.isTagImmutable = resource["image_tag_mutability"].isWord("IMMUTABLE")
            repository.encryptionType = resource["encryption_configuration"]["encryption_type"].string
            repository.key = inventory.key(resource["encryption_configuration"]["kms_key"])
            repository.policy = policies.fact(of: resource.id) {
                PolicyDocument.read($0["policy"], inventory.directory)
            }
            repository.replicationRegions = RegistryReplication.regions(of: repository, by: replications)
            graph.repositories.append(repository)
        }
    }
}
