// A review finds what is wrong with a policy, all of it, and nothing in a good one.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct AccessReviewTests {
    private func findings(_ json: String, _ kind: AccessPolicyKind) throws -> [AccessFinding] {
        AccessReview.findings(in: try #require(PolicyDocument(json: json)), kind: kind)
    }

    @Test(
        arguments: AccessCase.identities + AccessCase.trusts + AccessCase.resources + AccessCase.good
            + AccessCase.reaching)
    func findsWhatIsWrongAndNothingElse(example: AccessCase) throws {
        let findings = try findings(example.json, example.kind)
        let told = Set(findings.filter { $0.type > .suggestion }.map(\.code))
        let list = findings.map { "\($0.type.rawValue) \($0.code): \($0.message)" }.joined(separator: "\n")
        #expect(told == example.codes, "\(list)")
    }

    @Test(arguments: AccessCase.escalations)
    func rightsAddUpToThoseOfAnotherRoleAndOnlyTogether(actions: [String]) {
        func codes(_ actions: [String]) -> [String] {
            let statement = PolicyStatement(.allow) {
                $0.actions = actions
                $0.resources = ["*"]
            }
            return AccessReview.findings(in: PolicyDocument([statement]), kind: .identity).map(\.code)
        }
        #expect(codes(actions).contains("PRIVILEGE_ESCALATION"))
        #expect(!codes(Array(actions.dropLast())).contains("PRIVILEGE_ESCALATION"))
    }

    @Test func saysWhatWasNotLookedUp() {
        let statement = PolicyStatement(.allow) {
            $0.actions = ["guardduty:ListDetectors", "s3:ListAllMyBuckets", "Braket:GetJob"]
            $0.resources = ["*"]
        }
        let findings = AccessReview.findings(in: PolicyDocument([statement]), kind: .identity)
        #expect(findings.map(\.code) == ["SERVICE_NOT_LISTED"])
        #expect(findings.first?.message.contains("braket, guardduty") == true)
    }

    @Test func theSamePolicyAlwaysGivesTheSameFindings() throws {
        for example in AccessCase.identities {
            #expect(try findings(example.json, .identity) == findings(example.json, .identity))
        }
    }

    @Test func findingsComeWorstFirst() throws {
        for example in AccessCase.identities + AccessCase.trusts {
            let types = try findings(example.json, example.kind).map(\.type)
            #expect(types == types.sorted(by: >))
        }
    }

    @Test func findingsSayWhereAndHowToMend() throws {
        let finding = try #require(
            try findings(
                #"""
                {"Version": "2012-10-17", "Statement": [
                    {"Sid": "Call", "Effect": "Allow", "Action": "sagemaker:InvokeEndpoint",
                     "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits"},
                    {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}
                """#, .identity
            ).first)
        #expect(finding.code == "PASS_ROLE_WITH_STAR_IN_RESOURCE")
        #expect(finding.statement == 1)
        #expect(finding.sid == "Pass")
        #expect(finding.actions == ["iam:PassRole"])
        #expect(finding.resources == ["*"])
        #expect(finding.fix.contains("iam:PassedToService"))
    }

    @Test(
        arguments: [
            (nil, "MISSING_VERSION"), ("2012-10-17", nil), ("2012-10-18", "INVALID_VERSION"),
        ] as [(String?, String?)])
    func wantsTheVersion(version: String?, code: String?) {
        let statement = PolicyStatement(.allow) {
            $0.actions = ["sagemaker:InvokeEndpoint"]
            $0.resources = ["arn:aws:sagemaker:us-east-1:111122223333:endpoint/digits"]
        }
        let findings = AccessReview.findings(in: PolicyDocument(version: version, [statement]), kind: .identity)
        #expect(findings.map(\.code) == (code.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("sagemaker:InvokeEndpont", "sagemaker:InvokeEndpoint"), ("s3:ListObjectsV2", "s3:ListBucket"),
        ("sagmaker:InvokeEndpoint", "sagemaker"), ("sagemaker-runtime:InvokeEndpoint", "sagemaker"),
        ("kms:Decyrpt", "kms:Decrypt"),
    ])
    func saysWhatWasMeant(action: String, meant: String) throws {
        let statement = PolicyStatement(.allow) {
            $0.actions = [action]
            $0.resources = ["*"]
        }
        let findings = AccessReview.findings(in: PolicyDocument([statement]), kind: .identity)
        #expect(findings.contains { $0.type == .error && $0.message.contains("did you mean \(meant)?") }, "\(findings)")
    }

    @Test func anEmptyListIsAnotherFaultThanAMissingElement() {
        var statement = PolicyStatement(.allow) { $0.resources = ["*"] }
        #expect(
            AccessReview.findings(in: PolicyDocument([statement]), kind: .identity).map(\.code) == ["MISSING_ACTION"])
        statement.emptyElements = ["Action"]
        let codes = AccessReview.findings(in: PolicyDocument([statement]), kind: .identity).map(\.code)
        #expect(codes == ["EMPTY_ARRAY_ACTION"])
    }

    @Test func anEmptyListOfActionsTrustsNobody() {
        var statement = PolicyStatement(.allow) { $0.principals = [.anyone] }
        statement.emptyElements = ["Action"]
        let codes = AccessReview.findings(in: PolicyDocument([statement]), kind: .trust).map(\.code)
        #expect(codes == ["EMPTY_ARRAY_ACTION"])
    }

    @Test func controlsEndTheirMessagesWithTheCodes() throws {
        let wide = PolicyStatement(.allow) {
            $0.actions = ["kms:Decrypt"]
            $0.resources = ["*"]
        }
        #expect(AccessReview.codes(of: wide, as: .identity) == " (KMS_DECRYPT_STAR, RESOURCE_STAR)")
        let pass = PolicyStatement(.allow) {
            $0.actions = ["iam:PassRole"]
            $0.resources = ["*"]
        }
        #expect(
            AccessReview.codes(of: pass, as: .identity, naming: "PASS_ROLE") == " (PASS_ROLE_WITH_STAR_IN_RESOURCE)")
    }

    @Test func rightsOfSeveralDocumentsAddUp() {
        var role = Role("R") { $0.head.name = "deployer" }
        role.policies = .known([
            PolicyDocument([
                PolicyStatement(.allow, sid: "A") {
                    $0.actions = ["iam:PassRole"]
                    $0.resources = ["*"]
                    $0.conditions = [
                        PolicyCondition("StringEquals", "iam:PassedToService", ["sagemaker.amazonaws.com"])
                    ]
                }
            ]),
            PolicyDocument([
                PolicyStatement(.allow, sid: "A") {
                    $0.actions = ["sagemaker:CreateProcessingJob"]
                    $0.resources = ["arn:aws:sagemaker:us-east-1:111122223333:processing-job/*"]
                }
            ]),
        ])
        let codes = AccessReview.findings(in: role).map(\.code)
        #expect(codes.contains("PRIVILEGE_ESCALATION"))
        #expect(!codes.contains("UNIQUE_SIDS_REQUIRED"))
    }

    @Test func anAccountThatIsOnesOwnNeedsNoExternalID() throws {
        let json = #"""
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
              "Principal": {"AWS": "arn:aws:iam::111122223333:role/pipeline"}}]}
            """#
        let document = try #require(PolicyDocument(json: json))
        let foreign = AccessReview.findings(in: document, kind: .trust)
        #expect(foreign.map(\.code) == ["CROSS_ACCOUNT_WITHOUT_EXTERNAL_ID"])
        #expect(AccessReview.findings(in: document, kind: .trust, ownAccounts: ["111122223333"]).isEmpty)
    }

    @Test(arguments: [
        "", "{}", "arn:", "arn:aws:::::", ":::::::", "*:*", "${", "${}", "${aws:", "a:b:c", "\u{0}",
        "arn:aws:s3:::${aws:x",
        String(repeating: "*?", count: 500),
    ])
    func whateverStandsInAPolicyIsReviewed(text: String) {
        for kind in AccessPolicyKind.allCases {
            for effect in [PolicyStatement.Effect.allow, .deny] {
                let statement = PolicyStatement(effect, sid: text) {
                    $0.actions = [text, "s3:GetObject"]
                    $0.resources = [text, "*"]
                    $0.principals = [PolicyPrincipal("AWS", text), PolicyPrincipal(text, text)]
                    $0.conditions = [PolicyCondition(text, text, [text]), PolicyCondition("StringLike", text, [text])]
                }
                let document = PolicyDocument(version: text, [statement, statement])
                #expect(!AccessReview.findings(in: document, kind: kind).isEmpty)
            }
        }
    }
}

@Suite struct ServiceReferenceTests {
    @Test func knowsActionsTheirResourcesAndKeys() throws {
        let (sagemaker, create) = try #require(ServiceReference.action("sagemaker:createmodel"))
        #expect(create.name == "CreateModel")
        #expect(create.level == .write)
        #expect(create.types.map { sagemaker.types[$0].arn } == ["sagemaker:*:*:model/*"])
        #expect(sagemaker.supports("sagemaker:VpcSubnets", for: create))
        #expect(!sagemaker.supports("sagemaker:VolumeKmsKey", for: create))
        #expect(sagemaker.supports("aws:RequestTag/team", for: create))
        #expect(sagemaker.key("sagemaker:vpcsubnets")?.isMultivalued == true)
        #expect(sagemaker.key("sagemaker:NetworkIsolation")?.type == .bool)
        #expect(sagemaker.actions.count == 415)
        #expect(sagemaker.types.count == 69)
    }

    @Test func findsEveryServiceThatATableHolds() {
        let tables = [
            ServiceReference.machineLearning1, ServiceReference.machineLearning2, ServiceReference.identity,
            ServiceReference.data, ServiceReference.watching, ServiceReference.compute1, ServiceReference.compute2,
            ServiceReference.serving,
        ]
        let lines = tables.flatMap { $0.split(separator: "\n") }
        let prefixes = lines.filter { $0.hasPrefix("@ ") }.map { $0.dropFirst(2) }
        #expect(prefixes.count == 35)
        for prefix in prefixes {
            #expect(ServiceReference.service(String(prefix))?.actions.isEmpty == false, "\(prefix)")
            #expect(ServiceReference.knownPrefixes.contains(String(prefix)))
        }
    }

    @Test func holdsEveryServiceWhole() {
        let counts = [("ec2", 780), ("s3", 168), ("iam", 187), ("kms", 55), ("sns", 41), ("logs", 127), ("lambda", 88)]
        for (prefix, count) in counts { #expect(ServiceReference.service(prefix)?.actions.count == count, "\(prefix)") }
        #expect(ServiceReference.service("ec2")?.types.count == 110)
        #expect(ServiceReference.service("iam") != nil && ServiceReference.service("no") == nil)
        #expect(ServiceReference.knownPrefixes.count > 400)
    }
}
