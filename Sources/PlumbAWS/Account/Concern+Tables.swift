// Tables that something points to, and repositories that images come from.

import PlumbModel

extension Concern {
    static let tables = Concern(
        name: "tables",
        reads: [
            Read(.dynamoDB, "DescribeTable"), Read(.dynamoDB, "DescribeContinuousBackups"),
            Read(.dynamoDB, "DescribeKinesisStreamingDestination"),
        ],
        types: ["AWS::DynamoDB::Table"],
        look: { survey, _, names in
            try await survey.inParallel(names.filter { !$0.contains("*") }) { try await survey.lookAtTable($0) }
        })

    static let repositories = Concern(
        name: "repositories",
        reads: [
            Read(.ecr, "DescribeRepositories"), Read(.ecr, "GetRepositoryPolicy"), Read(.ecr, "DescribeRegistry"),
        ],
        types: ["AWS::ECR::Repository"],
        look: { survey, _, identifiers in try await survey.lookAtRepositories(identifiers) })
}

extension Survey {
    private static let tableAbsentCodes: Set<String> = ["ResourceNotFoundException", "TableNotFoundException"]

    fileprivate func lookAtTable(_ name: String) async throws {
        func ask(_ operation: String) async throws -> Seen<AWSValue> {
            try await answer(
                .dynamoDB, operation, ["TableName": .text(name)], absentCodes: Self.tableAbsentCodes)
        }
        async let backups = ask("DescribeContinuousBackups")
        async let streaming = ask("DescribeKinesisStreamingDestination")
        let told = try await ask("DescribeTable")
        if case .absent = told { return }
        let table = told.map { $0["Table"] }
        let arn = table.value?["TableArn"].text ?? "arn:\(partition):dynamodb:\(region):\(account):table/\(name)"
        let tags = try await tags(of: arn, region: region)
        var own: AccountValue = [
            "PointInTimeRecoverySpecification": AccountValue(try await backups) {
                let recovery = $0["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
                return ["PointInTimeRecoveryEnabled": .bool(recovery["PointInTimeRecoveryStatus"] == "ENABLED")]
            },
            "KinesisStreamSpecification": AccountValue(try await streaming) {
                let active = $0["KinesisDataStreamDestinations"].items.first { $0["DestinationStatus"] == "ACTIVE" }
                return active.map { ["StreamArn": AccountValue($0["StreamArn"])] } ?? .absent
            },
            "DeletionProtectionEnabled": AccountValue(table) { AccountValue($0["DeletionProtectionEnabled"]) },
            "SSESpecification": AccountValue(table) { Self.encryption($0["SSEDescription"]) },
        ]
        let replicas = table.value?["Replicas"].items ?? []
        let type = replicas.isEmpty ? "AWS::DynamoDB::Table" : "AWS::DynamoDB::GlobalTable"
        var resource = AccountResource(type, name: name, arn: arn, region: region, tags: tags)
        let streams = AccountValue(table) {
            let view = AccountValue($0["StreamSpecification"]["StreamViewType"])
            return view == .absent ? .absent : ["StreamViewType": view]
        }
        if replicas.isEmpty {
            resource.properties = own
        } else {
            // A global table says these things once for each of its regions.
            own["Region"] = .text(region)
            own["Tags"] = .list(
                (tags ?? [:]).sorted { $0.key < $1.key }.map { ["Key": .text($0.key), "Value": .text($0.value)] })
            let others = replicas.filter { $0["RegionName"].text != region }.map { Self.replica($0) }
            resource.properties = [
                "SSESpecification": ["SSEEnabled": own["SSESpecification"]["SSEEnabled"]],
                "Replicas": .list([own] + others),
            ]
        }
        resource.properties["TableName"] = .text(name)
        resource.properties["StreamSpecification"] = streams
        notebook.note(resource)
    }

    private static func encryption(_ told: AWSValue) -> AccountValue {
        // A table that is encrypted with DynamoDB's own key has no description of it.
        guard told["Status"] == "ENABLED" || told["Status"] == "ENABLING" || told["Status"] == "UPDATING" else {
            return .absent
        }
        return [
            "SSEEnabled": true, "SSEType": AccountValue(told["SSEType"]),
            "KMSMasterKeyId": AccountValue(told["KMSMasterKeyArn"]),
        ]
    }

    private static func replica(_ told: AWSValue) -> AccountValue {
        let key = AccountValue(told["KMSMasterKeyId"])
        return [
            "Region": AccountValue(told["RegionName"]),
            "SSESpecification": key == .absent ? .absent : ["KMSMasterKeyId": key],
        ]
    }

    fileprivate func lookAtRepositories(_ identifiers: [String]) async throws {
        // Those of other accounts, such as AWS's own images, are not this account's to judge.
        let prefix = "arn:\(partition):ecr:\(region):\(account):repository/"
        let names = Set(
            identifiers.compactMap { identifier -> String? in
                guard identifier.hasPrefix("arn:") else { return identifier }
                return identifier.hasPrefix(prefix) ? String(identifier.dropFirst(prefix.count)) : nil
            })
        guard !names.isEmpty else { return }
        let repositories = try await listed(
            "AWS::ECR::Repository", .ecr, "DescribeRepositories", ["maxResults": 1000], in: "repositories")
        let registry = try await answer(.ecr, "DescribeRegistry")
        notebook.note(
            AccountResource(
                "AWS::ECR::ReplicationConfiguration", name: "replication", region: region,
                properties: [
                    "ReplicationConfiguration": AccountValue(registry) {
                        AccountValue($0["replicationConfiguration"].capitalized)
                    }
                ]))
        let wanted = repositories.filter { $0["repositoryName"].text.map(names.contains) ?? false }
        try await inParallel(wanted) { try await noteRepository($0) }
    }

    private func noteRepository(_ told: AWSValue) async throws {
        guard let name = told["repositoryName"].text, let arn = told["repositoryArn"].text else { return }
        let policy = try await answer(
            .ecr, "GetRepositoryPolicy", ["repositoryName": .text(name)],
            absentCodes: ["RepositoryPolicyNotFoundException"])
        var repository = AccountResource(
            "AWS::ECR::Repository", name: name, arn: arn, region: region,
            tags: try await tags(of: arn, region: region))
        repository.properties = [
            "RepositoryName": .text(name), "ImageTagMutability": AccountValue(told["imageTagMutability"]),
            "EncryptionConfiguration": AccountValue(told["encryptionConfiguration"].capitalized),
            "RepositoryPolicyText": AccountValue(policy) { AccountValue($0["policyText"]) },
        ]
        notebook.note(repository)
    }
}
