// Access control must use least-privilege IAM policies.

import PlumbModel

extension PolicyBook {
    static let leastPrivilege = Policy(
        "SEC-2", .security, "Access control must use least-privilege IAM policies.",
        controls: [
            noWildcards, fencedPassRole, narrowTrust, noPublicResources, separatedDuties, conditionedStatements,
            watchedAccess,
        ])

    private static let noWildcards = Control(
        "SEC-2.1", "No wildcard grants",
        severities: Severities(dev: .high, staging: .high, production: .critical),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Principle: Grant minimum permissions required for specific operations",
        remedy: "Name the operations and the resources that the role needs (plumb iam generate writes them).",
        traps: [
            "s3:Get* on arn:aws:s3:::* only reads, but reads everything.",
            "arn:aws:s3:::bucket* also matches bucket-evil.",
            "Actions match in any case of letters: S3:* is s3:*.",
            "A wildcard in an ARN's account field reaches into every account.",
        ],
        holds: [
            ControlExample("the roles that the deployment needs"),
            ControlExample("an action without resources, on *") {
                $0.allow("ExecutionRole", ["ecr:GetAuthorizationToken"], on: ["*"])
            },
            ControlExample("metrics on *, limited to a namespace") {
                $0.allow(
                    "ExecutionRole", ["cloudwatch:PutMetricData"], on: ["*"],
                    if: PolicyCondition("StringEquals", "cloudwatch:namespace", ["Plumbline/Endpoints"]))
            },
            ControlExample("data keys of one key by AWS's own pattern") {
                $0.allow("ExecutionRole", ["kms:GenerateDataKey*"], on: ["${DataKey.Arn}"])
            },
        ],
        fails: [
            ControlExample("every read of every bucket") {
                $0.allow("ExecutionRole", ["s3:Get*"], on: ["arn:aws:s3:::*"])
            },
            ControlExample("a bucket name that others begin with") {
                $0.allow("ExecutionRole", ["s3:GetObject"], on: ["arn:aws:s3:::digits-production-artifacts*"])
            },
            ControlExample("all of a service, in capitals") {
                $0.allow("DeployRole", ["SAGEMAKER:*"], on: ["${Endpoint.Arn}"])
            },
            ControlExample("every account's endpoints") {
                $0.allow(
                    "InvokeRole", ["sagemaker:InvokeEndpoint"], on: ["arn:aws:sagemaker:us-east-1:*:endpoint/digits"])
            },
            ControlExample("decryption under any key") { $0.allow("ExecutionRole", ["kms:Decrypt"], on: ["*"]) },
            ControlExample("all but one service") {
                $0.allow("OperateRole", [], on: ["*"]) { $0.notActions = ["iam:*"] }
            },
            ControlExample("metrics on * without a namespace") {
                $0.allow("ExecutionRole", ["cloudwatch:PutMetricData"], on: ["*"])
            },
        ]
    ) { graph in
        graph.judgeRoles { role, ask in
            for statement in ask.documents(of: role).flatMap(\.statements) {
                let faults = statement.wildcardFaults
                let codes = faults.isEmpty ? "" : AccessReview.codes(of: statement, as: .identity)
                for fault in faults { ask.fail("\(statement.title): \(fault)\(codes)", at: statement.place) }
            }
            for policy in ask.managedPolicies(of: role) {
                ask.doubt("what the managed policy \(policy) allows is not in this input")
            }
            ask.prove("every statement names its operations and resources")
        }
    }

