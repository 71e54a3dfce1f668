// What autoscaling, schedules and rollbacks may change is no drift; whatever comes close to it is.

import PlumbFormats
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct DriftTests {
    private static let today = Day(daysSinceEpoch: 20_781)
    /// Minutes of a week from Monday 00:00.
    private static let wednesdayMorning = (2 * 24 + 10) * 60
    private static let sundayNight = (6 * 24 + 3) * 60

    private func declared(_ environment: Environment, initial: Int = 2) throws -> Graph {
        let hours =
            environment == .production
            ? ""
            : "workingHours: {timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri], start: '08:00', stop: '18:00'}"
        let text = """
            name: digits
            team: vision
            owner: vision@example.org
            region: eu-central-1
            workload: cpu
            model: {path: model.onnx, digest: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
            example: {contentType: text/csv, body: "0,0,5"}
            instances: {type: ml.m5.xlarge, minimum: 2, maximum: 4, initial: \(initial), zones: 2}
            \(hours)
            """
        let reading = SpecReader.read(text, file: "plumb.yaml", environment: environment)
        let spec = try #require(reading.spec, "\(reading.diagnostics.map(\.message))")
        return Architecture.compile(spec, asOf: Self.today)
    }

    /// What runs is what was declared, but for `change`.
    private func running(_ declared: Graph, _ change: (inout Graph) -> Void) -> Graph {
        var graph = declared
        graph.source = .live
        graph.declarations = []
        change(&graph)
        return graph
    }

    private func difference(
        _ declared: Graph, minute: Int = wednesdayMorning, declaredOn: Day? = today, _ change: (inout Graph) -> Void
    ) -> GraphDifference {
        let running = running(declared, change)
        let circumstances = DriftCircumstances(declaredOn: declaredOn) { $0 == "Europe/Berlin" ? minute : nil }
        return GraphDifference(from: declared, to: running).allowing(from: declared, to: running, in: circumstances)
    }

    @Test func whatRunsAsDeclaredIsNoDifference() throws {
        for environment in Environment.allCases {
            let difference = difference(try declared(environment)) { _ in }
            #expect(difference.isEmpty && difference.compared > 30)
        }
    }

    // MARK: - Autoscaling

    private func fleet(of count: Double) -> Evidence {
        Evidence(.fleet, endpointName: "digits", day: Self.today, origin: "account", numbers: ["running": count])
    }

    @Test(arguments: [(3.0, true), (4, true), (5, false), (1, false), (0, false)])
    func aNumberOfInstancesIsDriftOutsideTheBounds(count: Double, isAllowed: Bool) throws {
        let difference = difference(try declared(.production)) { $0.evidence = [fleet(of: count)] }
        let property = try #require(difference.resources.first?.properties.first)
        #expect(difference.resources.map(\.id) == ["Endpoint"] && property.path == "instances")
        #expect(property.after == .number(count) && property.before == .number(2))
        #expect((property.allowance == "autoscaling may run 2 to 4 instances") == isAllowed)
        #expect(difference.isDrift != isAllowed)
    }

    @Test func theDeclaredNumberOfInstancesIsNoDifference() throws {
        #expect(difference(try declared(.production)) { $0.evidence = [fleet(of: 2)] }.isEmpty)
    }

    @Test func withoutAutoscalingAnyOtherNumberIsDrift() throws {
        var declared = try declared(.production)
        declared.scalableTargets = []
        declared.scalingPolicies = []
        #expect(difference(declared) { $0.evidence = [fleet(of: 3)] }.isDrift)
        declared.scalableTargets.append(
            ScalableTarget("Other") { target in
                target.resourceID = "endpoint/other/variant/primary"
                target.minimum = 1
                target.maximum = 9
            })
        #expect(difference(declared) { $0.evidence = [fleet(of: 3)] }.isDrift)
    }

    @Test(arguments: [(4, true), (5, false)])
    func theConfigurationsNumberHasTheSameBounds(count: Int, isAllowed: Bool) throws {
        let difference = difference(try declared(.production)) { graph in
            graph.endpointConfigs.mutateEach { config in
                guard config.id == "EndpointConfig", var variants = config.variants.value else { return }
                variants[0].initialInstanceCount = .known(count)
                config.variants = .known(variants)
            }
        }
        #expect(difference.resources.map(\.id) == ["EndpointConfig"])
        #expect(difference.resources.first?.properties.map(\.path) == ["variants[primary].initialInstanceCount"])
        #expect(difference.isDrift != isAllowed)
    }

    @Test func changedBoundsAreDriftThemselves() throws {
        let difference = difference(try declared(.production)) { graph in
            graph.scalableTargets.mutateEach { $0.maximum = 6 }
            graph.evidence = [fleet(of: 6)]
        }
        #expect(difference.isDrift)
        #expect(difference.resources.count { !$0.isDrift } == 0)
    }

    // MARK: - Schedules

    private func isAbsent(_ graph: inout Graph) {
        graph.endpoints = []
        graph.scalableTargets = []
        graph.scalingPolicies = []
    }

    @Test(arguments: [Environment.dev, .staging])
    func outsideItsHoursAnEndpointMayBeAbsent(environment: Environment) throws {
        let difference = difference(try declared(environment), minute: Self.sundayNight) { isAbsent(&$0) }
        let endpoint = try #require(difference.resources.first { $0.id == "Endpoint" })
        #expect(endpoint.kind == .missing)
        #expect(endpoint.allowance == "StopSchedule stopped digits outside its working hours")
        #expect(!difference.isDrift, "\(difference.resources.filter(\.isDrift).map(\.id))")
    }

    @Test(arguments: [((0 * 24 + 8) * 60, true), ((0 * 24 + 8) * 60 - 1, false), ((4 * 24 + 18) * 60, false)])
    func theHoursBeginAndEndOnTheMinute(minute: Int, isDrift: Bool) throws {
        #expect(difference(try declared(.staging), minute: minute) { isAbsent(&$0) }.isDrift == isDrift)
    }

    @Test func inProductionItMayNot() throws {
        var graph = try declared(.staging)
        graph.environment = .production
        #expect(difference(graph, minute: Self.sundayNight) { isAbsent(&$0) }.isDrift)
    }

    @Test func aScheduleThatIsOffOrHalfOrUnclearExcusesNothing() throws {
        let changes: [(inout Graph) -> Void] = [
            { $0.schedules[id: "StopSchedule"]?.isEnabled = false },
            { $0.schedules[id: "StopSchedule"]?.isEnabled = .unknown("a parameter") },
            { $0.schedules[id: "StartSchedule"] = nil },
            { $0.schedules[id: "StopSchedule"]?.endpointName = "another" },
            { $0.schedules[id: "StopSchedule"]?.timezone = "Europe/Nowhere" },
            { $0.schedules[id: "StartSchedule"]?.expression = "rate(1 day)" },
            { $0.schedules[id: "StopSchedule"]?.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:stopEndpoint" },
        ]
        for (index, change) in changes.enumerated() {
            var graph = try declared(.staging)
            change(&graph)
            #expect(difference(graph, minute: Self.sundayNight) { isAbsent(&$0) }.isDrift, "change \(index)")
        }
    }

    @Test func whatTheScheduleDoesNotDeleteMayNotBeAbsent() throws {
        let difference = difference(try declared(.staging), minute: Self.sundayNight) { graph in
            isAbsent(&graph)
            graph.models = []
        }
        #expect(difference.resources.filter(\.isDrift).map(\.id).contains("Model"))
        #expect(!difference.resources.filter(\.isDrift).map(\.id).contains("Endpoint"))
    }

    @Test func anAlarmIsMuteForTheSameHoursAndNoOther() throws {
        func mute(_ id: String, at minute: Int) throws -> Bool {
            difference(try declared(.staging), minute: minute) { $0.alarms[id: id]?.isActionsEnabled = false }.isDrift
        }
        #expect(try !mute("HealthAlarm", at: Self.sundayNight))
        #expect(try mute("HealthAlarm", at: Self.wednesdayMorning))
        #expect(try mute("ErrorRateAlarm", at: Self.sundayNight))
    }

    // MARK: - Rollbacks

    private func rollout(_ outcome: String, daysAgo: Int = 0, endpoint: String = "digits") -> Evidence {
        Evidence(
            .rollout, endpointName: endpoint, day: Self.today.adding(days: -daysAgo), origin: "account",
            texts: ["outcome": outcome, "reason": "ErrorRateAlarm fired"])
    }

    private func isOnOlderConfig(_ graph: inout Graph) {
        var model = graph.models[id: "Model"]
        model?.head.id = "older-model"
        model?.head.name = "digits-production-older"
        model?.digest = "00"
        var config = graph.endpointConfigs[id: "EndpointConfig"]
        config?.head.id = "older"
        config?.head.name = "digits-production-older"
        var variants = config?.variants.value ?? []
        variants[0].model = .known(.resource("older-model"))
        config?.variants = .known(variants)
        if let model, let config {
            graph.models.append(model)
            graph.endpointConfigs.append(config)
        }
        graph.endpoints.mutateEach { $0.config = .known(.resource("older")) }
    }

    @Test func anOlderConfigurationIsAllowedAfterARollback() throws {
        let difference = difference(try declared(.production), declaredOn: Self.today.adding(days: -3)) { graph in
            isOnOlderConfig(&graph)
            graph.evidence = [rollout("promoted", daysAgo: 2), rollout("rolledBack", daysAgo: 1)]
        }
        #expect(Set(difference.resources.map(\.id)) == ["Endpoint", "older", "older-model"])
        #expect(!difference.isDrift, "\(difference.resources.filter(\.isDrift))")
        let reason = difference.resources.first { $0.id == "Endpoint" }?.properties.first?.allowance
        #expect(reason == "digits was rolled back on \(Self.today.adding(days: -1)): ErrorRateAlarm fired")
    }

    @Test func itIsDriftWithoutAYoungerRollbackOfThisEndpoint() throws {
        let cases: [(String, [Evidence], Day?)] = [
            ("no rollout at all", [], Self.today),
            ("an older rollback", [rollout("rolledBack", daysAgo: 5)], Self.today.adding(days: -4)),
            ("another endpoint's", [rollout("rolledBack", endpoint: "other")], Self.today),
            ("a rollout that was promoted", [rollout("promoted")], Self.today),
            ("promoted since", [rollout("rolledBack", daysAgo: 1), rollout("promoted")], Self.today.adding(days: -3)),
            ("promoted on the same day", [rollout("rolledBack"), rollout("promoted")], Self.today),
            ("nobody knows how old the declaration is", [rollout("rolledBack")], nil),
        ]
        for (name, evidence, declaredOn) in cases {
            let difference = difference(try declared(.production), declaredOn: declaredOn) { graph in
                isOnOlderConfig(&graph)
                graph.evidence = evidence
            }
            #expect(difference.isDrift, "\(name)")
        }
    }

    @Test func aRollbackExcusesTheConfigurationAndNothingElse() throws {
        let difference = difference(try declared(.production), declaredOn: Self.today) { graph in
            isOnOlderConfig(&graph)
            graph.evidence = [rollout("rolledBack")]
            graph.endpoints.mutateEach { $0.rollbackAlarms = .known([]) }
            graph.alarms[id: "ErrorRateAlarm"]?.threshold = 5
        }
        let drift = difference.resources.filter(\.isDrift)
        #expect(Set(drift.map(\.id)) == ["Endpoint", "ErrorRateAlarm"])
        let endpoint = try #require(drift.first { $0.id == "Endpoint" })
        #expect(
            Set(endpoint.properties.filter { $0.allowance == nil }.map { $0.path.prefix { $0 != "[" } }) == [
                "rollbackAlarms"
            ])
    }

    // MARK: - The engine on one machine

    /// What an engine shows of a revision: its own names, and nothing of accounts and networks.
    private func engine(instances: String = "ml.m5.xlarge", threshold: Double = 1) -> Graph {
        var graph = Graph(source: .engine, environment: .staging, asOf: Self.today)
        graph.models = [Model("digits-4-model") { $0.head.name = "digits-4-model" }]
        graph.endpointConfigs = [
            EndpointConfig("digits-4") { config in
                var variant = Variant()
                variant.name = "primary"
                variant.model = .known(.resource("digits-4-model"))
                variant.instanceType = .known(instances)
                variant.initialInstanceCount = 2
                config.head.name = "digits-4"
                config.variants = .known([variant])
            }
        ]
        graph.endpoints = [
            Endpoint("digits") { endpoint in
                endpoint.head.name = "digits"
                endpoint.config = .known(.resource("digits-4"))
                endpoint.rollbackAlarms = .known(["digits-4-error-rate"])
            }
        ]
        var row = AlarmQuery()
        row.namespace = "AWS/SageMaker"
        row.metricName = "Invocation5XXErrors"
        graph.alarms = [
            Alarm("digits-4-error-rate") { alarm in
                alarm.head.name = "digits-4-error-rate"
                alarm.queries = .known([row])
                alarm.threshold = .known(threshold)
            }
        ]
        graph.evidence = [fleet(of: 3)]
        return graph
    }

    private func difference(_ declared: Graph, runs engine: Graph) -> GraphDifference {
        let circumstances = DriftCircumstances(declaredOn: nil) { _ in Self.wednesdayMorning }
        return GraphDifference(from: declared, to: engine).allowing(from: declared, to: engine, in: circumstances)
    }

    @Test func theEngineRunsWhatIsDeclaredUnderItsOwnNames() throws {
        let difference = difference(try declared(.staging), runs: engine())
        #expect(!difference.isDrift, "\(difference.resources.filter(\.isDrift))")
        #expect(difference.pairs["EndpointConfig"] == "digits-4" && difference.pairs["Model"] == "digits-4-model")
        #expect(difference.pairs["ErrorRateAlarm"] == "digits-4-error-rate")
        #expect(difference.resources.map(\.id) == ["Endpoint"], "three instances, within the bounds")
        #expect(difference.leftOut > 20)
    }

    @Test func whatTheEngineRunsOtherwiseIsDrift() throws {
        let type = difference(try declared(.staging), runs: engine(instances: "ml.t3.medium"))
        #expect(
            type.resources.filter(\.isDrift).flatMap(\.properties).map(\.path) == ["variants[primary].instanceType"])
        let threshold = difference(try declared(.staging), runs: engine(threshold: 9))
        #expect(threshold.resources.filter(\.isDrift).flatMap(\.properties).map(\.path) == ["threshold"])
        var empty = engine()
        empty.endpoints = []
        #expect(difference(try declared(.staging), runs: empty).isDrift)
    }
}
