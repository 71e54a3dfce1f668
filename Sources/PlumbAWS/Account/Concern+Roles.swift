// Roles that something acts as, with every policy that is attached to them.

import Foundation
import PlumbModel

extension Concern {
    /// A policy of AWS's own stays a name: what it allows is AWS's to say and to change.
    static let roles = Concern(
        name: "roles",
        reads: [
            Read(.iam, "GetRole"), Read(.iam, "ListAttachedRolePolicies"), Read(.iam, "ListRolePolicies"),
            Read(.iam, "GetRolePolicy"), Read(.iam, "GetPolicy"), Read(.iam, "GetPolicyVersion"),
            Read(.iam, "GetAccountAuthorizationDetails"), Read(.sageMaker, "ListEndpoints"),
        ],
        list: { survey in try await survey.listDuties() },
        types: ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"],
        look: { survey, type, identifiers in
            if type == "AWS::IAM::Role" {
                try await survey.lookAtRoles(identifiers.filter { !$0.contains("*") })
            } else {
                let own = "arn:\(survey.partition):iam::\(survey.account):policy/"
                try await survey.lookAtPolicies(identifiers.filter { $0.hasPrefix(own) && !$0.contains("*") })
            }
        })
}

extension Survey {
    /// One policy costs two calls.
    private static let singlePoliciesMax = 4
    private static let allRoles: AWSValue = ["Filter": ["Role"], "MaxItems": 1000]

    /// The roles whose tag `ml:purpose` says which duty they are for: those of people and pipelines, to which nothing
    /// points. The pages that tell the tags tell all else as well.
    fileprivate func listDuties() async throws {
        let names = Set(try await endpointNames())
        guard !names.isEmpty else { return }
        let all = try await listed(
            "AWS::IAM::Role", .iam, "GetAccountAuthorizationDetails", Self.allRoles, in: "RoleDetailList")
        for detail in all {
            let tags = detail["Tags"].tags
            guard tags["ml:purpose"] != nil else { continue }
            if let endpoint = tags["ml:endpoint"], !names.contains(endpoint) { continue }
            note(role: detail)
        }
    }

    fileprivate func lookAtRoles(_ names: [String]) async throws {
        // The roles of services are AWS's own, and nobody can change what they may do.
        let names = names.filter { !$0.hasPrefix("AWSServiceRoleFor") && !$0.hasPrefix("arn:") }
        guard !names.isEmpty else { return }
        let all = try await items(.iam, "GetAccountAuthorizationDetails", Self.allRoles, in: "RoleDetailList")
        if case .seen(let details) = all {
            let wanted = Set(names)
            for detail in details where detail["RoleName"].text.map(wanted.contains) ?? false { note(role: detail) }
            return
        }
        try await inParallel(names) { try await lookAtRole($0) }
    }

    private func note(role detail: AWSValue) {
        note(role: detail, inline: Self.inline(detail), attached: Self.attached(detail["AttachedManagedPolicies"]))
    }

    private func lookAtRole(_ name: String) async throws {
        async let attached = items(
            .iam, "ListAttachedRolePolicies", ["RoleName": .text(name)], in: "AttachedPolicies",
            absentCodes: ["NoSuchEntity"])
        async let inline = inlinePolicies(of: name)
        let told = try await answer(.iam, "GetRole", ["RoleName": .text(name)], absentCodes: ["NoSuchEntity"])
        let policies = AccountValue(try await attached.map { .list($0) }, Self.attached)
        switch told {
        case .absent: return
        case .seen(let answer): note(role: answer["Role"], inline: try await inline, attached: policies)
        case .unseen(let why):
            var role = AccountResource("AWS::IAM::Role", name: name, arn: nil)
            role.properties = [
                "RoleName": .text(name), "AssumeRolePolicyDocument": .unseen(why), "PermissionsBoundary": .unseen(why),
                "Policies": try await inline, "ManagedPolicyArns": policies,
            ]
            notebook.note(role)
        }
    }

