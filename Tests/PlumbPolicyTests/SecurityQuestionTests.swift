// The questions under the security controls: patterns, ARNs, trust, and what an engine's evidence proves.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct PatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false), ("a?c", "abc", true),
        ("a?c", "ac", false), ("s3:Get*", "s3:GetObject", true), ("s3:Get*", "s3:PutObject", false),
        ("*b*b", "abcb", true), ("*b*b", "abc", false), ("a*a*a", "aa", false),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b-evil", true),
        ("**", "x", true), ("a*?", "a", false), ("a*?", "ab", true),
    ])
    func matchesAsIAMDoes(pattern: String, text: String, wanted: Bool) {
        #expect(Glob.matches(pattern, text) == wanted)
    }

    @Test func matchesLongTextsWithoutTryingEveryWay() {
        let text = String(repeating: "a", count: 2_000)
        #expect(!Glob.matches(String(repeating: "a*", count: 50) + "b", text))
    }

    @Test func splitsARNsAroundPseudoParameters() throws {
        let arn = try #require(ARN("arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/x:*"))
        #expect(arn.service == "logs")
        #expect(arn.region == "${AWS::Region}")
        #expect(arn.account == "${AWS::AccountId}")
        #expect(arn.resource == "log-group:/aws/x:*")
        #expect(ARN("bucket") == nil)
        #expect(ARN("arn:aws:s3:::bucket/a:b")?.resource == "bucket/a:b")
    }

    @Test func knowsActionsThatTakeNoResourceInAnyCase() {
        #expect(ActionsWithoutResource.contains("ECR:GetAuthorizationToken"))
        #expect(ActionsWithoutResource.contains("cloudwatch:PutMetricData"))
        #expect(ActionsWithoutResource.contains("ec2:DescribeSubnets"))
        #expect(!ActionsWithoutResource.contains("kms:Decrypt"))
        #expect(!ActionsWithoutResource.contains("s3:GetObject"))
        #expect(!ActionsWithoutResource.contains("iam:PassRole"))
    }
}

@Suite struct StatementTests {
    private func allow(_ actions: [String], _ resources: [String], _ conditions: PolicyCondition...) -> PolicyStatement
    {
        PolicyStatement(.allow) {
            $0.actions = actions
            $0.resources = resources
            $0.conditions = conditions
        }
    }

    @Test(
        arguments: [
            (["s3:GetObject"], ["${Data.Arn}/*"], 0), (["s3:GetObject"], ["arn:aws:s3:::data/*"], 0),
            (["s3:GetObject"], ["arn:${AWS::Partition}:s3:::data/in/*"], 0), (["s3:GetObject"], ["${Data.Arn}*"], 1),
            (["s3:Get*", "s3:List*"], ["${Data.Arn}/*"], 0), (["s3:Put*"], ["${Data.Arn}/*"], 1),
            (["sagemaker:InvokeEndpoint"], ["arn:aws:sagemaker:*:111122223333:endpoint/digits"], 0),
            (["sagemaker:InvokeEndpoint"], ["arn:aws:sagemaker:us-east-1:111122223333:*"], 1),
            (["logs:PutLogEvents"], ["arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/Endpoints/x:*"], 0),
            (["logs:PutLogEvents"], ["arn:aws:logs:us-east-1:111122223333:log-group:*"], 1),
            (["*"], ["*"], 2), (["ec2:Describe*"], ["*"], 0), (["*:GetObject"], ["${Data.Arn}/*"], 1),
            (["kms:ReEncrypt*"], ["${Key.Arn}"], 0), (["kms:Decrypt*"], ["${Key.Arn}"], 1),
        ] as [([String], [String], Int)])
    func countsWildcardFaults(actions: [String], resources: [String], faults: Int) {
        let found = allow(actions, resources).wildcardFaults
        #expect(found.count - (actions == ["*"] ? 1 : 0) == faults, "\(found)")
    }

