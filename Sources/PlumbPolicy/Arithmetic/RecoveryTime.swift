// How long it takes to serve from the second region.

import PlumbModel

/// The recovery time of a critical endpoint, in seconds; every part is an upper bound.
///
///     RTO         = alarm + decision + failover
///     pilot light : failover = provisioning + download timeout + start-up timeout + DNS TTL + health check
///     warm        : failover = DNS TTL + health check
struct RecoveryTime {
    /// What a person needs to decide; an automatic decision needs nothing.
    static let humanDecisionSeconds = 900
    /// SageMaker's own upper limit of both timeouts, which holds where none is set (API reference,
    /// `ProductionVariant`).
    static let timeoutSecondsMax = 3600
    /// Route 53's standard check: three failures 30 s apart.
    static let healthCheckSeconds = 90
    static let recordTTLSeconds = 60

    var alarmSeconds: Int
    var decisionSeconds: Int
    var isWarm: Bool
    var provisioningSeconds: Int
    var downloadTimeoutSeconds: Int
    var startupTimeoutSeconds: Int
    var recordTTLSeconds: Int
    var healthCheckSeconds: Int

    /// Making an instance: ten minutes, fifteen with a GPU, until a drill has measured it.
    static func provisioningSeconds(of type: InstanceType?) -> Int { type?.gpus ?? 0 > 0 ? 900 : 600 }

    var seconds: Int {
        let reaching = alarmSeconds + decisionSeconds + recordTTLSeconds + healthCheckSeconds
        return isWarm ? reaching : reaching + provisioningSeconds + downloadTimeoutSeconds + startupTimeoutSeconds
    }

    /// The sum as it is told: `300 s alarm + 900 s decision + …`.
    var sum: String {
        var parts = ["\(alarmSeconds) s alarm", "\(decisionSeconds) s decision"]
        if !isWarm {
            parts += [
                "\(provisioningSeconds) s provisioning", "\(downloadTimeoutSeconds) s model download",
                "\(startupTimeoutSeconds) s start-up",
            ]
        }
        parts += ["\(recordTTLSeconds) s DNS TTL", "\(healthCheckSeconds) s health check"]
        return parts.joined(separator: " + ") + " = \(seconds) s"
    }
}

/// How much data a mechanism can lose, in minutes.
enum DataLoss {
    /// DynamoDB: "LatestRestorableDateTime is typically 5 minutes before the current time".
    static let pointInTimeMinutes = 5.0
    /// AWS Backup's shortest snapshot interval and shortest start window, before the job has even begun.
    static let hourlySnapshotMinutes = 60.0 + 60
}
