// An alarm whose dimensions name no endpoint belongs to the one that it is called after.

import PlumbModel
import PlumbSignals
import Testing

@testable import PlumbPolicy

@Suite struct EndpointWordingTests {
    private let wording = EndpointWording(["scoring", "scoring-eu", "fraud_0007", "${Stage}-ranking"])

    @Test(arguments: [
        ("scoring-errors", ["scoring"]), ("scoring-eu-errors", ["scoring-eu"]), ("Probe of fraud-0007", ["fraud_0007"]),
        ("scoring and scoring_eu", ["scoring", "scoring-eu"]), ("${Stage}-ranking-probe", ["${Stage}-ranking"]),
        ("fraud-00071", []), ("ascoring", []), ("", []),
    ])
    func theLongestNameAtEachSpotIsMeant(text: String, names: [String]) {
        #expect(wording.endpoints(in: text) == names)
    }

    /// Endpoints with one canary alarm each, the canaries being made elsewhere.
    private func graph(names: [String], canaries: [String]) -> Graph {
        var graph = Graph(source: .cloudformation, environment: .production, asOf: BaseSpec.today)
        for name in names { graph.endpoints.append(Endpoint(name) { $0.head.name = .known(name) }) }
        for canary in canaries {
            graph.alarms.append(
                Alarm("Alarm of \(canary)") { alarm in
                    var row = AlarmQuery()
                    row.namespace = "CloudWatchSynthetics"
                    row.metricName = "SuccessPercent"
                    row.dimensions = .known([DimensionFact("CanaryName", .known(canary))])
                    alarm.queries = .known([row])
                })
        }
        return graph
    }

    @Test func aProbeBelongsToTheEndpointItIsCalledAfter() {
        let join = AlarmJoin(graph(names: ["one", "two"], canaries: ["one-probe", "two-probe", "canary7"]))
        #expect(join.watching("one") == [0, 2])
        #expect(join.watching("two") == [1, 2])
    }

    @Test func anEndpointThatNoProbeIsCalledAfterIsToldOfAFew() {
        let names = (1...20).map { "e\($0)" }
        let join = AlarmJoin(graph(names: names + ["bare"], canaries: names))
        #expect(join.watching("bare").count == 5)
        #expect(join.watching("e12") == [11])
    }

    @Test func anAlarmBelongsToTheEndpointsThatListIt() {
        var graph = graph(names: ["one", "two"], canaries: ["one-probe"])
        graph.alarms.mutateEach { $0.head.name = "one-health" }
        graph.endpoints[id: "two"]?.rollbackAlarms = .known(["one-health"])
        let join = AlarmJoin(graph)
        #expect(join.watching("one") == [0])
        #expect(join.watching("two") == [0])
    }

    @Test func alarmsOfNobodyThatDoTheSameStandForEachOther() {
        let canaries = (1...40).map { "canary\($0)" }
        var graph = graph(names: ["one", "two"], canaries: canaries)
        graph.alarms.mutateEach { alarm in
            alarm.threshold = 90
            alarm.comparison = .known(.lessThanThreshold)
            alarm.evaluationPeriods = 2
            guard var rows = alarm.queries.value else { return }
            for index in rows.indices {
                rows[index].statistic = "Average"
                rows[index].periodSeconds = 60
            }
            alarm.queries = .known(rows)
        }
        graph.alarms[graph.alarms.count - 1].threshold = 50
        #expect(AlarmJoin(graph).watching("one") == [0, 1, 2, 3, 4, 39])
    }

    @Test(arguments: [
        ("ModelLatency", "Latency", true), ("ModelLatency", "latency", false), ("aab", "ab", true),
        ("ab", "abc", false),
        ("ab", "", true), ("", "a", false), ("${Tag}", "${", true),
    ])
    func aTextIsFoundInAnotherByteByByte(text: String, part: String, isThere: Bool) {
        #expect(text.holds(part) == isThere)
    }
}
