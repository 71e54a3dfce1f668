// Whether what SageMaker makes must be in the VPC, encrypted, isolated and owned.

import PlumbModel

enum GuardRules {
    /// A condition that should bind certain actions.
    private struct Demand {
        let code: AccessCode
        /// `service:key`, as messages name it.
        let key: String
        /// Any of these will do.
        let alternatives: [String]
        let actions: [String]
    }

    /// Each action's requests carry the key: nothing is asked that could never be met.
    private static let demands: [Demand] = [
        Demand(
            code: .missingVPC, key: "sagemaker:VpcSubnets",
            alternatives: ["sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"],
            actions: supporting(
                "sagemaker:VpcSubnets",
                [
                    "CreateModel", "CreateTrainingJob", "CreateProcessingJob", "CreateHyperParameterTuningJob",
                    "CreateAutoMLJob", "CreateAutoMLJobV2", "CreateNotebookInstance", "CreateDomain",
                    "CreateCompilationJob", "CreateDataQualityJobDefinition", "CreateModelQualityJobDefinition",
                    "CreateModelBiasJobDefinition", "CreateModelExplainabilityJobDefinition",
                    "CreateMonitoringSchedule",
                ])),
        Demand(
            code: .missingKMS, key: "sagemaker:VolumeKmsKey",
            alternatives: ["sagemaker:VolumeKmsKey", "sagemaker:OutputKmsKey", "sagemaker:InstanceTypes"],
            actions: supporting(
                "sagemaker:VolumeKmsKey",
                [
                    "CreateEndpointConfig", "CreateTrainingJob", "CreateProcessingJob", "CreateTransformJob",
                    "CreateHyperParameterTuningJob", "CreateAutoMLJob", "CreateAutoMLJobV2", "CreateNotebookInstance",
                    "CreateDomain", "CreateMonitoringSchedule", "CreateLabelingJob",
                ])),
        Demand(
            code: .missingIsolation, key: "sagemaker:NetworkIsolation", alternatives: ["sagemaker:NetworkIsolation"],
            actions: supporting(
                "sagemaker:NetworkIsolation",
                [
                    "CreateModel", "CreateTrainingJob", "CreateProcessingJob", "CreateHyperParameterTuningJob",
                    "CreateMonitoringSchedule",
                ])),
        Demand(
            code: .missingRequestTag, key: "aws:RequestTag/…", alternatives: ["aws:RequestTag/", "aws:TagKeys"],
            actions: supporting("aws:RequestTag/team", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])),
    ]

    private static func supporting(_ key: String, _ names: [String]) -> [String] {
        names.map { "sagemaker:" + $0 }.filter { name in
            ServiceReference.action(name).map { $0.service.supports(key, for: $0.action) } ?? false
        }
    }

    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.allows.filter { !GrantRules.isFullAdmin($0.statement) }.flatMap { about in
            demands.compactMap { finding(on: $0, subject, about) }
        }
    }

    private static func finding(
        on demand: Demand, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> AccessFinding? {
        let statement = about.statement
        guard !statement.isBound(by: demand.alternatives) else { return nil }
        let granted = demand.actions.filter { action in
            subject.grants(action, by: about)
                && !subject.denies.contains { isGuard($0.statement, of: action, by: demand.alternatives) }
        }
        guard !granted.isEmpty else { return nil }
        let loose = statement.conditions.first { $0.speaks(of: demand.alternatives) }
        let found =
            loose.map { "\($0.operatorName) on \($0.key) lets a request without it pass" }
            ?? "nothing demands \(demand.key)"
        // A statement that is fenced by other keys was thought about; one without any was not.
        let isFenced = loose == nil && statement.conditions.contains { $0.isBinding }
        return subject.finding(
            demand.code, about, "\(PolicyStatement.told(granted)): \(found)", actions: granted,
            resources: statement.resources, as: isFenced ? .suggestion : nil)
    }

    /// A Deny of requests that lack the key, or have another value, does the same as a condition on the Allow.
    private static func isGuard(_ deny: PolicyStatement, of action: String, by keys: [String]) -> Bool {
        guard deny.reaches(action) else { return false }
        return deny.conditions.contains { condition in
            guard condition.speaks(of: keys), let operation = ConditionOperator(condition.operatorName) else {
                return false
            }
            if operation.family == .null { return condition.values.contains { $0.lowercased() == "true" } }
            return operation.isNegated || operation.isIfExists
        }
    }
}
