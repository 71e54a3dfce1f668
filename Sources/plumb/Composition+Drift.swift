// Data sets, what they should be like, and whether they are: readers of files meet profiles and the detector.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbSignals

extension Composition {
    /// What a baseline consists of; data itself may stand in for its files.
    struct DriftBaseline {
        var statistics: DatasetStatistics
        var constraints: DatasetConstraints
        var reference: DriftReference
    }

    /// What was found in a data set.
    struct DriftReport: Encodable {
        struct Violation: Encodable {
            var feature_name: String
            var constraint_check_type: String
            var description: String
        }
        var schema = "plumbline.drift/1"
        var rows: Int
        var oddRows: Int
        var features: [FeatureComparison]
        var alarms: [DriftAlarm]
        /// Alarms that are not told one by one.
        var moreAlarms: Int
        var violations: [Violation]

        var isClean: Bool { alarms.isEmpty && violations.isEmpty && !features.contains(where: \.differs) }
    }

    struct DriftOutcome {
        var report: DriftReport
        var statistics: DatasetStatistics
        var constraints: DatasetConstraints
        var violations: [ConstraintViolation]
        /// How near to an alarm the data came, in units of one: more than 1 is an alarm.
        var level = 0.0
    }

    static let statisticsName = "statistics.json"
    static let constraintsName = "constraints.json"
    private static let referenceName = "plumbline_reference.json"
    static let violationsName = "constraint_violations.json"
    static let alarmsMax = 100

    /// Reads a data set through; any length takes the same memory.
    static func profile(
        _ path: String, columns: [String]?, season: Season, layout: DataLayout = DataLayout()
    ) throws -> DatasetProfile {
        let data = try DataFiles(path, layout: layout)
        if season != .none, data.format != .capture, layout.timeColumn == nil {
            throw PlumbError(
                .invalidInput, "nothing says when the rows of \(path) were, and a season is asked for",
                hint: "name the column of times with --time-column")
        }
        let names = try data.columns(orElse: columns)
        var profile = DatasetProfile(names: names, season: season)
        var progress = Progress()
        try data.read(columns: names, isText: names.map { _ in false }, progress: &progress) { profile.insert($0) }
        progress.clear()
        guard profile.rows > 0 else {
            throw PlumbError(.invalidInput, "there are no rows in \(path)", hint: "is the first line its header?")
        }
        return profile
    }

    static func baseline(_ profile: DatasetProfile) -> DriftBaseline {
        let statistics = profile.statistics
        return DriftBaseline(
            statistics: statistics, constraints: ConstraintCheck.suggest(statistics), reference: profile.reference)
    }

    static func write(_ baseline: DriftBaseline, to folder: String) throws {
        try write(StatisticsFile.write(baseline.statistics), statisticsName, in: folder)
        try write(ConstraintsFile.write(baseline.constraints), constraintsName, in: folder)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try write(Array(try encoder.encode(baseline.reference)), referenceName, in: folder)
    }

    static func write(_ outcome: DriftOutcome, to folder: String) throws {
        try write(StatisticsFile.write(outcome.statistics), statisticsName, in: folder)
        try write(ConstraintsFile.write(outcome.constraints), constraintsName, in: folder)
        try write(ViolationsFile.write(outcome.violations), violationsName, in: folder)
    }

    static func write(_ bytes: [UInt8], _ name: String, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name), options: .atomic)
    }

    /// A folder of a baseline's files (Plumbline's or Model Monitor's), or data to make one of.
    static func readBaseline(
        _ path: String, columns: [String]?, season: Season, layout: DataLayout = DataLayout()
    ) throws -> DriftBaseline {
        let folder = URL(fileURLWithPath: path)
        let statisticsFile = folder.appendingPathComponent(statisticsName)
        guard FileManager.default.fileExists(atPath: statisticsFile.path) else {
            return baseline(try profile(path, columns: columns, season: season, layout: layout))
        }
        return try readBaseline(
            statistics: statisticsFile, constraints: folder.appendingPathComponent(constraintsName),
            reference: folder.appendingPathComponent(referenceName))
    }

    static func readBaseline(statistics: URL, constraints: URL, reference: URL?) throws -> DriftBaseline {
        let read = try StatisticsFile.read(Array(try Data(contentsOf: statistics)), file: statistics.path)
        var baseline = DriftBaseline(
            statistics: read, constraints: ConstraintCheck.suggest(read), reference: DriftReference(read))
        if FileManager.default.fileExists(atPath: constraints.path) {
            baseline.constraints = try ConstraintsFile.read(
                Array(try Data(contentsOf: constraints)), file: constraints.path)
        }
        if let reference, FileManager.default.fileExists(atPath: reference.path) {
            do {
                baseline.reference = try JSONDecoder().decode(
                    DriftReference.self, from: try Data(contentsOf: reference))
            } catch {
                throw PlumbError(
                    .invalidInput, "this is no reference of Plumbline",
                    hint: "make the baseline again: plumb drift baseline DATA", at: Place(file: reference.path),
                    cause: error)
            }
        }
        return baseline
    }

    /// Judges a data set by a baseline.
    static func judge(
        _ path: String, by baseline: DriftBaseline, settings: DriftSettings, ties: TieRule,
        layout: DataLayout = DataLayout()
    ) throws -> DriftOutcome {
        let data = try DataFiles(path, layout: layout)
        if baseline.reference.season != .none, data.format != .capture, layout.timeColumn == nil {
            throw PlumbError(
                .invalidInput, "the baseline has seasons, and nothing says when the rows of \(path) were",
                hint: "name the column of times with --time-column")
        }
        let known = baseline.reference.features.map(\.name)
        let names = known + (data.format == .capture ? [] : data.names.filter { !Set(known).contains($0) })
        let texts = Set(baseline.reference.features.filter(\.isText).map(\.name))
        var profile = DatasetProfile(names: names, keepsOrder: false)
        var machine = DriftMachine(reference: baseline.reference, settings: settings)
        var (alarms, more, level) = ([DriftAlarm](), 0, 0.0)
        var progress = Progress()
        let odd = try data.read(columns: names, isText: names.map(texts.contains), progress: &progress) { batch in
            profile.insert(batch)
            for alarm in machine.observe(batch) {
                if alarms.count < alarmsMax { alarms.append(alarm) } else { more += 1 }
            }
            level = max(level, min(1, machine.level))
        }
        progress.clear()
        var statistics = profile.statistics
        if data.format != .capture {
            let there = Set(data.names)
            statistics.features.removeAll { !there.contains($0.name) }
        }
        let violations = ConstraintCheck.violations(
            of: statistics, against: baseline.constraints, baseline: baseline.statistics, ties: ties)
        let report = DriftReport(
            rows: profile.rows, oddRows: odd, features: FeatureComparison.all(statistics, baseline.statistics),
            alarms: alarms, moreAlarms: more,
            violations: violations.map {
                DriftReport.Violation(
                    feature_name: $0.feature, constraint_check_type: $0.check.rawValue, description: $0.description)
            })
        return DriftOutcome(
            report: report, statistics: statistics, constraints: baseline.constraints, violations: violations,
            level: alarms.isEmpty ? level : 2)
    }
}
