// When an endpoint of dev or staging is off: what its schedules do, and how many hours a week are left.

import PlumbModel

/// What one schedule does to the endpoint it names.
enum ScheduledAct: Hashable {
    /// Deletes the endpoint: the only way to stop paying for a plain one, since there is no StopEndpoint.
    case stops
    /// Creates it again from the configuration that survived.
    case starts
    /// Neither; the text says what instead.
    case other(String)
    /// Cannot be told from this input; the text says why.
    case unclear(String)
}

extension Graph {
    /// The schedules that name this endpoint, and those of which that cannot be told.
    func schedules(of endpoint: Endpoint) -> [Schedule] {
        schedules[joined(SchedulesByEndpoint.self).acting(endpoint)]
    }

    /// What a schedule does, by its target.
    func act(of schedule: Schedule) -> ScheduledAct {
        if let why = schedule.endpointName.whyUnknown { return .unclear("which endpoint it names: \(why)") }
        guard let target = schedule.targetARN.value else {
            return schedule.targetARN.whyUnknown.map { .unclear("its target: \($0)") } ?? .other("has no target")
        }
        let call = String(target.split(separator: ":").last ?? "")
        if target.lowercased().contains(":aws-sdk:sagemaker:") {
            switch call.lowercased() {
            case "deleteendpoint": return .stops
            case "createendpoint": return .starts
            case "stopendpoint": return .other("calls StopEndpoint, which SageMaker does not have")
            default: return .other("calls \(call), which leaves the endpoint as it is billed")
            }
        }
        if target.lowercased().contains(":aws-sdk:applicationautoscaling:") {
            return .other("changes autoscaling's bounds, and a plain variant keeps at least one instance")
        }
        guard let function = function(called: target, or: call) else {
            return .unclear("what \(target) does is not part of this input")
        }
        switch function.purpose.value {
        case "stop-endpoint": return .stops
        case "start-endpoint": return .starts
        case "restore-scaling": return .other("puts autoscaling back")
        default: return .unclear("what the function \(function.id) does: its code or an absent endpoint would tell")
        }
    }

    /// The function that a target names by reference, or that has this name.
    private func function(called target: String, or name: String) -> Function? {
        if target.hasPrefix("${"), target.hasSuffix(".Arn}"),
            let function = functions[id: String(target.dropFirst(2).dropLast(5))]
        {
            return function
        }
        return joined(FunctionsByName.self).positions[name].first.map { functions[$0] }
    }

    /// Hours a week in which the endpoint runs; absent when nothing both stops and starts it.
    ///
    /// An engine's calendar is the declared one; everywhere else the schedules themselves are read.
    func weeklyHours(of endpoint: Endpoint) -> Fact<Double> {
        if source == .engine {
            return declaration(of: endpoint)?.workingHours.map(\.hoursPerWeek) ?? .absent(at: endpoint.place)
        }
        return weeklyPlan(of: endpoint).map(\.hoursPerWeek)
    }

    /// The spans of a week in which the endpoint runs; absent when nothing both stops and starts it.
    func weeklyPlan(of endpoint: Endpoint) -> Fact<WeeklyPlan> {
        if source == .engine {
            guard let hours = declaration(of: endpoint)?.workingHours, let said = hours.value else {
                return .absent(at: endpoint.place)
            }
            return WeeklyPlan(said).map { .known($0, at: hours.place) }
                ?? .unknown("the declared working hours are no times of a week", at: hours.place)
        }
        var timezone = "UTC"
        var events: [(minute: Int, isStart: Bool)] = []
        var place: Place?
        for schedule in schedules(of: endpoint) where schedule.isEnabled.value != false {
            let isStart: Bool
            switch act(of: schedule) {
            case .stops: isStart = false
            case .starts: isStart = true
            case .other: continue
            case .unclear(let why): return .unknown("what the schedule \(schedule.id) does: \(why)", at: schedule.place)
            }
            place = place ?? schedule.place
            timezone = schedule.timezone.value ?? timezone
            let minutes = WeeklyTimes.minutes(of: schedule.expression)
            guard let minutes = minutes.value else {
                return .unknown(
                    "when \(schedule.id) runs: \(minutes.whyUnknown ?? "no time is set")", at: schedule.place)
            }
            events += minutes.map { ($0, isStart) }
        }
        guard events.contains(where: \.isStart), events.contains(where: { !$0.isStart }) else {
            return .absent(at: place ?? endpoint.place)
        }
        events.sort { $0.minute < $1.minute }
        var spans: [WeeklyPlan.Span] = []
        for (index, event) in events.enumerated() where event.isStart {
            let isLast = index + 1 == events.count
            let next = isLast ? events[0].minute + WeeklyTimes.minutesPerWeek : events[index + 1].minute
            spans += Self.spans(from: event.minute, to: next)
        }
        return .known(WeeklyPlan(timezone: timezone, spans: spans), at: place)
    }

