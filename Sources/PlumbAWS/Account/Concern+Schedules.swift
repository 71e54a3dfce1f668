// What happens at set times: EventBridge Scheduler's schedules that call SageMaker, or start something that may.

import PlumbModel

extension Concern {
    static let schedules = Concern(
        name: "schedules",
        reads: [
            Read(.scheduler, "ListSchedules"), Read(.scheduler, "GetSchedule"),
            Read(.lambda, "GetFunctionConfiguration"), Read(.sageMaker, "ListEndpoints"),
        ],
        list: { survey in try await survey.listSchedules() })
}

extension Survey {
    private static let scheduleType = "AWS::Scheduler::Schedule"
    /// What a target's ARN holds that can stop, start or scale an endpoint.
    private static let actors = [
        ":aws-sdk:sagemaker:", ":aws-sdk:applicationautoscaling:", ":lambda:", ":aws-sdk:lambda:", ":states:",
        ":aws-sdk:sfn:", ":aws-sdk:ssm:",
    ]

    fileprivate func listSchedules() async throws {
        let found = try await listed(
            Self.scheduleType, .scheduler, "ListSchedules", ["MaxResults": 100], in: "Schedules")
        let actors = found.filter { schedule in
            let target = schedule["Target"]["Arn"].text ?? ""
            return Self.actors.contains { target.contains($0) }
        }
        try await inParallel(actors) { summary in
            guard let name = summary["Name"].text else { return }
            let group = summary["GroupName"].text ?? "default"
            let answer = try await self.answer(
                .scheduler, "GetSchedule", ["Name": .text(name), "GroupName": .text(group)],
                absentCodes: ["ResourceNotFoundException"])
            if case .absent = answer { return }
            // Schedules have no tags; only their groups do.
            var resource = AccountResource(
                Self.scheduleType, name: name, arn: summary["Arn"].text, region: region, tags: [:])
            guard let schedule = answer.value else {
                // It may be the one that stops an endpoint.
                resource.properties = answer.accountValue
                return notebook.note(resource)
            }
            resource.properties = AccountValue(
                schedule, only: "Name", "GroupName", "Description", "ScheduleExpression",
                "ScheduleExpressionTimezone", "StartDate", "EndDate", "State", "FlexibleTimeWindow", "Target",
                "KmsKeyArn")
            let target = schedule["Target"]
            var meant = Self.words(of: target["Input"].text ?? "").map { Wanted.endpoint($0) }
            if let function = target["Arn"].text.flatMap(Wanted.init(in:)) {
                meant.append(function)
                if function.type == "AWS::Lambda::Function" { try await considerFunction(function.identifier) }
            }
            notebook.consider(resource, mentioning: meant)
        }
    }
}
