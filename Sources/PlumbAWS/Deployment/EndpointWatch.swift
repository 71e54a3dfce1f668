// Looks at an endpoint, its guards and the stack that changes it until the machine says how it has ended.

import Foundation
import PlumbModel

/// What is known of a deployment when it has ended.
public struct DeploymentEnd: Sendable {
    public var outcome: DeploymentOutcome
    /// What serves now.
    public var config: String?
    /// What served before.
    public var before: String?
    public var fired: [FiredAlarm]
    /// SageMaker's own sentence.
    public var failureReason: String?
}

/// Watches one deployment of one endpoint.
struct EndpointWatch: Sendable {
    let client: AWSClient
    let endpoint: String
    let region: String
    let clock: DeploymentClock
    let tell: @Sendable (DeploymentNews) -> Void
    /// Between two looks; five minutes on, nothing changes that fast.
    static let pollSeconds = (soon: 2.0, later: 10.0)
    static let soonSecondsMax = 300.0

    /// The endpoint as SageMaker describes it; nil where there is none.
    func described() async throws -> AWSValue? {
        do {
            return try await client.call(
                .sageMaker, "DescribeEndpoint", ["EndpointName": .text(endpoint)], region: region)
        } catch let error as PlumbError {
            guard let said = error.cause as? AWSError else { throw error }
            if error.kind == .notFound || said.message.contains("Could not find") { return nil }
            throw error
        }
    }

    /// Watches until it has ended. `lookAtStack` answers nil where no stack is involved, and tells its own events.
    func untilEnded(
        wanted: String, before: String?, secondsMax: Double,
        lookAtStack: () async throws -> StackLook?
    ) async throws -> DeploymentEnd {
        let began = clock.now
        let since = Date().addingTimeInterval(-1)
        var machine = DeploymentWatchMachine(
            wanted: wanted, before: before, startedAt: began, secondsMax: secondsMax)
        let inquiry = RollbackInquiry(client: client, region: region)
        var seen: [String: AWSValue] = [:]
        var names: [String] = []
        var last: AWSValue?
        while true {
            let stack = try await lookAtStack()
            last = try await described()
            var look: EndpointLook?
            if let last {
                let own = guards(in: last)
                // The alarms of the deployment that is watched, and not of one that brings it back.
                if !own.isEmpty, last["EndpointStatus"].text == "Updating" || names.isEmpty { names = own }
                let alarms = names.isEmpty ? [] : try await inquiry.alarms(names)
                let firing = alarms.filter { $0["StateValue"].text == "ALARM" }
                look = EndpointLook(last, firing: firing.compactMap { $0["AlarmName"].text })
                // An alarm that was in ALARM before anything moved has brought nothing back.
                if look?.isSettled == false {
                    for alarm in firing { if let name = alarm["AlarmName"].text { seen[name] = alarm } }
                }
            }
            for text in machine.tick(at: clock.now, endpoint: look, stack: stack) {
                let isTrouble = text.hasPrefix("RollingBack") || text.hasSuffix(" is in ALARM")
                tell(DeploymentNews(clock.now, endpoint, text, isTrouble: isTrouble))
            }
            if let outcome = machine.outcome {
                let fired =
                    outcome == .rolledBack ? try await inquiry.fired(names, since: since, seen: seen) : []
                return DeploymentEnd(
                    outcome: outcome, config: last?["EndpointConfigName"].text, before: before, fired: fired,
                    failureReason: last?["FailureReason"].text)
            }
            let isSoon = clock.now - began < Self.soonSecondsMax
            try await Task.sleep(for: .seconds(isSoon ? Self.pollSeconds.soon : Self.pollSeconds.later))
        }
    }
}

/// Seconds since the work began.
struct DeploymentClock: Sendable {
    private let start = ContinuousClock.now

    var now: Double {
        let passed = (ContinuousClock.now - start).components
        return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    }
}
