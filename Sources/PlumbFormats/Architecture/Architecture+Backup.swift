// Continuous backups of the buckets, and restores that prove them. The state table has its own point-in-time recovery,
// which AWS Backup's continuous mode does not offer for it.

import PlumbModel

extension Architecture {
    static func addBackup(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.isProduction else { return }
        graph.backupVaults.append(
            plan.make("BackupVault", named: "backups", isKept: true) {
                $0.key = reference("DataKey")
                $0.isLocked = true
                $0.minimumRetentionDays = 7
            })
        graph.backupPlans.append(
            plan.make("BackupPlan", named: "backups") {
                var rule = BackupRule()
                rule.name = "continuous"
                rule.vault = reference("BackupVault")
                rule.scheduleExpression = "cron(0 5 * * ? *)"
                rule.isContinuous = true
                // 35 days are the most that continuous backups allow.
                rule.deleteAfterDays = 35
                rule.startWindowMinutes = 60
                $0.rules = .known([rule])
            })
        graph.backupSelections.append(
            plan.make("BackupSelection", named: "backups") {
                // A selection takes no tags.
                $0.head.tags = .absent
                $0.plan = reference("BackupPlan")
                $0.role = reference("BackupRole")
                $0.resources = references(["ArtifactBucket", "CaptureBucket", "AuditBucket"])
            })
        graph.restoreTestingPlans.append(
            plan.make("RestoreTestingPlan", named: nil) {
                // Letters, digits and underscores are all that its name may hold.
                let name = plan.prefix.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
                $0.head.name = .known(Blueprint.shortened(String(name), to: 50).replacing("-", with: "_"))
                $0.scheduleExpression = "cron(0 6 1 * ? *)"
                $0.selectedTypes = .known(["S3"])
                $0.role = reference("BackupRole")
            })
    }
}
