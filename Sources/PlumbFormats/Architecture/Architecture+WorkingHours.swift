// Off outside working hours: SageMaker cannot stop an endpoint, so the schedule deletes it and makes it anew from its
// configuration, which costs nothing while it waits.

import PlumbModel

extension Architecture {
    static func addWorkingHours(to graph: inout Graph, _ plan: Blueprint) {
        guard let hours = plan.workingHours else { return }
        let endpoint = #"{"EndpointName":"\#(plan.spec.name)"}"#
        let creation = #"{"EndpointConfigName":"\#(plan.configName)","EndpointName":"\#(plan.spec.name)"}"#
        let alarms = #"{"AlarmNames":["\#(plan.alarmName(.health))"]}"#
        let days = Set(hours.days.compactMap { WeeklyPlan.dayNames.firstIndex(of: $0.prefix(3).lowercased()) })
        let (starts, stops) = edges(of: hours, on: days)
        func schedule(
            _ id: String, _ suffix: String, _ call: String, isStop: Bool, later minutes: Int = 0, input: String,
            ofEndpoint: Bool
        ) -> Schedule {
            plan.make(id, named: suffix, from: "workingHours") {
                // A schedule bears no tags; only a group of them does.
                $0.head.tags = .absent
                let time = cron(isStop ? hours.stop : hours.start, later: minutes, on: isStop ? stops : starts)
                $0.expression = plan.said(time, isStop ? "workingHours.stop" : "workingHours.start")
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
                "StopSchedule", "stop", "sagemaker:deleteEndpoint", isStop: true, input: endpoint,
                ofEndpoint: true))
        graph.schedules.append(
            schedule(
                "StartSchedule", "start", "sagemaker:createEndpoint", isStop: false, input: creation,
                ofEndpoint: true))
        // An endpoint that is off on purpose must not wake anyone.
        graph.schedules.append(
            schedule(
                "MuteSchedule", "mute", "cloudwatch:disableAlarmActions", isStop: true, input: alarms,
                ofEndpoint: false))
        graph.schedules.append(
            schedule(
                "UnmuteSchedule", "unmute", "cloudwatch:enableAlarmActions", isStop: false, later: 30,
                input: alarms, ofEndpoint: false))
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

    /// The days on which it starts and stops: a day that runs to midnight and the next one from then on are one
    /// stretch, at whose seam a stop and a start would come together.
    private static func edges(of hours: WorkingHours, on days: Set<Int>) -> (starts: Set<Int>, stops: Set<Int>) {
        guard hours.start == "00:00", hours.stop == "24:00" else { return (days, days) }
        return (days.filter { !days.contains(($0 + 6) % 7) }, days.filter { !days.contains(($0 + 1) % 7) })
    }

    /// `08:00` on Monday and Tuesday as EventBridge Scheduler writes it: `cron(0 8 ? * MON,TUE *)`. What comes to 24:00
    /// or later is a time of the next day.
    private static func cron(_ time: String, later minutes: Int, on days: Set<Int>) -> String {
        let moment = (SpecForms.minutes(time) ?? 0) + minutes
        let names = days.map { ($0 + moment / WeeklyPlan.minutesPerDay) % 7 }.sorted()
            .map { WeeklyPlan.dayNames[$0].uppercased() }.joined(separator: ",")
        let ofDay = moment % WeeklyPlan.minutesPerDay
        return "cron(\(ofDay % 60) \(ofDay / 60) ? * \(names) *)"
    }
}
