// What each page is made of, as far as whoever asks may see it.

import Foundation
import PlumbEngine
import PlumbModel

/// Reads through the same access table as the control API; nothing is shown that it does not allow.
struct SitePages: Sendable {
    let site: Site
    private var ground: ConsoleGround { site.ground }

    private func status(_ visit: Visit) async throws -> EngineStatus {
        try await site.desk.status(for: visit.principal, visit.call)
    }

    private func records(_ visit: Visit) async throws -> [EndpointRecord] {
        try await status(visit).endpoints.map(\.record)
    }

    private func judged(_ visit: Visit) async throws -> JudgedEndpoints {
        let names = try await records(visit).map(\.name)
        if let one = visit.query["endpoint"] { return site.board.judged(names.filter { $0 == one }) }
        return site.board.judged(names)
    }

    func home(_ visit: Visit) async throws -> HomePage {
        let mayReview = visit.principal.holds(.closeReview)
        return HomePage(
            try await status(visit), of: site.board, ground.policies,
            access: mayReview ? try await ground.plane.accessReport() : nil,
            environment: visit.query["environment"].flatMap { Environment(rawValue: $0) },
            page: visit.query["page"].flatMap { Int($0) } ?? 1, now: visit.now)
    }

    /// `isLive` leaves out what does not change by the second.
    func endpoint(_ name: String, _ visit: Visit, isLive: Bool = false) async throws -> EndpointPage {
        let status = try await existing(name, visit)
        let record = status.record
        let charts = try await site.charts(of: record, at: visit.now)
        var (lineage, past, errors) = (EndpointLineage(), EndpointPast?.none, [RequestLine]())
        if !isLive {
            let spec = (record.revision(record.active) ?? record.revisions.last)?.spec
            lineage = EndpointLineage(
                record, monitoring: try await ground.plane.monitoring(of: name).first,
                spend: spec.flatMap { site.board.spend($0) }, metered: status.spend, cache: status.cache,
                judged: site.board[name])
            let span = visit.query["over"].flatMap { HistorySpan(rawValue: $0) } ?? .day
            past = EndpointPast(try await ground.plane.history(of: name, over: span), of: spec)
            errors = try await ground.plane.requests(
                of: name, RequestSearch(errorsOnly: true, limit: EndpointPage.errorsMax)
            ).lines
        }
        return EndpointPage(status, charts: charts, lineage: lineage, past: past, errors: errors, now: visit.now)
    }

    private func existing(_ name: String, _ visit: Visit) async throws -> EndpointStatus {
        guard let found = try await site.desk.status(of: name, for: visit.principal, visit.call) else {
            throw PlumbError(.notFound, "there is no endpoint '\(name.prefix(100))' that you may read")
        }
        return found
    }

    func captures(_ name: String, _ visit: Visit) async throws -> CapturesPage {
        _ = try await existing(name, visit)
        try await site.desk.demand(
            "GET", "\(ControlAPI.captures)/\(PageWords.escaped(name))", visit.call, by: visit.principal)
        do {
            // The newest file: as many are passed over as there are.
            var lines = try await ground.plane.captures(of: name, after: nil, by: visit.principal.name)
            var looks = 0
            while lines.hasMore, looks < Self.filesMax {
                lines = try await ground.plane.captures(of: name, after: lines.file, by: visit.principal.name)
                looks += 1
            }
            return CapturesPage(of: name, lines: lines.lines)
        } catch let error as PlumbError where error.kind == .notFound {
            return CapturesPage(of: name, lines: "")
        }
    }

    func requests(_ name: String, _ visit: Visit) async throws -> RequestsPage {
        _ = try await existing(name, visit)
        let id = visit.query["id"]?.trimmingCharacters(in: .whitespacesAndNewlines)
        let search = RequestSearch(id: id, errorsOnly: visit.query["errors"] == "true", limit: RequestsPage.linesMax)
        return RequestsPage(search, try await ground.plane.requests(of: name, search))
    }

    /// Files of captures that are passed over.
    private static let filesMax = 5

    func policies(_ visit: Visit) async throws -> PoliciesPage {
        PoliciesPage(ground.policies, try await judged(visit), try await records(visit), now: visit.now)
    }

    func policy(_ id: String, _ visit: Visit) async throws -> PolicyPage {
        guard let policy = ground.policies.first(where: { $0.id == id.uppercased() }) else {
            throw PlumbError(.notFound, "there is no policy '\(id.prefix(40))'")
        }
        return PolicyPage(policy, try await judged(visit))
    }

    func control(_ id: String, _ visit: Visit) async throws -> ControlPage {
        for policy in ground.policies {
            guard let control = policy.controls.first(where: { $0.id == id.uppercased() }) else { continue }
            return ControlPage(control, of: policy, try await judged(visit))
        }
        throw PlumbError(.notFound, "there is no control '\(id.prefix(40))'")
    }

    func cost(_ visit: Visit) async throws -> CostPage {
        CostPage(try await status(visit).endpoints, now: visit.now) { site.board.spend($0) }
    }

    // MARK: - Records

    func demandAudit(_ visit: Visit) async throws {
        try await site.desk.demand("GET", ControlAPI.audit, visit.call, by: visit.principal)
    }

    func audit(_ visit: Visit) async throws -> AuditPage {
        try await demandAudit(visit)
        func given(_ name: String) -> String? { visit.query[name].flatMap { $0.isEmpty ? nil : $0 } }
        var search = AuditSearch()
        (search.actor, search.action, search.endpoint) = (given("actor"), given("action"), given("endpoint"))
        search.outcome = given("outcome").flatMap { AuditEntry.Outcome(rawValue: $0) }
        search.text = given("text")
        let days = given("days").flatMap { Int($0) }.flatMap { (1...3650).contains($0) ? $0 : nil }
        search.since = days.map { visit.now - Double($0) * 86_400 }
        return AuditPage(
            search, days: days, try ground.audit(search, AuditPage.entriesMax), checkpoint: try ground.checkpoint())
    }

    func auditEntry(_ index: String, _ visit: Visit) async throws -> AuditEntryPage {
        try await demandAudit(visit)
        guard let index = Int(index), index >= 0 else {
            throw PlumbError(.notFound, "there is no entry '\(index.prefix(40))'")
        }
        let proof = try ground.proof(index)
        guard let entry = try ground.entry(index) else { throw PlumbError(.notFound, "there is no entry \(index)") }
        return AuditEntryPage(entry, proof: proof)
    }

    private func report(_ visit: Visit) async throws -> AccessReport {
        try await site.desk.demand("GET", ControlAPI.access, visit.call, by: visit.principal)
        return try await ground.plane.accessReport()
    }

    func approvals(_ visit: Visit) async throws -> ApprovalsPage {
        let report = try await report(visit)
        return ApprovalsPage(
            report, try await ground.plane.status().endpoints.map(\.record), by: visit.principal, now: visit.now)
    }

    func access(_ visit: Visit) async throws -> AccessPage { AccessPage(try await report(visit)) }

    /// Drills are seen by whoever may read: what they measured is evidence for the policies.
    func drills(_ visit: Visit) async throws -> DrillsPage {
        let status = try await status(visit)
        let names = Set(status.endpoints.map { "endpoint/\($0.record.name)" })
        let entries = try ground.practised(DrillsPage.drillsMax).filter {
            $0.subject == "engine" || names.contains($0.subject)
        }
        return DrillsPage(ground.drills.latest(), entries, status, now: visit.now)
    }
}
