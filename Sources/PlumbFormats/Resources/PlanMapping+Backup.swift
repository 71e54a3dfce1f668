// Backups of a plan: vaults, plans, what they take, and restores that prove them.

import PlumbModel

extension PlanMapping {
    static func addBackup(to graph: inout Graph, from inventory: Inventory) {
        let locks = Attachments(
            inventory["aws_backup_vault_lock_configuration"], to: "AWS::Backup::BackupVault", in: inventory
        ) { $0["backup_vault_name"] }
        for resource in inventory["aws_backup_vault"] {
            var vault = BackupVault(head: resource.head)
            vault.key = inventory.key(resource["kms_key_arn"])
            vault.isLocked = locks.fact(of: resource.id) { _ in true }
            vault.minimumRetentionDays = locks.fact(of: resource.id) { $0["min_retention_days"].int }
            graph.backupVaults.append(vault)
        }
        for resource in inventory["aws_backup_logically_air_gapped_vault"] {
            var vault = BackupVault(head: resource.head)
            vault.key = inventory.key(resource["encryption_key_arn"])
            // Such a vault is locked by its nature.
            vault.isLocked = true
            vault.minimumRetentionDays = resource["min_retention_days"].int
            graph.backupVaults.append(vault)
        }
        for resource in inventory["aws_backup_plan"] {
            var plan = BackupPlan(head: resource.head)
            plan.head.name = resource["name"].name
            plan.rules = resource["rule"].list { rule(of: $0, in: resource, graph, inventory) }
            graph.backupPlans.append(plan)
        }
        let targets = BackupTargets(graph)
        for resource in inventory["aws_backup_selection"] {
            graph.backupSelections.append(selection(resource, targets, inventory))
        }
        addRestoreTests(to: &graph, from: inventory)
    }

    private static func rule(
        of property: Property, in plan: SourceResource, _ graph: Graph, _ inventory: Inventory
    ) -> BackupRule {
        var rule = BackupRule()
        rule.name = property["rule_name"].name
        rule.vault = inventory.vault(property["target_vault_name"], near: plan)
        rule.scheduleExpression = property["schedule"].unlessEmpty.string
        rule.isContinuous = property["enable_continuous_backup"].bool
        // The provider writes 0 for a backup that is never deleted.
        let days = property["lifecycle"]["delete_after"].int
        rule.deleteAfterDays = days.value == 0 ? .absent(at: days.place) : days
        rule.startWindowMinutes = property["start_window"].int
        rule.copyRegions = BackupPlan.copyRegions(
            property["copy_action"], vault: "destination_vault_arn", in: graph, inventory)
        return rule
    }

    private static func selection(
        _ resource: SourceResource, _ targets: BackupTargets, _ inventory: Inventory
    ) -> BackupSelection {
        var selection = BackupSelection(head: resource.head)
        selection.head.name = resource["name"].name
        selection.plan = inventory.directory.reference(resource["plan_id"], to: "AWS::Backup::BackupPlan")
        selection.role = inventory.role(resource["iam_role_arn"])
        func references(_ key: String) -> Fact<[Fact<Reference>]> {
            inventory.directory.references(resource[key], to: "AWS::S3::Bucket", "AWS::DynamoDB::Table")
        }
        var choice = BackupTargets.Choice()
        choice.resources = references("resources")
        choice.excluded = references("not_resources")
        choice.undecided = resource["selection_tag"].whyUnknown ?? resource["condition"].whyUnknown
        choice.anyTags = resource["selection_tag"].items.map { ($0["key"].name, $0["value"].name) }
        choice.allTags = resource["condition"]["string_equals"].items.map { condition in
            let prefix = "aws:ResourceTag/"
            let key = condition["key"].name.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
            return (key, condition["value"].name)
        }
        targets.fill(&selection, by: choice)
        return selection
    }

    private static func addRestoreTests(to graph: inout Graph, from inventory: Inventory) {
        let selections = Attachments(
            inventory["aws_backup_restore_testing_selection"], to: "AWS::Backup::RestoreTestingPlan", in: inventory
        ) { $0["restore_testing_plan_name"] }
        for resource in inventory["aws_backup_restore_testing_plan"] {
            var plan = RestoreTestingPlan(head: resource.head)
            plan.scheduleExpression = resource["schedule_expression"].string
            plan.selectedTypes = RestoreTestingPlan.types(of: selections, on: resource.id, "protected_resource_type")
            plan.role = selections.fact(of: resource.id) { inventory.role($0["iam_role_arn"]) }
            graph.restoreTestingPlans.append(plan)
        }
    }
}
