// Encryption on the way: SEC-1.1 to SEC-1.4.

import PlumbModel

extension PolicyBook {
    static let modernTLSForBuckets = Control(
        "SEC-1.1", "Buckets refuse anything below TLS 1.2",
        severities: Severities(dev: .high, staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Encryption in transit: TLS 1.2+ for all API calls",
        limit: "TLS 1.2",
        remedy: "Give the bucket two Deny statements for everyone on s3:*, over the bucket and over its objects: "
            + "Bool aws:SecureTransport false, and NumericLessThan s3:TlsVersion 1.2.",
        traps: [
            "The bucket's ARN without /* protects none of its objects.",
            "Allow with aws:SecureTransport true denies nothing.",
            "Both conditions in one statement must both be met: plain HTTP has no TLS version, so nothing is refused.",
            "A second bucket policy on the same bucket overwrites the first.",
        ],
        holds: [
            ControlExample("plain HTTP and old TLS are denied"),
            ControlExample("both are denied on every resource there is") { graph in
                graph.buckets.mutateEach { $0.refusePlainTransport(on: ["*"]) }
            },
            ControlExample("only TLS 1.3 is let in") { graph in
                graph.buckets.mutateEach {
                    $0.refusePlainTransport(on: ["${\($0.id).Arn}", "${\($0.id).Arn}/*"], below: "1.3")
                }
            },
        ],
        fails: [
            ControlExample("the bucket is covered, its objects are not") { graph in
                graph.buckets.mutateEach { $0.refusePlainTransport(on: ["${\($0.id).Arn}"]) }
            },
            ControlExample("TLS is allowed instead of plain HTTP denied") { graph in
                graph.buckets.mutateEach { bucket in
                    bucket.policy = .known(
                        PolicyDocument([
                            PolicyStatement(.allow) {
                                $0.principals = [PolicyPrincipal("AWS", "${ExecutionRole.Arn}")]
                                $0.actions = ["s3:*"]
                                $0.resources = ["*"]
                                $0.conditions = [PolicyCondition("Bool", "aws:SecureTransport", ["true"])]
                            }
                        ]))
                }
            },
            ControlExample("both conditions in one statement") { graph in
                graph.buckets.mutateEach {
                    $0.policy = .known(
                        PolicyDocument([
                            .denyEveryone(
                                on: ["*"], if: PolicyCondition("Bool", "aws:SecureTransport", ["false"]),
                                PolicyCondition("NumericLessThan", "s3:TlsVersion", ["1.2"]))
                        ]))
                }
            },
            ControlExample("TLS 1.1 is let in") { graph in
                graph.buckets.mutateEach { $0.refusePlainTransport(on: ["*"], below: "1.1") }
            },
            ControlExample("one bucket without a policy") { $0.buckets[id: "CaptureBucket"]?.policy = .absent },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                guard let path = graph.engineEvidence(.state, about: endpoint)?.texts["path"], !path.contains("://")
                else {
                    ask.doubt(
                        "the engine does not show where it keeps its objects; its record of state (path) "
                            + "would decide it"
                    )
                    return
                }
                ask.prove("objects lie in the local directory \(path): no port leads to them")
            }
        }
        return graph.buckets.map { bucket in
            .about(bucket) { ask in
                guard let policy = ask.need(bucket.policy, "the bucket policy") else { return }
                ask.requireDenial(
                    in: policy, of: bucket, "plain HTTP (Bool aws:SecureTransport false)",
                    when: {
                        $0.isExactly("bool", "aws:securetransport")
                            && $0.values.allSatisfy { $0.lowercased() == "false" }
                    })
                ask.requireDenial(
                    in: policy, of: bucket, "TLS below 1.2 (NumericLessThan s3:TlsVersion 1.2)",
                    when: { condition in
                        condition.isExactly("numericlessthan", "s3:tlsversion")
                            && condition.values.allSatisfy { (Double($0) ?? 0) >= 1.2 }
                    })
            }
        }
    }

