// Buckets that something points to: how they are encrypted, locked, logged, replicated, and whom they let in.

import PlumbModel

extension Concern {
    static let buckets = Concern(
        name: "buckets",
        reads: [Read(.s3, "ListBuckets"), Read(.s3, "GetBucketLocation")] + BucketLook.questions.map { Read(.s3, $0) },
        types: ["AWS::S3::Bucket"],
        look: { survey, _, names in
            let own = try await survey.bucketRegions()
            try await survey.inParallel(names.filter { !$0.contains("*") && !$0.contains("?") }) { name in
                if let look = try await BucketLook(survey, name, own) { try await look.note() }
            }
        })
}

extension Survey {
    /// The region of each bucket of the account; nil where they may not be listed.
    fileprivate func bucketRegions() async throws -> [String: String]? {
        // Only what is asked for in pages comes with regions.
        guard case .seen(let buckets) = try await items(.s3, "ListBuckets", ["MaxBuckets": 1000], in: "Buckets.Bucket")
        else { return nil }
        return Dictionary(
            buckets.compactMap { bucket in bucket["Name"].text.map { ($0, bucket["BucketRegion"].text ?? "") } }
        ) { first, _ in first }
    }
}

/// A look at one bucket.
private struct BucketLook {
    static let questions = [
        "GetBucketEncryption", "GetBucketVersioning", "GetBucketPolicy", "GetPublicAccessBlock",
        "GetBucketOwnershipControls", "GetBucketLogging", "GetBucketLifecycleConfiguration",
        "GetObjectLockConfiguration", "GetBucketReplication",
    ]
    /// By these S3 says that a bucket has no such thing.
    private static let absentCodes: Set<String> = [
        "ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError", "NoSuchLifecycleConfiguration", "ObjectLockConfigurationNotFoundError",
        "ReplicationConfigurationNotFoundError",
    ]
    let survey: Survey
    let name: String
    let region: String
    /// Why it is not known whether there is such a bucket; nil where there is one.
    private var doubt: String?
    var arn: String { "arn:\(survey.partition):s3:::\(name)" }

    /// Nil where there is no such bucket, and for a bucket of another account, which is noted at once: of that one
    /// nothing is told.
    init?(_ survey: Survey, _ name: String, _ own: [String: String]?) async throws {
        (self.survey, self.name) = (survey, name)
        if let region = own?[name], !region.isEmpty {
            self.region = region
            return
        }
        let isForeign = own.map { $0[name] == nil } ?? false
        let location = try await survey.answer(
            .s3, "GetBucketLocation", ["Bucket": .text(name)], absentCodes: ["NoSuchBucket"])
        switch location {
        case .absent: return nil
        case .seen(let answer) where !isForeign: region = Self.region(answer["LocationConstraint"].text)
        case .unseen(let why) where own == nil:
            region = survey.region
            doubt = why
        case .seen, .unseen:
            region = survey.region
            noteUnseen("the bucket belongs to another account")
            return nil
        }
    }

    private static func region(_ constraint: String?) -> String {
        switch constraint {
        case nil, "": "us-east-1"
        case "EU": "eu-west-1"
        case .some(let region): region
        }
    }

    private func noteUnseen(_ why: String) {
        var bucket = AccountResource("AWS::S3::Bucket", name: name, arn: arn)
        for key in [
            "BucketEncryption", "VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration",
            "PublicAccessBlockConfiguration", "OwnershipControls", "LoggingConfiguration", "LifecycleConfiguration",
            "ReplicationConfiguration", "Tags",
        ] { bucket.properties[key] = .unseen(why) }
        survey.notebook.note(bucket)
        notePolicy(.unseen(why))
    }

    private func ask(_ operation: String) async throws -> Seen<AWSValue> {
        try await survey.answer(
            .s3, operation, ["Bucket": .text(name)], region: region, absentCodes: Self.absentCodes)
    }

