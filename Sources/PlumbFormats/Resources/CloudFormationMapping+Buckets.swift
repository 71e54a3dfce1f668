// Buckets of a template, with the policies that stand apart from them.

import PlumbModel

extension CloudFormationMapping {
    static func addBuckets(to graph: inout Graph, from inventory: Inventory) {
        let policies = Attachments(inventory["AWS::S3::BucketPolicy"], to: "AWS::S3::Bucket", in: inventory) {
            $0["Bucket"]
        }
        for resource in inventory["AWS::S3::Bucket"] {
            var bucket = Bucket(head: resource.head)
            bucket.purpose = Purposes.bucket(from: resource.head.tags)
            bucket.encryption = encryption(resource["BucketEncryption"], inventory)
            bucket.isVersioned = resource["VersioningConfiguration"]["Status"].isWord("Enabled")
            bucket.isObjectLockEnabled = resource["ObjectLockEnabled"].bool
            bucket.objectLock = objectLock(resource["ObjectLockConfiguration"])
            bucket.publicAccessBlock = resource["PublicAccessBlockConfiguration"].structure { flags in
                var block = PublicAccessBlock()
                block.blocksPublicACLs = flags["BlockPublicAcls"].bool
                block.ignoresPublicACLs = flags["IgnorePublicAcls"].bool
                block.blocksPublicPolicy = flags["BlockPublicPolicy"].bool
                block.restrictsPublicBuckets = flags["RestrictPublicBuckets"].bool
                return block
            }
            bucket.ownership = resource["OwnershipControls"]["Rules"].first["ObjectOwnership"].string
            bucket.loggingDestination = loggingDestination(of: resource, inventory)
            bucket.lifecycle = resource["LifecycleConfiguration"]["Rules"].list(lifecycleRule)
            let replication = resource["ReplicationConfiguration"]
            bucket.replication = replication["Rules"].list { replicationRule($0, inventory) }
            bucket.replicationRole = inventory.role(replication["Role"])
            bucket.policy = PolicyDocument.onlyOne(of: policies, on: resource.id) {
                $0["PolicyDocument"]
            } reading: {
                PolicyDocument.read($0, inventory.directory)
            }
            graph.buckets.append(bucket)
        }
    }

    private static func encryption(_ property: Property, _ inventory: Inventory) -> Fact<BucketEncryption> {
        // S3 takes one rule.
        let rule = property["ServerSideEncryptionConfiguration"].first["ServerSideEncryptionByDefault"]
        return rule.structure { rule in
            var encryption = BucketEncryption()
            encryption.algorithm = rule["SSEAlgorithm"].string
            encryption.key = inventory.key(rule["KMSMasterKeyID"])
            return encryption
        }
    }

    private static func objectLock(_ property: Property) -> Fact<ObjectLock> {
        property["Rule"]["DefaultRetention"].structure { retention in
            var lock = ObjectLock()
            lock.mode = retention["Mode"].choice()
            lock.retentionDays = retention["Days"].int.otherwise(retention["Years"].int.map(ObjectLock.days))
            return lock
        }
    }

    /// A logging configuration that names no destination logs to the bucket itself.
    private static func loggingDestination(of resource: SourceResource, _ inventory: Inventory) -> Fact<Reference> {
        let configuration = resource["LoggingConfiguration"]
        let destination = configuration["DestinationBucketName"]
        if !configuration.isAbsent, destination.isAbsent {
            return .known(.resource(resource.id), at: configuration.place)
        }
        return inventory.bucket(destination)
    }

    private static func lifecycleRule(_ property: Property) -> LifecycleRule {
        var rule = LifecycleRule()
        rule.isEnabled = property["Status"].isWord("Enabled")
        rule.prefix = property["Prefix"].unlessEmpty.name
        rule.expirationDays = property["ExpirationInDays"].int.otherwise(
            property["ExpirationDate"].isAbsent
                ? .absent : .unknown("objects expire on a day, not at an age", at: property["ExpirationDate"].place))
        rule.noncurrentExpirationDays = property["NoncurrentVersionExpiration"]["NoncurrentDays"].int
            .otherwise(property["NoncurrentVersionExpirationInDays"].int)
        return rule
    }

    private static func replicationRule(_ property: Property, _ inventory: Inventory) -> ReplicationRule {
        var rule = ReplicationRule()
        rule.isEnabled = property["Status"].isWord("Enabled")
        let filter = property["Filter"]
        rule.prefix = filter["Prefix"].unlessEmpty.name.otherwise(filter["And"]["Prefix"].unlessEmpty.name)
            .otherwise(property["Prefix"].unlessEmpty.name)
        let destination = property["Destination"]
        rule.destination = inventory.bucket(destination["Bucket"])
        let time = destination["ReplicationTime"]
        rule.timeControlMinutes =
            time["Status"].isWord("Disabled").value == true ? .absent(at: time.place) : time["Time"]["Minutes"].int
        rule.hasMetrics = destination["Metrics"]["Status"].isWord("Enabled")
        rule.selectsKMSObjects =
            property["SourceSelectionCriteria"]["SseKmsEncryptedObjects"]["Status"].isWord("Enabled")
        rule.replicaKey = inventory.key(destination["EncryptionConfiguration"]["ReplicaKmsKeyID"])
        return rule
    }
}

extension ObjectLock {
    /// Object Lock counts a year as 365 days.
    static func days(years: Int) -> Int {
        let (days, overflow) = years.multipliedReportingOverflow(by: 365)
        return overflow ? Int.max : days
    }
}

extension PolicyDocument {
    /// The document of a thing that can have only one, where several resources each set it.
    ///
    /// Which of them is written last cannot be seen: what any of them allows may be allowed, and only what all of them
    /// deny is sure to be denied.
    static func onlyOne(
        of attachments: Attachments, on id: String, at property: (SourceResource) -> Property,
        reading read: (Property) -> Fact<PolicyDocument>
    ) -> Fact<PolicyDocument> {
        let writers = attachments[id]
        guard writers.count > 1 else { return attachments.fact(of: id) { read(property($0)) } }
        var documents: [PolicyDocument] = []
        for writer in writers {
            let fact = read(property(writer))
            guard let document = fact.value else {
                if fact.isUnknown { return fact }
                continue
            }
            documents.append(document)
        }
        func isDeniedByAll(_ statement: PolicyStatement) -> Bool {
            documents.allSatisfy { $0.statements.contains { $0.says(whatIsSaidBy: statement) } }
        }
        var merged: [PolicyStatement] = []
        for statement in documents.flatMap(\.statements)
        where statement.effect == .allow || isDeniedByAll(statement) {
            if !merged.contains(where: { $0.says(whatIsSaidBy: statement) }) { merged.append(statement) }
        }
        return .known(PolicyDocument(merged), at: writers.last?.head.place)
    }
}

extension PolicyStatement {
    /// Whether it is the same statement, whatever it is called.
    fileprivate func says(whatIsSaidBy other: PolicyStatement) -> Bool {
        var (left, right) = (self, other)
        (left.sid, right.sid) = (nil, nil)
        return left == right
    }
}
