// Where a promotion finds what ran in the lower environment, and writes down what came of it.

import Foundation
import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbStore

extension Composition {
    /// The run of an endpoint on an engine of this machine.
    static func stagedRun(of spec: Spec, on plane: some ControlPlane, home: String) async throws -> StagedRun {
        let status = try await plane.status()
        let environment = spec.environment
        guard let endpoint = status.endpoints.first(where: { $0.record.name == spec.name }),
            let active = endpoint.record.revision(endpoint.record.active)
        else {
            throw PlumbError(
                .notFound, "\(spec.name) does not run on the engine of \(home)",
                hint: "plumb deploy SPEC --environment \(environment.rawValue) --home \(home)")
        }
        guard active.spec.environment == environment else {
            throw PlumbError(
                .refused,
                "\(spec.name) r\(active.number) on \(home) is of \(active.spec.environment.rawValue), not of "
                    + environment.rawValue, hint: "--from-home names the engine of \(environment.rawValue)")
        }
        var run = StagedRun(
            endpoint: spec.name, environment: environment, origin: "\(spec.name) r\(active.number) on \(home)")
        run.modelDigest = .known(active.modelDigest)
        run.image = active.spec.model.image.map { .known($0) } ?? .absent
        run.configuration = .known(ServedConfiguration(active.spec))
        if let promoted = endpoint.record.history.last(where: { $0.new == active.number && $0.outcome == .promoted }) {
            // An engine that was down served nothing.
            run.servesSince = .known(max(promoted.endedAt, status.startedAt))
        } else {
            run.servesSince = .unknown("the engine no longer knows when r\(active.number) became active")
        }
        if endpoint.state != "InService" { run.troubles.append("its state is \(endpoint.state)") }
        run.troubles += endpoint.alarms.filter { $0.state == .alarm }.map { "\($0.name) is in ALARM: \($0.reason)" }
        let assessment = PolicyBook.assess(
            Architecture.compile(active.spec, asOf: today()), path: run.origin, diagnostics: [],
            under: try overlay(nil))
        run.failing = failing(in: assessment)
        return run
    }

    /// The run of an endpoint in an account of AWS.
    static func stagedRun(of spec: Spec, at source: String, _ options: AccountOptions) async throws -> StagedRun {
        let environment = spec.environment
        let subjects = try await loadAccount(source, options, environment: nil)
        let found = subjects.lazy.compactMap { subject -> (Subject, Endpoint)? in
            guard subject.graph.environment == environment else { return nil }
            let meant = subject.graph.endpoints.first {
                $0.name.value == spec.name || $0.head.tags.value?["ml:endpoint"] == spec.name
            }
            return meant.map { (subject, $0) }
        }.first
        guard let (subject, endpoint) = found else {
            throw PlumbError(
                .notFound, "\(source) has no endpoint \(spec.name) of \(environment.rawValue)",
                hint: "plumb deploy SPEC --environment \(environment.rawValue) --to aws")
        }
        let graph = subject.graph
        let name = endpoint.name.value ?? spec.name
        var run = StagedRun(endpoint: name, environment: environment, origin: "\(name) in \(subject.path)")
        let model = graph.endpointConfigs[endpoint.config]?.variants.value?.first.flatMap { graph.models[$0.model] }
        run.image = model?.image ?? .unknown("its model was not seen")
        run.modelDigest = model.map(digest) ?? .unknown("its model was not seen")
        run.configuration = configuration(of: endpoint, by: spec)
        let state = graph.live.endpoints[endpoint.id]
        run.servesSince = state?.modifiedAt ?? .unknown("when it was changed last was not read")
        if state?.status.value != "InService" {
            run.troubles.append("its state is \(state?.status.value ?? "unknown")")
        }
        run.troubles += graph.alarms.filter { $0.state.value == .alarm }.map { "\($0.name.value ?? $0.id) is in ALARM" }
        // What could not be seen may fail, and an alarm that was not listed may fire.
        if graph.notes.unseen.isEmpty { run.failing = failing(in: await assess(subject, under: try overlay(nil))) }
        return run
    }

