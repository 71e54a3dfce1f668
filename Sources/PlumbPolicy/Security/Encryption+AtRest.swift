// Encryption where things lie: SEC-1.5 to SEC-1.8.

import PlumbModel

extension PolicyBook {
    static let encryptedBuckets = Control(
        "SEC-1.5", "Every bucket is encrypted; in production with a customer key",
        severities: Severities(dev: .high, staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "\"Encryption at rest: S3 SSE-S3 or SSE-KMS\" / \"customer-managed keys for production\"",
        remedy:
            "Set SSEAlgorithm aws:kms with KMSMasterKeyID of a key of yours; the access-log bucket alone takes AES256.",
        traps: [
            "aws:kms without a key, or with alias/aws/s3, is AWS's key.",
            "An alias proves nothing until it is resolved.",
            "S3 encrypts by default with its own key: enough in dev and staging, not in production.",
            "The bucket that receives server access logs must be AES256.",
        ],
        holds: [
            ControlExample("a customer key on every bucket"),
            ControlExample("double encryption under a customer key") {
                $0.buckets[id: "ArtifactBucket"]?.encrypt("aws:kms:dsse", under: .resource("DataKey"))
            },
            ControlExample("S3's own encryption in dev", in: .dev) { graph in
                graph.buckets.mutateEach { $0.encryption = .absent }
            },
        ],
        fails: [
            ControlExample("aws:kms without a key") {
                $0.buckets[id: "ArtifactBucket"]?.encrypt("aws:kms", under: nil)
            },
            ControlExample("AWS's key by its alias") {
                $0.buckets[id: "ArtifactBucket"]?.encrypt("aws:kms", under: .external("alias/aws/s3"))
            },
            ControlExample("S3's own encryption in production") {
                $0.buckets[id: "CaptureBucket"]?.encryption = .absent
            },
            ControlExample("a bucket that calls itself a log bucket, to which nothing logs") {
                $0.buckets[id: "CaptureBucket"]?.purpose = .known(.accessLogs)
                $0.buckets[id: "CaptureBucket"]?.encrypt("AES256", under: nil)
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireEncryptedState(
                    graph.engineEvidence(.state, about: endpoint), "artefacts", told: "artefactEncryption")
            }
        }
        return graph.buckets.map { bucket in
            .about(bucket) { ask in
                if graph.environment != .production {
                    ask.acceptAnyEncryption(of: bucket)
                } else if bucket.receivesAccessLogs(in: graph) && !bucket.receivesTrail(in: graph) {
                    ask.requireLogEncryption(of: bucket)
                } else if bucket.encryption.value?.algorithm.value == "AES256",
                    let why = bucket.mayReceiveLogs(in: graph)
                {
                    ask.doubt("AES256 is right only where access logs arrive; whether they do cannot be told: \(why)")
                } else {
                    ask.requireCustomerEncryption(of: bucket, in: graph)
                }
            }
        }
    }

    static let encryptedTables = Control(
        "SEC-1.6", "DynamoDB tables use a customer key",
        severities: Severities(dev: .low, staging: .low, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "DynamoDB encryption at rest",
        remedy: "Set SSESpecification with SSEEnabled true and KMSMasterKeyId of a key of yours.",
        traps: [
            "SSEEnabled true alone is the AWS-managed key.",
            "SSEEnabled false is still encrypted, under a key that AWS owns.",
            "Each replica of a global table needs a key of its own region.",
        ],
        holds: [
            ControlExample("a customer key on the table"),
            ControlExample("a second table under the same key") { graph in
                graph.tables.append(
                    Table("SessionTable") {
                        $0.isSSEEnabled = true
                        $0.key = .known(.resource("DataKey"))
                    })
            },
        ],
        fails: [
            ControlExample("encryption is on, without a key") { graph in
                graph.tables.mutateEach {
                    $0.isSSEEnabled = true; $0.key = .absent
                }
            },
            ControlExample("a key, but encryption is off") { graph in
                graph.tables.mutateEach { $0.isSSEEnabled = false }
            },
            ControlExample("AWS's key by its alias") { graph in
                graph.tables.mutateEach { $0.key = .known(.external("alias/aws/dynamodb")) }
            },
            ControlExample("a replica without a key of its own") { graph in
                graph.tables.mutateEach { table in
                    table.replicaRegions = .known(["us-west-2"])
                    table.replicaKeys = .absent
                }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireEncryptedState(graph.engineEvidence(.state, about: endpoint), "its registry")
            }
        }
        return graph.tables.map { table in
            .about(table) { ask in
                ask.requireFlag(table.isSSEEnabled, "SSEEnabled", absentAs: false)
                ask.requireCustomerKey(table.key, of: "the table", in: graph)
                ask.requireReplicaKeys(of: table, in: graph)
            }
        }
    }

    static let encryptedEndpointStorage = Control(
        "SEC-1.7", "Endpoint storage is encrypted with the customer key where the hardware allows it",
        severities: Severities(production: .critical),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "\"Encryption at rest\" / \"customer-managed keys for production\"",
        remedy:
            "Give the endpoint configuration KmsKeyId of a key of yours on EBS types; leave it out on NVMe "
            + "types, whose "
            + "hardware encrypts.",
        traps: [
            "CreateEndpointConfig refuses KmsKeyId for types with NVMe disks (g4dn, g5, g6, m5d, p4d, p5, …).",
            "A configuration that mixes both sorts of type can satisfy neither: split it.",
        ],
        holds: [
            ControlExample("a customer key on ml.m5.xlarge"),
            ControlExample("no key on ml.g5.xlarge", spec: "instances: {type: ml.g5.xlarge}") {
                $0.endpointConfigs[id: "EndpointConfig"]?.key = .absent
            },
        ],
        fails: [
            ControlExample("no key on ml.m5.xlarge") { $0.endpointConfigs[id: "EndpointConfig"]?.key = .absent },
            ControlExample("a key on ml.g5.xlarge", spec: "instances: {type: ml.g5.xlarge}") {
                $0.endpointConfigs[id: "EndpointConfig"]?.key = .known(.resource("DataKey"))
            },
            ControlExample("one configuration for both sorts of type") { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { variants in
                        var second = variants.first ?? Variant()
                        second.name = "second"
                        second.instanceType = "ml.g5.xlarge"
                        return variants + [second]
                    }
                }
            },
        ]
    ) { graph in
        let unseen =
            graph.endpointConfigs.isEmpty
            ? graph.judgeEndpoints { endpoint, ask in _ = graph.config(of: endpoint, &ask) } : []
        return unseen
            + graph.endpointConfigs.map { config in .about(config) { $0.requireStorageKey(of: config, in: graph) } }
    }

    static let encryptedDerivedStores = Control(
        "SEC-1.8", "Derived stores are encrypted too",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "\"Encryption at rest\" / \"AWS KMS with customer-managed keys for production\"",
        remedy:
            "Set the customer key on data capture, monitoring jobs, log groups, trail, topic, backup vault and image "
            + "repository.",
        traps: [
            "A backup vault's and an image repository's key can only be set when they are made.",
            "SageMaker makes the endpoint's log group without a key if it does not stand before the endpoint.",
            "alias/aws/sns looks encrypted and silently kills every alarm action.",
        ],
        holds: [
            ControlExample("a customer key on every derived store"),
            ControlExample("nothing is captured, so nothing needs a key") { graph in
                graph.endpointConfigs.mutateEach { $0.dataCapture = .absent }
            },
        ],
        fails: [
            ControlExample("a log group without a key") { graph in
                graph.logGroups.mutateEach { $0.key = .absent }
            },
            ControlExample("AWS's key on the topic") { graph in
                graph.topics.mutateEach { $0.key = .known(.external("alias/aws/sns")) }
            },
            ControlExample("captures without a key") { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.dataCapture = config.dataCapture.map { capture in
                        var open = capture
                        open.key = .absent
                        return open
                    }
                }
            },
            ControlExample("images under AES256") { graph in
                graph.repositories.mutateEach {
                    $0.encryptionType = "AES256"; $0.key = .absent
                }
            },
            ControlExample("the endpoint's log group is left to SageMaker") { graph in
                graph.logGroups.removeAll { $0.name.value?.hasPrefix("/aws/sagemaker/Endpoints/") == true }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireEncryptedState(graph.engineEvidence(.state, about: endpoint), "its state")
                ask.doubt("that logs, captures and backups are sealed the same way is not shown by the engine")
            }
        }
        return graph.judgeDerivedStores()
    }
}

