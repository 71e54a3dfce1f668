// What a failover that was practised says of an engine, beside what its probes promise.

import PlumbModel
import PlumbPolicy
import Testing

struct FailoverDrillTests {
    private func verdict(_ numbers: [String: Double], _ outcome: String?) throws -> Verdict {
        var graph = EngineGraphs.afterRollback
        var texts: [String: String] = [:]
        if let outcome { texts = ["drill.outcome": outcome, "drill.day": "\(graph.asOf)"] }
        let promised = ["intervalSeconds": 1.0, "timeoutSeconds": 1, "failuresToEject": 3]
        graph.evidence.removeAll { $0.kind == .healthProbe }
        graph.evidence.append(
            Evidence(
                .healthProbe, endpointName: "digits", day: graph.asOf, origin: "engine",
                numbers: promised.merging(numbers) { $1 }, texts: texts))
        return try #require(PolicyBook.control("REL-1.4")).control.judge(graph).map(\.verdict).combined
    }

    @Test func aDrillConfirmsOrRefutesWhatTheProbesPromise() throws {
        #expect(try verdict([:], nil) == .holds)
        #expect(try verdict(["drill.outageSeconds": 0.2, "drill.fullSeconds": 3], "done") == .holds)
        #expect(try verdict(["drill.outageSeconds": 20, "drill.fullSeconds": 30], "done") == .fails)
        #expect(try verdict(["drill.outageSeconds": 0.2], "failed") == .unknown)
    }
}
