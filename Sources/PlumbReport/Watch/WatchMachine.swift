// What is news: verdicts that changed, failures that came and went, and nothing that only flickers.

public import PlumbModel

/// Remembers what was told, and compares each look with it.
///
/// A verdict that becomes unknown is told when the next look does not know it either: AWS that was too busy to answer
/// changes nothing. What goes to and fro is told a few times an hour, then called unsteady, then left alone until it
/// rests. The whole machine is kept between two runs, so that a restart neither repeats nor loses a change.
public struct WatchMachine: Sendable, Codable {
    public struct Settings: Sendable {
        /// Looks in a row that must not know a verdict before that is told.
        public var unknownLooks = 2
        /// Changes of one thing that are told within `flapSeconds`.
        public var flapsMax = 6
        public var flapSeconds = 3_600.0
        /// Failures that stay are told again this often, and no more than `remindersMax` times.
        public var reminderSeconds = 86_400.0
        public var remindersMax = 7
        /// Looks that must fail in a row before it is told that nobody watches.
        public var missesMax = 3

        public init() {}
    }

    /// A failure that was told.
    public struct Failure: Sendable, Codable {
        public var finding: Finding
        /// When it was first seen.
        public var since: Double
        fileprivate var isPresent = true
        fileprivate var missing = 0
        fileprivate var changes: [Double] = []
    }

    /// What was told last of one policy or control.
    fileprivate struct Told: Sendable, Codable {
        var verdict: Verdict
        var waiting = 0
        var changes: [Double] = []
        var isUnsteady = false

        enum Outcome {
            case same, changed, unsteady
        }

        mutating func see(_ seen: Verdict, at now: Double, _ settings: Settings) -> Outcome {
            changes.removeAll { now - $0 >= settings.flapSeconds }
            guard seen != verdict else {
                waiting = 0
                if changes.count < settings.flapsMax { isUnsteady = false }
                return .same
            }
            waiting = seen == .unknown ? waiting + 1 : 0
            if seen == .unknown, waiting < settings.unknownLooks { return .same }
            guard changes.count < settings.flapsMax else {
                defer { isUnsteady = true }
                return isUnsteady ? .same : .unsteady
            }
            (verdict, waiting, isUnsteady) = (seen, 0, false)
            changes.append(now)
            return .changed
        }
    }

    fileprivate struct Subject: Sendable, Codable {
        var path: String
        var source: SourceKind
        var environment: Environment
        var policies: [String: Told] = [:]
        var controls: [String: Told] = [:]
        var failures: [String: Failure] = [:]
        var toldAt: Double
        var reminders = 0
        var absentLooks = 0
    }

    private var subjects: [String: Subject] = [:]
    private var looks = 0
    private var misses = 0
    private var missedSince: Double?

    public init() {}

    /// The failures that were told and are still there, by identity.
    public var failures: [String: Failure] {
        var all: [String: Failure] = [:]
        for (key, subject) in subjects {
            for (identity, failure) in subject.failures where failure.isPresent {
                all["\(FindingIdentity.digits(of: [key]))/\(identity)"] = failure
            }
        }
        return all
    }

    /// A look has seen this; what of it is news, input by input.
    public mutating func tick(
        at now: Double, _ assessments: [Assessment], _ settings: Settings = Settings()
    ) -> [WatchNews] {
        looks += 1
        var news: [WatchNews] = []
        if misses >= settings.missesMax, let missedSince {
            news.append(WatchNews(.seesAgain, at: now, look: looks, reason: NewsReport.time(missedSince)))
        }
        (misses, missedSince) = (0, nil)
        for assessment in assessments {
            let key = Self.key(of: assessment)
            if var subject = subjects[key] {
                if let told = subject.see(assessment, at: now, look: looks, settings) { news.append(told) }
                subjects[key] = subject
            } else {
                subjects[key] = Subject(assessment, at: now)
                news.append(WatchNews(.first, at: now, look: looks, on: assessment))
            }
        }
        let seen = Set(assessments.map(Self.key))
        for (key, subject) in subjects.sorted(by: { $0.key < $1.key }) where !seen.contains(key) {
            subjects[key]?.absentLooks += 1
            guard subject.absentLooks + 1 >= settings.unknownLooks else { continue }
            subjects[key] = nil
            news.append(
                WatchNews(
                    .left, at: now, look: looks, path: subject.path, source: subject.source,
                    environment: subject.environment))
        }
        return news
    }

    /// A look could not be made.
    public mutating func missed(
        at now: Double, because reason: String, _ settings: Settings = Settings()
    ) -> [WatchNews] {
        misses += 1
        if missedSince == nil { missedSince = now }
        guard misses == settings.missesMax else { return [] }
        return [WatchNews(.blind, at: now, look: looks, reason: reason)]
    }

    private static func key(of assessment: Assessment) -> String {
        "\(assessment.path) \(assessment.environment.rawValue)"
    }
}

