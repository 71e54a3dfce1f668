// Off outside working hours: SageMaker cannot stop an endpoint, so the schedule deletes it and makes it anew from its
// configuration, which costs nothing while it waits.

import PlumbModel

extension Architecture {
    static func addWorkingHours(to graph: inout Graph, _ plan: Blueprint) {
        guard let hours = plan.spec.workingHours else { return }
        let endpoint = #"{"EndpointName":"\#(plan.spec.name)"}"#
        let creation = #"{"EndpointConfigName":"\#(plan.configName)","EndpointName":"\#(plan.spec.name)"}"#
        let alarms = #"{"AlarmNames":["\#(plan.alarmName(.health))"]}"#
        func schedule(
            _ id: String, _ suffix: String, _ call: String, at time: String, isStop: Bool, input: String,
            ofEndpoint: Bool
        ) -> Schedule {
            plan.make(id, named: suffix, from: "workingHours") {
                // A schedule bears no tags; only a group of them does.
                $0.head.tags = .absent
                $0.expression = plan.said(
                    cron(time, on: hours.days), isStop ? "workingHours.stop" : "workingHours.start")
                $0.timezone = plan.said(hours.timezone, "workingHours.timezone")
                $0.isEnabled = true
                $0.targetARN = .known("arn:${AWS::Partition}:scheduler:::aws-sdk:\(call)")
                $0.role = reference("SchedulerRole")
                if ofEndpoint { $0.endpointName = plan.said(plan.spec.name, "name") }
                $0.input = .known(input)
            }
        }
        graph.schedules.append(
            schedule(
                "StopSchedule", "stop", "sagemaker:deleteEndpoint", at: hours.stop, isStop: true, input: endpoint,
                ofEndpoint: true))
        graph.schedules.append(
            schedule(
                "StartSchedule", "start", "sagemaker:createEndpoint", at: hours.start, isStop: false, input: creation,
                ofEndpoint: true))
        // An endpoint that is off on purpose must not wake anyone.
        graph.schedules.append(
            schedule(
                "MuteSchedule", "mute", "cloudwatch:disableAlarmActions", at: hours.stop, isStop: true, input: alarms,
                ofEndpoint: false))
        graph.schedules.append(
            schedule(
                "UnmuteSchedule", "unmute", "cloudwatch:enableAlarmActions", at: later(hours.start, byMinutes: 30),
                isStop: false, input: alarms, ofEndpoint: false))
        graph.roles.append(schedulerRole(plan))
        addScalingRestoration(to: &graph, plan)
    }

    private static func schedulerRole(_ plan: Blueprint) -> Role {
        role(
            "SchedulerRole", "scheduler", .scheduler, trust: trust("scheduler"), from: "workingHours", plan,
            may: [
                .allow("StopTheEndpoint", ["sagemaker:DeleteEndpoint"], on: ["${Endpoint.Arn}"]),
                .allow(
                    "StartTheEndpoint", ["sagemaker:CreateEndpoint"],
                    on: ["${Endpoint.Arn}", plan.revisionsARN("endpoint-config")]),
                .allow(
                    "MuteTheHealthAlarm", ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
                    on: ["${HealthAlarm.Arn}"]),
            ])
    }

    /// `08:00` on `mon`, `tue` as EventBridge Scheduler writes it: `cron(0 8 ? * MON,TUE *)`.
    private static func cron(_ time: String, on days: [String]) -> String {
        let parts = time.split(separator: ":").map { Int($0) ?? 0 }
        let (hour, minute) = (parts.first ?? 0, parts.count > 1 ? parts[1] : 0)
        let names = days.map { $0.prefix(3).uppercased() }.joined(separator: ",")
        return "cron(\(minute) \(hour) ? * \(names) *)"
    }

    private static func later(_ time: String, byMinutes minutes: Int) -> String {
        let parts = time.split(separator: ":").map { Int($0) ?? 0 }
        let total = min((parts.first ?? 0) * 60 + (parts.count > 1 ? parts[1] : 0) + minutes, 23 * 60 + 59)
        return "\(total / 60):\(total % 60)"
    }
}
