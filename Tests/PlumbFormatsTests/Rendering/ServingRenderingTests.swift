// Serving, scaling, monitoring, notification, automation and schedules: what is rendered is read back as it was.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct ServingRenderingTests {
    /// A deployment as it was compiled, and as its own templates are read.
    private struct RoundTrip {
        var compiled: Graph
        var read: Graph

        init(_ environment: Environment, overlay: String = "") throws {
            let spec = try ArchitectureExample.spec(environment, overlay: overlay)
            compiled = Architecture.compile(spec, asOf: ArchitectureExample.today)
            let files = Rendering.files(of: spec, as: .cloudformation, asOf: ArchitectureExample.today)
            let documents = try files.filter { $0.path.hasSuffix(".yaml") }.map {
                try SourceDocument.read(SourceFile(path: $0.path, bytes: $0.bytes)).get()
            }
            let reading = TemplateReader.read(documents, asOf: ArchitectureExample.today)
            #expect(!reading.hasErrors, "\(reading.diagnostics)")
            try #require(reading.worlds.count == 1)
            read = reading.worlds[0].graph
        }

        /// Compares a table, without what the second region holds.
        func expectSame<Element: Resource>(_ table: KeyPath<Graph, ResourceTable<Element>>) {
            let wanted = compiled[keyPath: table].filter { $0.head.region.isAbsent }
            #expect(!wanted.isEmpty)
            for element in wanted {
                let found = read[keyPath: table][id: element.id]
                let isSame = found == element
                #expect(isSame, "\(difference(element, found))")
            }
            let others = read[keyPath: table].filter { compiled[keyPath: table][id: $0.id] == nil }
            #expect(others.isEmpty, "\(others.map(\.id))")
        }

        /// The fields that differ, one a line.
        private func difference<Element: Resource>(_ wanted: Element, _ found: Element?) -> String {
            guard let found else { return "\(wanted.id) is not there" }
            let pairs = zip(Mirror(reflecting: wanted).children, Mirror(reflecting: found).children)
            let lines = pairs.compactMap { left, right -> String? in
                let (left, label, right) = ("\(left.value)", left.label ?? "", "\(right.value)")
                return left == right ? nil : "\(label): \(left)\n  is read as \(right)"
            }
            return "\(wanted.id):\n" + lines.joined(separator: "\n")
        }
    }

    @Test(arguments: [Environment.production, .staging, .dev])
    func `a deployment's serving side is read back as it was compiled`(environment: Environment) throws {
        let trip = try RoundTrip(
            environment, overlay: environment == .production ? "" : "workingHours: {timezone: Europe/Berlin}")
        trip.expectSame(\.endpoints)
        trip.expectSame(\.endpointConfigs)
        trip.expectSame(\.models)
        trip.expectSame(\.scalableTargets)
        trip.expectSame(\.scalingPolicies)
        trip.expectSame(\.alarms)
        trip.expectSame(\.dashboards)
        trip.expectSame(\.topics)
        trip.expectSame(\.eventRules)
        trip.expectSame(\.functions)
        trip.expectSame(\.monitoringSchedules)
        if environment != .production { trip.expectSame(\.schedules) }
    }

    @Test func `settings that the example leaves out are read back, too`() throws {
        let trip = try RoundTrip(
            .production,
            overlay: """
                instances: {type: ml.g5.12xlarge, minimum: 2, maximum: 3, initial: 2}
                model: {multiModel: true}
                rollout: {strategy: linear, stepPercent: 25}
                alarms: {notify: [oncall@example.org], health: {thresholdFailures: 3}}
                scaling: {scheduled: [{name: morning, expression: "cron(0 7 * * ? *)", timezone: UTC, minimum: 3}]}
                """)
        trip.expectSame(\.endpoints)
        trip.expectSame(\.endpointConfigs)
        trip.expectSame(\.models)
        trip.expectSame(\.scalableTargets)
        trip.expectSame(\.scalingPolicies)
        trip.expectSame(\.alarms)
        trip.expectSame(\.dashboards)
        trip.expectSame(\.topics)
    }

    private func resources(_ environment: Environment, _ tongue: Tongue) throws -> [RenderedResource] {
        let spec = try ArchitectureExample.spec(environment)
        return RenderedDeployment(spec, asOf: ArchitectureExample.today, in: tongue).resources()
    }

    @Test func `the endpoint waits for rights, logs and guards, and autoscaling for the endpoint`() throws {
        let all = try resources(.production, .template)
        let endpoint = try #require(all.first { $0.id == "Endpoint" })
        #expect(endpoint.dependsOn.contains("ExecutionRolePolicy"))
        #expect(endpoint.dependsOn.contains("EndpointLogGroup"))
        #expect(endpoint.dependsOn.contains("HealthAlarm"))
        #expect(all.first { $0.id == "ScalableTarget" }?.dependsOn == ["Endpoint"])
        let probe = try #require(all.first { $0.id == "ProbeFunction" })
        #expect(probe.dependsOn == ["ProbeRolePolicy", "ProbeFunctionLogGroup"])
    }

    @Test func `a revision is kept by CloudFormation, and replaced in the right order by Terraform`() throws {
        for id in ["Model", "EndpointConfig"] {
            let template = try #require(try resources(.production, .template).first { $0.id == id })
            #expect(template.updateReplacePolicy == "Retain")
            let plan = try #require(try resources(.production, .plan).first { $0.id == id })
            #expect(plan.createsBeforeDestroy)
            #expect(plan.deletionPolicy == nil, "prevent_destroy would forbid every new revision")
        }
    }

    @Test func `the bounds of the fleet are asked for within the policy book`() throws {
        let target = try #require(try resources(.production, .template).first { $0.id == "ScalableTarget" })
        let bounds = target.fields.compactMap { field -> RenderedParameter? in
            if case .parameter(let parameter) = field.value { parameter } else { nil }
        }
        #expect(bounds.map(\.name) == ["MinimumInstances", "MaximumInstances"])
        #expect(bounds.map(\.kind) == [.number(2...4), .number(2...4)])
        #expect(bounds.map(\.standard) == [.number(2), .number(4)])
    }

    @Test func `Terraform has the targets of rules as resources, and the functions' archives beside the module`() throws
    {
        let all = try resources(.production, .plan)
        let targets = all.filter { $0.plan == "aws_cloudwatch_event_target" }
        #expect(
            Set(targets.map(\.id)) == [
                "EndpointStateRuleTarget", "ProbeRuleTarget", "LateRollbackRuleTarget", "LogArchiveRuleTarget",
                "DriftRuleTarget", "QualityRuleTarget",
            ])
        let spec = try ArchitectureExample.spec(.production)
        let files = Rendering.files(of: spec, as: .terraform, asOf: ArchitectureExample.today)
        let archives = Set(files.map(\.path).filter { $0.hasSuffix(".zip") })
        for function in all where function.plan == "aws_lambda_function" {
            let name = try #require(function.fields.first { $0.plan == "filename" })
            guard case .expression(let text) = name.value else {
                Issue.record("the archive's path is an expression")
                continue
            }
            #expect(archives.contains { text == "\"${path.module}/\($0)\"" }, "\(text) \(archives)")
        }
    }

    @Test func `the dashboard draws every metric once, and widgets never overlap`() throws {
        let spec = try ArchitectureExample.spec(.production)
        let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
        let metrics = try #require(graph.dashboards.first?.metrics.value)
        let page = DashboardPage(Blueprint(spec), metrics: metrics, alarms: ["HealthAlarm"])
        guard case .pairs(let body) = page.body, case .list(let widgets)? = body.first?.value else {
            Issue.record("a dashboard has widgets")
            return
        }
        var taken: Set<[Double]> = []
        for widget in widgets {
            guard case .pairs(let pairs) = widget else { continue }
            let numbers = Dictionary(
                uniqueKeysWithValues: pairs.compactMap { pair -> (String, Double)? in
                    if case .number(let number) = pair.value { (pair.key, number) } else { nil }
                })
            let (x, y) = (try #require(numbers["x"]), try #require(numbers["y"]))
            let (width, height) = (try #require(numbers["width"]), try #require(numbers["height"]))
            #expect(x + width <= 24)
            for column in stride(from: x, to: x + width, by: 1) {
                for row in stride(from: y, to: y + height, by: 1) { #expect(taken.insert([column, row]).inserted) }
            }
        }
        #expect(widgets.count == 8)
    }
}
