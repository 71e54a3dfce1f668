// The cached front and the records of the second region: what is rendered is read back as the same, and works.

import PlumbModel
import Testing

@testable import PlumbFormats

struct FrontRenderingTests {
    /// A front alone, a second region alone, both.
    static let overlays = [
        "critical: false", "cache: {deterministic: false, repeatRate: 0, ttl: 0s, reason: answers are sampled}", "",
    ]

    private static func read(_ spec: Spec) throws -> Graph {
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: ArchitectureExample.today)
        let documents = try files.filter { $0.path.hasSuffix(".yaml") }.map { file in
            try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
        }
        let reading = TemplateReader.read(documents, environment: spec.environment, asOf: ArchitectureExample.today)
        try #require(!reading.hasErrors, "\(reading.diagnostics)")
        return try #require(reading.worlds.first).graph
    }

    private static func rendered(_ tongue: Tongue, overlay: String = "") throws -> [String: RenderedResource] {
        let deployment = RenderedDeployment(
            try ArchitectureExample.spec(overlay: overlay), asOf: ArchitectureExample.today, in: tongue)
        let own = (deployment.front() + deployment.failover()).filter { $0.type(in: tongue) != nil }
        return Dictionary(own.map { ($0.id, $0) }) { first, _ in first }
    }

    @Test(arguments: overlays)
    func theTemplateIsReadBackAsTheSameFront(overlay: String) throws {
        let spec = try ArchitectureExample.spec(overlay: overlay)
        let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
        let read = try Self.read(spec)
        #expect(read.entryPoints == graph.entryPoints)
        #expect(read.cachePolicies == graph.cachePolicies)
        #expect(read.distributions == graph.distributions)
        #expect(read.healthChecks == graph.healthChecks)
        #expect(read.recordSets == graph.recordSets)
        #expect(!graph.entryPoints.isEmpty || !graph.recordSets.isEmpty)
    }

    @Test func withoutADecisionThereIsNoFront() throws {
        let overlay = "critical: false\n" + Self.overlays[1]
        for tongue in [Tongue.template, .plan] {
            #expect(try Self.rendered(tongue, overlay: overlay).isEmpty)
        }
    }

    /// API Gateway takes a part of the key only where the method declares it, and caches only what it is told to ask.
    @Test(arguments: [Tongue.template, .plan])
    func everyPartOfTheKeyIsDeclaredAndDemanded(tongue: Tongue) throws {
        let resources = try Self.rendered(tongue)
        let method = try #require(resources["EntryPointMethod"])
        let integration =
            tongue == .plan
            ? try #require(resources["EntryPointIntegration"]).fields
            : try #require(method.fields.first { $0.template == "Integration" }?.value.fields)
        let declared = method.fields.first { $0.plan == "request_parameters" }?.value
        let key = integration.first { $0.plan == "cache_key_parameters" }?.value
        guard case .map(let parameters) = declared, case .list(let parts) = key else {
            Issue.record("no key: \(String(describing: key))")
            return
        }
        let names = parts.compactMap { if case .text(let name) = $0 { name } else { nil } }
        #expect(
            Set(names) == [
                "method.request.header.Authorization", "method.request.header.Content-Type",
                "method.request.header.X-Model-Revision", "method.request.querystring.body",
            ])
        for name in names { #expect(parameters[name] == .bool(true), "\(name) is not demanded") }
    }

    /// The stage serves a copy of the methods: with other methods it must be given another copy.
    @Test func changedMethodsAreDeployedAnew() throws {
        func deployment(_ overlay: String) throws -> [String] {
            try Self.rendered(.template, overlay: overlay).keys.filter { $0.hasPrefix("EntryPointDeployment") }
        }
        let first = try deployment("")
        let (same, other) = (
            try deployment("retentionDays: 400"), try deployment("example: {contentType: application/json}")
        )
        #expect(first.count == 1 && first == same && first != other)
        let plan = try #require(try Self.rendered(.plan)["EntryPointDeployment"])
        #expect(plan.fields.contains { $0.plan == "triggers" })
    }

    @Test func theEdgeWritesTheRevisionInServiceIntoTheKey() throws {
        let spec = try ArchitectureExample.spec()
        let function = try #require(try Self.rendered(.template)["DistributionRevision"])
        let code = function.fields.first { $0.template == "FunctionCode" }?.value
        guard case .text(let text) = code else {
            Issue.record("no code")
            return
        }
        #expect(text.contains("'x-model-revision'") && text.contains("'\(Blueprint(spec).revision)'"))
    }

    /// Texts of a TXT record stand in quotes; Terraform adds them by itself.
    @Test(arguments: [Tongue.template, .plan])
    func theRecordsTellTheTwoRegions(tongue: Tongue) throws {
        let resources = try Self.rendered(tongue)
        for (id, region) in [("PrimaryRecord", "${AWS::Region}"), ("SecondaryRecord", "eu-west-1")] {
            let record = try #require(resources[id])
            let key = tongue == .template ? "ResourceRecords" : "records"
            let told = record.fields.first { $0.key(in: tongue) == key }?.value
            #expect(told == .texts([tongue == .template ? "\"\(region)\"" : region]))
        }
        let check = try #require(resources["FailoverHealthCheck"])
        let alarm = RenderedValue.link("HealthAlarm", template: nil, plan: "alarm_name")
        var links: [RenderedValue] = []
        for field in check.fields where field.key(in: tongue) != nil {
            field.value.visit { if $0 == alarm { links.append($0) } }
        }
        #expect(links.count == 1)
    }

    @Test func whatAControlAsksForIsMarked() throws {
        var marked: Set<String> = []
        for resource in try Self.rendered(.template).values {
            marked.formUnion(resource.controls)
            for field in resource.fields { field.collectControls(into: &marked) }
        }
        #expect(marked.isSuperset(of: ["SEC-1.2", "SEC-1.3", "PERF-3.3", "PERF-3.4", "REL-3.3", "REL-3.7"]))
    }
}

extension RenderedValue {
    /// The fields of a structure.
    fileprivate var fields: [RenderedField]? { if case .block(let fields) = self { fields } else { nil } }
}

extension RenderedField {
    fileprivate func collectControls(into marked: inout Set<String>) {
        marked.formUnion(controls)
        switch value {
        case .block(let fields): for field in fields { field.collectControls(into: &marked) }
        case .blocks(let blocks): for field in blocks.joined() { field.collectControls(into: &marked) }
        default: break
        }
    }
}