    private func inlinePolicies(of role: String) async throws -> AccountValue {
        let listed = try await items(
            .iam, "ListRolePolicies", ["RoleName": .text(role)], in: "PolicyNames", absentCodes: ["NoSuchEntity"])
        guard let names = listed.value else { return AccountValue(listed.map { .list($0) }) { AccountValue($0) } }
        var policies: [AccountValue] = []
        for name in names.compactMap(\.text) {
            let told = try await answer(
                .iam, "GetRolePolicy", ["RoleName": .text(role), "PolicyName": .text(name)],
                absentCodes: ["NoSuchEntity"])
            policies.append([
                "PolicyName": .text(name), "PolicyDocument": AccountValue(told) { Self.document($0["PolicyDocument"]) },
            ])
        }
        return AccountValue(items: policies)
    }

    private func note(role told: AWSValue, inline: AccountValue, attached: AccountValue) {
        guard let name = told["RoleName"].text else { return }
        var role = AccountResource("AWS::IAM::Role", name: name, arn: told["Arn"].text, tags: told["Tags"].tags)
        role.properties = [
            "RoleName": .text(name), "Path": AccountValue(told["Path"]),
            "AssumeRolePolicyDocument": Self.document(told["AssumeRolePolicyDocument"]),
            "PermissionsBoundary": AccountValue(told["PermissionsBoundary"]["PermissionsBoundaryArn"]),
            "Policies": inline, "ManagedPolicyArns": attached,
        ]
        notebook.note(role)
    }

    private static func inline(_ detail: AWSValue) -> AccountValue {
        AccountValue(
            items: detail["RolePolicyList"].items.map {
                ["PolicyName": AccountValue($0["PolicyName"]), "PolicyDocument": document($0["PolicyDocument"])]
            })
    }

    private static func attached(_ policies: AWSValue) -> AccountValue {
        AccountValue(items: policies.items.map { AccountValue($0["PolicyArn"]) })
    }

    /// IAM writes documents as they stand in an address.
    private static func document(_ told: AWSValue) -> AccountValue {
        told.text.map { .text($0.removingPercentEncoding ?? $0) } ?? .absent
    }

    // MARK: - The account's own managed policies

    fileprivate func lookAtPolicies(_ arns: [String]) async throws {
        if arns.count > Self.singlePoliciesMax {
            let all = try await items(
                .iam, "GetAccountAuthorizationDetails", ["Filter": ["LocalManagedPolicy"], "MaxItems": 1000],
                in: "Policies")
            if case .seen(let policies) = all {
                let wanted = Set(arns)
                for policy in policies where policy["Arn"].text.map(wanted.contains) ?? false {
                    let version = policy["PolicyVersionList"].items.first { $0["IsDefaultVersion"].bool == true }
                    note(policy: policy["Arn"].text ?? "", Self.document(version?["Document"] ?? .null))
                }
                return
            }
        }
        try await inParallel(arns) { arn in
            let told = try await answer(.iam, "GetPolicy", ["PolicyArn": .text(arn)], absentCodes: ["NoSuchEntity"])
            switch told {
            case .absent: return
            case .unseen(let why): note(policy: arn, .unseen(why))
            case .seen(let answer):
                let version = answer["Policy"]["DefaultVersionId"]
                let document = try await self.answer(
                    .iam, "GetPolicyVersion", ["PolicyArn": .text(arn), "VersionId": version])
                note(policy: arn, AccountValue(document) { Self.document($0["PolicyVersion"]["Document"]) })
            }
        }
    }

    private func note(policy arn: String, _ document: AccountValue) {
        let name = arn.split(separator: "/").last.map(String.init) ?? arn
        notebook.note(
            AccountResource(
                "AWS::IAM::ManagedPolicy", name: name, arn: arn,
                properties: ["ManagedPolicyName": .text(name), "PolicyDocument": document]))
    }
}
