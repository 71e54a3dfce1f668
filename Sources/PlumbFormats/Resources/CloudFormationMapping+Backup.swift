// Backups of a template: vaults, plans, what they take, and restores that prove them.

import PlumbModel

extension CloudFormationMapping {
    static func addBackup(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::Backup::BackupVault"] {
            var vault = BackupVault(head: resource.head)
            vault.key = inventory.key(resource["EncryptionKeyArn"])
            let lock = resource["LockConfiguration"]
            vault.isLocked = lock.structure { _ in true }
            vault.minimumRetentionDays = lock["MinRetentionDays"].int
            graph.backupVaults.append(vault)
        }
        for resource in inventory["AWS::Backup::LogicallyAirGappedBackupVault"] {
            var vault = BackupVault(head: resource.head)
            vault.key = inventory.key(resource["EncryptionKeyArn"])
            // Such a vault is locked by its nature.
            vault.isLocked = true
            vault.minimumRetentionDays = resource["MinRetentionDays"].int
            graph.backupVaults.append(vault)
        }
        for resource in inventory["AWS::Backup::BackupPlan"] {
            var plan = BackupPlan(head: resource.head)
            plan.head.name = resource["BackupPlan"]["BackupPlanName"].name
            plan.rules = resource["BackupPlan"]["BackupPlanRule"].list { rule(of: $0, in: resource, graph, inventory) }
            graph.backupPlans.append(plan)
        }
        let targets = BackupTargets(graph)
        for resource in inventory["AWS::Backup::BackupSelection"] {
            graph.backupSelections.append(selection(resource, targets, inventory))
        }
        addRestoreTests(to: &graph, from: inventory)
    }

    private static func rule(
        of property: Property, in plan: SourceResource, _ graph: Graph, _ inventory: Inventory
    ) -> BackupRule {
        var rule = BackupRule()
        rule.name = property["RuleName"].name
        rule.vault = inventory.vault(property["TargetBackupVault"], near: plan)
        rule.scheduleExpression = property["ScheduleExpression"].string
        rule.isContinuous = property["EnableContinuousBackup"].bool
        rule.deleteAfterDays = property["Lifecycle"]["DeleteAfterDays"].int
        rule.startWindowMinutes = property["StartWindowMinutes"].int
        rule.copyRegions = BackupPlan.copyRegions(
            property["CopyActions"], vault: "DestinationBackupVaultArn", in: graph, inventory)
        return rule
    }

    private static func selection(
        _ resource: SourceResource, _ targets: BackupTargets, _ inventory: Inventory
    ) -> BackupSelection {
        var selection = BackupSelection(head: resource.head)
        selection.plan = inventory.directory.reference(resource["BackupPlanId"], to: "AWS::Backup::BackupPlan")
        let body = resource["BackupSelection"]
        selection.head.name = body["SelectionName"].name
        selection.role = inventory.role(body["IamRoleArn"])
        func references(_ key: String) -> Fact<[Fact<Reference>]> {
            inventory.directory.references(body[key], to: "AWS::S3::Bucket", "AWS::DynamoDB::Table")
        }
        var choice = BackupTargets.Choice()
        choice.resources = references("Resources")
        choice.excluded = references("NotResources")
        choice.undecided = body["ListOfTags"].whyUnknown ?? body["Conditions"].whyUnknown
        choice.anyTags = body["ListOfTags"].items.map { ($0["ConditionKey"].name, $0["ConditionValue"].name) }
        choice.allTags = body["Conditions"]["StringEquals"].items.map { condition in
            let prefix = "aws:ResourceTag/"
            let key = condition["ConditionKey"].name.map {
                $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
            }
            return (key, condition["ConditionValue"].name)
        }
        targets.fill(&selection, by: choice)
        return selection
    }

    private static func addRestoreTests(to graph: inout Graph, from inventory: Inventory) {
        let selections = Attachments(
            inventory["AWS::Backup::RestoreTestingSelection"], to: "AWS::Backup::RestoreTestingPlan", in: inventory
        ) { $0["RestoreTestingPlanName"] }
        for resource in inventory["AWS::Backup::RestoreTestingPlan"] {
            var plan = RestoreTestingPlan(head: resource.head)
            plan.scheduleExpression = resource["ScheduleExpression"].string
            plan.selectedTypes = RestoreTestingPlan.types(of: selections, on: resource.id, "ProtectedResourceType")
            plan.role = selections.fact(of: resource.id) { inventory.role($0["IamRoleArn"]) }
            graph.restoreTestingPlans.append(plan)
        }
    }
}

extension RestoreTestingPlan {
    /// What its selections restore; an empty list where it has none, for then it tests nothing.
    static func types(of selections: Attachments, on id: String, _ key: String) -> Fact<[String]> {
        let found = selections[id]
        if found.isEmpty { return selections.undecided.map { .unknown($0) } ?? .known([]) }
        return Property(.list(found.map { $0[key] }), at: found.first?.head.place).strings
    }
}
