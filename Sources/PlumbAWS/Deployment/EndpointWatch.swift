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
    /// So many looks in a row may fail.
    static let failuresMax = 10
    static let skewSeconds = 5.0

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
        // AWS's clock and ours differ a little.
        let since = Date().addingTimeInterval(-Self.skewSeconds)
        var machine = DeploymentWatchMachine(wanted: wanted, before: before, startedAt: began, secondsMax: secondsMax)
        var guardians = Guardians()
        var last: AWSValue?
        var failures = 0
        while true {
            do {
                let stack = try await lookAtStack()
                last = try await described()
                let look = try await look(at: last, &guardians)
                for text in machine.tick(at: clock.now, endpoint: look, stack: stack) {
                    let isTrouble = text.hasPrefix("RollingBack") || text.hasSuffix(" is in ALARM")
                    tell(DeploymentNews(clock.now, endpoint, text, isTrouble: isTrouble))
                }
                failures = 0
            } catch let error as PlumbError {
                // The deployment goes on while AWS does not answer.
                failures += 1
                tell(DeploymentNews(clock.now, endpoint, "cannot be seen: \(error.message)", isTrouble: true))
                guard failures < Self.failuresMax else { throw error }
            }
            if let outcome = machine.outcome {
                var fired: [FiredAlarm] = []
                if outcome == .rolledBack {
                    fired = try await RollbackInquiry(client: client, region: region)
                        .fired(guardians.names, since: since, seen: guardians.seen)
                }
                return DeploymentEnd(
                    outcome: outcome, config: last?["EndpointConfigName"].text, before: before, fired: fired,
                    failureReason: last?["FailureReason"].text)
            }
            let isSoon = clock.now - began < Self.soonSecondsMax
            try await Task.sleep(for: .seconds(isSoon ? Self.pollSeconds.soon : Self.pollSeconds.later))
        }
    }

    /// The alarms of the deployment that is watched, and what they said while they were in ALARM.
    private struct Guardians {
        var names: [String] = []
        var seen: [String: AWSValue] = [:]
        /// Whether somebody has been told that they cannot be read.
        var isTold = false
    }

    private func look(at described: AWSValue?, _ guardians: inout Guardians) async throws -> EndpointLook? {
        guard let described else { return nil }
        let own = guards(in: described)
        // A stack that goes back may guard its way with the alarms of before.
        if !own.isEmpty, described["EndpointStatus"].text == "Updating" || guardians.names.isEmpty {
            guardians.names = own
        }
        var firing: [AWSValue] = []
        do {
            firing = try await RollbackInquiry(client: client, region: region).alarms(guardians.names)
                .filter { $0["StateValue"].text == "ALARM" }
        } catch let error as PlumbError where !guardians.isTold {
            guardians.isTold = true
            tell(DeploymentNews(clock.now, endpoint, "its alarms cannot be seen: \(error.message)", isTrouble: true))
        } catch is PlumbError {
            // It has been told.
        }
        let look = EndpointLook(described, firing: firing.compactMap { $0["AlarmName"].text })
        // An alarm that was in ALARM before anything moved has brought nothing back.
        guard !look.isSettled else { return look }
        for alarm in firing { if let name = alarm["AlarmName"].text { guardians.seen[name] = alarm } }
        return look
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