    @Test(arguments: [
        (PolicyCondition("StringEquals", "aws:SourceAccount", ["111122223333"]), true),
        (PolicyCondition("StringEquals", "AWS:sourceaccount", ["111122223333"]), true),
        (PolicyCondition("StringLike", "aws:SourceAccount", ["*"]), false),
        (PolicyCondition("StringEqualsIfExists", "aws:SourceAccount", ["111122223333"]), false),
        (PolicyCondition("ForAllValues:StringEquals", "aws:SourceAccount", ["111122223333"]), false),
        (PolicyCondition("StringNotEquals", "aws:SourceAccount", ["111122223333"]), false),
        (PolicyCondition("IpAddress", "aws:SourceIp", ["::/0"]), false),
        (PolicyCondition("IpAddress", "aws:SourceIp", ["10.0.0.0/8"]), true),
        (PolicyCondition("Null", "aws:SourceAccount", ["false"]), true),
        (PolicyCondition("Null", "aws:SourceAccount", ["true"]), false),
        (PolicyCondition("StringEquals", "aws:CurrentTime", ["x"]), false),
    ])
    func bindsOnlyByConditionsThatAMissingKeyBreaks(condition: PolicyCondition, isBound: Bool) {
        #expect(
            allow(["s3:GetObject"], ["*"], condition).isBound(by: ["aws:SourceAccount", "aws:SourceIp"]) == isBound)
    }

    @Test func aFamilyOfBucketNamesMustBeOfOneAccount() {
        let tests = ["arn:aws:s3:::awsbackup-restore-test-*"]
        let own = PolicyCondition("StringEquals", "aws:ResourceAccount", ["${AWS::AccountId}"])
        #expect(allow(["s3:CreateBucket"], tests).wildcardFaults.count == 1)
        #expect(allow(["s3:CreateBucket"], tests, own).wildcardFaults.isEmpty)
        #expect(allow(["s3:CreateBucket"], ["arn:aws:s3:::*"], own).wildcardFaults.count == 1)
    }

    @Test func anOutrightDenyUndoesEveryGrant() {
        let deny = PolicyStatement(.deny) {
            $0.actions = ["kms:*"]
            $0.resources = ["*"]
        }
        #expect(PolicyDocument([allow(["KMS:Decrypt"], ["*"])]).grants(of: "kms:decrypt").count == 1)
        #expect(PolicyDocument([allow(["kms:Decrypt"], ["*"]), deny]).grants(of: "kms:Decrypt").isEmpty)
    }

    @Test func notActionReachesWhatItDoesNotName() {
        let statement = PolicyStatement(.allow) { $0.notActions = ["s3:*"] }
        #expect(statement.reaches("iam:PassRole"))
        #expect(!statement.reaches("s3:GetObject"))
        #expect(statement.passRoleFaults.count == 3)
    }
}

@Suite struct UnknownSecurityTests {
    private func graph(_ source: SourceKind) -> Graph {
        var graph = Graph(source: source, environment: .production, asOf: Day("2026-11-24") ?? Day(daysSinceEpoch: 0))
        graph.endpoints = [Endpoint("Endpoint") { $0.head.name = "digits" }]
        return graph
    }

    private func verdict(_ id: String, _ graph: Graph) throws -> Verdict {
        try #require(PolicyBook.control(id)).control.judge(graph).map(\.verdict).combined
    }

    private static let security = PolicyBook.policies.filter { $0.pillar == .security }.flatMap(\.controls).map(\.id)

    @Test(arguments: security) func anEngineWithoutEvidenceNeitherHoldsNorFails(id: String) throws {
        guard try #require(PolicyBook.control(id)).control.provableAt.contains(.engine) else { return }
        #expect(try verdict(id, graph(.engine)) == .unknown)
    }

    @Test(arguments: security) func nothingHoldsOfAnEndpointOfWhichOnlyTheNameIsKnown(id: String) throws {
        // Calls to SageMaker itself are held to TLS 1.2 by the service; without buckets and tables nothing is asked
        // of them.
        let allowed: Set<Verdict> =
            switch id {
            case "SEC-1.2": [.holds]
            case "SEC-1.1", "SEC-1.5", "SEC-1.6", "SEC-2.4", "SEC-3.3", "SEC-3.4": [.notApplicable]
            default: [.unknown, .fails]
            }
        #expect(allowed.contains(try verdict(id, graph(.cloudformation))))
    }

    @Test func factsThatCannotBeReadMakeTheVerdictUnknown() throws {
        var graph = graph(.terraform)
        graph.buckets = [
            Bucket("Data") {
                $0.policy = .unknown("known after apply")
                $0.encryption = .unknown("known after apply")
                $0.loggingDestination = .unknown("known after apply")
            }
        ]
        graph.roles = [
            Role("Execution") {
                $0.policies = .unknown("known after apply")
                $0.trust = .unknown("known after apply")
            }
        ]
        graph.tables = [
            Table("State") {
                $0.isSSEEnabled = true
                $0.key = .known(.external("alias/state"))
                $0.streamView = "NEW_AND_OLD_IMAGES"
            }
        ]
        graph.streamConsumers = [StreamConsumer("Consumer") { $0.table = .unknown("known after apply") }]
        for id in ["SEC-1.1", "SEC-1.5", "SEC-1.6", "SEC-2.1", "SEC-2.2", "SEC-2.3", "SEC-3.3", "SEC-3.4"] {
            #expect(try verdict(id, graph) == .unknown, "\(id)")
        }
    }

