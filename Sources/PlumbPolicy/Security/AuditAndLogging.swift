// All model artifacts and training data must be audited and logged.

import PlumbModel

extension PolicyBook {
    static let auditAndLogging = Policy(
        "SEC-3", .security, "All model artifacts and training data must be audited and logged.",
        controls: [
            completeTrail, dataEvents, accessLogging, streamedChanges, immutableLogs, lockWithoutDetour,
            explicitRetention, erasablePersonalData, regimeEvidence,
        ])

    private static let completeTrail = Control(
        "SEC-3.1", "A complete, tamper-evident API trail runs",
        severities: Severities(dev: .medium, staging: .medium, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Implementation: CloudTrail for API calls",
        remedy:
            "Run one multi-region trail with global service events, log-file validation, a customer key, "
            + "all management "
            + "events, and the locked audit bucket as its target.",
        traps: [
            "A list of advanced selectors without one for management events drops them.",
            "Basic and advanced selectors exclude each other.",
            "Excluding kms.amazonaws.com hides every use of a key.",
            "Terraform's trails see one region unless told otherwise.",
        ],
        holds: [
            ControlExample("a whole trail into the locked bucket"),
            ControlExample("a trail that delivered today") { $0.showDelivery(daysAgo: 0) },
            ControlExample("a second trail of one region beside it") { graph in
                graph.trails.append(
                    Trail("ExtraTrail") {
                        $0.isLogging = true; $0.isMultiRegion = false
                    })
            },
        ],
        fails: [
            ControlExample("no trail") { $0.trails = [] },
            ControlExample("a trail that its bucket refuses") { $0.showDelivery(daysAgo: 9, error: "AccessDenied") },
            ControlExample("the trail is switched off") { graph in graph.trails.mutateEach { $0.isLogging = false } },
            ControlExample("one region only") { graph in graph.trails.mutateEach { $0.isMultiRegion = .absent } },
            ControlExample("advanced selectors without management events") { graph in
                graph.trails.mutateEach { trail in
                    trail.usesAdvancedSelectors = true
                    trail.selectors = trail.selectors.map { $0.filter { $0.category.value == "Data" } }
                }
            },
            ControlExample("uses of keys are left out") { graph in
                graph.trails.mutateEach { trail in
                    trail.selectors = trail.selectors.map { selectors in
                        selectors.map { selector in
                            var deaf = selector
                            deaf.excludedSources = .known(["kms.amazonaws.com"])
                            return deaf
                        }
                    }
                }
            },
            ControlExample("log files are not validated") { graph in
                graph.trails.mutateEach { $0.validatesLogFiles = .absent }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireChainedRecord(graph.engineEvidence(.audit, about: endpoint))
            }
        }
        guard !graph.trails.isEmpty else { return graph.judgeAccount { $0.fail("no trail records API calls") } }
        return graph.trails.map { trail in .about(trail) { $0.requireCompleteness(of: trail, in: graph) } }.bestOf
    }

    private static let dataEvents = Control(
        "SEC-3.2", "Object, item and inference access is logged as data events",
        severities: Severities(dev: .low, staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "model artifacts and training data must be audited",
        remedy:
            "Add data-event selectors for the objects of the artefact and capture buckets (ARNs that end "
            + "in /), the table "
            + "and the endpoint (AWS::SageMaker::Endpoint, advanced selectors only).",
        traps: [
            "A bucket's ARN without the trailing / matches nothing, or its sibling's objects.",
            "A trail that logs the objects of its own bucket feeds itself.",
            "Inferences are logged by advanced selectors only.",
            "WriteOnly leaves out who read the training data.",
        ],
        holds: [
            ControlExample("objects, items and inferences"),
            ControlExample("all tables, without naming them") { graph in
                graph.mutateDataSelectors { selectors in
                    selectors.removeAll { $0.resourceType.value == "AWS::DynamoDB::Table" }
                    selectors.append(.data("AWS::DynamoDB::Table", nil))
                }
            },
        ],
        fails: [
            ControlExample("management events only") { graph in
                graph.mutateDataSelectors { $0.removeAll { $0.category.value == "Data" } }
            },
            ControlExample("bucket ARNs without the trailing /") { graph in
                graph.mutateDataSelectors { selectors in
                    selectors.removeAll { $0.resourceType.value == "AWS::S3::Object" }
                    selectors.append(.data("AWS::S3::Object", ["${ArtifactBucket.Arn}", "${CaptureBucket.Arn}"]))
                }
            },
            ControlExample("writes only") { graph in
                graph.mutateDataSelectors { selectors in
                    for index in selectors.indices { selectors[index].readWrite = "WriteOnly" }
                }
            },
            ControlExample("inferences by basic selectors") { graph in
                graph.trails.mutateEach { $0.usesAdvancedSelectors = false }
            },
            ControlExample("every object, the trail's own among them") { graph in
                graph.mutateDataSelectors { $0.append(.data("AWS::S3::Object", nil)) }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeUndecided("the engine does not show its access log (principal, model digest, request id)")
        }
        return graph.judgeDataEvents()
    }

    private static let accessLogging = Control(
        "SEC-3.3", "S3 server access logging is on, to a bucket that can receive it",
        severities: Severities(staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "S3 access logging",
        remedy:
            "Log every artefact and capture bucket to a plain SSE-S3 bucket of the same region without "
            + "Object Lock, whose "
            + "policy lets logging.s3.amazonaws.com in with aws:SourceAccount; replicate from there to the "
            + "locked bucket.",
        traps: [
            "A destination with Object Lock receives nothing: the stricter-looking template has no access logs.",
            "SSE-KMS by default is not supported at the destination either.",
            "A bucket that logs to itself logs its own logs.",
            "Grants by access list fail under BucketOwnerEnforced.",
        ],
        holds: [
            ControlExample("to the access-log bucket"),
            ControlExample("all buckets to one destination, by its name") { graph in
                let name = graph.buckets[id: "AccessLogBucket"]?.name.value ?? "AccessLogBucket"
                graph.buckets[id: "ArtifactBucket"]?.loggingDestination = .known(.external(name))
            },
        ],
        fails: [
            ControlExample("straight into the locked audit bucket") {
                $0.buckets[id: "ArtifactBucket"]?.loggingDestination = .known(.resource("AuditBucket"))
            },
            ControlExample("to itself") {
                $0.buckets[id: "ArtifactBucket"]?.loggingDestination = .known(.resource("ArtifactBucket"))
            },
            ControlExample("not at all for captures") {
                $0.buckets[id: "CaptureBucket"]?.loggingDestination = .absent
            },
            ControlExample("to a bucket that does not let the log service in") {
                $0.buckets[id: "AccessLogBucket"]?.policy = .absent
            },
            ControlExample("to a bucket with SSE-KMS") {
                var encryption = BucketEncryption()
                encryption.algorithm = "aws:kms"
                $0.buckets[id: "AccessLogBucket"]?.encryption = .known(encryption)
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeUndecided(
                "the engine does not show who reads its artefacts; a record of reads would decide it")
        }
        return graph.judgeModelDataBuckets { $1.requireAccessLogging(of: $0, in: graph) }
    }

    private static let streamedChanges = Control(
        "SEC-3.4", "DynamoDB changes are streamed and kept",
        severities: Severities(staging: .low, production: .medium),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "DynamoDB Streams",
        remedy:
            "Set StreamViewType NEW_AND_OLD_IMAGES and map the stream to a function that writes it to the "
            + "audit bucket.",
        traps: [
            "A stream keeps 24 hours: without a consumer nothing is kept.",
            "KEYS_ONLY says that something changed, not what.",
            "CloudFormation has no flag for it: StreamSpecification itself is the switch.",
        ],
        holds: [
            ControlExample("both images, kept by a function"),
            ControlExample("a Kinesis stream in its place") { graph in
                graph.streamConsumers = []
                graph.tables.mutateEach {
                    $0.streamView = .absent; $0.kinesisStream = "arn:aws:kinesis:us-east-1:111122223333:stream/audit"
                }
            },
        ],
        fails: [
            ControlExample("keys only") { graph in graph.tables.mutateEach { $0.streamView = "KEYS_ONLY" } },
            ControlExample("a stream that nobody reads") { $0.streamConsumers = [] },
            ControlExample("a consumer that is switched off") { graph in
                graph.streamConsumers.mutateEach { $0.isEnabled = false }
            },
            ControlExample("a consumer that may write nothing") { graph in
                let readers = graph.streamConsumers.compactMap { graph.functions[$0.function]?.role }
                for role in readers.compactMap({ graph.roles[$0]?.id }) { graph.roles[id: role]?.policies = .known([]) }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireChainedRecord(graph.engineEvidence(.audit, about: endpoint))
            }
        }
        return graph.tables.map { table in .about(table) { $0.requireKeptStream(of: table, in: graph) } }
    }
}

extension Graph {
    /// One judgement on the account as a whole, where there is anything to record.
    func judgeAccount(_ ask: (inout Inquiry) -> Void) -> [Judgement] {
        endpoints.isEmpty && buckets.isEmpty && tables.isEmpty ? [] : [.about("account", ask)]
    }

    fileprivate mutating func mutateDataSelectors(_ change: (inout [TrailSelector]) -> Void) {
        trails.mutateEach { trail in
            trail.selectors = trail.selectors.map { selectors in
                var changed = selectors
                change(&changed)
                return changed
            }
        }
    }
}

extension TrailSelector {
    fileprivate static func data(_ type: String, _ resources: [String]?) -> TrailSelector {
        var selector = TrailSelector()
        selector.category = "Data"
        selector.resourceType = .known(type)
        if let resources { selector.resources = .known(resources) }
        return selector
    }
}
