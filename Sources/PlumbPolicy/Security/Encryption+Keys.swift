// The keys themselves: SEC-1.9.

import PlumbModel

extension PolicyBook {
    static let customerKeys = Control(
        "SEC-1.9", "The customer key is owned, enabled, rotating and sanely shared",
        severities: Severities(production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Key management: AWS KMS with customer-managed keys for production",
        limit: "rotation every 90 to 365 days; at least 7 days before deletion",
        remedy:
            "Use a symmetric AWS_KMS key with yearly rotation and a key policy that names root, an "
            + "administrator without "
            + "use, the roles that use it and the services that encrypt with it.",
        traps: [
            "Asymmetric, HMAC and imported keys cannot rotate; a replica rotates with its primary.",
            "A key that waits for its deletion is still listed, but disabled.",
            "A key without a policy of its own leaves everything to IAM.",
            "Encrypted log groups, trails and alarm topics work only if the key policy lets their services in.",
        ],
        holds: [
            ControlExample("the deployment's keys"),
            ControlExample("rotation every 90 days") { graph in
                graph.keys.mutateEach { $0.rotationPeriodDays = 90 }
            },
            ControlExample("everyone through one service of one account") { graph in
                graph.keys[id: "DataKey"]?.share(
                    with: .anyone, ["kms:Decrypt"],
                    if: PolicyCondition("StringEquals", "kms:CallerAccount", ["${AWS::AccountId}"]),
                    PolicyCondition("StringEquals", "kms:ViaService", ["s3.us-east-1.amazonaws.com"]))
            },
        ],
        fails: [
            ControlExample("no rotation") { graph in graph.keys.mutateEach { $0.isRotating = .absent } },
            ControlExample("rotation every six years") { graph in
                graph.keys.mutateEach { $0.rotationPeriodDays = 2192 }
            },
            ControlExample("an asymmetric key that is said to rotate") { graph in
                graph.keys.mutateEach { $0.keySpec = "RSA_2048" }
            },
            ControlExample("everyone may decrypt") {
                $0.keys[id: "DataKey"]?.share(with: PolicyPrincipal("AWS", "*"), ["kms:Decrypt"])
            },
            ControlExample("one role both administers and uses the key") {
                $0.keys[id: "DataKey"]?.share(
                    with: PolicyPrincipal("AWS", "${DeployRole.Arn}"), ["kms:ScheduleKeyDeletion", "kms:Decrypt"])
            },
            ControlExample("the key policy is left to IAM") { graph in graph.keys.mutateEach { $0.policy = .absent } },
            ControlExample("the log service is not let in") { graph in
                graph.keys.mutateEach { key in
                    key.policy = key.policy.map { document in
                        PolicyDocument(
                            document.statements.filter { statement in
                                !statement.principals.contains { $0.id.hasPrefix("logs.") }
                            })
                    }
                }
            },
            ControlExample("a critical endpoint without a key in the other region", spec: "critical: true") { graph in
                graph.keys[id: "ReplicaKey"] = nil
                graph.keys.mutateEach {
                    $0.isReplica = false; $0.head.region = .absent
                }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireEncryptedState(graph.engineEvidence(.state, about: endpoint), "its state")
                ask.doubt(
                    "the age of the engine's keys is not shown by the engine; a record of their "
                        + "rotation would decide it"
                )
            }
        }
        return graph.judgeKeys()
    }
}

extension Key {
    /// Adds an Allow to the key's policy.
    fileprivate mutating func share(
        with principal: PolicyPrincipal, _ actions: [String], if conditions: PolicyCondition...
    ) {
        let statement = PolicyStatement(.allow) {
            $0.principals = [principal]
            $0.actions = actions
            $0.resources = ["*"]
            $0.conditions = conditions
        }
        policy = .known(PolicyDocument((policy.value?.statements ?? []) + [statement]))
    }
}

extension Graph {
    fileprivate func judgeKeys() -> [Judgement] {
        let own = keys.filter { $0.isCustomerManaged.value != false }
        guard !own.isEmpty else {
            let outside =
                buckets.compactMap { $0.encryption.value?.key } + tables.map(\.key) + endpointConfigs.map(\.key)
            let isOutside = outside.contains { !$0.isAbsent }
            return judgeEndpoints { _, ask in
                if isOutside {
                    ask.doubt("the key is made elsewhere; the account shows its owner, state, rotation and policy")
                } else {
                    ask.fail("there is no customer-managed key")
                }
            }
        }
        let kept = own.map { key in Judgement.about(key) { $0.requireSoundness(of: key, in: self) } }
        let home = region.value
        let copied = buckets.lazy.flatMap { $0.replication.value ?? [] }.compactMap { rule -> String? in
            guard case .external(let key)? = rule.replicaKey.value, let arn = ARN(key) else { return nil }
            return arn.region == home || arn.region == "${AWS::Region}" ? nil : key
        }.first
        return kept
            + endpoints.map { endpoint in
                ifCritical(isCritical(endpoint), endpoint.id, at: endpoint.place) {
                    .about(endpoint) { $0.requireKeyElsewhere(than: home, among: own, copied: copied) }
                }
            }
    }

