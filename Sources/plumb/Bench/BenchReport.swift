// A load as people, programs and the policy book read it.

import Foundation
import PlumbModel
import PlumbSignals

enum BenchReport {
    /// More failures than this break any promise, in percent: the book's own limit.
    static let errorPercentMax = 1.0

    static func keeps(_ result: LoadResult, p99 seconds: Double) -> Bool {
        guard let p99 = result.latency.milliseconds(atPercentile: 99) else { return false }
        return p99 <= seconds * 1000 && result.errorPercent < errorPercentMax
    }

    // MARK: - Programs

    struct Document: Encodable {
        var rate: Double
        var requests: Int
        var failed: Int
        var failures: [String: Int]
        var elapsedSeconds: Double
        var successesPerSecond: Double
        var connections: Int
        /// Milliseconds from when each request was due, by percentile.
        var latencyMilliseconds: [String: Double]
        /// Milliseconds from when each request was sent.
        var serviceMilliseconds: [String: Double]
        var benchmark: BenchmarkRecord?
        var p99: Double? { latencyMilliseconds["99"] }

        init(_ result: LoadResult, connections: Int, benchmark: BenchmarkRecord?) {
            rate = result.rate
            requests = result.requests
            failed = result.failed
            failures = result.failures
            elapsedSeconds = result.elapsedSeconds
            successesPerSecond = result.successesPerSecond
            self.connections = connections
            latencyMilliseconds = Self.percentiles(result.latency)
            serviceMilliseconds = Self.percentiles(result.service)
            self.benchmark = benchmark
        }

        private static func percentiles(_ histogram: LatencyHistogram) -> [String: Double] {
            let told = LoadResult.toldPercentiles.compactMap { rank in
                histogram.milliseconds(atPercentile: rank).map { (BenchReport.number(rank), $0) }
            }
            return Dictionary(told, uniquingKeysWith: { first, _ in first })
        }
    }

    struct Search: Encodable {
        var p99Milliseconds: Double
        /// Requests a second; nil when no rate keeps the promise.
        var capacity: Double?
        var trials: [Document]
    }

    // MARK: - People

    static func text(_ result: LoadResult, connections: Int, p99: Double?) -> String {
        var lines = [
            "\(result.requests) requests at \(number(result.rate))/s over \(connections) connections in "
                + "\(number(result.elapsedSeconds)) s: \(result.latency.count) answered, \(result.failed) failed "
                + "(\(number(result.errorPercent)) %)"
        ]
        for (kind, count) in result.failures.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("  \(count) x \(kind)")
        }
        lines.append("")
        lines.append("percentile   latency (from due)   service (from sent)")
        for rank in LoadResult.toldPercentiles {
            let name = rank == 100 ? "max" : "p\(number(rank))"
            lines.append(
                name.padded(to: 13) + milliseconds(result.latency.milliseconds(atPercentile: rank)).padded(to: 21)
                    + milliseconds(result.service.milliseconds(atPercentile: rank)))
        }
        if let p99 {
            lines.append("")
            let verdict = keeps(result, p99: p99) ? "kept" : "BROKEN"
            lines.append("p99 within \(number(p99 * 1000)) ms and errors under 1 %: \(verdict)")
        }
        return lines.joined(separator: "\n")
    }

    static func trialLine(_ result: LoadResult, holds: Bool) -> String {
        "\(number(result.rate))/s".padded(to: 12)
            + "p50 \(milliseconds(result.latency.milliseconds(atPercentile: 50)))".padded(to: 16)
            + "p99 \(milliseconds(result.latency.milliseconds(atPercentile: 99)))".padded(to: 16)
            + "failed \(result.failed)".padded(to: 14) + (holds ? "kept" : "broken")
    }

    static func milliseconds(_ value: Double?) -> String { value.map { "\(number($0)) ms" } ?? "-" }

    /// At most two places, and none where there is nothing behind them.
    static func number(_ value: Double) -> String {
        let scaled = (value * 100).rounded() / 100
        return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
    }

    // MARK: - The policy book

    static func record(
        _ result: LoadResult, modelDigest: String?, instanceType: String?, signer: String, day: Day
    ) -> BenchmarkRecord {
        var record = BenchmarkRecord()
        record.modelDigest = modelDigest
        record.instanceType = instanceType
        record.p50Milliseconds = result.latency.milliseconds(atPercentile: 50).map(rounded)
        record.p99Milliseconds = result.latency.milliseconds(atPercentile: 99).map(rounded)
        record.errorRatePercent = rounded(result.errorPercent)
        record.requests = result.requests
        record.durationSeconds = result.elapsedSeconds.rounded()
        record.requestsPerSecond = rounded(Double(result.requests) / max(result.elapsedSeconds, 0.001))
        record.isOpenLoop = true
        record.signer = signer
        record.day = day
        return record
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// The record as a spec holds it.
    static func yaml(_ record: BenchmarkRecord) -> String {
        var lines = ["benchmark:"]
        func add(_ key: String, _ value: String?) { if let value { lines.append("  \(key): \(value)") } }
        add("modelDigest", record.modelDigest)
        add("instanceType", record.instanceType)
        add("p50Milliseconds", record.p50Milliseconds.map { "\($0)" })
        add("p99Milliseconds", record.p99Milliseconds.map { "\($0)" })
        add("errorRatePercent", record.errorRatePercent.map { "\($0)" })
        add("requests", record.requests.map { "\($0)" })
        add("durationSeconds", record.durationSeconds.map { "\(Int($0))s" })
        add("requestsPerSecond", record.requestsPerSecond.map { "\($0)" })
        add("openLoop", "true")
        add("signer", record.signer.map(JSONText.quoted))
        add("day", record.day.map { "\($0)" })
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// At least this wide, filled with spaces on the right.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
