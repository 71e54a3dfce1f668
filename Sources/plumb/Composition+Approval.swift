// Approvals of changes: who may give one, and what a promotion finds of them in the audit record.

import Crypto
import Foundation
import PlumbAWS
import PlumbEngine
import PlumbModel
import PlumbPolicy
import PlumbStore

extension Composition {
    /// As much of the audit record as is searched for an approval.
    private static let approvalEntriesMax = 10_000

    /// What there is to approve of a spec; throws where its author is not known.
    static func change(of loaded: LoadedSpec) throws -> ApprovedChange {
        guard let author = loaded.spec.provenance?.author, !author.isEmpty else {
            throw PlumbError(
                .invalidInput, "\(loaded.path) does not say who has made the change",
                hint: "provenance: {author: ada@example.org, commit: …, pullRequest: …}")
        }
        var spec = loaded.spec
        spec.places = [:]
        // What a review writes down is no part of what is reviewed.
        spec.provenance?.approver = nil
        spec.provenance?.staging = nil
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let digest = SHA256.hash(data: try encoder.encode(spec)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        let model = modelDigest(of: loaded)
        if let why = model.whyUnknown {
            throw PlumbError(.invalidInput, "what would be deployed is not known: \(why)", hint: "write model.digest")
        }
        return ApprovedChange(
            endpoint: spec.name, environment: spec.environment, specDigest: digest, modelDigest: model.value,
            author: author)
    }

    /// Writes what only its owner may read, whole or not at all.
    static func writeSecret(_ text: String, to path: String) throws {
        try AtomicFile.write(Data(text.utf8), to: path, permissions: 0o600)
    }

    /// Whom the AWS credentials belong to.
    static func callerARN(_ access: AWSAccess, region: String) async throws -> String {
        try await withAWS(access, region: region) { try await $0.caller().arn }
    }

    /// The spec with the approver that the audit record names, and what is to be told of it; a spec that names one
    /// itself, or no author, stays as it is.
    static func approved(
        _ loaded: LoadedSpec, home: String, at now: Double
    ) async throws -> (spec: LoadedSpec, told: String?) {
        guard loaded.spec.provenance?.author != nil, loaded.spec.provenance?.approver == nil else {
            return (loaded, nil)
        }
        let entries = try await auditEntries(in: home, limit: approvalEntriesMax)
        switch Approval.answer(for: try change(of: loaded), in: entries, at: now) {
        case .missing(let why): return (loaded, why)
        case .approved(let approver, let expires):
            var approved = loaded
            approved.spec.provenance?.approver = approver
            return (approved, "approved by \(approver), until \(expires)")
        }
    }

    /// From the engine that holds the record; where none runs, from the record itself.
    private static func auditEntries(in home: String, limit: Int) async throws -> [AuditEntry] {
        let socket = controlSocket(home)
        if FileManager.default.fileExists(atPath: socket) {
            return try await RemotePlane.with(socketPath: socket) { try await $0.auditEntries(limit: limit) }
        }
        return try await keptAuditEntries(in: home, limit: limit) ?? []
    }
}
