// The newest verdict on each endpoint, and what has changed of late: judged in the background, one at a time.

import Logging
import PlumbEngine
import PlumbModel
import ServiceLifecycle
import Synchronization

/// Which endpoint is judged next: the one that has changed, or has waited longest.
struct BoardSchedule: Sendable {
    /// What tells one state of an endpoint from the next.
    struct Mark: Sendable, Hashable {
        var active: Int?
        var rollouts: Int
        init(active: Int?, rollouts: Int) {
            self.active = active
            self.rollouts = rollouts
        }
    }
    private var looks: [String: (mark: Mark, at: Double)] = [:]
    /// A verdict is this old at most, where there are few endpoints; with many, each has its turn.
    static let ageSecondsMax = 60.0
    private static let secondsAnEndpoint = 3.0
    /// After a change the first measurements come in.
    private static let settlingSeconds = 4.0

    /// How long to rest after a judgement: it takes one hundredth of a core, or a half where there is no verdict yet.
    static func restSeconds(after took: Double, isFirst: Bool) -> Double {
        min(restSecondsMax, max(0, isFirst ? took : 99 * took))
    }
    private static let restSecondsMax = 900.0

    /// Nil where nothing is due.
    mutating func next(of endpoints: [String: Mark], at now: Double) -> String? {
        looks = looks.filter { endpoints[$0.key] != nil }
        let age = max(Self.ageSecondsMax, Self.secondsAnEndpoint * Double(endpoints.count))
        var due: (name: String, at: Double)?
        for (name, mark) in endpoints {
            let look = looks[name]
            let isDue = look.map { $0.mark != mark ? now >= $0.at + Self.settlingSeconds : now >= $0.at + age } ?? true
            guard isDue else { continue }
            let at = look?.at ?? -.infinity
            if due.map({ (at, name) < ($0.at, $0.name) }) ?? true { due = (name, at) }
        }
        guard let name = due?.name, let mark = endpoints[name] else { return nil }
        looks[name] = (mark, now)
        return name
    }
}

/// Verdicts for pages, which never wait for a judgement.
final class Board: Service {
    struct Judged: Sendable {
        var assessment: Assessment
        /// Seconds since 1970-01-01 UTC.
        var at: Double
    }
    struct Change: Sendable {
        var at: Double
        var endpoint: String
        var control: String
        var text: String
    }
    private struct State: Sendable {
        var judged: [String: Judged] = [:]
        var changes: [Change] = []
        /// What a spec costs, by the digest of its model and its name: reckoned once.
        var spends: [Spec: EndpointSpend?] = [:]
    }
    private let ground: ConsoleGround
    private let log: Logger
    private let state = Mutex(State())
    private static let changesMax = 500
    private static let spendsMax = 500
    private static let pauseSeconds = 2.0

    init(_ ground: ConsoleGround, log: Logger) {
        self.ground = ground
        self.log = log
    }

    func run() async throws {
        var schedule = BoardSchedule()
        while !Task.isShuttingDownGracefully {
            var rest = Self.pauseSeconds
            do {
                rest = try await look(&schedule)
            } catch {
                log.error("the console's board cannot be judged: \(error)")
            }
            do {
                let seconds = rest
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
            } catch {
                return
            }
        }
    }

    /// Judges one endpoint, if one is due; answers the seconds until the next look.
    private func look(_ schedule: inout BoardSchedule) async throws -> Double {
        let records = try await ground.plane.status().endpoints.map(\.record)
        let marks = Dictionary(
            records.map { ($0.name, BoardSchedule.Mark(active: $0.active, rollouts: $0.history.count)) },
            uniquingKeysWith: { first, _ in first })
        state.withLock { state in state.judged = state.judged.filter { marks[$0.key] != nil } }
        guard let name = schedule.next(of: marks, at: await ground.plane.now()) else { return Self.pauseSeconds }
        let isFirst = self[name] == nil
        let clock = ContinuousClock()
        let start = clock.now
        take(try await ground.judge(name), of: name, at: await ground.plane.now())
        let rest = BoardSchedule.restSeconds(after: (clock.now - start) / .seconds(1), isFirst: isFirst)
        // All others have their turn later, unless they were never judged.
        return state.withLock { $0.judged.count } < marks.count ? rest : max(Self.pauseSeconds, rest)
    }

    /// Takes a verdict in, and tells it from the one before.
    func take(_ assessment: Assessment, of endpoint: String, at now: Double) {
        state.withLock { state in
            if let before = state.judged[endpoint]?.assessment {
                let old = Dictionary(
                    before.policies.flatMap(\.controls).map { ($0.id, $0.verdict) },
                    uniquingKeysWith: { first, _ in first })
                for control in assessment.policies.flatMap(\.controls) {
                    guard let was = old[control.id], was != control.verdict else { continue }
                    state.changes.append(
                        Change(
                            at: now, endpoint: endpoint, control: control.id,
                            text: "\(control.id) \(Badge(was).word) → \(Badge(control.verdict).word)"))
                }
                state.changes.removeFirst(max(0, state.changes.count - Self.changesMax))
            }
            state.judged[endpoint] = Judged(assessment: assessment, at: now)
        }
    }

    subscript(endpoint: String) -> Judged? { state.withLock { $0.judged[endpoint] } }

    func judged(_ endpoints: [String]) -> [(endpoint: String, judged: Judged)] {
        state.withLock { state in endpoints.compactMap { name in state.judged[name].map { (name, $0) } } }
    }

    func changes(since: Double) -> [Change] { state.withLock { $0.changes.filter { $0.at >= since } } }

    /// What a spec costs in a month; the same spec is reckoned once.
    func spend(_ spec: Spec) -> EndpointSpend? {
        if let known = state.withLock({ $0.spends[spec] }) { return known }
        let spend = ground.estimate(spec)
        state.withLock { state in
            if state.spends.count >= Self.spendsMax { state.spends = [:] }
            state.spends[spec] = spend
        }
        return spend
    }
}
