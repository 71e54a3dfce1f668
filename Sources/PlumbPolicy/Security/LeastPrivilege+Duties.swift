// Who may do what, and under which conditions: SEC-2.5 to SEC-2.7.

import PlumbModel

extension PolicyBook {
    static let separatedDuties = Control(
        "SEC-2.5", "Duties are separated by role",
        severities: Severities(staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Implementation: Role-based access control (RBAC)",
        remedy:
            "Give execution, invoke, deploy, operate and audit a role each (tag ml:purpose), none with the rights of "
            + "another; plumb render writes the five.",
        traps: [
            "Rights come by sts:AssumeRole chains as well.",
            "Who deploys must not also approve: sagemaker:UpdateModelPackage is an approval.",
            "An invoke role on endpoint/* calls every model of the account.",
        ],
        holds: [
            ControlExample("a role for each duty"),
            ControlExample("a deploy role that is denied what it must not do") {
                $0.allow("DeployRole", ["kms:ScheduleKeyDeletion"], on: ["${DataKey.Arn}"]) { $0.effect = .deny }
            },
        ],
        fails: [
            ControlExample("an operator who can destroy the key") {
                $0.allow("OperateRole", ["kms:Schedule*"], on: ["${DataKey.Arn}"])
            },
            ControlExample("a deploy role that can stop the trail, and is not denied it") {
                $0.roles[id: "DeployRole"]?.policies = .known([])
                $0.allow("DeployRole", ["cloudtrail:StopLogging"], on: ["${Trail.Arn}"])
            },
            ControlExample("an invoke role for every endpoint") {
                $0.allow(
                    "InvokeRole", ["sagemaker:InvokeEndpoint"],
                    on: ["arn:aws:sagemaker:us-east-1:${AWS::AccountId}:endpoint/*"])
            },
            ControlExample("nobody audits") { $0.roles[id: "AuditRole"] = nil },
            ControlExample("who deploys also approves") {
                $0.allow(
                    "DeployRole", ["sagemaker:UpdateModelPackage"],
                    on: ["arn:aws:sagemaker:us-east-1:${AWS::AccountId}:model-package/digits/1"])
            },
            ControlExample("an operator who can become the deployer") {
                $0.allow("OperateRole", ["sts:AssumeRole"], on: ["${DeployRole.Arn}"])
            },
        ]
    ) { graph in
        if graph.source == .engine {
            return graph.judgeEndpoints { endpoint, ask in
                ask.requireEngineRoles(graph.engineEvidence(.access, about: endpoint))
            }
        }
        return graph.judgeEndpoints { _, ask in ask.requireRoleForEachDuty(in: graph) }
            + graph.roles.compactMap { role in
                guard let purpose = graph.purpose(of: role) else { return nil }
                return .about(role) { $0.requireOwnDutyOnly(of: role, purpose, in: graph) }
            }
    }

    static let conditionedStatements = Control(
        "SEC-2.6", "Sensitive statements carry condition keys",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "condition keys for context",
        remedy: "Bind CreateEndpointConfig by sagemaker:InstanceTypes or VolumeKmsKey, CreateModel by VpcSubnets, "
            + "InvokeEndpoint by aws:SourceVpce or aws:PrincipalTag, and the use of keys by kms:ViaService.",
        traps: [
            "…IfExists lets a request without the key pass; so does ForAllValues.",
            "Keys match in any case of letters, values do not.",
            "A demanded sagemaker:VolumeKmsKey makes instance types with NVMe storage undeployable: they refuse a key.",
        ],
        holds: [
            ControlExample("conditions on every sensitive statement"),
            ControlExample("a key condition in other letters") {
                $0.allow(
                    "ExecutionRole", ["kms:Decrypt"], on: ["${DataKey.Arn}"],
                    if: PolicyCondition("StringEquals", "KMS:viaservice", ["s3.us-east-1.amazonaws.com"]))
            },
            ControlExample("all subnets from a list, and there must be some") {
                $0.allow(
                    "DeployRole", ["sagemaker:CreateModel"], on: ["${Model.Arn}"],
                    if: PolicyCondition(
                        "ForAllValues:StringEquals", "sagemaker:VpcSubnets", ["${SubnetA}", "${SubnetB}"]),
                    PolicyCondition("Null", "sagemaker:VpcSubnets", ["false"]))
            },
        ],
        fails: [
            ControlExample("decryption outside any service") {
                $0.allow("ExecutionRole", ["kms:Decrypt"], on: ["${DataKey.Arn}"])
            },
            ControlExample("a condition that a missing key satisfies") {
                $0.allow(
                    "InvokeRole", ["sagemaker:InvokeEndpoint"], on: ["${Endpoint.Arn}"],
                    if: PolicyCondition("StringEqualsIfExists", "aws:SourceVpce", ["${RuntimeVPCEndpoint}"]))
            },
            ControlExample("all subnets from a list, or none at all") {
                $0.allow(
                    "DeployRole", ["sagemaker:CreateModel"], on: ["${Model.Arn}"],
                    if: PolicyCondition(
                        "ForAllValues:StringEquals", "sagemaker:VpcSubnets", ["${SubnetA}", "${SubnetB}"]))
            },
            ControlExample(
                "a demanded volume key on instances with NVMe storage", spec: "instances: {type: ml.g5.xlarge}"
            ) {
                $0.allow(
                    "DeployRole", ["sagemaker:CreateEndpointConfig"], on: ["${EndpointConfig.Arn}"],
                    if: PolicyCondition("ArnEquals", "sagemaker:VolumeKmsKey", ["${DataKey.Arn}"]))
            },
        ]
    ) { graph in
        let hasLocalStorage = graph.endpointConfigs.contains { $0.hasLocalStorage && $0.key.isAbsent }
        let sensitive = graph.roles.compactMap { graph.judgeConditions(of: $0, hasLocalStorage: hasLocalStorage) }
        if !sensitive.isEmpty { return sensitive }
        return graph.judgeUndecided(
            "no role in this input deploys, invokes or uses a key; the account's roles would show the conditions")
    }

    static let watchedAccess = Control(
        "SEC-2.7", "Access Analyzer watches, and findings are worked",
        severities: Severities(dev: .low, staging: .low, production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "Audit: Regular IAM policy reviews using Access Analyzer",
        limit: "unused access at most 90 days old",
        remedy:
            "Add an ACCOUNT analyzer in every region in use and one of ACCOUNT_UNUSED_ACCESS with an age of 90 days "
            + "or less; archive only findings of named resources or principals.",
        traps: [
            "An analyzer of external access sees one region only.",
            "An archive rule on status or resourceType silences everything.",
            "Analyzers of unused access are billed for each identity.",
        ],
        holds: [
            ControlExample("an analyzer of external and one of unused access"),
            ControlExample("a finding of yesterday, and a grant unused for three weeks") {
                $0.showFindings([
                    LiveFacts.OpenFinding("ExternalAccess", of: "arn:aws:s3:::models", days: 1),
                    LiveFacts.OpenFinding("UnusedIAMRole", of: "arn:aws:iam::111122223333:role/old", days: 21),
                ])
            },
            ControlExample("an archive rule for one bucket") {
                $0.analyzers.mutateEach { $0.archiveRuleKeys = .known([["resource", "status"]]) }
            },
            ControlExample("analyzers of the organization") {
                $0.analyzers[id: "ExternalAccessAnalyzer"]?.kind = "ORGANIZATION"
                $0.analyzers[id: "UnusedAccessAnalyzer"]?.kind = "ORGANIZATION_UNUSED_ACCESS"
            },
        ],
        fails: [
            ControlExample("a bucket open to others for two weeks") {
                $0.showFindings([LiveFacts.OpenFinding("ExternalAccess", of: "arn:aws:s3:::models", days: 14)])
            },
            ControlExample("no analyzer of unused access") { $0.analyzers[id: "UnusedAccessAnalyzer"] = nil },
            ControlExample("unused for 180 days before anyone hears") {
                $0.analyzers.mutateEach { $0.unusedAccessAgeDays = 180 }
            },
            ControlExample("an archive rule on the type of resource") {
                $0.analyzers.mutateEach { $0.archiveRuleKeys = .known([["resourceType"]]) }
            },
            ControlExample("a bucket in a region without an analyzer") {
                $0.buckets[id: "ArtifactBucket"]?.head.region = "ap-southeast-2"
            },
        ]
    ) { graph in
        graph.judgeAnalyzers()
    }
}

// MARK: - SEC-2.5

extension Graph {
    /// What a role is for: its own word, or that a model runs under it.
    fileprivate func purpose(of role: Role) -> Role.Purpose? {
        joined(RolesByDuty.self).purpose(of: role)
    }
}

extension Inquiry {
    fileprivate mutating func requireRoleForEachDuty(in graph: Graph) {
        let roles = graph.joined(RolesByDuty.self)
        for duty in [Role.Purpose.execution, .invoke, .deploy, .operate, .audit] where !roles.purposes.contains(duty) {
            // Outside production the roles of people and pipelines are often made elsewhere, once for all stages.
            if roles.isUndecided || graph.environment != .production {
                doubt("which role is for '\(duty.rawValue)' cannot be told from this input")
            } else {
                fail("no role is for '\(duty.rawValue)' (tag ml:purpose)")
            }
        }
        prove("execution, invoke, deploy, operate and audit have a role each")
    }

    fileprivate mutating func requireOwnDutyOnly(of role: Role, _ purpose: Role.Purpose, in graph: Graph) {
        if let why = role.whyUndecided { doubt("the policies of the role cannot be told from this input: \(why)") }
        if purpose == .invoke { requireInvocationOnly(of: role, in: graph) }
        for action in Self.forbidden(to: purpose) where role.mayUndo(action, in: graph) {
            fail("the \(purpose.rawValue) role may \(action), which is not its duty", at: role.policies.place)
        }
        let deploys = ["sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint"].contains { !role.grants(of: $0).isEmpty }
        if deploys, !role.grants(of: "sagemaker:UpdateModelPackage").isEmpty {
            fail("it may both deploy and approve (sagemaker:UpdateModelPackage)", at: role.policies.place)
        }
        for statement in role.grants(of: "sts:AssumeRole") {
            for other in graph.roles where other.id != role.id && statement.coversAny(of: other.spellings) {
                // A function that calls the endpoint through the invoke role has no more than its duty.
                if purpose == .automation, graph.purpose(of: other) == .invoke { continue }
                fail("it may assume \(other.id), and so has that role's rights too", at: statement.place)
            }
        }
        prove("the \(purpose.rawValue) role has no other duty's rights")
    }

    /// Rights that undo what others are answerable for.
    private static func forbidden(to purpose: Role.Purpose) -> [String] {
        let undoing = [
            "kms:ScheduleKeyDeletion", "kms:DisableKey", "s3:BypassGovernanceRetention", "cloudtrail:StopLogging",
            "cloudtrail:DeleteTrail", "s3:PutBucketObjectLockConfiguration",
        ]
        let deploying = ["sagemaker:CreateEndpoint", "sagemaker:CreateEndpointConfig", "iam:PassRole"]
        return switch purpose {
        case .deploy, .operate, .automation: undoing
        case .execution, .approve: undoing + deploying
        case .audit: undoing + deploying + ["sagemaker:UpdateEndpoint", "s3:DeleteObject", "s3:PutObject"]
        case .invoke, .replication, .backup, .scheduler: []
        }
    }

    private mutating func requireInvocationOnly(of role: Role, in graph: Graph) {
        let invocations = [
            "sagemaker:invokeendpoint", "sagemaker:invokeendpointasync", "sagemaker:invokeendpointwithresponsestream",
        ]
        for statement in (role.policies.value ?? []).flatMap(\.statements) where statement.effect == .allow {
            for action in statement.actions where !invocations.contains(action.lowercased()) {
                fail("the invoke role may \(action), wanted sagemaker:InvokeEndpoint only", at: statement.place)
            }
            if !statement.notActions.isEmpty { fail("the invoke role may all but some actions", at: statement.place) }
            let others = statement.resources.filter { !Self.names($0, anEndpointOf: graph) }
            if !others.isEmpty {
                fail(
                    "the invoke role reaches \(others.joined(separator: ", ")), wanted this endpoint only",
                    at: statement.place)
            }
        }
    }

    private static func names(_ resource: String, anEndpointOf graph: Graph) -> Bool {
        guard !Glob.isPattern(resource) else { return false }
        let endpoints = graph.joined(EndpointsByName.self)
        if resource.hasPrefix("${") {
            // Terraform's addresses hold dots, as does what may follow an id.
            let reference = resource.dropFirst(2).prefix { $0 != "}" }
            return reference.indices.contains { endpoints.ids.contains(String(reference[...$0])) }
        }
        // SageMaker writes endpoint names in lower case in ARNs.
        let name = ARN(resource)?.resource.lowercased() ?? ""
        return name.hasPrefix("endpoint/") && endpoints.anyCase[String(name.dropFirst(9))] != nil
    }

    fileprivate mutating func requireEngineRoles(_ evidence: Evidence?) {
        guard let evidence, let text = evidence.texts["roles"] else {
            doubt("the engine does not show its roles; its record of access (who may do what) would decide it")
            return
        }
        let roles = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
        let missing = ["invoker", "deployer", "operator", "auditor"].filter { !roles.contains($0) }
        if missing.isEmpty {
            prove("the engine knows the roles \(text)")
        } else {
            fail(
                "the engine knows the roles '\(text)', wanted \(missing.joined(separator: ", ")) apart "
                    + "from them as well"
            )
        }
    }
}

extension Role {
    /// Whether it may do something that others are answerable for: named as such on whatever, or by a pattern that
    /// reaches a thing that it would harm.
    fileprivate func mayUndo(_ action: String, in graph: Graph) -> Bool {
        let service = String(action.prefix { $0 != ":" })
        let grants = grants(of: action).filter { graph.mayReach(service, by: $0) }
        guard !grants.isEmpty, action.hasPrefix("s3:"), action.contains("Lock") || action.contains("Bypass") else {
            return !grants.isEmpty
        }
        let locked = graph.auditBuckets
        guard !locked.isEmpty else { return true }
        return grants.contains { statement in
            statement.actions.contains { $0.lowercased() == action.lowercased() } || !statement.notActions.isEmpty
                || locked.contains { statement.coversAny(of: $0.spellings) || statement.touchesObjects(of: $0) }
        }
    }

    /// How policies may spell this role's ARN.
    var spellings: [String] {
        ["${\(id).Arn}"] + (name.value.map { ["arn:aws:iam::${AWS::AccountId}:role/\($0)"] } ?? [])
    }
}

// MARK: - SEC-2.6

extension Graph {
    private static let demands: [(actions: [String], keys: [String])] = [
        (["sagemaker:CreateEndpointConfig"], ["sagemaker:InstanceTypes", "sagemaker:VolumeKmsKey"]),
        (
            ["sagemaker:CreateModel"],
            ["sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds", "sagemaker:NetworkIsolation"]
        ),
        (["sagemaker:InvokeEndpoint"], ["aws:SourceVpce", "aws:SourceVpc", "aws:PrincipalTag/"]),
        (
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
            ["kms:ViaService", "kms:EncryptionContext:"]
        ),
        (["kms:CreateGrant"], ["kms:GrantIsForAWSResource", "kms:ViaService"]),
    ]

    /// Nil for a role that may do nothing sensitive.
    fileprivate func judgeConditions(of role: Role, hasLocalStorage: Bool) -> Judgement? {
        guard
            role.whyUndecided != nil
                || Self.demands.contains(where: { demand in
                    demand.actions.contains { !role.grants(of: $0).isEmpty }
                })
        else { return nil }
        return .about(role) { ask in
            for document in ask.documents(of: role) {
                for statement in document.statements where statement.effect == .allow {
                    ask.requireConditions(on: statement, of: role, Self.demands)
                    if hasLocalStorage, statement.reaches("sagemaker:CreateEndpointConfig"),
                        statement.isBound(by: ["sagemaker:VolumeKmsKey"])
                    {
                        ask.fail(
                            "\(statement.title) demands sagemaker:VolumeKmsKey, but the instance type has "
                                + "NVMe storage and "
                                + "refuses a key: nothing could be deployed", at: statement.place)
                    }
                }
            }
            ask.prove("every sensitive statement is bound by a condition")
        }
    }
}

extension Inquiry {
    fileprivate mutating func requireConditions(
        on statement: PolicyStatement, of role: Role, _ demands: [(actions: [String], keys: [String])]
    ) {
        for demand in demands {
            guard let action = demand.actions.first(where: statement.reaches), !statement.isBound(by: demand.keys)
            else {
                continue
            }
            let wanted = demand.keys.map { $0.hasSuffix("/") || $0.hasSuffix(":") ? $0 + "…" : $0 }.formatted(
                joinedBy: "or")
            let loose = statement.conditions.first { $0.speaks(of: demand.keys) }
            let found =
                loose.map { "\($0.operatorName) on \($0.key) lets a request without the key pass" }
                ?? "no condition binds it"
            fail(
                "\(statement.title) allows \(action), and \(found); wanted \(wanted)",
                at: statement.place ?? role.policies.place)
        }
    }
}

// MARK: - SEC-2.7

extension Graph {
    fileprivate func judgeAnalyzers() -> [Judgement] {
        guard !endpoints.isEmpty || !roles.isEmpty || !buckets.isEmpty else { return [] }
        let home = region.value
        var regions: [String?] = [home]
        for resource in resources {
            if let name = resource.head.region.value, name != home, !regions.contains(name) { regions.append(name) }
        }
        let external = regions.map { region in
            Judgement.about("region \(region ?? "of the deployment")", at: nil) { ask in
                let watching = analyzers.filter { ($0.head.region.value ?? home) == region }
                ask.requireAnalyzer(of: ["ACCOUNT", "ORGANIZATION"], "external access", among: watching)
                for analyzer in watching {
                    ask.requireNarrowArchiving(by: analyzer)
                    ask.requireWorkedFindings(of: analyzer, in: self)
                }
            }
        }
        let unused = Judgement.about("account", at: nil) { ask in
            // One sees the whole account; of several the one at home counts, which the others only repeat.
            let kinds = ["ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS"]
            let near = analyzers.filter { ($0.head.region.value ?? home) == home }
            let found = ask.requireAnalyzer(of: kinds, "unused access", among: near)
            if let found {
                let most = Int(bounded: thresholds.unusedAccessDays)
                ask.require(
                    found.unusedAccessAgeDays, "the age of unused access in days", wanted: "at most \(most)",
                    absentAs: 90
                ) { $0 <= most }
            }
        }
        return external + [unused]
    }
}

extension Inquiry {
    @discardableResult
    fileprivate mutating func requireAnalyzer(
        of kinds: [String], _ what: String, among analyzers: [Analyzer]
    ) -> Analyzer? {
        if let found = analyzers.first(where: { $0.kind.value.map(kinds.contains) == true }) {
            prove("\(found.id) watches \(what)")
            relate("the analyzer of \(what)", at: found.place)
            return found
        }
        if let vague = analyzers.first(where: { $0.kind.isUnknown }) {
            doubt("whether \(vague.id) watches \(what) cannot be told from this input")
        } else {
            fail("no analyzer watches \(what), wanted one of type \(kinds.formatted(joinedBy: "or"))")
        }
        return nil
    }

    /// An archive rule must name a resource or principal; one on anything broader hides every finding.
    fileprivate mutating func requireNarrowArchiving(by analyzer: Analyzer) {
        if let why = analyzer.archiveRuleKeys.whyUnknown {
            doubt("the archive rules of \(analyzer.id) cannot be told: \(why)")
        }
        for keys in analyzer.archiveRuleKeys.value ?? [] {
            let isNarrow = keys.contains { $0.lowercased() == "resource" || $0.lowercased().hasPrefix("principal") }
            if !isNarrow {
                fail(
                    "an archive rule of \(analyzer.id) filters on \(keys.joined(separator: ", ")) alone "
                        + "and silences all",
                    at: analyzer.archiveRuleKeys.place ?? analyzer.place)
            }
        }
    }
}
