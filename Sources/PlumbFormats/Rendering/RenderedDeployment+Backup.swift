// Vault, plan, selection and restore tests.

import PlumbModel

extension RenderedDeployment {
    func backup() -> [RenderedResource] {
        let vaults = graph.backupVaults.flatMap { [vault($0), lock(of: $0)].compactMap { $0 } }
        let plans = graph.backupPlans.map(backupPlan) + graph.backupSelections.map(selection)
        return vaults + plans + graph.restoreTestingPlans.flatMap { [restoreTest($0)] + restoreSelections(of: $0) }
    }

    /// Backup's own types take tags as a map where others take a list.
    private func putTagMap(_ key: String, _ tags: Fact<[String: String]>, in fields: inout RenderedFields) {
        guard let tags = tags.value, !tags.isEmpty else { return }
        fields.put(key, nil, .map(tags.mapValues { .text($0) }))
        fields.put(nil, "tags", .tags(tags))
    }

    private func vault(_ vault: BackupVault) -> RenderedResource {
        RenderedResource(
            vault, "AWS::Backup::BackupVault", "aws_backup_vault", in: .backup,
            note:
                "Three days after it is made its lock can no longer be taken off, and no backup dies before its time.",
            for: ["REL-3.6", "OPS-3.6"]
        ) { fields in
            fields.put("BackupVaultName", "name", vault.name)
            fields.put("EncryptionKeyArn", "kms_key_arn", .link(vault.key, "Arn", "arn"), for: "SEC-1.8", "REL-3.6")
            if vault.isLocked.value == true {
                fields.putBlock("LockConfiguration", nil, for: "REL-3.6") {
                    $0.put("MinRetentionDays", nil, vault.minimumRetentionDays)
                    $0.put("ChangeableForDays", nil, .int(3))
                }
            }
            putTagMap("BackupVaultTags", vault.head.tags, in: &fields)
        }
    }

    private func lock(of vault: BackupVault) -> RenderedResource? {
        guard vault.isLocked.value == true else { return nil }
        return RenderedResource(
            "\(vault.id)Lock", nil, "aws_backup_vault_lock_configuration", in: .backup,
            region: vault.head.region.value, for: ["REL-3.6"]
        ) { fields in
            fields.put(nil, "backup_vault_name", .link(.resource(vault.id), nil, "name"))
            fields.put(nil, "min_retention_days", vault.minimumRetentionDays)
            fields.put(nil, "changeable_for_days", .int(3))
        }
    }

    private func backupPlan(_ backup: BackupPlan) -> RenderedResource {
        let rules = (backup.rules.value ?? []).map { rule in RenderedFields { add(rule, to: &$0) }.list }
        return RenderedResource(
            backup, "AWS::Backup::BackupPlan", "aws_backup_plan", in: .backup,
            note: "Any second of the last weeks can be brought back.", for: ["REL-3.6"]
        ) { fields in
            if tongue == .plan {
                fields.put(nil, "name", backup.name)
                fields.put(nil, "rule", .blocks(rules), for: "REL-3.6")
            } else {
                fields.putBlock("BackupPlan", nil, for: "REL-3.6") {
                    $0.put("BackupPlanName", nil, backup.name)
                    $0.put("BackupPlanRule", nil, .blocks(rules))
                }
            }
            putTagMap("BackupPlanTags", backup.head.tags, in: &fields)
        }
    }

    private func add(_ rule: BackupRule, to fields: inout RenderedFields) {
        fields.put("RuleName", "rule_name", rule.name)
        fields.put("TargetBackupVault", "target_vault_name", .link(rule.vault, nil, "name"))
        fields.put("ScheduleExpression", "schedule", rule.scheduleExpression)
        fields.put("EnableContinuousBackup", "enable_continuous_backup", rule.isContinuous, for: "REL-3.6")
        fields.put("StartWindowMinutes", "start_window", rule.startWindowMinutes)
        fields.put("CompletionWindowMinutes", "completion_window", rule.startWindowMinutes.map { $0 + 120 })
        fields.putBlock("Lifecycle", "lifecycle", for: "REL-3.6") {
            $0.put("DeleteAfterDays", "delete_after", rule.deleteAfterDays)
        }
    }

