// The book as a whole on one graph: what can be proved where, what people may except, and in which order it is told.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct AssessTests {
    private func assess(_ graph: Graph) -> Assessment { PolicyBook.assess(graph, path: "plumb.yaml") }

    private func verdict(_ id: String, _ assessment: Assessment) throws -> ControlVerdict {
        try #require(assessment.policies.flatMap(\.controls).first { $0.id == id })
    }

    @Test(arguments: Environment.allCases, [SourceKind.spec, .cloudformation])
    func theCompliantSpecBreaksNothing(_ environment: Environment, _ source: SourceKind) throws {
        var graph = try BaseSpec.graph(in: environment)
        graph.source = source
        let broken = assess(graph).findings.filter { $0.verdict == .fails }
        #expect(
            broken.isEmpty, "\(broken.map { "\($0.control) \($0.resource): \($0.message)" }.joined(separator: "\n"))")
    }

    @Test(arguments: SourceKind.allCases) func whatASourceCannotProveNeverHolds(_ source: SourceKind) throws {
        var graph = try BaseSpec.graph()
        graph.source = source
        let assessment = assess(graph)
        for policy in PolicyBook.policies {
            for control in policy.controls where !control.provableAt.contains(source) {
                #expect(try verdict(control.id, assessment).verdict != .holds, "\(control.id) at \(source.rawValue)")
            }
        }
    }

    @Test func anUnknownNumberIsNeverTakenForARightOne() throws {
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        graph.alarms.mutateEach { alarm in
            alarm.threshold = .unknown("a parameter without a default")
            alarm.datapointsToAlarm = .unknown("a parameter without a default")
        }
        let assessment = assess(graph)
        for id in ["OPS-1.2", "OPS-1.3", "OPS-1.4", "OPS-1.7", "OPS-2.4"] {
            let found = try verdict(id, assessment)
            #expect(found.verdict == .unknown, "\(id)")
            #expect(assessment.findings.contains { $0.control == id && $0.message.contains("parameter") }, "\(id)")
        }
    }

    @Test func aDeclarationIsNoProof() throws {
        let found = try verdict("OPS-1.2", assess(try BaseSpec.graph()))
        #expect(found.verdict == .unknown)
        #expect(found.judgements.allSatisfy { $0.message.contains("CloudFormation") })
    }

    @Test func aBreachShowsWhereTheControlCannotBeProved() throws {
        let graph = try BaseSpec.graph(overlay: "alarms: {errorRate: {thresholdPercent: 5}}")
        #expect(graph.source == .spec)
        #expect(try verdict("OPS-1.2", assess(graph)).verdict == .fails)
    }

    @Test func aControlThatDoesNotApplyIsToldApart() throws {
        let found = try verdict("OPS-2.5", assess(try BaseSpec.graph(in: .dev)))
        #expect(found.verdict == .notApplicable)
        #expect(found.severity == nil)
    }

    @Test func aWaiverHoldsUntilItsDayAndNoLonger() throws {
        let broken = "rollbackDrill: {day: 2026-06-01, seconds: 95}\n"
        func verdict(until day: String, resource: String? = nil) throws -> (ControlVerdict, [Diagnostic]) {
            var graph = try BaseSpec.graph(overlay: broken)
            graph.changeDeclarations {
                $0.waivers = [
                    Waiver(
                        control: "ops-2.10", owner: "ada@example.org", reason: "the drill is planned",
                        expires: Day(day) ?? BaseSpec.today, resource: resource)
                ]
            }
            let assessment = assess(graph)
            return (try self.verdict("OPS-2.10", assessment), assessment.diagnostics)
        }
        #expect(try verdict(until: "2026-11-24").0.verdict == .waived)
        #expect(try verdict(until: "2026-11-24", resource: "Endpoint").0.verdict == .waived)
        #expect(try verdict(until: "2026-11-24", resource: "Other").0.verdict == .fails)
        let lapsed = try verdict(until: "2026-11-23")
        #expect(lapsed.0.verdict == .fails)
        #expect(lapsed.0.judgements.contains { $0.message.contains("lapsed on 2026-11-23") })
        #expect(lapsed.1.contains { $0.message.contains("lapsed") })
    }

    @Test func aWaiverOfNoControlIsSaid() throws {
        var graph = try BaseSpec.graph()
        graph.changeDeclarations {
            $0.waivers = [
                Waiver(control: "OPS-9.9", owner: "ada", reason: "no reason", expires: BaseSpec.today.adding(days: 9))
            ]
        }
        #expect(assess(graph).diagnostics.contains { $0.message.contains("OPS-9.9") })
    }

    @Test func onlyAnAttestableUnknownIsAttested() throws {
        func word(for control: String, day: Day = BaseSpec.today) -> Attestation {
            Attestation(control: control, path: "evidence/review.pdf", sha256: "ab12", day: day, signer: "grace")
        }
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        graph.changeDeclarations { $0.attestations = [word(for: "OPS-3.4"), word(for: "OPS-2.10")] }
        graph.changeDeclarations { $0.provenance = .unknown("a template has no place to say it") }
        let assessment = assess(graph)
        let attested = try verdict("OPS-3.4", assessment)
        #expect(attested.verdict == .attested)
        #expect(attested.judgements.contains { $0.message.contains("grace") && $0.message.contains("ab12") })
        #expect(try verdict("OPS-2.10", assessment).verdict == .unknown)
        #expect(assessment.diagnostics.contains { $0.message.contains("OPS-2.10 cannot be attested") })

        graph.changeDeclarations { $0.attestations = [word(for: "OPS-3.4", day: BaseSpec.today.adding(days: 1))] }
        #expect(try verdict("OPS-3.4", assess(graph)).verdict == .unknown)

        graph.source = .spec
        graph.changeDeclarations {
            $0.attestations = [word(for: "OPS-3.4")]
            $0.provenance = .absent
        }
        #expect(try verdict("OPS-3.4", assess(graph)).verdict == .fails, "a word does not outweigh a breach")
    }

    @Test func anEngineIsNotBlamedForWhatItHasNot() throws {
        var graph = Graph(source: .engine, environment: .production, asOf: BaseSpec.today)
        graph.endpoints.append(
            Endpoint("digits") {
                $0.head.name = "digits"
                $0.config = .known(.resource("config"))
            })
        graph.endpointConfigs.append(
            EndpointConfig("config") { config in
                var variant = Variant()
                variant.name = "primary"
                variant.initialInstanceCount = 2
                config.head.name = "digits-1"
                config.variants = .known([variant])
            })
        for control in PolicyBook.monitoringAndAlerting.controls + PolicyBook.automatedRollback.controls
            + PolicyBook.infrastructureAsCode.controls
        {
            let found = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
            #expect(found.verdict == .unknown, "\(control.id): \(found.judgements.map(\.message))")
        }
    }

    @Test func aRunningEngineProvesWhatItMeasures() throws {
        let graph = EngineGraphs.afterRollback
        for id in [
            "OPS-1.1", "OPS-1.2", "OPS-1.3", "OPS-1.4", "OPS-1.8", "OPS-2.1", "OPS-2.4", "OPS-2.5", "OPS-2.9",
            "OPS-2.10",
        ] {
            let control = try #require(PolicyBook.control(id)).control
            let found = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
            #expect(found.verdict == .holds, "\(id): \(found.judgements.map(\.message))")
        }
        for id in ["OPS-1.5", "OPS-1.6", "OPS-2.2", "OPS-2.3", "OPS-3.2"] {
            let control = try #require(PolicyBook.control(id)).control
            let found = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
            #expect(found.verdict == .unknown, "\(id): \(found.judgements.map(\.message))")
        }
    }

    @Test func anEngineWhoseAlarmCannotFireIsToldSo() throws {
        var graph = EngineGraphs.afterRollback
        graph.alarms[id: "digits-1-error-rate"]?.threshold = 5
        let control = try #require(PolicyBook.control("OPS-1.2")).control
        #expect(PolicyBook.verdict(of: control, on: graph, Exceptions(graph)).verdict == .fails)
    }

    @Test func anEmptyGraphBreaksNothingAndProvesNothing() {
        let graph = Graph(source: .cloudformation, environment: .production, asOf: BaseSpec.today)
        for policy in PolicyBook.policies {
            for control in policy.controls {
                let found = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
                #expect(found.verdict != .holds, "\(control.id)")
            }
        }
    }

    @Test func findingsAreToldWorstFirstAndAlwaysInTheSameOrder() throws {
        var graph = try BaseSpec.graph(overlay: "alarms: {errorRate: {thresholdPercent: 5}}")
        graph.source = .cloudformation
        graph.topics = []
        graph.buckets.mutateEach { $0.isVersioned = false }
        let first = assess(graph).findings
        #expect(first == assess(graph).findings)
        let order = PolicyBook.policies.flatMap(\.controls).map(\.id)
        func rank(_ finding: Finding) -> [Int] {
            let severity = [Severity.critical, .high, .medium, .low].firstIndex(of: finding.severity) ?? 9
            return [finding.verdict == .fails ? 0 : 1, severity, order.firstIndex(of: finding.control) ?? 99]
        }
        let ranks = first.map(rank)
        #expect(zip(ranks, ranks.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
        #expect(first.contains { $0.verdict == .fails })
    }

    @Test func everyFindingSaysWhatWasFoundAndHowToMendIt() throws {
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        graph.alarms = []
        graph.buckets.mutateEach { $0.encryption = .unknown("a parameter without a default") }
        for finding in assess(graph).findings {
            #expect(!finding.message.isEmpty && !finding.fix.isEmpty && !finding.seed.isEmpty, "\(finding.control)")
        }
    }

    @Test func controlsAreFoundInAnyCaseOfLetters() {
        #expect(PolicyBook.control("ops-2.10")?.policy.id == "OPS-2")
        #expect(PolicyBook.control("OPS-2.11") == nil)
    }
}
