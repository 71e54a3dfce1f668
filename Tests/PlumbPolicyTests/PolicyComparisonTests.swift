// Two versions of a policy compared: known cases, and random policies held to random requests.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbPolicy

@Suite struct PolicyComparisonTests {
    private static func policy(_ statements: String) throws -> PolicyDocument {
        try #require(PolicyDocument(json: #"{"Version": "2012-10-17", "Statement": [\#(statements)]}"#))
    }

    struct Case: Sendable {
        let name: String
        let old: String
        let new: String
        let answer: AccessComparison.Answer
        init(_ name: String, _ answer: AccessComparison.Answer, old: String, new: String) {
            (self.name, self.answer, self.old, self.new) = (name, answer, old, new)
        }
    }

    private static let read = #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#
    private static func conditioned(_ condition: String, _ action: String = "s3:GetObject") -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "arn:aws:s3:::b/*", "Condition": {\#(condition)}}"#
    }

    private static let cases: [Case] = [
        Case("the same", .no, old: read, new: read),
        Case(
            "a narrower resource", .no, old: read,
            new: #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/models/*"}"#),
        Case(
            "a wider resource", .yes, old: read,
            new: #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b*"}"#),
        Case(
            "two patterns that cover one together", .no,
            old:
                #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/?*", "arn:aws:s3:::b/"]}"#,
            new: read),
        Case(
            "another action", .yes, old: read,
            new: #"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"}"#),
        Case(
            "in other letters", .no, old: read,
            new: #"{"Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::b/*"}"#),
        Case(
            "a pattern of an action that is named", .yes, old: read,
            new: #"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}"#),
        Case(
            "all but one denied", .no, old: read,
            new: #"""
                {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
                {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}
                """#),
        Case(
            "a Deny taken away", .yes,
            old: read + #", {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret/*"}"#, new: read),
        Case(
            "a Deny made weaker", .yes,
            old: read + #", {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/s*"}"#,
            new: read + #", {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret/*"}"#),
        Case(
            "a condition more", .no, old: read,
            new: conditioned(#""StringEquals": {"aws:PrincipalTag/team": "ml"}"#)),
        Case(
            "a condition less", .yes, old: conditioned(#""StringEquals": {"aws:PrincipalTag/team": "ml"}"#), new: read),
        Case(
            "a value more", .yes, old: conditioned(#""StringEquals": {"aws:PrincipalTag/team": "ml"}"#),
            new: conditioned(#""StringEquals": {"aws:PrincipalTag/team": ["ml", "ops"]}"#)),
        Case(
            "a pattern that takes the value in", .no,
            old: conditioned(#""StringLike": {"aws:PrincipalTag/team": "m*"}"#),
            new: conditioned(#""StringEquals": {"aws:PrincipalTag/team": "ml"}"#)),
        Case(
            "IfExists lets requests without the key pass", .yes,
            old: conditioned(#""StringEquals": {"aws:PrincipalTag/team": "ml"}"#),
            new: conditioned(#""StringEqualsIfExists": {"aws:PrincipalTag/team": "ml"}"#)),
        Case(
            "ForAllValues lets requests without the key pass", .yes,
            old: conditioned(#""ForAnyValue:StringEquals": {"aws:TagKeys": "team"}"#),
            new: conditioned(#""ForAllValues:StringEquals": {"aws:TagKeys": "team"}"#)),
        Case(
            "ForAllValues guarded by Null", .no,
            old: conditioned(#""ForAnyValue:StringEquals": {"aws:TagKeys": "team"}"#),
            new: conditioned(#""ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}"#)
        ),
        Case(
            "a smaller network", .no, old: conditioned(#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#),
            new: conditioned(#""IpAddress": {"aws:SourceIp": "203.0.113.64/26"}"#)),
        Case(
            "a larger network", .yes, old: conditioned(#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#),
            new: conditioned(#""IpAddress": {"aws:SourceIp": "203.0.112.0/23"}"#)),
        Case(
            "two halves of a network", .no,
            old: conditioned(#""IpAddress": {"aws:SourceIp": ["203.0.113.0/25", "203.0.113.128/25"]}"#),
            new: conditioned(#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#)),
        Case(
            "TLS demanded by a Deny", .no, old: conditioned(#""Bool": {"aws:SecureTransport": "true"}"#),
            new: read + ", " + #"""
                {"Effect": "Deny", "Action": "*", "Resource": "*",
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
                """#),
        Case(
            "a longer time", .yes, old: conditioned(#""DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}"#),
            new: conditioned(#""DateLessThan": {"aws:CurrentTime": "2026-01-02T00:00:00Z"}"#)),
        Case(
            "a shorter time", .no, old: conditioned(#""DateLessThan": {"aws:CurrentTime": "2026-01-02T00:00:00Z"}"#),
            new: conditioned(#""DateLessThan": {"aws:CurrentTime": "1767225600"}"#)),
        Case(
            "a TLS floor that sinks", .yes, old: conditioned(#""NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}"#),
            new: conditioned(#""NumericGreaterThanEquals": {"s3:TlsVersion": "1.1"}"#)),
        Case(
            "MFA absent", .yes, old: conditioned(#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#),
            new: conditioned(#""BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}"#)),
        Case(
            "a principal more", .yes,
            old:
                #"""
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sagemaker.amazonaws.com"}}
                """#,
            new: #"""
                {"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"Service": ["sagemaker.amazonaws.com", "lambda.amazonaws.com"]}}
                """#),
        Case(
            "the account written two ways", .no,
            old: #"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}"#,
            new: #"""
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
                """#),
        Case(
            "a role of an account that was let in", .unknown,
            old: #"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}"#,
            new: #"""
                {"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}}
                """#),
        Case(
            "one variable on both sides", .no,
            old: conditioned(#""StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}"#),
            new: conditioned(#""StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}"#)),
        Case(
            "two variables that nobody here can compare", .unknown,
            old: conditioned(#""StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}"#),
            new: conditioned(#""StringEquals": {"aws:ResourceTag/owner": "${aws:userid}"}"#)),
        Case(
            "full access", .yes, old: read, new: #"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
        Case(
            "an unlisted service", .yes, old: read,
            new: read + #", {"Effect": "Allow", "Action": "braket:CreateJob", "Resource": "*"}"#),
    ]

    @Test(arguments: cases.indices) func answersKnownCases(index: Int) throws {
        let known = Self.cases[index]
        let (old, new) = (try Self.policy(known.old), try Self.policy(known.new))
        let comparison = AccessReview.comparison(of: old, with: new)
        #expect(comparison.newAccess == known.answer, "\(known.name): \(comparison)")
        for difference in comparison.gained {
            #expect(new.allows(difference.example) && !old.allows(difference.example), "\(known.name)")
        }
    }

    @Test func saysThatAPatternTakesInActionsToCome() throws {
        let service = try #require(ServiceReference.service("budgets"))
        let names = service.actions.values.map { "\"budgets:\($0.name)\"" }.sorted().joined(separator: ", ")
        let old = try Self.policy(#"{"Effect": "Allow", "Action": [\#(names)], "Resource": "*"}"#)
        let new = try Self.policy(#"{"Effect": "Allow", "Action": "budgets:*", "Resource": "*"}"#)
        let comparison = AccessReview.comparison(of: old, with: new)
        #expect(comparison.newAccess == .unknown)
        #expect(
            comparison.undecidedGains == [
                "budgets:* takes in actions that AWS may add, which are not named on the other side"
            ])
    }

    // MARK: Random policies

    private static let actions = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "s3:*Object"]
    private static let resources = [
        "*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", "arn:aws:s3:::?/b", "arn:aws:s3:::a/b",
    ]
    private static let conditions = [
        PolicyCondition("StringEquals", "aws:PrincipalTag/t", ["x"]),
        PolicyCondition("StringNotEquals", "aws:PrincipalTag/t", ["x", "y"]),
        PolicyCondition("StringLikeIfExists", "aws:PrincipalTag/t", ["x*"]),
        PolicyCondition("Null", "aws:PrincipalTag/t", ["true"]),
        PolicyCondition("ForAllValues:StringEquals", "aws:TagKeys", ["x", "y"]),
        PolicyCondition("ForAnyValue:StringLike", "aws:TagKeys", ["x*"]),
        PolicyCondition("NumericLessThan", "s3:max-keys", ["10"]),
        PolicyCondition("NumericGreaterThanEquals", "s3:max-keys", ["5"]),
        PolicyCondition("IpAddress", "aws:SourceIp", ["203.0.113.0/25"]),
        PolicyCondition("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]),
        PolicyCondition("Bool", "aws:SecureTransport", ["false"]),
    ]

    private static func randomPolicy(using generator: inout SeededGenerator) -> PolicyDocument {
        PolicyDocument(
            (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                let isAllow = Int.random(in: 0..<3, using: &generator) > 0
                return PolicyStatement(isAllow ? .allow : .deny) { statement in
                    let action = actions.randomElement(using: &generator) ?? "s3:*"
                    if Int.random(in: 0..<5, using: &generator) == 0 {
                        statement.notActions = [action]
                    } else {
                        statement.actions = [action]
                    }
                    let resource = resources.randomElement(using: &generator) ?? "*"
                    if Int.random(in: 0..<5, using: &generator) == 0 {
                        statement.notResources = [resource]
                    } else {
                        statement.resources = [resource]
                    }
                    statement.conditions = (0..<Int.random(in: 0...2, using: &generator)).compactMap { _ in
                        conditions.randomElement(using: &generator)
                    }
                }
            })
    }

    private static func randomRequest(using generator: inout SeededGenerator) -> PolicyRequest {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &generator)] }
        var context: [String: [String]] = ["aws:securetransport": [pick(["true", "false"])]]
        context["aws:principaltag/t"] = pick([nil, ["x"], ["y"], ["xx"], ["z"]])
        context["aws:tagkeys"] = pick([nil, ["x"], ["y"], ["x", "y"], ["z"], ["x", "z"], ["xx", "y"]])
        context["s3:max-keys"] = pick([nil, ["4"], ["5"], ["9.5"], ["10"], ["11"]])
        context["aws:sourceip"] = pick([nil, ["203.0.113.1"], ["203.0.113.200"], ["198.51.100.1"]])
        return PolicyRequest(
            action: pick(["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetObjectAcl", "s3:DeleteObject"]),
            resource: pick([
                "arn:aws:s3:::a/b", "arn:aws:s3:::a/c", "arn:aws:s3:::c/b", "arn:aws:s3:::a/bb", "arn:aws:s3:::q",
            ]),
            context: context)
    }

    /// What is said to be new is new; where nothing is, no request of thousands is allowed that was not.
    @Test(arguments: 0..<24 as Range<UInt64>) func agreesWithTryingRequests(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (old, new) = (Self.randomPolicy(using: &generator), Self.randomPolicy(using: &generator))
        let comparison = AccessReview.comparison(of: old, with: new)
        for difference in comparison.gained {
            #expect(new.allows(difference.example) && !old.allows(difference.example))
        }
        for difference in comparison.lost {
            #expect(old.allows(difference.example) && !new.allows(difference.example))
        }
        var (gains, losses) = (0, 0)
        for _ in 0..<1_500 {
            let request = Self.randomRequest(using: &generator)
            if new.allows(request) && !old.allows(request) { gains += 1 }
            if old.allows(request) && !new.allows(request) { losses += 1 }
        }
        if gains > 0 { #expect(comparison.newAccess != .no, "\(gains) requests of 1,500 are newly allowed") }
        if losses > 0 { #expect(comparison.lostAccess != .no, "\(losses) requests of 1,500 are no longer allowed") }
    }
}