extension Bucket {
    fileprivate mutating func encrypt(_ algorithm: String, under key: Reference?) {
        var encryption = BucketEncryption()
        encryption.algorithm = .known(algorithm)
        if let key { encryption.key = .known(key) }
        self.encryption = .known(encryption)
    }
}

// MARK: - SEC-1.5

extension Inquiry {
    fileprivate mutating func acceptAnyEncryption(of bucket: Bucket) {
        switch bucket.encryption.state {
        case .absent: prove("S3 encrypts with its own key where nothing is said (since January 2023)")
        case .unknown(let why): doubt("the encryption cannot be told from this input: \(why)")
        case .known(let encryption):
            require(encryption.algorithm, "the algorithm", wanted: "AES256 or aws:kms", absentAs: "AES256") {
                ["AES256", "aws:kms", "aws:kms:dsse"].contains($0)
            }
        }
    }

    /// Delivery of server access logs supports SSE-S3 only, so here the stricter-looking setting is the wrong one.
    fileprivate mutating func requireLogEncryption(of bucket: Bucket) {
        switch bucket.encryption.state {
        case .absent: prove("it receives access logs and is encrypted with S3's own key, as their delivery needs")
        case .unknown(let why): doubt("the encryption cannot be told from this input: \(why)")
        case .known(let encryption):
            severity = .low
            require(
                encryption.algorithm, "the algorithm of the bucket that receives access logs",
                wanted: "AES256, the only one their delivery supports", absentAs: "AES256"
            ) { $0 == "AES256" }
        }
    }

