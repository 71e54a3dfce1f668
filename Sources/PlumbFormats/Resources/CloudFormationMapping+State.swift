// Tables, what reads their streams, and image repositories of a template.

import PlumbModel

extension CloudFormationMapping {
    static func addTables(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::DynamoDB::Table"] {
            var table = Table(head: resource.head)
            let encryption = resource["SSESpecification"]
            table.isSSEEnabled = encryption["SSEEnabled"].bool
            table.key = inventory.key(encryption["KMSMasterKeyId"])
            table.streamView = resource["StreamSpecification"]["StreamViewType"].string
            table.kinesisStream = resource["KinesisStreamSpecification"]["StreamArn"].name
            table.hasPointInTimeRecovery =
                resource["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"].bool
            table.isDeletionProtected = resource["DeletionProtectionEnabled"].bool
            graph.tables.append(table)
        }
        for resource in inventory["AWS::DynamoDB::GlobalTable"] {
            graph.tables.append(globalTable(resource, inventory, home: graph.region))
        }
        for resource in inventory["AWS::Lambda::EventSourceMapping"] {
            let consumer = StreamConsumer.reading(
                resource.head, source: resource["EventSourceArn"], function: resource["FunctionName"], inventory)
            guard var consumer else { continue }
            consumer.isEnabled = resource["Enabled"].bool
            graph.streamConsumers.append(consumer)
        }
    }

    /// A global table says most of what it says of itself once for each region, its own among them.
    private static func globalTable(
        _ resource: SourceResource, _ inventory: Inventory, home: Fact<String>
    ) -> Table {
        var table = Table(head: resource.head)
        table.isSSEEnabled = resource["SSESpecification"]["SSEEnabled"].bool
        table.streamView = resource["StreamSpecification"]["StreamViewType"].string
        let replicas = resource["Replicas"]
        if let why = replicas.whyUnknown {
            (table.key, table.replicaRegions, table.replicaKeys) = (.unknown(why), .unknown(why), .unknown(why))
            (table.hasPointInTimeRecovery, table.isDeletionProtected) = (.unknown(why), .unknown(why))
            return table
        }
        let items = replicas.items
        func isHome(_ replica: Property) -> Bool {
            let region = replica["Region"].name.value
            return region == "${AWS::Region}" || home.value.map { region == $0 } == true
        }
        func key(_ replica: Property) -> Fact<Reference> {
            inventory.key(replica["SSESpecification"]["KMSMasterKeyId"])
        }
        let own = items.count == 1 ? items.first : items.first(where: isHome)
        guard let own else {
            let why = "none of its regions is known to be the stack's own; --region says which is"
            (table.key, table.replicaRegions, table.replicaKeys) = (.unknown(why), .unknown(why), .unknown(why))
            (table.hasPointInTimeRecovery, table.isDeletionProtected) = (.unknown(why), .unknown(why))
            return table
        }
        table.head.tags = own["Tags"].tags
        table.key = key(own)
        table.hasPointInTimeRecovery = own["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"].bool
        table.isDeletionProtected = own["DeletionProtectionEnabled"].bool
        table.kinesisStream = own["KinesisStreamSpecification"]["StreamArn"].name
        let others = items.filter { $0["Region"] != own["Region"] }
        if !others.isEmpty {
            table.replicaRegions = Property(.list(others.map { $0["Region"] }), at: replicas.place).strings
            table.replicaKeys = .known(others.map(key), at: replicas.place)
        }
        return table
    }

    static func addRepositories(to graph: inout Graph, from inventory: Inventory) {
        let replications = inventory["AWS::ECR::ReplicationConfiguration"].map { configuration in
            RegistryReplication(
                region: configuration.head.region,
                rules: configuration["ReplicationConfiguration"]["Rules"],
                names: RegistryReplication.Names(
                    destinations: "Destinations", region: "Region", filters: "RepositoryFilters", filter: "Filter"))
        }
        for resource in inventory["AWS::ECR::Repository"] {
            var repository = Repository(head: resource.head)
            repository.isTagImmutable = resource["ImageTagMutability"].isWord("IMMUTABLE")
            repository.encryptionType = resource["EncryptionConfiguration"]["EncryptionType"].string
            repository.key = inventory.key(resource["EncryptionConfiguration"]["KmsKey"])
            repository.policy = PolicyDocument.read(resource["RepositoryPolicyText"], inventory.directory)
            repository.replicationRegions = RegistryReplication.regions(of: repository, by: replications)
            graph.repositories.append(repository)
        }
    }
}

extension StreamConsumer {
    /// What reads the stream of a table; nil for a reader of queues, topics and other streams.
    static func reading(
        _ head: ResourceHead, source: Property, function: Property, _ inventory: Inventory
    ) -> StreamConsumer? {
        var consumer = StreamConsumer(head: head)
        consumer.table = inventory.directory.reference(source, to: "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
        consumer.function = inventory.function(function)
        switch consumer.table.state {
        case .known(.resource(let id)):
            let kind = inventory.directory.kind(of: id)
            return kind == "AWS::DynamoDB::Table" || kind == "AWS::DynamoDB::GlobalTable" ? consumer : nil
        case .known(.external(let name)):
            // The ARN of a stream goes on behind the table's: `${Table.Arn}/stream/…`.
            if let end = name.firstIndex(of: "}"),
                let id = inventory.directory.resourceNamed(String(name[...end]))?.id,
                ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"].contains(inventory.directory.kind(of: id))
            {
                consumer.table = .known(.resource(id), at: source.place)
                return consumer
            }
            return name.contains(":dynamodb:") ? consumer : nil
        case .unknown: return consumer
        case .absent: return nil
        }
    }
}

/// The rules by which a registry copies its images to other regions.
struct RegistryReplication {
    /// How the tongue calls the parts of a rule.
    struct Names {
        var destinations, region, filters, filter: String
    }
    var region: Fact<String>
    var rules: Property
    var names: Names

    /// Where a repository is copied to: by every rule without a filter, and by those whose filter its name begins with.
    static func regions(of repository: Repository, by replications: [RegistryReplication]) -> Fact<[String]> {
        var regions: [String] = []
        for replication in replications where replication.region == repository.head.region {
            if let why = replication.rules.whyUnknown { return .unknown(why, at: replication.rules.place) }
            for rule in replication.rules.items {
                let takes = replication.takes(repository, rule)
                if let why = takes.whyUnknown { return .unknown(why, at: rule.place) }
                guard takes.value == true else { continue }
                for destination in rule[replication.names.destinations].items {
                    let region = destination[replication.names.region].string
                    guard let name = region.value else {
                        return .unknown(region.whyUnknown ?? "a destination names no region", at: destination.place)
                    }
                    if !regions.contains(name) { regions.append(name) }
                }
            }
        }
        return regions.isEmpty ? .absent : .known(regions)
    }

    private func takes(_ repository: Repository, _ rule: Property) -> Fact<Bool> {
        let filters = rule[names.filters]
        if let why = filters.whyUnknown { return .unknown(why) }
        guard !filters.items.isEmpty else { return true }
        var whyUndecided: String?
        for filter in filters.items {
            let prefix = filter[names.filter].name
            guard let prefix = prefix.value, let name = repository.name.value else {
                whyUndecided = prefix.whyUnknown ?? repository.name.whyUnknown ?? "the repository has no name yet"
                continue
            }
            if name.hasPrefix(prefix) { return true }
            if name.hasPrefix("${") || prefix.contains("${") {
                whyUndecided = "whether '\(name)' begins with '\(prefix)' cannot be told"
            }
        }
        return whyUndecided.map { .unknown($0) } ?? false
    }
}
