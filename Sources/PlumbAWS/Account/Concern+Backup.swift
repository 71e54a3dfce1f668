// AWS Backup: plans with what they take, vaults, and the restores that prove them.

import Foundation
import PlumbModel

extension Concern {
    /// A restore testing plan's `LiveRestores` are its restores of the last 180 days, newest first: `Status`,
    /// `ValidationStatus`, `Day`, `ResourceType`. A bucket's or table's `LiveNewestRecoveryPoint` is the day of its
    /// last backup.
    static let backup = Concern(
        name: "backup",
        reads: [
            Read(.backup, "ListBackupPlans"), Read(.backup, "GetBackupPlan"), Read(.backup, "ListBackupSelections"),
            Read(.backup, "GetBackupSelection"), Read(.backup, "ListBackupVaults"),
            Read(.backup, "ListRestoreTestingPlans"), Read(.backup, "ListRestoreTestingSelections"),
            Read(.backup, "ListRestoreJobs"), Read(.backup, "ListProtectedResources"),
        ],
        list: { survey in
            async let plans: Void = survey.listBackupPlans()
            async let tests: Void = survey.listRestoreTests()
            _ = try await (plans, tests)
        },
        measure: { survey, resources in try await survey.measureBackups(resources) })
}

extension Survey {
    private static let restoreDaysMax = 180.0

    fileprivate func listBackupPlans() async throws {
        let plans = try await listed(
            "AWS::Backup::BackupPlan", .backup, "ListBackupPlans", ["MaxResults": 1000], in: "BackupPlansList")
        try await inParallel(plans.compactMap { $0["BackupPlanId"].text }) { try await listBackupPlan($0) }
    }

    private func listBackupPlan(_ id: String) async throws {
        async let selections = items(
            .backup, "ListBackupSelections", ["BackupPlanId": .text(id), "MaxResults": 1000],
            in: "BackupSelectionsList")
        let told = try await answer(.backup, "GetBackupPlan", ["BackupPlanId": .text(id)])
        let arn = told.value?["BackupPlanArn"].text ?? "arn:\(partition):backup:\(region):\(account):backup-plan:\(id)"
        var plan = AccountResource(
            "AWS::Backup::BackupPlan", name: id, arn: arn, region: region,
            tags: try await tags(of: arn, region: region))
        plan.properties["BackupPlan"] = AccountValue(told) {
            AccountValue(
                $0["BackupPlan"], names: ["Rules": "BackupPlanRule", "TargetBackupVaultName": "TargetBackupVault"])
        }
        var parts = [plan]
        var chosen: [Wanted] = []
        switch try await selections {
        case .absent: break
        case .unseen(let why):
            // It may take anything.
            parts.append(selection(of: id, "unseen", .unseen(why)))
            notebook.note(plan)
        case .seen(let items):
            for item in items {
                guard let selectionID = item["SelectionId"].text else { continue }
                let body = try await answer(
                    .backup, "GetBackupSelection", ["BackupPlanId": .text(id), "SelectionId": .text(selectionID)])
                parts.append(selection(of: id, selectionID, AccountValue(body) { AccountValue($0["BackupSelection"]) }))
                if let body = body.value?["BackupSelection"] {
                    chosen += Self.chosen(by: body)
                } else {
                    notebook.note(plan)
                }
            }
        }
        if chosen.contains(Self.anything) { notebook.note(plan) }
        notebook.consider(plan, mentioning: chosen)
        for part in parts.dropFirst() {
            notebook.consider(part, mentioning: [Wanted("AWS::Backup::BackupPlan", id)])
        }
        try await considerVaults(of: told.value ?? .null, plan: id)
    }

    private func selection(of plan: String, _ id: String, _ body: AccountValue) -> AccountResource {
        var resource = AccountResource("AWS::Backup::BackupSelection", name: id, region: region)
        resource.id = "AWS::Backup::BackupSelection/\(plan)/\(id)"
        resource.properties = ["BackupPlanId": .text(plan), "BackupSelection": body]
        return resource
    }

    private static let anything = Wanted("anything", "*")

    /// What a selection takes: things by name, patterns, and whatever carries a tag.
    private static func chosen(by selection: AWSValue) -> [Wanted] {
        let named = selection["Resources"].texts.map { text -> Wanted in
            text.contains("*") ? anything : Wanted(in: text) ?? Wanted("none", text)
        }
        let tagged = selection["ListOfTags"].items.compactMap { condition -> Wanted? in
            guard let key = condition["ConditionKey"].text, let value = condition["ConditionValue"].text else {
                return nil
            }
            return .tag(key, value)
        }
        return named + tagged
    }

    private func considerVaults(of plan: AWSValue, plan id: String) async throws {
        let rules = plan["BackupPlan"]["Rules"].items
        let names = Set(rules.compactMap { $0["TargetBackupVaultName"].text })
        guard !names.isEmpty else { return }
        let vaults = try await listed(
            "AWS::Backup::BackupVault", .backup, "ListBackupVaults", ["MaxResults": 1000], in: "BackupVaultList")
        for told in vaults {
            guard let name = told["BackupVaultName"].text, let arn = told["BackupVaultArn"].text, names.contains(name)
            else { continue }
            notebook.consider(
                try await vault(told, name, arn), mentioning: [Wanted("AWS::Backup::BackupPlan", id)])
        }
    }

