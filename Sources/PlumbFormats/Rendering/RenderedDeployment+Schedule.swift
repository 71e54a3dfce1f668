// What starts and stops the endpoint by the clock.

import PlumbModel

extension RenderedDeployment {
    func schedules() -> [RenderedResource] { graph.schedules.map(schedule) }

    private func schedule(_ schedule: Schedule) -> RenderedResource {
        let isOfEndpoint = schedule.endpointName.isKnown
        var resource = RenderedResource(
            schedule, "AWS::Scheduler::Schedule", "aws_scheduler_schedule", in: .schedule,
            note: isOfEndpoint
                ? "Deletes the endpoint or makes it anew from its configuration, which costs nothing while it waits."
                : "An endpoint that is off on purpose wakes nobody.",
            for: isOfEndpoint ? ["COST-2.2", "COST-2.3"] : ["COST-2.2"]
        ) { fields in
            fields.put("Name", "name", schedule.name)
            fields.put("ScheduleExpression", "schedule_expression", schedule.expression, for: "COST-2.2", "COST-2.5")
            fields.put("ScheduleExpressionTimezone", "schedule_expression_timezone", schedule.timezone, for: "COST-2.2")
            fields.put("State", "state", schedule.isEnabled.value.map { .text($0 ? "ENABLED" : "DISABLED") })
            fields.putBlock("FlexibleTimeWindow", "flexible_time_window") { $0.put("Mode", "mode", .text("OFF")) }
            fields.putBlock("Target", "target", for: isOfEndpoint ? "COST-2.3" : "COST-2.2") {
                $0.put("Arn", "arn", schedule.targetARN)
                $0.put("RoleArn", "role_arn", .link(schedule.role, "Arn", "arn"))
                $0.put("Input", "input", schedule.input)
            }
        }
        resource.dependsOn = policies(of: schedule.role)
        return resource
    }
}
