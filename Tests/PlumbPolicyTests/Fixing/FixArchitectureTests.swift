// An architecture that endpoints share gives each the same fixes as one of its own.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct FixArchitectureTests {
    static let day = Day(daysSinceEpoch: 20_781)

    private static func spec(_ name: String, in environment: PlumbModel.Environment) -> FixSpec {
        var graph = Graph(source: .cloudformation, environment: environment, asOf: day)
        graph.endpoints.append(Endpoint("TheEndpoint") { $0.head.name = .known(name) })
        return FixSpec(index: ResourceIndex(graph), endpoint: graph.endpoints.first, asOf: day)
    }

    private static func deployment(_ spec: FixSpec, under standIn: String?, in tongue: Tongue) -> FixDeployment? {
        spec.blueprint(spec.text(named: standIn ?? spec.name, keepingType: false)).map {
            FixDeployment(spec, FixArchitecture($0, standIn: standIn, asOf: day, in: tongue))
        }
    }

    @Test(
        arguments: ["digits", "a-b-c-1", "alarm-latency", "q0", "qqqqqqq", "scoring-0000-europe2"],
        PlumbModel.Environment.allCases)
    func anEndpointHasTheSameItemsFromASharedArchitecture(_ name: String, _ environment: PlumbModel.Environment) throws
    {
        let spec = Self.spec(name, in: environment)
        for tongue in [Tongue.template, .plan] {
            let own = try #require(Self.deployment(spec, under: nil, in: tongue))
            let shared = try #require(
                Self.deployment(spec, under: FixArchitecture.standIn(for: name), in: tongue))
            #expect(own.items.count == shared.items.count)
            for (own, shared) in zip(own.items, shared.items) {
                #expect(own.wanted == shared.wanted)
                #expect(own.present == shared.present)
                #expect(own.theirs == shared.theirs)
            }
            #expect(own.types == shared.types)
            #expect(
                own.elsewhere.mapValues { [$0.arn, $0.inProperty] }
                    == shared.elsewhere.mapValues { [$0.arn, $0.inProperty] })
        }
    }

    /// Names that are cut somewhere, or written small, take part in more than what is made of them.
    @Test(arguments: ["short", "Scoring-1", "scoring_1", "scoring-0000-europe-2", String(repeating: "n", count: 40)])
    func noOtherNameStandsForOneThatIsChanged(_ name: String) {
        #expect(FixArchitecture.standIn(for: name) == nil)
    }

    @Test func aStandInHasTheFormOfTheName() {
        #expect(FixArchitecture.standIn(for: "digits-1") == "qqqqqq-q")
        #expect(FixArchitecture.standIn(for: "digits") == "qqqqqq")
    }
}
