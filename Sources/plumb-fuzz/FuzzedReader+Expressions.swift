// The small tongues inside of files: metric math, schedules, days.

import PlumbModel
import PlumbSignals

// Schedules are read inside of the policies' room, which only a debug build opens.
#if DEBUG
    @testable import PlumbPolicy
#endif

/// Points made of the fuzzer's bytes: missing ones, ordinary ones, and numbers at the edges.
private struct TapedMetrics: MetricSource {
    let bytes: [UInt8]

    func datapoint(
        _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
    ) -> Datapoint? {
        guard !bytes.isEmpty else { return nil }
        let edges: [Double] = [0, -0.0, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        switch bytes[abs(periodStart / 60) % bytes.count] {
        case let byte where byte < 32: return nil
        case let byte where byte < 128: return Datapoint(value: Double(byte) - 64)
        case let byte: return Datapoint(value: edges[Int(byte) % edges.count])
        }
    }

    func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool { true }
}

extension FuzzedReader {
    static var expressions: [String: FuzzedReader] {
        var readers = [
            "math": FuzzedReader { readMath($0) },
            "day": FuzzedReader { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                guard let day = Day(text) else { return }
                precondition(day.description == text, "\(text) is read as \(day)")
            },
        ]
        #if DEBUG
            readers["schedule"] = FuzzedReader { bytes in
                guard let days = ScheduleInterval.longestDays(of: String(decoding: bytes, as: UTF8.self)) else {
                    return
                }
                precondition(days > 0 && !days.isNaN, "a schedule runs every \(days) days")
            }
        #endif
        return readers
    }

    /// A row a line, `id=expression` or `id` for a metric; the last one returns data.
    private static func readMath(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let queries = lines.enumerated().map { index, line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let metric = MetricIdentity(namespace: "AWS/SageMaker", name: "Invocations", dimensions: [])
            let source: MetricDataQuery.Source =
                parts.count == 2
                ? .expression(parts[1]) : .metric(metric, statistic: .sum, periodSeconds: 60, unit: nil)
            return MetricDataQuery(id: parts[0], source: source, returnsData: index == lines.count - 1)
        }
        do throws(PlumbError) {
            let math = try MetricMath(queries)
            let points = math.datapoints(
                from: TapedMetrics(bytes: bytes), periodSeconds: 60, count: 10, before: 600_000)
            precondition(points.count == 10, "metric math gives \(points.count) of 10 points")
        } catch {
            check(error)
        }
    }
}