    static let modernTLSForClients = Control(
        "SEC-1.2", "Every client entry point negotiates TLS 1.2 or better",
        severities: Severities(dev: .medium, staging: .medium, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "TLS 1.2+ for all API calls",
        limit: "TLS 1.2",
        remedy: "Use a certificate of your own with a minimum of TLSv1.2_2021, https-only for viewers and origins, and "
            + "SecurityPolicy TLS_1_2 on API domains.",
        traps: [
            "CloudFront's default certificate forces TLSv1, whatever MinimumProtocolVersion says.",
            "redirect-to-https sends the body of the first POST in clear.",
            "A topic whose policy does not deny plain transport takes messages over HTTP.",
        ],
        holds: [
            ControlExample("clients call SageMaker itself") { graph in
                graph.distributions = []
                graph.entryPoints = []
            },
            ControlExample("a distribution with TLS 1.2") { $0.distributions = [.modern] },
            ControlExample("an API domain with TLS 1.3") { graph in
                graph.entryPoints = [
                    EntryPoint("Domain") {
                        $0.minimumTLS = "1.3"; $0.requiresAuthentication = true
                    }
                ]
            },
        ],
        fails: [
            ControlExample("TLS 1.2 under CloudFront's default certificate") { graph in
                graph.distributions = [.modern]
                graph.distributions.mutateEach { $0.usesDefaultCertificate = true }
            },
            ControlExample("plain HTTP is redirected") { graph in
                graph.distributions = [.modern]
                graph.distributions.mutateEach { $0.viewerProtocolPolicies = .known(["redirect-to-https"]) }
            },
            ControlExample("the origin is called over plain HTTP") { graph in
                graph.distributions = [.modern]
                graph.distributions.mutateEach { $0.originProtocolPolicies = .known(["match-viewer"]) }
            },
            ControlExample("an API domain with TLS 1.0") { graph in
                graph.entryPoints = [EntryPoint("Domain") { $0.minimumTLS = "1.0" }]
            },
            ControlExample("a plain port") { graph in
                graph.entryPoints = [EntryPoint("Listener") { $0.minimumTLS = "none" }]
            },
            ControlExample("an API's default address beside its domain") { graph in
                graph.entryPoints = [
                    EntryPoint("Api") {
                        $0.minimumTLS = "1.2"; $0.hasDefaultAddress = true
                    }
                ]
            },
            ControlExample("a topic that takes messages over plain HTTP") { graph in
                graph.topics.mutateEach { topic in
                    topic.policy = .known(
                        PolicyDocument([
                            PolicyStatement(.allow) {
                                $0.principals = [PolicyPrincipal("AWS", "arn:aws:iam::${AWS::AccountId}:role/reporter")]
                                $0.actions = ["sns:Publish"]
                                $0.resources = ["${AlarmTopic.Arn}"]
                            }
                        ]))
                }
            },
        ]
    ) { graph in
        let fronts = graph.distributions.map { front in Judgement.about(front) { $0.requireModernTLS(of: front) } }
        let entries = graph.entryPoints.map { entry in
            Judgement.about(entry) { $0.requireModernTLS(of: entry, in: graph) }
        }
        let direct = graph.endpoints.map { endpoint in
            Judgement.about(endpoint) { ask in
                if graph.source != .engine {
                    ask.prove("calls to SageMaker itself need TLS 1.2: the service refuses less")
                } else if graph.entryPoints.isEmpty {
                    ask.doubt("the engine does not show its gateway; its entry point (minimumTLS) would decide it")
                } else {
                    ask.prove("it is reached through the gateway alone")
                }
            }
        }
        return fronts + entries + direct
            + graph.topics.map { topic in Judgement.about(topic) { $0.requirePlainTransportDenied(by: topic) } }
    }

    static let privateNetwork = Control(
        "SEC-1.3", "Traffic stays on the private network",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "VPC endpoints for network isolation",
        limit: "an interface endpoint in at least 2 subnets",
        remedy:
            "Give the model subnets of your own, an interface endpoint for sagemaker.runtime in two of them, a gateway "
            + "endpoint for s3 on their route tables, both with a policy of their own.",
        traps: [
            "An endpoint without a policy carries everything to anywhere.",
            "The S3 endpoint works only for the route tables that it is associated with.",
            "The service is sagemaker.runtime; runtime.sagemaker is its DNS name.",
            "An interface endpoint in one subnet dies with its zone.",
        ],
        holds: [
            ControlExample("endpoints for SageMaker and S3 in the model's network"),
            ControlExample("a second gateway endpoint beside the right one") { graph in
                graph.vpcEndpoints.append(
                    VPCEndpoint("TablesVPCEndpoint") {
                        $0.service = "com.amazonaws.us-east-1.dynamodb"
                        $0.kind = "Gateway"
                    })
            },
        ],
        fails: [
            ControlExample("a model outside any network") { graph in
                graph.models.mutateEach { $0.subnets = .absent }
            },
            ControlExample("the DNS name in place of the service") {
                $0.vpcEndpoints[id: "RuntimeVPCEndpoint"]?.service = "com.amazonaws.us-east-1.runtime.sagemaker"
            },
            ControlExample("the S3 endpoint serves other route tables") {
                $0.vpcEndpoints[id: "S3VPCEndpoint"]?.routeTables = .known([.known(.external("rtb-0a1b2c3d"))])
            },
            ControlExample("an endpoint with the default policy") {
                $0.vpcEndpoints[id: "RuntimeVPCEndpoint"]?.policy = .absent
            },
            ControlExample("an interface endpoint in one zone") { graph in
                graph.vpcEndpoints.mutateEach { $0.subnets = .known([.known(.resource("SubnetA"))]) }
            },
            ControlExample("no private DNS name") {
                $0.vpcEndpoints[id: "RuntimeVPCEndpoint"]?.hasPrivateDNS = false
            },
        ]
    ) { graph in graph.judgePrivateNetwork() }

    static let isolatedContainers = Control(
        "SEC-1.4", "Containers are isolated",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "network isolation",
        remedy:
            "Set EnableNetworkIsolation, close the model's security groups to the world in both directions, and keep "
            + "its subnets away from internet gateways.",
        traps: [
            "CloudFormation opens all egress where none is written; Terraform closes it.",
            "With isolation the container cannot call CloudWatch: the gateway publishes its metrics.",
            "EnableSSMAccess opens a shell into the container.",
        ],
        holds: [
            ControlExample("isolated, in closed groups, without a way out"),
            ControlExample("HTTPS to the network's own endpoints") { graph in
                graph.securityGroups[id: "ModelSecurityGroup"]?.egress = .known([
                    SecurityRule.tcp(443, peer: "10.0.0.0/16")
                ])
            },
        ],
        fails: [
            ControlExample("isolation is not set") { graph in
                graph.models.mutateEach { $0.isNetworkIsolated = .absent }
            },
            ControlExample("no egress is written, so all is open") {
                $0.securityGroups[id: "ModelSecurityGroup"]?.egress = .absent
            },
            ControlExample("ingress from everywhere, by IPv6") {
                $0.securityGroups[id: "ModelSecurityGroup"]?.ingress = .known([SecurityRule.tcp(443, peer: "::/0")])
            },
            ControlExample("a subnet with a way to the internet") { graph in
                graph.routeTables.mutateEach { $0.hasInternetRoute = true }
            },
            ControlExample("a shell into the container") { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { variants in
                        variants.map { variant in
                            var opened = variant
                            opened.enablesSSMAccess = true
                            return opened
                        }
                    }
                }
            },
        ]
    ) { graph in graph.judgeIsolation() }
}

