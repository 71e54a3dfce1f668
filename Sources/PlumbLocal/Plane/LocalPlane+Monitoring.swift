// What people ask about traffic: what was captured of it, and its last requests by name.

public import PlumbEngine
import PlumbModel
import PlumbStore

extension LocalPlane {
    public func monitoring(of endpoint: String?) async throws -> [EndpointMonitoring] {
        var answers: [EndpointMonitoring] = []
        for record in try await records(of: endpoint) {
            let plan = record.revision(record.active)?.spec.capture
            let counts = house.gateway.route(record.name)?.capture.counts ?? (captured: 0, dropped: 0)
            answers.append(
                EndpointMonitoring(
                    endpoint: record.name, samplingPercent: plan?.isEnabled == true ? plan?.samplingPercent ?? 0 : 0,
                    captured: counts.captured, dropped: counts.dropped,
                    revisions: await house.monitor.status(of: record.name, at: house.now())))
        }
        return answers
    }

    public func captures(
        of endpoint: String, after file: String?, by actor: String
    ) async throws -> CapturedLines {
        let files = house.captures.files(of: endpoint)
        guard let next = files.first(where: { $0.path > file ?? "" }) else {
            throw PlumbError(
                .notFound, "\(endpoint) has no \(file == nil ? "" : "newer ")captures",
                hint: "a sample is written every few seconds while capture.enabled is true and requests come")
        }
        let lines = try house.captures.lines(of: next)
        // Who reads customers' data is on record before they have it.
        try await house.store.append([
            AuditEntry(
                at: house.now(), actor: actor, action: "captures.read", subject: "endpoint/\(endpoint)",
                details: ["file": next.path])
        ])
        return CapturedLines(
            file: next.path, lines: String(decoding: lines, as: UTF8.self), hasMore: next != files.last)
    }

    public func requests(of endpoint: String, _ search: RequestSearch) async throws -> RequestLines {
        _ = try endpointRunner(endpoint)
        return house.gateway.route(endpoint)?.requests.lines(of: endpoint, search)
            ?? RequestLines(endpoint: endpoint, lines: [], since: nil, errorsSince: nil)
    }

    public func eraseCaptures(of subject: String, by actor: String) async throws -> Int {
        guard !subject.isEmpty else {
            throw PlumbError(.invalidInput, "whose captures are to be erased is not said", hint: "--subject ID")
        }
        let count = try await house.eraseCaptures(ofSubject: subject)
        // Not the subject's name: the record outlives what it speaks of.
        try await house.store.append([
            AuditEntry(
                at: house.now(), actor: actor, action: "captures.erased", subject: "captures",
                details: ["records": "\(count)"])
        ])
        return count
    }
}