    /// The digest of a model's artefact: what is known of it, else a part of its address that is one.
    private static func digest(of model: Model) -> Fact<String> {
        if model.digest.isKnown { return model.digest }
        guard let address = model.dataURL.value else { return model.dataURL }
        let parts = address.split { $0 == "/" || $0 == "." }
        let found = parts.first { $0.count == 64 && $0.allSatisfy(\.isHexDigit) }
        return found.map { .known(String($0)) } ?? .unknown("no part of \(address) is a digest")
    }

    /// An endpoint shows no spec; what it was made from is the spec at the commit of its tag.
    private static func configuration(of endpoint: Endpoint, by spec: Spec) -> Fact<ServedConfiguration> {
        guard let tag = endpoint.head.tags.value?["ml:commit"] else {
            return .unknown("the endpoint has no tag ml:commit")
        }
        guard let commit = spec.provenance?.commit, commit.hasPrefix(tag) || tag.hasPrefix(commit) else {
            return .unknown(
                "the endpoint was made from commit \(tag), the spec names \(spec.provenance?.commit ?? "none")")
        }
        return .known(ServedConfiguration(spec))
    }

    private static func failing(in assessment: Assessment) -> [String] {
        Set(assessment.findings.filter { $0.verdict == .fails }.map(\.control)).sorted()
    }

    /// The digest of what a spec would deploy from this machine.
    static func modelDigest(of loaded: LoadedSpec) -> Fact<String> {
        let model = loaded.spec.model
        if let digest = model.digest { return .known(digest) }
        guard let path = model.path, model.command == nil else { return .absent }
        guard !path.hasPrefix("s3://") else { return .unknown("the spec does not name the model's digest") }
        let place = path.hasPrefix("/") ? path : "\(loaded.folder)/\(path)"
        do throws(PlumbError) {
            return .known(try ArtifactStore.digest(ofFileAt: place))
        } catch {
            return .unknown(error.message)
        }
    }

    /// Every rule of a promotion, judged on the spec with the record of the run in it.
    static func promotionRules(
        _ run: StagedRun, to loaded: LoadedSpec, at now: Double
    ) async throws -> [PromotionRule] {
        var recorded = loaded
        recorded.spec.provenance = recorded.spec.provenance ?? Provenance()
        recorded.spec.provenance?.staging = Promotion.record(of: run, for: loaded.spec, at: now)
        return Promotion.rules(
            run, to: loaded.spec, modelDigest: modelDigest(of: loaded),
            under: await assess(recorded, compiled: compiled(recorded), under: try overlay(nil)), at: now)
    }

    /// Writes the spec with its provenance beside the spec, where its paths start from; answers the file.
    static func writePromoted(_ loaded: LoadedSpec, _ record: StagingRecord) throws -> String {
        var provenance = loaded.spec.provenance ?? Provenance()
        provenance.staging = record
        let text = String(decoding: try Input.contents(of: loaded.path), as: UTF8.self)
        let promoted = ProvenanceText.replaced(in: text, by: provenance)
        let reading = SpecReader.read(promoted, file: loaded.path, environment: loaded.spec.environment)
        guard reading.spec?.provenance == provenance else {
            throw PlumbError(
                .unsupported, "the record cannot be written into a copy of \(loaded.path)",
                hint: "write it under provenance yourself, and take provenance out of environments:\n"
                    + ProvenanceText.yaml(provenance))
        }
        let stem = URL(filePath: loaded.path).deletingPathExtension().path
        let path = "\(stem).promoted.yaml"
        try write(promoted, to: path)
        return path
    }

    /// Appends to the audit record of a home: through its engine where one runs, else itself.
    static func record(_ entry: AuditEntry, home: String) async throws {
        let socket = controlSocket(home)
        if FileManager.default.fileExists(atPath: socket) {
            return try await RemotePlane.with(socketPath: socket) { try await $0.note(entry, by: entry.actor) }
        }
        let store = try Store(folder: home)
        do {
            try await store.append([entry])
        } catch {
            try store.close()
            throw error
        }
        try store.close()
    }
}