// MARK: - SEC-1.1

extension PolicyCondition {
    /// Whether it is this operator on this key; in a Deny an absent key only makes `…IfExists` deny more.
    fileprivate func isExactly(_ operation: String, _ key: String) -> Bool {
        let found = operatorName.lowercased()
        return (found == operation || found == operation + "ifexists") && self.key.lowercased() == key
            && !values.isEmpty
    }
}

extension Inquiry {
    /// Some Deny for everyone, with that condition alone, must reach every action on the bucket and on its objects.
    fileprivate mutating func requireDenial(
        in policy: PolicyDocument, of bucket: Bucket, _ what: String, when isRight: (PolicyCondition) -> Bool
    ) {
        let denials = policy.statements.filter { statement in
            statement.effect == .deny && statement.principals.contains(where: \.isAnyone)
                && statement.actions.contains { ["s3:*", "*"].contains($0.lowercased()) }
                && statement.conditions.count == 1 && statement.conditions.allSatisfy(isRight)
        }
        let reachesBucket = denials.contains { $0.coversAny(of: bucket.spellings) }
        let reachesObjects = denials.contains { $0.coversObjects(of: bucket) }
        if !(reachesBucket && reachesObjects), denials.contains(where: { $0.hasOpenResource(of: bucket) }) {
            return doubt("whether \(what) is denied on the bucket and on its objects (…/*) is known after apply")
        }
        switch (reachesBucket, reachesObjects) {
        case (true, true): prove("\(what) is denied to everyone")
        case (true, false):
            fail("\(what) is denied on the bucket, but not on its objects (…/*)", at: policyPlace(denials))
        case (false, true): fail("\(what) is denied on the objects, but not on the bucket", at: policyPlace(denials))
        case (false, false): fail("no statement denies everyone \(what)", at: bucket.policy.place)
        }
    }

