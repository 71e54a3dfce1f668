// Answers of a new revision to mirrored requests, compared one by one with those the clients were given.

import Foundation
import NIOConcurrencyHelpers
import PlumbEngine
import PlumbModel
import PlumbSignals

/// One answer as it is compared; nothing of it is kept.
struct ShadowAnswer: Sendable {
    /// 504 for none in time.
    var status: Int
    var body: [UInt8]
    var latencyMicroseconds: Int
}

/// Counts how often, and how much later, a revision answers otherwise.
final class ShadowComparison: Sendable {
    let revision: Int
    let percent: Int
    private let tolerance: Double
    private let state = NIOLockedValueBox(State())
    /// Bodies longer than this are equal only byte by byte.
    static let parsedBytesMax = 1 << 20
    /// Mirrored requests under way at a time; more are left out, so that a slow revision holds up nobody.
    static let underWayMax = 64

    private struct State {
        var turn = 0
        var underWay = 0
        var compared = 0
        var differing = 0
        var failed = 0
        var dropped = 0
        var new = RequestRecorder()
        var old = RequestRecorder()
    }

    init(revision: Int, percent: Int, plan: ShadowPlan) {
        self.revision = revision
        self.percent = percent
        tolerance = plan.tolerance
    }

    /// Whether the next request is to be mirrored; each `true` must be followed by `compare` or `drop`.
    func begin() -> Bool {
        state.withLockedValue { state in
            state.turn = (state.turn + 61) % 100
            guard state.turn < percent else { return false }
            guard state.underWay < Self.underWayMax else {
                state.dropped += 1
                return false
            }
            state.underWay += 1
            return true
        }
    }

    /// The request was not answered to the client, so there is nothing to compare with.
    func drop() {
        state.withLockedValue { state in
            state.underWay -= 1
            state.dropped += 1
        }
    }

    /// Counts one pair of answers.
    func compare(_ given: ShadowAnswer, with mirrored: ShadowAnswer, at second: Int) {
        let isSame = given.status == mirrored.status && Self.areSame(given.body, mirrored.body, within: tolerance)
        state.withLockedValue { state in
            state.underWay -= 1
            state.compared += 1
            if !isSame { state.differing += 1 }
            if mirrored.status >= 500, given.status < 500 { state.failed += 1 }
            state.old.record(latencyMicroseconds: given.latencyMicroseconds, status: given.status, at: second)
            state.new.record(latencyMicroseconds: mirrored.latencyMicroseconds, status: mirrored.status, at: second)
        }
    }

    var observation: ShadowObservation {
        state.withLockedValue { state in
            ShadowObservation(
                percent: percent, compared: state.compared, differing: state.differing, failed: state.failed,
                dropped: state.dropped,
                p99Milliseconds: state.new.lifetimePercentileMicroseconds(99).map { $0 / 1000 },
                oldP99Milliseconds: state.old.lifetimePercentileMicroseconds(99).map { $0 / 1000 })
        }
    }

    // MARK: - Comparing

    /// Equal bytes, or equal JSON or lists of numbers but for the last digits.
    static func areSame(_ left: [UInt8], _ right: [UInt8], within tolerance: Double) -> Bool {
        if left == right { return true }
        guard left.count <= parsedBytesMax, right.count <= parsedBytesMax else { return false }
        let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
        // What is no JSON is compared as text below.
        if let first = try? JSONSerialization.jsonObject(with: Data(left), options: options),
            // The same holds for the other.
            let second = try? JSONSerialization.jsonObject(with: Data(right), options: options)
        {
            return areSame(first, second, within: tolerance)
        }
        let words = [left, right].map { body in
            String(decoding: body, as: UTF8.self).split { $0 == "," || $0.isWhitespace }
        }
        return words[0].count == words[1].count
            && zip(words[0], words[1]).allSatisfy { first, second in
                if first == second { return true }
                guard let a = Double(first), let b = Double(second) else { return false }
                return isNear(a, b, tolerance)
            }
    }

    private static func areSame(_ left: Any, _ right: Any, within tolerance: Double) -> Bool {
        switch (left, right) {
        case (let first as [String: Any], let second as [String: Any]):
            return first.count == second.count
                && first.allSatisfy { key, value in second[key].map { areSame(value, $0, within: tolerance) } ?? false }
        case (let first as [Any], let second as [Any]):
            return first.count == second.count && zip(first, second).allSatisfy { areSame($0, $1, within: tolerance) }
        case (let first as String, let second as String): return first == second
        case (let first as NSNumber, let second as NSNumber):
            return isNear(first.doubleValue, second.doubleValue, tolerance)
        default: return left is NSNull && right is NSNull
        }
    }

    private static func isNear(_ first: Double, _ second: Double, _ tolerance: Double) -> Bool {
        abs(first - second) <= tolerance * max(abs(first), abs(second))
    }
}

/// The comparisons under way, by endpoint, for whoever passes requests on.
final class ShadowBook: Sendable {
    private let comparisons = NIOLockedValueBox<[String: ShadowComparison]>([:])

    subscript(_ endpoint: String) -> ShadowComparison? {
        comparisons.withLockedValue { $0[endpoint] }
    }

    /// Begins one; what an earlier one has counted is forgotten, unless it is the same again.
    func begin(_ comparison: ShadowComparison, of endpoint: String) {
        comparisons.withLockedValue { known in
            let present = known[endpoint]
            guard present?.revision != comparison.revision || present?.percent != comparison.percent else { return }
            known[endpoint] = comparison
        }
    }

    func end(_ endpoint: String) { comparisons.withLockedValue { $0[endpoint] = nil } }
}
