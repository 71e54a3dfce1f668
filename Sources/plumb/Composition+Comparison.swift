// Two endpoints on SageMaker that serve a model and what was made of it, compared and recorded.

import Foundation
import PlumbAWS
import PlumbModel
import PlumbPolicy

extension Composition {
    static let comparedMinutesMax = EndpointComparison.minutesMax

    /// What a comparison has shown.
    struct Comparison: Sendable {
        var report: any Encodable & Sendable
        var lines: [String]
        /// Whether the median fell by what PERF-2.2 asks for, and surely.
        var isFastEnough: Bool
        /// The spec's record with what was measured; nil where `objection` says why there is none.
        var record: OptimizationRecord?
        var objection: String?
    }

    /// Compares the endpoints over the last minutes, and holds what they serve to the digests of the spec's record.
    static func comparison(
        of baseline: String, and candidate: String, minutes: Int, for loaded: LoadedSpec, as access: AWSAccess
    ) async throws -> Comparison {
        let region = loaded.spec.region
        return try await withAWS(access, region: region) { client in
            let found = try await EndpointComparison(
                of: baseline, and: candidate, minutes: minutes, region: region, client: client)
            guard let interval = ModelCandidate.interval(of: found.reductions) else {
                throw PlumbError(
                    .notFound,
                    "in \(found.reductions.count) of the last \(minutes) minutes both answered "
                        + "\(EndpointComparison.requestsMin) requests, and \(ModelCandidate.blocksMin) are needed",
                    hint: "send both the same load for longer, or look further back with --minutes")
            }
            let least = Thresholds().latencyReductionPercent / 100
            var comparison = Comparison(
                report: found, lines: [found.baseline, found.candidate].map(line), isFastEnough: interval.lower >= least
            )
            comparison.lines.append(
                "the median fell by \(percent(interval.mean)) (95 % interval \(percent(interval.lower)) to "
                    + "\(percent(interval.upper))) over \(found.reductions.count) minutes; PERF-2.2 asks for "
                    + "\(percent(least))")
            comparison.objection = try await objection(to: found, loaded, region, client)
            guard comparison.objection == nil, var record = loaded.spec.optimization else { return comparison }
            record.baselineP50Milliseconds = found.baseline.p50Milliseconds
            record.baselineP99Milliseconds = found.baseline.p99Milliseconds
            record.optimizedP50Milliseconds = found.candidate.p50Milliseconds
            record.optimizedP99Milliseconds = found.candidate.p99Milliseconds
            record.reductionLowerBound = interval.lower
            record.day = today()
            comparison.record = record
            return comparison
        }
    }

    /// Why what was measured is no proof of what the spec's record is about; nil where it is.
    private static func objection(
        to found: EndpointComparison, _ loaded: LoadedSpec, _ region: String, _ client: AWSClient
    ) async throws -> String? {
        guard let record = loaded.spec.optimization, let made = record.optimizedDigest, let from = record.baselineDigest
        else { return "the spec has no optimization with both digests" }
        for (side, digest) in [(found.baseline, from), (found.candidate, made)] {
            guard let address = side.model else { return "\(side.endpoint) names no model in S3" }
            // What plumb publishes is named after the digest of what is packed in it.
            if address.contains("/models/\(digest)/") { continue }
            guard try await client.digest(ofObjectAt: address, region: region) == digest else {
                return "\(side.endpoint) serves \(address), which is not \(digest.prefix(12))…"
            }
        }
        return nil
    }

    private static func line(_ side: EndpointComparison.Side) -> String {
        func number(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000) ms" }
        return "\(side.endpoint)  \(side.instanceType)  p50 \(number(side.p50Milliseconds))  "
            + "p99 \(number(side.p99Milliseconds))  \(side.requests) requests"
    }

    private static func percent(_ share: Double) -> String {
        BenchReport.number((share * 1_000).rounded() / 10) + " %"
    }
}
