// What a live account shows of those who watch it: analyzers and their findings, trails and what they deliver, Config.

import PlumbModel

extension Inquiry {
    /// An analyzer must be active, and what it finds on this deployment must be settled within a week; grants that
    /// nobody uses within a month.
    mutating func requireWorkedFindings(of analyzer: Analyzer, in graph: Graph) {
        guard graph.source == .live else { return }
        if let status = graph.live.analyzerStatus[analyzer.id], !status.isAbsent {
            require(status, "the status of \(analyzer.id)", wanted: "ACTIVE") { $0 == "ACTIVE" }
        }
        switch (graph.live.findings[analyzer.id] ?? .absent).state {
        case .absent: doubt("the findings of \(analyzer.id) were not read: access-analyzer:ListFindings decides it")
        case .unknown(let why): doubt("the findings of \(analyzer.id) cannot be told: \(why)")
        case .known(let findings):
            let overdue = findings.filter { $0.days > ($0.kind.hasPrefix("Unused") ? 30 : 7) }
            if let worst = overdue.max(by: { $0.days < $1.days }) {
                fail(
                    "\(overdue.count) findings of \(analyzer.id) are overdue, the oldest \(worst.kind) of "
                        + "\(worst.resource) for \(worst.days) days, wanted at most 7 (unused access 30)")
            } else {
                prove("\(findings.count) findings of \(analyzer.id) are open, none overdue")
            }
        }
    }

    /// A trail that is switched on and cannot write records nothing.
    mutating func requireDelivery(of trail: Trail, in graph: Graph) {
        guard graph.source == .live, let delivery = graph.live.deliveries[trail.id] else { return }
        if let error = delivery.error.value { fail("its last delivery failed: \(error)") }
        switch delivery.newest.state {
        case .unknown(let why): doubt("when it delivered last cannot be told: \(why)")
        case .absent: doubt("it has delivered nothing yet: its first log file decides it")
        case .known(let day):
            let age = graph.asOf.days(since: day)
            if age > 1 {
                fail("its newest log file is \(age) days old (\(day)), wanted at most 1")
            } else {
                prove("it delivered on \(day)")
            }
        }
    }

    /// Regimes ask for a record of what changes in the account.
    mutating func requireRecorder(for regimes: Regimes, in graph: Graph) {
        guard graph.source == .live, !regimes.names.isEmpty else { return }
        guard let record = graph.evidence(.recording, for: "").first, let recording = record.numbers["recording"] else {
            return doubt("whether AWS Config records was not read: config:DescribeConfigurationRecorderStatus decides it")
        }
        if recording > 0 { prove("AWS Config records") } else { fail("no recorder of AWS Config records, wanted one") }
    }
}

extension Graph {
    /// For examples: an account whose analyzers have found this.
    mutating func showFindings(_ findings: [LiveFacts.OpenFinding]) {
        source = .live
        for analyzer in analyzers {
            live.analyzerStatus[analyzer.id] = "ACTIVE"
            live.findings[analyzer.id] = .known(findings)
        }
    }

    /// For examples: an account whose trails delivered so many days ago.
    mutating func showDelivery(daysAgo days: Int, error: String? = nil) {
        source = .live
        for trail in trails {
            live.deliveries[trail.id] = LiveFacts.Delivery(
                newest: .known(asOf.adding(days: -days)), error: error.map { .known($0) } ?? .absent)
        }
    }

    /// For examples: an account in which so many recorders of AWS Config record.
    mutating func showRecorders(_ count: Double) {
        source = .live
        evidence.append(
            Evidence(.recording, endpointName: "", day: asOf, origin: "account", numbers: ["recording": count]))
    }
}