    /// One span, or of more than a day one for each of its days: a holiday on the first takes away no other.
    private static func spans(from start: Int, to end: Int) -> [WeeklyPlan.Span] {
        let perDay = WeeklyPlan.minutesPerDay
        guard end - start > perDay else { return [WeeklyPlan.Span(start: start, end: end)] }
        return (start / perDay...(end - 1) / perDay).map { day in
            let (first, last) = (max(start, day * perDay), min(end, (day + 1) * perDay))
            let ofWeek = first % WeeklyTimes.minutesPerWeek
            return WeeklyPlan.Span(start: ofWeek, end: ofWeek + last - first)
        }
    }
}

/// Reads the times of a week out of EventBridge Scheduler's cron expressions.
enum WeeklyTimes {
    static let minutesPerWeek = 7 * 24 * 60

    /// Minutes since Monday 00:00 at which `cron(MINUTE HOUR DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR)` runs, in the
    /// schedule's own time zone; unknown for an expression that does not repeat by the week.
    static func minutes(of expression: Fact<String>) -> Fact<[Int]> {
        guard let text = expression.value else {
            return expression.isAbsent
                ? .unknown("it has no expression") : .unknown(expression.whyUnknown ?? "not known")
        }
        let notWeekly = Fact<[Int]>.unknown("'\(text)' is no weekly time", at: expression.place)
        guard text.hasPrefix("cron("), text.hasSuffix(")") else { return notWeekly }
        let fields = text.dropFirst(5).dropLast().split(separator: " ").map { $0.uppercased() }
        guard fields.count == 6, ["*", "?"].contains(fields[2]), fields[3] == "*", fields[5] == "*",
            let minutes = numbers(fields[0], 0...59), let hours = numbers(fields[1], 0...23),
            let days = weekdays(fields[4])
        else { return notWeekly }
        let times = days.flatMap { day in
            hours.flatMap { hour in minutes.map { (day * 24 + hour) * 60 + $0 } }
        }
        return .known(times.sorted(), at: expression.place)
    }

    /// `5`, `1-3`, `8,20`, `*`.
    private static func numbers(_ field: String, _ range: ClosedRange<Int>) -> [Int]? {
        if field == "*" { return Array(range) }
        var found: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                range.contains(first), range.contains(last)
            else { return nil }
            found.formUnion(first...last)
        }
        return found.sorted()
    }

    /// Days from Monday = 0; AWS counts from Sunday = 1, and a range may run over the week's end.
    private static func weekdays(_ field: String) -> [Int]? {
        if field == "*" || field == "?" { return Array(0...6) }
        let names = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
        func day(_ text: Substring) -> Int? {
            if let index = names.firstIndex(of: String(text)) { return index }
            return Int(text).flatMap { (1...7).contains($0) ? ($0 + 5) % 7 : nil }
        }
        var found: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(day)
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
            var current = first
            found.insert(current)
            while current != last {
                current = (current + 1) % 7
                found.insert(current)
            }
        }
        return found.sorted()
    }
}