    func note() async throws {
        async let encryption = ask("GetBucketEncryption")
        async let versioning = ask("GetBucketVersioning")
        async let policy = ask("GetBucketPolicy")
        async let publicAccess = ask("GetPublicAccessBlock")
        async let ownership = ask("GetBucketOwnershipControls")
        async let logging = ask("GetBucketLogging")
        async let lifecycle = ask("GetBucketLifecycleConfiguration")
        async let lock = ask("GetObjectLockConfiguration")
        async let replication = ask("GetBucketReplication")
        async let tags = survey.tags(of: arn, region: region)

        var bucket = AccountResource("AWS::S3::Bucket", name: name, arn: arn, region: region, tags: try await tags)
        // That nobody tells tags of it may be because it is another account's, or nowhere.
        if doubt != nil, bucket.tags?.isEmpty == true { bucket.tags = nil }
        bucket.properties = [
            "BucketName": .text(name), "Tags": doubt.map { .unseen($0) } ?? .absent,
            "BucketEncryption": AccountValue(try await encryption, BucketShapes.encryption),
            "VersioningConfiguration": AccountValue(try await versioning) {
                $0["Status"].text.map { ["Status": .text($0)] } ?? .absent
            },
            "PublicAccessBlockConfiguration": AccountValue(try await publicAccess) {
                AccountValue($0["PublicAccessBlockConfiguration"])
            },
            "OwnershipControls": AccountValue(try await ownership) {
                ["Rules": .list($0["OwnershipControls"]["Rule"].items.map { AccountValue($0) })]
            },
            "LoggingConfiguration": AccountValue(try await logging, BucketShapes.logging),
            "LifecycleConfiguration": AccountValue(try await lifecycle, BucketShapes.lifecycle),
            "ObjectLockEnabled": AccountValue(try await lock) {
                .bool($0["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled")
            },
            "ObjectLockConfiguration": AccountValue(try await lock) { AccountValue($0["ObjectLockConfiguration"]) },
            "ReplicationConfiguration": AccountValue(try await replication, BucketShapes.replication),
        ]
        survey.notebook.note(bucket)
        if case .text(let target) = bucket.properties["LoggingConfiguration"]["DestinationBucketName"] {
            survey.notebook.want(Wanted("AWS::S3::Bucket", target))
        }
        survey.wantKeys(BucketShapes.keys(of: bucket.properties), region: region)
        notePolicy(AccountValue(try await policy) { AccountValue($0["Policy"]) })
    }

    private func notePolicy(_ document: AccountValue) {
        guard document != .absent else { return }
        survey.notebook.note(
            AccountResource(
                "AWS::S3::BucketPolicy", name: name, region: region,
                properties: ["Bucket": .text(name), "PolicyDocument": document]))
    }
}

/// S3's XML in CloudFormation's words.
private enum BucketShapes {
    static func encryption(_ answer: AWSValue) -> AccountValue {
        let rules = answer["ServerSideEncryptionConfiguration"]["Rule"].items.map {
            AccountValue($0, names: ["ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault"])
        }
        return ["ServerSideEncryptionConfiguration": .list(rules)]
    }

    /// The ids of keys, which need not be ARNs.
    static func keys(of properties: AccountValue) -> [AccountValue] {
        guard case .list(let rules) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"] else {
            return []
        }
        return rules.map { $0["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] }
    }

    static func logging(_ answer: AWSValue) -> AccountValue {
        let enabled = answer["LoggingEnabled"]
        guard let target = enabled["TargetBucket"].text else { return .absent }
        return ["DestinationBucketName": .text(target), "LogFilePrefix": AccountValue(enabled["TargetPrefix"])]
    }

    static func lifecycle(_ answer: AWSValue) -> AccountValue {
        let rules = answer["Rule"].items.map { rule -> AccountValue in
            let filter = rule["Filter"]
            let prefix = [rule["Prefix"], filter["Prefix"], filter["And"]["Prefix"]].first { $0.text?.isEmpty == false }
            let tags = filter["Tag"].items + filter["And"]["Tag"].items
            return [
                "Id": AccountValue(rule["ID"]), "Status": AccountValue(rule["Status"]),
                "Prefix": AccountValue(prefix ?? .null),
                "TagFilters": tags.isEmpty ? .absent : .list(tags.map { AccountValue($0) }),
                "ExpirationInDays": AccountValue(rule["Expiration"]["Days"]),
                "ExpirationDate": AccountValue(rule["Expiration"]["Date"]),
                "NoncurrentVersionExpiration": AccountValue(rule["NoncurrentVersionExpiration"].withoutEmptyElements),
            ]
        }
        return rules.isEmpty ? .absent : ["Rules": .list(rules)]
    }

    static func replication(_ answer: AWSValue) -> AccountValue {
        let configuration = answer["ReplicationConfiguration"].withoutEmptyElements
        let rules = configuration["Rule"].items.map { AccountValue($0, names: ["ID": "Id"]) }
        return ["Role": AccountValue(configuration["Role"]), "Rules": .list(rules)]
    }
}
