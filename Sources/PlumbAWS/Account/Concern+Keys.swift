// Keys that something is encrypted with: whose they are, whether they rotate, and who may use them.

import PlumbModel

extension Concern {
    /// A key's `LiveManager` is `AWS` for one of AWS's own (`alias/aws/s3`); `LiveState` is its state, such as
    /// `PendingDeletion`.
    static let keys = Concern(
        name: "keys",
        reads: [
            Read(.kms, "DescribeKey"), Read(.kms, "GetKeyRotationStatus"), Read(.kms, "GetKeyPolicy"),
            Read(.kms, "ListAliases"),
        ],
        types: ["AWS::KMS::Key"],
        look: { survey, _, identifiers in
            try await survey.inParallel(identifiers) { try await survey.lookAtKey($0) }
        })
}

extension Survey {
    /// Wants keys by whatever a resource of a region calls them: an id, an alias or an ARN.
    func wantKeys(_ names: [AccountValue], region: String) {
        for case .text(let name) in names where !name.isEmpty {
            let isPath = name.hasPrefix("alias/") || name.hasPrefix("key/")
            let arn = "arn:\(partition):kms:\(region):\(account):\(isPath ? name : "key/\(name)")"
            notebook.want(Wanted("AWS::KMS::Key", name.hasPrefix("arn:") ? name : arn))
        }
    }

    fileprivate func lookAtKey(_ identifier: String) async throws {
        let parts = identifier.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6 else { return wantKeys([.text(identifier)], region: self.region) }
        let region = parts[3]
        let aliases = try await items(.kms, "ListAliases", ["Limit": 100], in: "Aliases", region: region)
        if parts[5].hasPrefix("alias/"),
            let alias = aliases.value?.first(where: { $0["AliasArn"].text == identifier }),
            let target = alias["TargetKeyId"].text
        {
            // By its id the key is asked for once, however many names it has.
            return notebook.want(Wanted("AWS::KMS::Key", (parts[..<5] + ["key/\(target)"]).joined(separator: ":")))
        }
        let answer = try await answer(
            .kms, "DescribeKey", ["KeyId": .text(identifier)], region: region, absentCodes: ["NotFoundException"])
        switch answer {
        case .absent: return
        case .unseen(let why):
            let name = parts[5].split(separator: "/").last.map(String.init) ?? identifier
            var key = AccountResource("AWS::KMS::Key", name: name, arn: identifier, region: region)
            let unseen = [
                "Enabled", "EnableKeyRotation", "RotationPeriodInDays", "PendingWindowInDays", "MultiRegion", "KeySpec",
                "Origin", "KeyPolicy", "LiveManager", "LiveState",
            ]
            for property in unseen { key.properties[property] = .unseen(why) }
            notebook.note(key)
        case .seen(let told): try await noteKey(told["KeyMetadata"], aliases: aliases.value ?? [], region: region)
        }
    }

    private func noteKey(_ told: AWSValue, aliases: [AWSValue], region: String) async throws {
        guard let id = told["KeyId"].text, let arn = told["Arn"].text else { return }
        let isReplica = told["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
        var key = AccountResource(
            isReplica ? "AWS::KMS::ReplicaKey" : "AWS::KMS::Key", name: id, arn: arn, region: region)
        key.otherNames = aliases.filter { $0["TargetKeyId"].text == id }.compactMap { $0["AliasName"].text }
        key.properties = [
            "Enabled": AccountValue(told["Enabled"]), "KeySpec": AccountValue(told["KeySpec"]),
            "Origin": AccountValue(told["Origin"]), "MultiRegion": AccountValue(told["MultiRegion"]),
            "PendingWindowInDays": AccountValue(told["PendingDeletionWindowInDays"]),
            "LiveManager": AccountValue(told["KeyManager"]), "LiveState": AccountValue(told["KeyState"]),
        ]
        // AWS's own keys rotate each year, and their policies are AWS's.
        guard told["KeyManager"] != "AWS" else { return notebook.note(key) }
        async let rotation = answer(
            .kms, "GetKeyRotationStatus", ["KeyId": .text(arn)], region: region,
            absentCodes: ["UnsupportedOperationException"])
        async let policy = answer(
            .kms, "GetKeyPolicy", ["KeyId": .text(arn), "PolicyName": "default"], region: region,
            absentCodes: ["NotFoundException"])
        key.tags = try await tags(of: arn, region: region)
        key.properties["EnableKeyRotation"] = AccountValue(try await rotation) {
            AccountValue($0["KeyRotationEnabled"])
        }
        key.properties["RotationPeriodInDays"] = AccountValue(try await rotation) {
            AccountValue($0["RotationPeriodInDays"])
        }
        key.properties["KeyPolicy"] = AccountValue(try await policy) { AccountValue($0["Policy"]) }
        notebook.note(key)
    }
}
