// SageMaker Model Monitor: schedules on the endpoints in scope, and the jobs that they start.

import PlumbModel

extension Concern {
    /// A schedule has, beside CloudFormation's properties, `LiveLastExecution`: `Status` (`Completed`,
    /// `CompletedWithViolations`, `Failed`, …), `ScheduledTime` and `EndTime` (seconds since 1970; of a run that is
    /// under way the time of its last step) and `ExitMessage`; absent where it has never run. A description tells the last
    /// run, so that nobody lists the runs.
    static let monitors = Concern(
        name: "monitors",
        reads: [
            Read(.sageMaker, "ListEndpoints"), Read(.sageMaker, "ListMonitoringSchedules"),
            Read(.sageMaker, "DescribeMonitoringSchedule"),
            Read(.sageMaker, "DescribeDataQualityJobDefinition"),
            Read(.sageMaker, "DescribeModelQualityJobDefinition"),
        ],
        list: { survey in try await survey.listMonitors() },
        types: [
            "AWS::SageMaker::MonitoringSchedule", "AWS::SageMaker::DataQualityJobDefinition",
            "AWS::SageMaker::ModelQualityJobDefinition",
        ],
        look: { survey, type, names in
            try await survey.inParallel(names) { name in
                if type == "AWS::SageMaker::MonitoringSchedule" {
                    try await survey.lookAtMonitor(name)
                } else {
                    try await survey.lookAtJob(type, name)
                }
            }
        })
}

extension Survey {
    private static let monitorType = "AWS::SageMaker::MonitoringSchedule"

    fileprivate func listMonitors() async throws {
        let inputs = try await fewEndpoints().map { names in
            names.map { ["MaxResults": 100, "EndpointName": .text($0)] as AWSValue }
        }
        let names = Set(try await endpointNames())
        let found = try await listed(
            Self.monitorType, .sageMaker, "ListMonitoringSchedules", each: inputs ?? [["MaxResults": 100]],
            in: "MonitoringScheduleSummaries")
        for summary in found {
            // Schedules on batches name no endpoint.
            guard let endpoint = summary["EndpointName"].text, names.contains(endpoint),
                let name = summary["MonitoringScheduleName"].text
            else { continue }
            notebook.want(Wanted(Self.monitorType, name))
        }
    }

    fileprivate func lookAtMonitor(_ name: String) async throws {
        let told = try await answer(
            .sageMaker, "DescribeMonitoringSchedule", ["MonitoringScheduleName": .text(name)],
            absentCodes: ["ResourceNotFound", "ValidationException"])
        var resource = AccountResource(Self.monitorType, name: name, region: region)
        switch told {
        case .absent: return
        case .unseen(let why): resource.properties = .unseen(why)
        case .seen(let schedule):
            resource = AccountResource(
                Self.monitorType, name: schedule["MonitoringScheduleName"].text ?? name,
                arn: schedule["MonitoringScheduleArn"].text, region: region,
                properties: AccountValue(
                    schedule, only: "MonitoringScheduleName", "MonitoringScheduleStatus", "MonitoringScheduleConfig",
                    "EndpointName", "FailureReason"))
            resource.properties["LiveLastExecution"] = Self.lastRun(schedule["LastMonitoringExecutionSummary"])
            let config = schedule["MonitoringScheduleConfig"]
            let kind = schedule["MonitoringType"].text ?? config["MonitoringType"].text ?? ""
            if let job = config["MonitoringJobDefinitionName"].text {
                notebook.want(Wanted("AWS::SageMaker::\(kind)JobDefinition", job))
            }
        }
        notebook.note(resource)
    }

    private static func lastRun(_ run: AWSValue) -> AccountValue {
        guard !run.isNull else { return .absent }
        return [
            "Status": AccountValue(run["MonitoringExecutionStatus"]),
            "ScheduledTime": AccountValue(run["ScheduledTime"]), "EndTime": AccountValue(run["LastModifiedTime"]),
            "ExitMessage": AccountValue(run["FailureReason"]),
        ]
    }

    fileprivate func lookAtJob(_ type: String, _ name: String) async throws {
        let word = type.split(separator: ":").last.map(String.init) ?? type
        let told = try await answer(
            .sageMaker, "Describe\(word)", ["JobDefinitionName": .text(name)],
            absentCodes: ["ResourceNotFound", "ValidationException"])
        if case .absent = told { return }
        var resource = AccountResource(
            type, name: name, arn: told.value?["JobDefinitionArn"].text, region: region)
        resource.properties = told.map { $0 }.accountValue
        resource.properties["JobDefinitionArn"] = .absent
        resource.properties["CreationTime"] = .absent
        notebook.note(resource)
    }
}