    private static let fencedPassRole = Control(
        "SEC-2.2", "No broad managed policies, and PassRole is fenced",
        severities: Severities(dev: .critical, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Grant minimum permissions required",
        remedy: "Replace the managed policy by named statements; let iam:PassRole name role ARNs and "
            + "StringEquals iam:PassedToService the one service.",
        traps: [
            "PassRole hides inside iam:* and iam:Pass*.",
            "AmazonSageMakerFullAccess reads every bucket with 'sagemaker' in its name.",
            "iam:PassedToService without role ARNs still passes every role that the service may play.",
        ],
        holds: [
            ControlExample("roles passed by name to one service"),
            ControlExample("one role passed to SageMaker") {
                $0.allow(
                    "DeployRole", ["iam:PassRole"], on: ["${ExecutionRole.Arn}"],
                    if: PolicyCondition("StringEquals", "iam:PassedToService", ["sagemaker.amazonaws.com"]))
            },
        ],
        fails: [
            ControlExample("AmazonSageMakerFullAccess") {
                $0.roles[id: "ExecutionRole"]?.managedPolicies = .known([
                    "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
                ])
            },
            ControlExample("PassRole inside iam:Pass*") {
                $0.allow(
                    "DeployRole", ["iam:Pass*"], on: ["${ExecutionRole.Arn}"],
                    if: PolicyCondition("StringEquals", "iam:PassedToService", ["sagemaker.amazonaws.com"]))
            },
            ControlExample("any role, though only to SageMaker") {
                $0.allow(
                    "DeployRole", ["iam:PassRole"], on: ["*"],
                    if: PolicyCondition("StringEquals", "iam:PassedToService", ["sagemaker.amazonaws.com"]))
            },
            ControlExample("one role, to any service") {
                $0.allow("DeployRole", ["iam:PassRole"], on: ["${ExecutionRole.Arn}"])
            },
            ControlExample("one role, to SageMaker if the request says so") {
                $0.allow(
                    "DeployRole", ["iam:PassRole"], on: ["${ExecutionRole.Arn}"],
                    if: PolicyCondition("StringEqualsIfExists", "iam:PassedToService", ["sagemaker.amazonaws.com"]))
            },
        ]
    ) { graph in
        graph.judgeRoles { role, ask in
            for policy in ask.managedPolicies(of: role) where isBroad(managedPolicy: policy) {
                ask.fail(
                    "\(policy) is attached: it grants far more than one deployment needs",
                    at: role.managedPolicies.place)
            }
            for statement in ask.documents(of: role).flatMap(\.statements) where graph.mayReach("iam", by: statement) {
                let faults = statement.passRoleFaults + graph.misplayedRoles(passedBy: statement)
                let codes = faults.isEmpty ? "" : AccessReview.codes(of: statement, as: .identity, naming: "PASS_ROLE")
                for fault in faults { ask.fail("\(statement.title): \(fault)\(codes)", at: statement.place) }
            }
            ask.prove("no broad managed policy is attached, and every passed role and its service are named")
        }
    }

    private static func isBroad(managedPolicy arn: String) -> Bool {
        let name = arn.split(separator: "/").last.map { $0.lowercased() } ?? arn.lowercased()
        let broad = ["administratoraccess", "poweruseraccess", "iamfullaccess", "systemadministrator"]
        return broad.contains(name)
            || (name.hasPrefix("amazon") || name.hasPrefix("aws") || name.hasPrefix("cloudwatch"))
                && (name.hasSuffix("fullaccess") || name.contains("fullaccessv"))
    }

    private static let narrowTrust = Control(
        "SEC-2.3", "Roles trust only the right service from this account",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Role-based access control (RBAC), condition keys for context",
        remedy: "Trust the one service, with aws:SourceAccount (or an aws:SourceArn that holds the account); other "
            + "accounts with sts:ExternalId; a pipeline's OIDC tokens with exact sub and aud.",
        traps: [
            "StringLike repo:org/* trusts every repository and branch of the organisation.",
            "Trust in the account's root lets in every principal there whose own policy allows it.",
            "For inference roles aws:SourceArn must not be one endpoint's ARN: SageMaker assumes them "
                + "before it exists.",
        ],
        holds: [
            ControlExample("each role trusts its service, for this account"),
            ControlExample("the source by ARN, which holds the account") {
                $0.trust(
                    "ExecutionRole", PolicyPrincipal("Service", "sagemaker.amazonaws.com"),
                    if: PolicyCondition("ArnLike", "aws:SourceArn", ["arn:aws:sagemaker:us-east-1:${AWS::AccountId}:*"])
                )
            },
            ControlExample("a pipeline, by exact subject and audience") {
                $0.trust(
                    "DeployRole", PolicyPrincipal("Federated", "token.actions.githubusercontent.com"),
                    if: PolicyCondition(
                        "StringEquals", "token.actions.githubusercontent.com:aud", ["sts.amazonaws.com"]),
                    PolicyCondition(
                        "StringEquals", "token.actions.githubusercontent.com:sub",
                        ["repo:vision/digits:ref:refs/heads/main"]))
            },
        ],
        fails: [
            ControlExample("SageMaker, for any account") {
                $0.trust("ExecutionRole", PolicyPrincipal("Service", "sagemaker.amazonaws.com"))
            },
            ControlExample("the wrong service") {
                $0.trust(
                    "ExecutionRole", PolicyPrincipal("Service", "ec2.amazonaws.com"),
                    if: PolicyCondition("StringEquals", "aws:SourceAccount", ["${AWS::AccountId}"]))
            },
            ControlExample("a source of any account") {
                $0.trust(
                    "ExecutionRole", PolicyPrincipal("Service", "sagemaker.amazonaws.com"),
                    if: PolicyCondition("ArnLike", "aws:SourceArn", ["arn:aws:sagemaker:us-east-1:*:*"]))
            },
            ControlExample("the account's root") {
                $0.trust("OperateRole", PolicyPrincipal("AWS", "arn:aws:iam::${AWS::AccountId}:root"))
            },
            ControlExample("another account without an external id") {
                $0.trust("AuditRole", PolicyPrincipal("AWS", "arn:aws:iam::210987654321:role/auditor"))
            },
            ControlExample("every repository of an organisation") {
                $0.trust(
                    "DeployRole", PolicyPrincipal("Federated", "token.actions.githubusercontent.com"),
                    if: PolicyCondition(
                        "StringEquals", "token.actions.githubusercontent.com:aud", ["sts.amazonaws.com"]),
                    PolicyCondition("StringLike", "token.actions.githubusercontent.com:sub", ["repo:vision/*"]))
            },
        ]
    ) { graph in
        let ownAccounts = graph.ownAccounts
        return graph.judgeRoles { role, ask in
            guard let trust = ask.need(role.trust, "the trust policy") else { return }
            for statement in trust.statements {
                let faults = statement.trustFaults(for: role.purpose.value, in: ownAccounts)
                let codes =
                    faults.isEmpty ? "" : AccessReview.codes(of: statement, as: .trust, ownAccounts: ownAccounts)
                for fault in faults { ask.fail(fault + codes, at: statement.place ?? role.trust.place) }
            }
            let services = Set(
                trust.statements.flatMap(\.principals).filter { $0.kind.lowercased() == "service" }.map(\.id))
            if services.count > 1 {
                ask.fail("\(services.sorted().formatted(joinedBy: "and")) all play it, wanted one service for one role")
            }
            ask.prove(
                "it trusts \(trust.statements.flatMap(\.principals).map(\.id).joined(separator: ", ")) within bounds")
        }
    }

    private static let noPublicResources = Control(
        "SEC-2.4", "Resource policies are not public",
        severities: Severities(dev: .critical, staging: .critical, production: .critical),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Grant minimum permissions",
        remedy:
            "Set all four public-access blocks and BucketOwnerEnforced; bind every Allow to * with a condition such "
            + "as aws:PrincipalAccount.",
        traps: [
            "Three of the four flags leave the fourth way open.",
            "aws:SourceIp 0.0.0.0/0 is a condition that admits everyone.",
            "A Deny with Principal * is fine: it grants nothing.",
        ],
        holds: [
            ControlExample("private buckets, keys and topics"),
            ControlExample("a Deny to everyone") {
                $0.buckets.mutateEach { bucket in
                    bucket.add(
                        PolicyStatement(.deny) {
                            $0.principals = [.anyone]; $0.actions = ["s3:DeleteBucket"]
                        })
                }
            },
            ControlExample("everyone of this account") {
                $0.topics.mutateEach { topic in
                    topic.policy = .known(
                        PolicyDocument([
                            PolicyStatement(.allow) {
                                $0.principals = [.anyone]
                                $0.actions = ["sns:Publish"]
                                $0.resources = ["${AlarmTopic.Arn}"]
                                $0.conditions = [
                                    PolicyCondition("StringEquals", "aws:PrincipalAccount", ["${AWS::AccountId}"])
                                ]
                            }
                        ]))
                }
            },
        ],
        fails: [
            ControlExample("three of the four flags") {
                $0.buckets[id: "ArtifactBucket"]?.publicAccessBlock = .known(
                    PublicAccessBlock.all(except: \.restrictsPublicBuckets))
            },
            ControlExample("access lists still count") {
                $0.buckets.mutateEach { $0.ownership = "ObjectWriter" }
            },
            ControlExample("everyone on the internet, by address") {
                $0.buckets.mutateEach { bucket in
                    bucket.add(
                        PolicyStatement(.allow) {
                            $0.principals = [PolicyPrincipal("AWS", "*")]
                            $0.actions = ["s3:GetObject"]
                            $0.resources = ["arn:aws:s3:::digits/*"]
                            $0.conditions = [PolicyCondition("IpAddress", "aws:SourceIp", ["0.0.0.0/0"])]
                        })
                }
            },
            ControlExample("everyone but one") {
                $0.keys.mutateEach { key in
                    key.policy = .known(
                        PolicyDocument([
                            PolicyStatement(.allow) {
                                $0.notPrincipals = [PolicyPrincipal("AWS", "arn:aws:iam::111122223333:root")]
                                $0.actions = ["kms:Decrypt"]
                                $0.resources = ["*"]
                            }
                        ]))
                }
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeGateways(showing: "requiresAuthentication") { entry, ask in
                ask.requireFlag(entry.requiresAuthentication, "that every request must carry a credential")
            }
        }
        return graph.buckets.map { bucket in
            .about(bucket) { ask in
                ask.requirePrivacy(of: bucket)
                ask.forbidPublicGrants(in: bucket.policy, of: "the bucket policy")
            }
        }
            + graph.keys.map { key in .about(key) { $0.forbidPublicGrants(in: key.policy, of: "the key policy") } }
            + graph.topics.map { topic in
                .about(topic) { $0.forbidPublicGrants(in: topic.policy, of: "the topic policy") }
            }
            + graph.repositories.map { repository in
                .about(repository) { $0.forbidPublicGrants(in: repository.policy, of: "the repository policy") }
            }
            + graph.vpcEndpoints.map { endpoint in
                // Without a policy of its own an endpoint carries everything to anyone's resources; SEC-1.3 asks that.
                .about(endpoint) { $0.forbidPublicGrants(in: endpoint.policy, of: "the endpoint policy") }
            }
    }
}

extension Inquiry {
    fileprivate mutating func requirePrivacy(of bucket: Bucket) {
        // The default of every new bucket since April 2023.
        require(
            bucket.ownership, "object ownership", wanted: "BucketOwnerEnforced", absentAs: "BucketOwnerEnforced"
        ) { $0 == "BucketOwnerEnforced" }
        guard let block = need(bucket.publicAccessBlock, "the block of public access") else { return }
        requireFlag(block.blocksPublicACLs, "BlockPublicAcls", absentAs: false)
        requireFlag(block.ignoresPublicACLs, "IgnorePublicAcls", absentAs: false)
        requireFlag(block.blocksPublicPolicy, "BlockPublicPolicy", absentAs: false)
        requireFlag(block.restrictsPublicBuckets, "RestrictPublicBuckets", absentAs: false)
    }

    fileprivate mutating func forbidPublicGrants(in policy: Fact<PolicyDocument>, of what: String) {
        switch policy.state {
        case .absent: prove("\(what) is not there, so it grants nothing")
        case .unknown(let why): doubt("\(what) cannot be told from this input: \(why)")
        case .known(let document):
            for statement in document.publicGrants {
                fail(
                    "\(what), \(statement.title): anyone is allowed, and no condition narrows it",
                    at: statement.place ?? policy.place)
            }
            prove("\(what) lets in nobody unnamed")
        }
    }
}

extension PublicAccessBlock {
    /// All flags set but one.
    fileprivate static func all(except flag: WritableKeyPath<PublicAccessBlock, Fact<Bool>>) -> PublicAccessBlock {
        var block = PublicAccessBlock()
        (block.blocksPublicACLs, block.ignoresPublicACLs) = (true, true)
        (block.blocksPublicPolicy, block.restrictsPublicBuckets) = (true, true)
        block[keyPath: flag] = false
        return block
    }
}

extension Graph {
    /// Judges every role; where there is none in the input, the endpoints' own roles cannot be told.
    func judgeRoles(_ ask: (Role, inout Inquiry) -> Void) -> [Judgement] {
        if !roles.isEmpty { return roles.map { role in .about(role) { ask(role, &$0) } } }
        return endpoints.map {
            .about($0) { $0.doubt("the roles of this deployment are not in this input; its account would show them") }
        }
    }
}

extension Inquiry {
    /// All documents of a role; an unknown doubts.
    mutating func documents(of role: Role) -> [PolicyDocument] {
        if let why = role.whyUndecided { doubt("the policies of the role cannot be told from this input: \(why)") }
        return role.policies.value ?? []
    }

    /// The ARNs of the managed policies of a role, as far as they are known.
    mutating func managedPolicies(of role: Role) -> [String] {
        if let why = role.managedPolicies.whyUnknown { doubt("the managed policies cannot be told: \(why)") }
        return (role.managedPolicies.value ?? []).compactMap { policy in
            if let why = policy.whyUnknown { doubt("one managed policy cannot be told: \(why)") }
            return policy.value
        }
    }
}

extension Graph {
    /// Roles of the graph that a statement passes to a service which may not play them, in words.
    fileprivate func misplayedRoles(passedBy statement: PolicyStatement) -> [String] {
        guard statement.effect == .allow, statement.reaches("iam:PassRole") else { return [] }
        let services = statement.conditions.filter { $0.isBinding && $0.speaks(of: ["iam:PassedToService"]) }
            .flatMap(\.values).filter { !Glob.isPattern($0) && !$0.contains("${") }
        guard !services.isEmpty else { return [] }
        return statement.resources.compactMap { resource in
            guard resource.hasPrefix("${"), resource.hasSuffix(".Arn}"),
                let role = roles[id: String(resource.dropFirst(2).dropLast(5))], let trust = role.trust.value
            else { return nil }
            let players = trust.statements.flatMap(\.principals).filter { $0.kind.lowercased() == "service" }.map(\.id)
            let strangers = services.filter { !players.contains($0) }
            guard !players.isEmpty, !strangers.isEmpty else { return nil }
            return "it passes \(role.id) to \(strangers.formatted(joinedBy: "and")), but "
                + "\(players.formatted(joinedBy: "and")) plays it"
        }
    }
}
