// What looks at captured traffic: Model Monitor's files are read, and the detectors fed.

import Foundation
import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbSignals

/// The detectors of every revision that is watched.
actor CapturedTrafficMonitor: TrafficMonitor {
    private struct Watched {
        var drift: DriftObservation
        var reader: CaptureReader?
        var machine: DriftMachine?
        var batch = RowBatch(columns: 0)
        var quality: QualityObservation?
        var qualityMachine: QualityMachine?
        var answers = LabelJoin<CapturedAnswer>()
        var tally: QualityTally?
    }
    private var watched: [String: [Int: Watched]] = [:]
    /// An alarm stands for so long after the last row that proved it: long enough to be seen by whoever looks once a
    /// minute, and over soon after the traffic is as it was.
    private static let alarmSeconds = 300.0
    /// Features that are told while nothing is wrong.
    private static let comparedMax = 20

    // MARK: - Beginning

    func begin(_ revision: Revision, baseline: BaselineContent?) async {
        var one = Watched(drift: DriftObservation(state: .notWatched, reason: "the spec names no drift.baseline"))
        if revision.isWatchedForDrift {
            do throws(PlumbError) {
                guard let baseline else {
                    throw PlumbError(.notFound, "the baseline's statistics are gone or were changed")
                }
                try Self.begin(&one, baseline)
            } catch {
                one.drift.reason = "the baseline cannot be used: \(error.message)"
            }
        }
        if revision.isWatchedForQuality { Self.beginQuality(&one, revision.spec.drift) }
        watched[revision.endpoint, default: [:]][revision.number] = one
    }

    private static func begin(_ one: inout Watched, _ baseline: BaselineContent) throws(PlumbError) {
        let statistics = try StatisticsFile.read(baseline.statistics)
        var reference = DriftReference(statistics)
        if let bytes = baseline.reference {
            do {
                reference = try JSONDecoder().decode(DriftReference.self, from: Data(bytes))
            } catch {
                throw PlumbError(.invalidInput, "plumbline_reference.json is damaged", cause: error)
            }
        }
        guard !reference.features.isEmpty else { throw PlumbError(.invalidInput, "it names no feature") }
        var tolerance: Double?
        if let bytes = baseline.constraints {
            let comparison = try ConstraintsFile.read(bytes).comparison
            if comparison.isEnabled, comparison.threshold > 0 { tolerance = comparison.threshold }
        }
        one.machine = DriftMachine(reference: reference, settings: DriftSettings(tolerance: tolerance))
        one.reader = CaptureReader(names: reference.features.map(\.name), isText: reference.features.map(\.isText))
        one.batch = RowBatch(columns: reference.features.count)
        let beyond = tolerance.map { " by more than \($0)" } ?? ""
        one.drift = DriftObservation(
            state: .steady, reason: "nothing differs from the baseline\(beyond) so far")
    }

    private static func beginQuality(_ one: inout Watched, _ plan: DriftPlan) {
        let (name, limit) = (plan.qualityMetric ?? "", plan.qualityThreshold ?? 0)
        var quality = QualityObservation(state: .steady, reason: "no label has come yet", metric: name, limit: limit)
        one.qualityMachine = LimitedMetric(rawValue: name).flatMap { QualityMachine(metric: $0, limit: limit) }
        if one.qualityMachine == nil {
            quality.state = .notWatched
            let known = LimitedMetric.allCases.map(\.rawValue).joined(separator: ", ")
            quality.reason =
                "\(name) beyond \(limit) cannot be watched; known are \(known), with limits that can be broken"
        }
        if let metric = one.qualityMachine?.metric {
            one.tally = QualityTally(problem: metric == .accuracy ? .multiclass : .regression)
        }
        one.quality = quality
    }

    func end(_ endpoint: String, revision: Int) async { watched[endpoint]?[revision] = nil }

    // MARK: - Looking

    func look(at lines: [UInt8], of endpoint: String, revision: Int, at now: Double) async {
        guard var one = watched[endpoint]?[revision] else { return }
        if one.machine != nil { Self.lookForDrift(&one, lines, at: now) }
        if one.qualityMachine != nil {
            for answer in CapturedAnswer.read(lines).answers { one.answers.insert(answer, identity: answer.identity) }
        }
        watched[endpoint]?[revision] = one
    }

    private static func lookForDrift(_ one: inout Watched, _ lines: [UInt8], at now: Double) {
        guard var machine = one.machine, var reader = one.reader else { return }
        let odd = reader.oddLines
        var position = 0
        var alarm: DriftAlarm?
        do throws(PlumbError) {
            repeat {
                position = try reader.read(lines.span, from: position, isLast: true, into: &one.batch)
                alarm = machine.observe(one.batch).last ?? alarm
                one.drift.records += one.batch.rows
                one.batch.removeAll()
            } while position < lines.count
        } catch {
            one.drift.reason = error.message
        }
        one.drift.unreadable += reader.oddLines - odd
        one.drift.level = min(1, machine.level)
        one.drift.current = machine.comparison(Self.comparedMax).map(DriftObservation.Feature.init)
        if let alarm { tell(alarm, &one.drift, at: now) }
        (one.machine, one.reader) = (machine, reader)
    }

    private static func tell(_ alarm: DriftAlarm, _ drift: inout DriftObservation, at now: Double) {
        drift.state = .alarm
        drift.detectedAt = now
        drift.since = alarm.time > 0 ? Double(alarm.time) : nil
        drift.features = alarm.features.map(DriftObservation.Feature.init)
        let names = alarm.features.map { "\($0.name) (\($0.change))" }.joined(separator: ", ")
        drift.reason = "\(names.isEmpty ? "the traffic" : names) is no longer like the baseline"
    }

    func label(_ lines: [UInt8], of endpoint: String, at now: Double) async {
        let (labels, odd) = GroundTruthReader.read(lines)
        for number in watched[endpoint]?.keys.sorted() ?? [] {
            guard var one = watched[endpoint]?[number], var machine = one.qualityMachine, var quality = one.quality
            else { continue }
            var isProved = false
            for label in labels {
                guard let answer = one.answers.match(label.identity), let pairs = answer.pairs(with: label.label)
                else {
                    quality.unmatched += 1
                    continue
                }
                for (row, actual) in pairs {
                    switch machine.observe(predicted: row.prediction, actual: actual) {
                    case .some(let proved): isProved = isProved || proved
                    case .none: quality.unmatched += 1
                    }
                    one.tally?.insert(predicted: QualityTally.label(row.prediction), actual: QualityTally.label(actual))
                }
            }
            quality.unmatched += odd
            Self.tell(machine, isProved: isProved, &quality, at: now)
            // Numbers that were taken for classes have no measures.
            if one.tally?.hasTooManyClasses == true { one.tally = nil }
            quality.metrics = one.tally?.quality.metrics
            (one.qualityMachine, one.quality) = (machine, quality)
            watched[endpoint]?[number] = one
        }
    }

    private static func tell(
        _ machine: QualityMachine, isProved: Bool, _ quality: inout QualityObservation, at now: Double
    ) {
        quality.labels = machine.labels
        quality.level = min(1, machine.level)
        guard let value = machine.value else { return }
        (quality.value, quality.lower, quality.upper) = (value.value, value.lower, value.upper)
        func text(_ number: Double) -> String { String(format: "%.4g", number) }
        let interval = "\(text(value.lower)) to \(text(value.upper))"
        quality.reason = "\(quality.metric) is \(text(value.value)) (\(interval)) over the last labels"
        guard isProved else { return }
        quality.state = .alarm
        quality.detectedAt = now
        quality.reason += ", and beyond the limit of \(text(quality.limit))"
    }

    // MARK: - Telling

    func status(of endpoint: String, at now: Double) async -> [MonitoringStatus] {
        for number in watched[endpoint]?.keys.sorted() ?? [] {
            // An alarm that nothing proved again is over.
            if let since = watched[endpoint]?[number]?.drift.detectedAt, now - since > Self.alarmSeconds,
                watched[endpoint]?[number]?.drift.state == .alarm
            {
                watched[endpoint]?[number]?.drift.state = .steady
                watched[endpoint]?[number]?.drift.reason = "steady since the last alarm"
            }
            if let since = watched[endpoint]?[number]?.quality?.detectedAt, now - since > Self.alarmSeconds,
                watched[endpoint]?[number]?.quality?.state == .alarm
            {
                watched[endpoint]?[number]?.quality?.state = .steady
            }
        }
        return (watched[endpoint] ?? [:]).sorted { $0.key < $1.key }.map { number, one in
            var (drift, quality) = (one.drift, one.quality)
            // More than the limit for as long as the alarm stands; up to the limit, what the bets hold.
            if drift.state == .alarm { drift.level = 2 }
            if quality?.state == .alarm { quality?.level = 2 }
            return MonitoringStatus(revision: number, drift: drift, quality: quality)
        }
    }
}

extension DriftObservation.Feature {
    fileprivate init(_ feature: DriftedFeature) {
        self.init(
            name: feature.name, change: feature.change, distance: feature.distance, expected: feature.expected,
            observed: feature.observed)
    }
}
