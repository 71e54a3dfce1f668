// Functions of one's own that do what Model Monitor does.

import PlumbModel

/// Finds detectors among the functions of a graph, by their tag `ml:purpose`, with the rules that start them.
enum DetectorMapping {
    /// Adds what each detector watches. Functions and event rules are in the graph already.
    static func add(to graph: inout Graph) {
        for function in graph.functions {
            guard let detector = Detector.allCases.first(where: { $0.purpose == function.purpose.value }) else {
                continue
            }
            graph.monitoringSchedules.append(schedule(of: function, detector, in: graph))
        }
    }

    private static func schedule(of function: Function, _ detector: Detector, in graph: Graph) -> MonitoringSchedule {
        MonitoringSchedule("\(function.id)/schedule", at: function.place) { schedule in
            schedule.head.region = function.head.region
            schedule.kind = .known(detector.kind, at: function.purpose.place)
            schedule.detector = .known(.resource(function.id))
            schedule.isStreaming = false
            schedule.scheduleExpression = expression(startingFunction: function.id, in: graph)
            let variables = Variables(of: function)
            schedule.endpointName = variables["ENDPOINT"]
            schedule.baselineConstraints = variables["CONSTRAINTS"]
            if detector == .drift {
                schedule.baselineStatistics = variables["STATISTICS"]
            } else {
                schedule.groundTruth = variables["LABELS"]
            }
        }
    }

    /// When the rules that are on start it.
    private static func expression(startingFunction id: String, in graph: Graph) -> Fact<String> {
        let rules = graph.eventRules.filter { rule in
            (rule.targets.value ?? []).contains { $0.value == .resource(id) }
        }
        let awake = rules.filter { $0.isEnabled.value != false && !$0.scheduleExpression.isAbsent }
        return awake.first?.scheduleExpression ?? .absent(at: rules.first?.place)
    }
}

/// What a detector is told through its environment.
private struct Variables {
    let environment: Fact<[String: String]>
    /// A function of other words may be told in them.
    let whyUnknown: String?

    init(of function: Function) {
        environment = function.environment
        let isKnown = function.environment.value?["ENDPOINT"] != nil
        whyUnknown = isKnown ? nil : "the environment of \(function.id) does not name an ENDPOINT"
    }

    subscript(name: String) -> Fact<String> {
        if let value = environment.value?[name] { return .known(value, at: environment.place) }
        if let why = environment.whyUnknown ?? whyUnknown { return .unknown(why, at: environment.place) }
        return .absent(at: environment.place)
    }
}