extension WatchMachine.Subject {
    init(_ assessment: Assessment, at now: Double) {
        self.init(
            path: assessment.path, source: assessment.source, environment: assessment.environment, toldAt: now)
        for policy in assessment.policies {
            policies[policy.id] = .init(verdict: policy.verdict)
            for control in policy.controls { controls[control.id] = .init(verdict: control.verdict) }
        }
        failures = Self.failures(in: assessment).mapValues { .init(finding: $0, since: now) }
    }

    mutating func see(
        _ assessment: Assessment, at now: Double, look: Int, _ settings: WatchMachine.Settings
    ) -> WatchNews? {
        absentLooks = 0
        var news = WatchNews(.changed, at: now, look: look, on: assessment)
        let policyNews = Self.see(
            assessment.policies.map { ($0.id, $0.title, $0.verdict) }, &policies, at: now, settings)
        let controlNews = Self.see(
            assessment.policies.flatMap(\.controls).map { ($0.id, $0.statement, $0.verdict) }, &controls, at: now,
            settings)
        news.policies = policyNews.changes
        news.controls = controlNews.changes
        news.unsteady = controlNews.unsteady
        (news.new, news.gone) = compareFailures(with: assessment, at: now, settings)
        if !news.isEmpty {
            (toldAt, reminders) = (now, 0)
            return news
        }
        guard now - toldAt >= settings.reminderSeconds, reminders < settings.remindersMax,
            failures.values.contains(where: \.isPresent)
        else { return nil }
        (toldAt, reminders) = (now, reminders + 1)
        news.kind = .reminder
        return news
    }

    private static func see(
        _ verdicts: [(id: String, title: String, verdict: Verdict)], _ told: inout [String: WatchMachine.Told],
        at now: Double, _ settings: WatchMachine.Settings
    ) -> (changes: [AssessmentDiff.Change], unsteady: [String]) {
        var changes: [AssessmentDiff.Change] = []
        var unsteady: [String] = []
        for (id, title, verdict) in verdicts {
            guard let before = told[id]?.verdict else {
                // The book of a newer version has it.
                told[id] = .init(verdict: verdict)
                continue
            }
            switch told[id]?.see(verdict, at: now, settings) {
            case .changed: changes.append(.init(id: id, title: title, before: before, after: verdict))
            case .unsteady: unsteady.append(id)
            case .same, nil: break
            }
        }
        return (changes, unsteady)
    }

    private static func failures(in assessment: Assessment) -> [String: Finding] {
        let failing = assessment.findings.filter { $0.verdict == .fails }
        return Dictionary(
            zip(FindingIdentity.all(of: failing), failing).map { identity, finding in
                var finding = finding
                // A fix of many lines is for whoever checks, not for whoever watches.
                (finding.patch, finding.related) = (nil, [])
                return (identity, finding)
            }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func compareFailures(
        with assessment: Assessment, at now: Double, _ settings: WatchMachine.Settings
    ) -> (new: [Finding], gone: [Finding]) {
        let current = Self.failures(in: assessment)
        let unknowns = Set(assessment.findings.filter { $0.verdict == .unknown }.map { "\($0.control) \($0.resource)" })
        let verdicts = assessment.controlById.mapValues(\.verdict)
        var new: [Finding] = []
        var gone: [Finding] = []
        for (identity, finding) in current {
            var failure = failures[identity] ?? .init(finding: finding, since: now, isPresent: false)
            failure.changes.removeAll { now - $0 >= settings.flapSeconds }
            failure.finding = finding
            failure.missing = 0
            if !failure.isPresent, failure.changes.count < settings.flapsMax {
                if failures[identity] != nil { failure.since = now }
                failure.isPresent = true
                failure.changes.append(now)
                new.append(finding)
            }
            failures[identity] = failure
        }
        for (identity, known) in failures where current[identity] == nil {
            var failure = known
            failure.changes.removeAll { now - $0 >= settings.flapSeconds }
            let control = failure.finding.control
            let isOpen = verdicts[control] == .unknown || unknowns.contains("\(control) \(failure.finding.resource)")
            failure.missing += 1
            let isGone = !isOpen || failure.missing >= settings.unknownLooks
            if failure.isPresent, isGone, failure.changes.count < settings.flapsMax {
                failure.isPresent = false
                failure.changes.append(now)
                gone.append(failure.finding)
            }
            let isForgotten = !failure.isPresent && failure.changes.isEmpty
            failures[identity] = isForgotten ? nil : failure
        }
        return (Self.inTellingOrder(new), Self.inTellingOrder(gone))
    }

    private static func inTellingOrder(_ findings: [Finding]) -> [Finding] {
        findings.sorted {
            if $0.severity != $1.severity { return $0.severity > $1.severity }
            return ($0.control, $0.resource, $0.message) < ($1.control, $1.resource, $1.message)
        }
    }
}