    private func vault(_ told: AWSValue, _ name: String, _ arn: String) async throws -> AccountResource {
        let isAirGapped = told["VaultType"] == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
        var vault = AccountResource(
            isAirGapped ? "AWS::Backup::LogicallyAirGappedBackupVault" : "AWS::Backup::BackupVault", name: name,
            arn: arn, region: region, tags: try await tags(of: arn, region: region))
        vault.properties = [
            "BackupVaultName": .text(name), "EncryptionKeyArn": AccountValue(told["EncryptionKeyArn"]),
            "MinRetentionDays": AccountValue(told["MinRetentionDays"]),
        ]
        if told["Locked"].bool == true, !isAirGapped {
            vault.properties["LockConfiguration"] = AccountValue(
                told, only: "MinRetentionDays", "MaxRetentionDays", "LockDate")
        }
        return vault
    }

    // MARK: - Restores

    fileprivate func listRestoreTests() async throws {
        let plans = try await listed(
            "AWS::Backup::RestoreTestingPlan", .backup, "ListRestoreTestingPlans", ["MaxResults": 1000],
            in: "RestoreTestingPlans")
        try await inParallel(plans) { plan in
            guard let name = plan["RestoreTestingPlanName"].text else { return }
            async let selections = items(
                .backup, "ListRestoreTestingSelections", ["RestoreTestingPlanName": .text(name), "MaxResults": 1000],
                in: "RestoreTestingSelections")
            let arn = plan["RestoreTestingPlanArn"].text
            notebook.note(
                AccountResource(
                    "AWS::Backup::RestoreTestingPlan", name: name, arn: arn, region: region,
                    properties: AccountValue(plan, only: "RestoreTestingPlanName", "ScheduleExpression")))
            switch try await selections {
            case .absent: break
            case .unseen(let why): noteRestoreSelection(of: name, "unseen", [:], or: why)
            case .seen(let items):
                for item in items {
                    let own = item["RestoreTestingSelectionName"].text ?? ""
                    noteRestoreSelection(
                        of: name, own, AccountValue(item, only: "ProtectedResourceType", "IamRoleArn"), or: nil)
                }
            }
        }
    }

    private func noteRestoreSelection(of plan: String, _ name: String, _ told: AccountValue, or why: String?) {
        var selection = AccountResource("AWS::Backup::RestoreTestingSelection", name: name, region: region)
        selection.id = "AWS::Backup::RestoreTestingSelection/\(plan)/\(name)"
        selection.properties = told
        selection.properties["RestoreTestingPlanName"] = .text(plan)
        if let why {
            selection.properties["ProtectedResourceType"] = .unseen(why)
            selection.properties["IamRoleArn"] = .unseen(why)
        }
        notebook.note(selection)
    }

    fileprivate func measureBackups(_ resources: [AccountResource]) async throws {
        let plans = resources.filter { $0.type == "AWS::Backup::RestoreTestingPlan" }
        try await inParallel(plans) { plan in
            guard let arn = plan.arn else { return }
            let after = Date(timeIntervalSince1970: ((now / 86_400).rounded(.down) - Self.restoreDaysMax) * 86_400)
            let jobs = try await items(
                .backup, "ListRestoreJobs",
                [
                    "ByRestoreTestingPlanArn": .text(arn), "MaxResults": 1000,
                    "ByCreatedAfter": .text(after.formatted(.iso8601)),
                ], in: "RestoreJobs")
            notebook.amend(plan.id) {
                $0.properties["LiveRestores"] = AccountValue(jobs.map { .list($0) }) { jobs in
                    .list(jobs.items.sorted { $0.ended > $1.ended }.map(Self.restore))
                }
            }
        }
        try await measureRecoveryPoints(resources)
    }

    private static func restore(_ job: AWSValue) -> AccountValue {
        var told = AccountValue(job, only: "Status", "ValidationStatus", "ResourceType")
        told["Day"] = .text("\(Day(secondsSinceEpoch: job.ended))")
        return told
    }

    private func measureRecoveryPoints(_ resources: [AccountResource]) async throws {
        let types = ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"]
        let kept = resources.filter { types.contains($0.type) }
        guard !kept.isEmpty, resources.contains(where: { $0.type == "AWS::Backup::BackupPlan" }) else { return }
        let protected = try await items(.backup, "ListProtectedResources", ["MaxResults": 1000], in: "Results")
        let days = (protected.value ?? []).compactMap { told -> (String, Double)? in
            guard let arn = told["ResourceArn"].text, let date = told["LastBackupTime"].date else { return nil }
            return (arn, date.timeIntervalSince1970)
        }
        let newest = Dictionary(days) { max($0, $1) }
        for resource in kept {
            notebook.amend(resource.id) { resource in
                if case .unseen(let why) = protected {
                    resource.properties["LiveNewestRecoveryPoint"] = .unseen(why)
                } else if let seconds = resource.arn.flatMap({ newest[$0] }) {
                    resource.properties["LiveNewestRecoveryPoint"] = .text("\(Day(secondsSinceEpoch: seconds))")
                }
            }
        }
    }
}

extension AWSValue {
    /// When a job ended, else when it began.
    fileprivate var ended: Double {
        (self["CompletionDate"].date ?? self["CreationDate"].date)?.timeIntervalSince1970 ?? 0
    }
}