    /// The services that encrypt with a key on their own behalf and so must stand in its policy.
    fileprivate func services(using key: Key) -> [(prefix: String, why: String)] {
        func uses(_ reference: Fact<Reference>) -> Bool { reference.value == .resource(key.id) }
        var services: [(prefix: String, why: String)] = []
        if logGroups.contains(where: { uses($0.key) }) { services.append(("logs.", "a log group")) }
        if trails.contains(where: { uses($0.key) }) { services.append(("cloudtrail.", "a trail")) }
        if topics.contains(where: { uses($0.key) }) { services.append(("cloudwatch.", "an alarm topic")) }
        return services
    }
}

extension Inquiry {
    /// What is copied to the other region is read there under a key that stands there.
    ///
    /// `copied` is the key of another region that copies are made under, where it is made elsewhere.
    fileprivate mutating func requireKeyElsewhere(than home: String?, among keys: [Key], copied: String?) {
        if let other = keys.first(where: { $0.isReplica.value == true || ($0.head.region.value ?? home) != home }) {
            prove("\(other.id) is the key of the other region")
        } else if let copied {
            doubt("objects are copied under the key \(copied), which is not in this input")
        } else if keys.contains(where: { $0.head.region.isUnknown || $0.isReplica.isUnknown }) {
            doubt("whether a key stands in the other region cannot be told from this input")
        } else {
            fail("the endpoint is critical, but no key stands in the other region: nothing could be read there")
        }
    }

    fileprivate mutating func requireSoundness(of key: Key, in graph: Graph) {
        requireFlag(key.isEnabled, "that the key is enabled", absentAs: true)
        require(key.keySpec, "the key spec", wanted: "SYMMETRIC_DEFAULT", absentAs: "SYMMETRIC_DEFAULT") {
            $0 == "SYMMETRIC_DEFAULT"
        }
        require(key.pendingWindowDays, "the days before deletion", wanted: "at least 7", absentAs: 30) { $0 >= 7 }
        if key.isReplica.value == true {
            prove("it rotates with its primary")
        } else {
            require(key.origin, "the origin", wanted: "AWS_KMS", absentAs: "AWS_KMS") { $0 == "AWS_KMS" }
            requireFlag(key.isRotating, "rotation", absentAs: false)
            require(key.rotationPeriodDays, "the days between rotations", wanted: "90 to 365", absentAs: 365) {
                (90...365).contains($0)
            }
        }
        if let policy = need(key.policy, "the key policy") { requireSaneSharing(by: policy, of: key, in: graph) }
    }

    private mutating func requireSaneSharing(by policy: PolicyDocument, of key: Key, in graph: Graph) {
        for statement in policy.publicGrants {
            fail(
                "\(statement.title) lets anyone in: no kms:CallerAccount, kms:ViaService or "
                    + "aws:SourceAccount narrows it",
                at: statement.place ?? key.policy.place)
        }
        if policy.grants(of: "kms:PutKeyPolicy").isEmpty {
            fail(
                "nobody may change the key policy: without root or an administrator the key is lost",
                at: key.policy.place)
        }
        for service in graph.services(using: key) {
            let isIn = policy.grants(of: "kms:GenerateDataKey").contains { statement in
                statement.principals.contains { $0.id.hasPrefix(service.prefix) || $0.isAnyone }
            }
            if !isIn {
                fail(
                    "\(service.why) is encrypted with it, but \(service.prefix)amazonaws.com may not use it",
                    at: key.policy.place)
            }
        }
        let administrators = Self.principals(granted: ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"], by: policy)
        let users = Self.principals(granted: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], by: policy)
        let both = administrators.intersection(users).map(\.id).sorted()
        if !both.isEmpty {
            fail("\(both.joined(separator: ", ")) both administers and uses the key", at: key.policy.place)
        }
        prove("administration, use and services stand apart in the key policy")
    }

    /// The account's root is left out: it only lets IAM decide, and every key policy needs it.
    private static func principals(granted actions: [String], by policy: PolicyDocument) -> Set<PolicyPrincipal> {
        Set(
            actions.flatMap { policy.grants(of: $0) }.flatMap(\.principals).filter { !$0.isAccountRoot && !$0.isAnyone }
        )
    }
}