    fileprivate mutating func requireCustomerEncryption(of bucket: Bucket, in graph: Graph) {
        switch bucket.encryption.state {
        case .absent: fail("only S3's own key encrypts it, wanted aws:kms with a customer-managed key")
        case .unknown(let why): doubt("the encryption cannot be told from this input: \(why)")
        case .known(let encryption):
            let algorithm = require(encryption.algorithm, "the algorithm", wanted: "aws:kms or aws:kms:dsse") {
                ["aws:kms", "aws:kms:dsse"].contains($0)
            }
            if algorithm != nil { requireCustomerKey(encryption.key, of: "the bucket", in: graph) }
        }
    }
}

// MARK: - SEC-1.6

extension Inquiry {
    fileprivate mutating func requireReplicaKeys(of table: Table, in graph: Graph) {
        if let why = table.replicaRegions.whyUnknown { doubt("its replicas cannot be told from this input: \(why)") }
        if let why = table.replicaKeys.whyUnknown { doubt("the keys of its replicas cannot be told: \(why)") }
        guard let regions = table.replicaRegions.value, !table.replicaKeys.isUnknown else { return }
        let keys = table.replicaKeys.value ?? []
        for (index, region) in regions.enumerated() {
            requireCustomerKey(
                index < keys.count ? keys[index] : .absent(at: table.replicaKeys.place), of: "the replica in \(region)",
                in: graph)
        }
    }
}

// MARK: - SEC-1.7