    private func policyPlace(_ statements: [PolicyStatement]) -> Place? { statements.first?.place }
}

// MARK: - SEC-1.2

extension Distribution {
    fileprivate static var modern: Distribution {
        Distribution("Distribution") {
            $0.usesDefaultCertificate = false
            $0.minimumProtocolVersion = "TLSv1.2_2021"
            $0.viewerProtocolPolicies = .known(["https-only"])
            $0.originProtocolPolicies = .known(["https-only"])
            $0.originTLSVersions = .known(["TLSv1.2"])
            $0.webACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/digits/1"
        }
    }
}

extension Inquiry {
    fileprivate mutating func requireModernTLS(of front: Distribution) {
        requireFlag(front.usesDefaultCertificate, "use of CloudFront's own certificate", is: false, absentAs: true)
        require(front.minimumProtocolVersion, "the minimum protocol", wanted: "TLSv1.2_2018 or later") {
            $0.hasPrefix("TLSv1.2") || $0.hasPrefix("TLSv1.3")
        }
        require(front.viewerProtocolPolicies, "the protocol policy for viewers", wanted: "https-only everywhere") {
            !$0.isEmpty && $0.allSatisfy { $0 == "https-only" }
        }
        // A distribution over buckets alone has no origin of its own kind to ask.
        guard !front.originProtocolPolicies.isAbsent, front.originProtocolPolicies.value != [] else { return }
        require(front.originProtocolPolicies, "the protocol policy for origins", wanted: "https-only everywhere") {
            $0.allSatisfy { $0 == "https-only" }
        }
        require(front.originTLSVersions, "the TLS versions for origins", wanted: "TLSv1.2 only") {
            !$0.isEmpty && $0.allSatisfy { ["TLSv1.2", "TLSv1.3"].contains($0) }
        }
    }

    /// SNS takes messages over plain HTTP from whoever may publish, unless the topic's policy denies it; AWS's own
    /// services never send them so.
    fileprivate mutating func requirePlainTransportDenied(by topic: Topic) {
        if topic.policy.isAbsent { return prove("its policy lets in nobody beside its account") }
        guard let policy = need(topic.policy, "the topic policy") else { return }
        let publishers = policy.grants(of: "sns:Publish").flatMap(\.principals)
        guard publishers.contains(where: { $0.kind.lowercased() != "service" }) else {
            return prove("only AWS's services publish by its policy")
        }
        let isDenied = policy.statements.contains { statement in
            statement.effect == .deny && statement.principals.contains(where: \.isAnyone)
                && statement.reaches("sns:Publish") && statement.conditions.count == 1
                && statement.conditions.allSatisfy {
                    $0.isExactly("bool", "aws:securetransport") && $0.values.allSatisfy { $0.lowercased() == "false" }
                }
        }
        if isDenied {
            prove("plain HTTP is denied to everyone who publishes")
        } else {
            fail("no statement denies everyone sns:Publish over plain HTTP", at: topic.policy.place)
        }
    }

    fileprivate mutating func requireModernTLS(of entry: EntryPoint, in graph: Graph) {
        require(entry.minimumTLS, "the lowest TLS version", wanted: "1.2 or 1.3") { ["1.2", "1.3"].contains($0) }
        if !entry.hasDefaultAddress.isAbsent {
            requireFlag(entry.hasDefaultAddress, "its default address, which takes TLS 1.0,", is: false)
        }
        guard graph.source == .engine else { return }
        for handshake in graph.evidence where handshake.kind == .handshake {
            let accepted = handshake.texts["accepted"] ?? ""
            if ["SSL", "1.0", "1.1"].contains(where: { accepted.contains($0) }) {
                fail("a handshake on \(handshake.day) was accepted at \(accepted)")
            }
            if let refused = handshake.texts["refused"] {
                prove("handshakes at \(refused) were refused on \(handshake.day)")
            }
        }
    }
}