    private func selection(_ selection: BackupSelection) -> RenderedResource {
        RenderedResource(
            selection, "AWS::Backup::BackupSelection", "aws_backup_selection", in: .backup, for: ["REL-3.6"]
        ) { fields in
            fields.put("BackupPlanId", "plan_id", .link(selection.plan))
            if tongue == .plan {
                addChoice(of: selection, to: &fields)
            } else {
                fields.putBlock("BackupSelection", nil, for: "REL-3.6") { addChoice(of: selection, to: &$0) }
            }
        }
    }

    private func addChoice(of selection: BackupSelection, to fields: inout RenderedFields) {
        fields.put("SelectionName", "name", selection.name)
        fields.put("IamRoleArn", "iam_role_arn", .link(selection.role, "Arn", "arn"))
        fields.put("Resources", "resources", .links(selection.resources, "Arn", "arn"), for: "REL-3.6")
    }

    private func restoreTest(_ test: RestoreTestingPlan) -> RenderedResource {
        RenderedResource(
            test, "AWS::Backup::RestoreTestingPlan", "aws_backup_restore_testing_plan", in: .backup,
            note: "A backup that was never restored is a hope.", for: ["REL-3.2"]
        ) { fields in
            fields.put("RestoreTestingPlanName", "name", test.name)
            fields.put("ScheduleExpression", "schedule_expression", test.scheduleExpression, for: "REL-3.2")
            fields.put("StartWindowHours", "start_window_hours", .int(8))
            fields.putBlock("RecoveryPointSelection", "recovery_point_selection") { points in
                let vaults = graph.backupVaults.filter { $0.head.region == test.head.region }
                points.put("Algorithm", "algorithm", .text("LATEST_WITHIN_WINDOW"))
                points.put(
                    "IncludeVaults", "include_vaults",
                    .list(vaults.map { .link(.resource($0.id), "BackupVaultArn", "arn") }))
                points.put("RecoveryPointTypes", "recovery_point_types", .texts(["CONTINUOUS"]))
                points.put("SelectionWindowDays", "selection_window_days", .int(7))
            }
            fields.putTags("Tags", "tags", test.head.tags)
        }
    }

    /// Artefacts alone are restored: what a second start needs, and neither people's data nor years of logs.
    private func restoreSelections(of test: RestoreTestingPlan) -> [RenderedResource] {
        let taken = graph.backupSelections.flatMap { $0.resources.value ?? [] }
        let artefacts = taken.filter { graph.buckets[$0]?.purpose.value == .artifacts }
        let tested = artefacts.isEmpty ? taken : artefacts
        return (test.selectedTypes.value ?? []).map { type in
            RenderedResource(
                "\(test.id)\(type)", "AWS::Backup::RestoreTestingSelection", "aws_backup_restore_testing_selection",
                in: .backup, region: test.head.region.value, for: ["REL-3.2"]
            ) { fields in
                fields.put(
                    "RestoreTestingSelectionName", "name", .text("artefacts_\(type.lowercased())"))
                fields.put(
                    "RestoreTestingPlanName", "restore_testing_plan_name", .link(.resource(test.id), nil, "name"))
                fields.put("ProtectedResourceType", "protected_resource_type", .text(type), for: "REL-3.2")
                fields.put(
                    "ProtectedResourceArns", "protected_resource_arns",
                    .list(tested.compactMap { RenderedValue.link($0, "Arn", "arn") }), for: "REL-3.2")
                fields.put("IamRoleArn", "iam_role_arn", .link(test.role, "Arn", "arn"))
                fields.put("ValidationWindowHours", "validation_window_hours", .int(8))
            }
        }
    }
}