extension Inquiry {
    fileprivate mutating func requireStorageKey(of config: EndpointConfig, in graph: Graph) {
        guard let variants = need(config.variants, "the list of variants") else { return }
        let served = variants.filter { !$0.isServerless }
        if served.isEmpty { return prove("it has no instances, and so no storage of its own") }
        var withDisks: [String] = []
        var withVolumes: [String] = []
        for variant in served {
            guard let type = need(variant.instanceType, "the instance type of \(variant.name.value ?? "a variant")")
            else {
                continue
            }
            switch InstanceType.isNVMe(type) {
            case true?: withDisks.append(type)
            case false?: withVolumes.append(type)
            case nil: doubt("whether '\(type)' has local disks is not known")
            }
        }
        let (disks, volumes) = (withDisks.joined(separator: ", "), withVolumes.joined(separator: ", "))
        if !withDisks.isEmpty && !withVolumes.isEmpty {
            fail(
                "\(disks) refuses a key and \(volumes) needs one: give each a configuration of its own",
                at: config.place)
        } else if !withDisks.isEmpty {
            switch config.key.state {
            case .absent: prove("\(disks) has NVMe disks, which its hardware encrypts; a key is refused there")
            case .unknown(let why): doubt("whether a key is set cannot be told: \(why)")
            case .known:
                fail(
                    "KmsKeyId is set, but \(disks) has NVMe disks and CreateEndpointConfig refuses it",
                    at: config.key.place)
            }
        } else if !withVolumes.isEmpty {
            requireCustomerKey(config.key, of: "the storage of \(volumes)", in: graph)
        }
    }
}

// MARK: - SEC-1.8

extension Graph {
    fileprivate func judgeDerivedStores() -> [Judgement] {
        let captures = endpointConfigs.map { config in
            Judgement.about(config) { $0.requireKeysOfOutputs(of: config, in: self) }
        }
        // A detector of one's own, in a function or an engine, writes no files.
        let monitors = monitoringSchedules.filter(\.isJob).map { monitor in
            Judgement.about(monitor) { ask in
                ask.requireCustomerKey(monitor.outputKey, of: "the monitor's output", in: self)
                ask.requireCustomerKey(monitor.volumeKey, of: "the monitor's volume", in: self)
            }
        }
        let images = repositories.map { repository in
            Judgement.about(repository) { ask in
                let kind = ask.require(
                    repository.encryptionType, "the encryption of images", wanted: "KMS", absentAs: "AES256"
                ) { $0.hasPrefix("KMS") }
                if kind != nil { ask.requireCustomerKey(repository.key, of: "the image repository", in: self) }
            }
        }
        let groups = logGroups.map { group in
            Judgement.about(group) { $0.requireCustomerKey(group.key, of: "the log group", in: self) }
        }
        let logs = endpoints.map { endpoint in
            Judgement.about(endpoint) { $0.requireOwnLogGroup(of: endpoint, in: self, else: "without a key") }
        }
        let others =
            trails.map { trail in
                Judgement.about(trail) { $0.requireCustomerKey(trail.key, of: "the trail", in: self) }
            }
            + topics.map { topic in
                Judgement.about(topic) { $0.requireCustomerKey(topic.key, of: "the topic", in: self) }
            }
            + backupVaults.map { vault in
                Judgement.about(vault) { $0.requireCustomerKey(vault.key, of: "the backup vault", in: self) }
            }
        return captures + monitors + groups + logs + others + images
    }
}

extension Inquiry {
    fileprivate mutating func requireKeysOfOutputs(of config: EndpointConfig, in graph: Graph) {
        switch config.dataCapture.state {
        case .absent: prove("nothing is captured")
        case .unknown(let why): doubt("data capture cannot be told from this input: \(why)")
        case .known(let capture):
            if capture.isEnabled.value == false {
                prove("capture is off")
            } else {
                requireCustomerKey(capture.key, of: "captured traffic", in: graph)
            }
        }
        if config.isAsync { requireCustomerKey(config.asyncOutputKey, of: "asynchronous answers", in: graph) }
    }

    /// SageMaker makes the log group of an endpoint itself where none stands, with its own defaults.
    mutating func requireOwnLogGroup(of endpoint: Endpoint, in graph: Graph, else default: String) {
        guard let name = need(endpoint.name, "the endpoint's name") else { return }
        let wanted = "/aws/sagemaker/Endpoints/\(name)"
        if let group = graph.logGroups.first(where: { $0.name.value == wanted }) {
            relate("its log group \(group.id)", at: group.place)
            prove("its log group \(wanted) stands before SageMaker makes one")
        } else if graph.logGroups.contains(where: { $0.name.isUnknown }) {
            doubt("whether a log group is named \(wanted) cannot be told from this input")
        } else {
            fail("no log group \(wanted) is made, so SageMaker makes one itself, \(`default`)")
        }
    }
}