    @Test func anEnginesEvidenceDecides() throws {
        var graph = graph(.engine)
        func show(_ kind: Evidence.Kind, _ numbers: [String: Double] = [:], _ texts: [String: String]) {
            graph.evidence.append(
                Evidence(kind, endpointName: "", day: graph.asOf, origin: "engine", numbers: numbers, texts: texts))
        }
        show(.state, [:], ["path": "/srv/plumb/state", "encryption": "AES-256-GCM"])
        show(.audit, ["entries": 12], ["head": "8f3c"])
        show(.access, [:], ["authentication": "bearer", "roles": "viewer, invoker, deployer, operator, auditor"])
        show(.handshake, ["port": 8443], ["refused": "1.0, 1.1", "accepted": "1.2, 1.3"])
        graph.entryPoints = [
            EntryPoint("Gateway") {
                $0.kind = .known(.gateway)
                $0.minimumTLS = "1.2"
                $0.requiresAuthentication = true
                $0.addresses = .known(["127.0.0.1:8443"])
            }
        ]
        for id in ["SEC-1.1", "SEC-1.2", "SEC-1.3", "SEC-1.5", "SEC-1.6", "SEC-2.4", "SEC-2.5", "SEC-3.1", "SEC-3.4"] {
            #expect(try verdict(id, graph) == .holds, "\(id)")
        }
        graph.entryPoints[id: "Gateway"]?.addresses = .known(["0.0.0.0:8443"])
        graph.entryPoints[id: "Gateway"]?.requiresAuthentication = false
        graph.entryPoints[id: "Gateway"]?.minimumTLS = "1.0"
        for id in ["SEC-1.2", "SEC-1.3", "SEC-2.4"] { #expect(try verdict(id, graph) == .fails, "\(id)") }
        graph.evidence = []
        show(.state, [:], ["path": "/srv/plumb/state", "encryption": "none"])
        show(.access, [:], ["roles": "admin"])
        for id in ["SEC-1.5", "SEC-1.6", "SEC-2.5"] { #expect(try verdict(id, graph) == .fails, "\(id)") }
        graph.evidence = []
        show(.state, [:], ["path": "/srv/plumb/state", "encryption": "AES-256-GCM", "artefactEncryption": "none"])
        #expect(try verdict("SEC-1.5", graph) == .fails && verdict("SEC-1.6", graph) == .holds)
    }

    @Test func oneWholeTrailAmongSeveralIsEnough() {
        let judgements = [Judgement(.fails, "a", ""), Judgement(.unknown, "b", ""), Judgement(.holds, "c", "")]
        #expect(judgements.bestOf.map(\.resource) == ["c"])
        #expect(judgements.dropLast().bestOf.map(\.resource) == ["b"])
        #expect(judgements.prefix(1).bestOf.map(\.resource) == ["a"])
    }
}

@Suite struct CompiledSecurityTests {
    /// What is compiled from a spec must not break the policies it is compiled for, whatever sort of deployment it is.
    @Test(arguments: [
        (Environment.dev, ""), (.staging, ""), (.production, "critical: false"),
        (.production, "workload: gpu\ninstances: {type: ml.g5.xlarge}"),
        (.production, "model: {multiModel: true}"), (.production, "capture: {enabled: false}"),
        (.production, "regimes: {names: [], processesHealthData: false}"),
    ])
    func noSecurityControlFailsOfWhatIsCompiled(environment: Environment, overlay: String) throws {
        var graph = try BaseSpec.graph(in: environment, overlay: overlay)
        graph.source = .cloudformation
        for control in PolicyBook.policies.filter({ $0.pillar == .security }).flatMap(\.controls) {
            let verdict = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
            let told = verdict.judgements.filter { $0.verdict != .holds }.map { "\($0.resource): \($0.message)" }
            let isProvable = control.provableAt.contains(.cloudformation)
            let allowed: Set<Verdict> = isProvable ? [.holds, .notApplicable] : [.unknown, .notApplicable]
            #expect(allowed.contains(verdict.verdict), "\(control.id): \(told)")
        }
    }
}
