// Trail, log groups and analyzers, printed and read back.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct AuditRenderingTests {
    @Test(arguments: Environment.allCases)
    func theRecordIsReadBackAsItWasCompiled(_ environment: Environment) throws {
        let trip = try RenderedRoundTrip(ArchitectureExample.spec(environment))
        trip.expectSame(\.trails)
        trip.expectSame(\.logGroups)
        trip.expectSame(\.analyzers)
    }

    @Test func retentionMayOnlyGrowAndOnlyToWhatCloudWatchLogsKnows() throws {
        let deployment = RenderedDeployment(
            try ArchitectureExample.spec(overlay: "retentionDays: 2190"), asOf: ArchitectureExample.today,
            in: .template)
        let group = try #require(deployment.audit().first { $0.id == "EndpointLogGroup" })
        let field = try #require(group.fields.first { $0.template == "RetentionInDays" })
        guard case .parameter(let parameter) = field.value, case .text(let pattern, _) = parameter.kind else {
            Issue.record("the retention is no parameter")
            return
        }
        #expect(parameter.standard == .text("2192"))
        let allowed = try Regex(pattern)
        for days in ["2192", "3653"] { #expect(try allowed.wholeMatch(in: days) != nil) }
        for days in ["2190", "365", "0", "21920"] { #expect(try allowed.wholeMatch(in: days) == nil) }
    }

    @Test func theTrailWaitsForItsBucketToTakeIt() throws {
        for tongue in [Tongue.template, .plan] {
            let deployment = RenderedDeployment(
                try ArchitectureExample.spec(), asOf: ArchitectureExample.today, in: tongue)
            let ids = Set(deployment.resources().map(\.id))
            let trail = try #require(deployment.audit().first { $0.id == "Trail" })
            #expect(trail.dependsOn == ["AuditBucketPolicy"])
            #expect(ids.isSuperset(of: trail.dependsOn))
        }
    }
}
