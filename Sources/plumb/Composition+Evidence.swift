// What an auditor is given: judged controls, drills, approvals, lineage and proofs, signed, in one folder or file.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbStore

extension Composition {
    /// A control of ours beside what others ask for; what the product shows, not a legal opinion.
    private struct Mapping: Encodable {
        var subject: String
        var policies: [String]
        var hipaa: [String]
        var soc2: [String]
        var gdpr: [String]
    }
    private static let mappings = [
        Mapping(
            subject: "encryption in transit", policies: ["SEC-1"],
            hipaa: ["164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"], soc2: ["CC6.6", "CC6.7"],
            gdpr: ["5(1)(f)", "32(1)(a)"]),
        Mapping(
            subject: "encryption at rest, keys and their rotation", policies: ["SEC-1"],
            hipaa: ["164.312(a)(2)(iv)"], soc2: ["CC6.1", "C1.1", "PI1.5"], gdpr: ["5(1)(f)", "32(1)(a)"]),
        Mapping(
            subject: "roles, least privilege, identity", policies: ["SEC-2"],
            hipaa: [
                "164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(4)(i)", "164.312(a)(1)", "164.312(a)(2)(i)",
                "164.312(d)",
            ], soc2: ["CC6.1", "CC6.2", "CC6.3"], gdpr: ["5(1)(f)", "25(2)", "32(1)(b)"]),
        Mapping(
            subject: "audit log, its immutability and retention", policies: ["SEC-3"],
            hipaa: [
                "164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(b)", "164.312(c)(1)", "164.312(c)(2)",
                "164.316(b)(2)(i)",
            ], soc2: ["CC7.2", "CC7.3", "PI1.5"], gdpr: ["5(1)(e)", "5(2)", "30", "32"]),
        Mapping(
            subject: "erasure", policies: ["SEC-3"], hipaa: [], soc2: ["C1.2"], gdpr: ["17(1)", "17(3)(b)", "25"]),
        Mapping(
            subject: "approved deployments", policies: ["OPS-3"], hipaa: ["164.308(a)(1)(ii)(B)"],
            soc2: ["CC5.2", "CC6.3", "CC8.1"], gdpr: ["25(1)", "32"]),
        Mapping(
            subject: "monitoring, alarms, rollback", policies: ["OPS-1", "OPS-2"],
            hipaa: ["164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"], soc2: ["CC7.1", "CC7.2", "CC7.3", "CC7.4"],
            gdpr: ["32(1)(b)", "33(1)"]),
        Mapping(
            subject: "backup", policies: ["REL-3"], hipaa: ["164.308(a)(7)(ii)(A)"], soc2: ["A1.2"],
            gdpr: ["32(1)(c)"]),
        Mapping(
            subject: "recovery plan", policies: ["REL-3"],
            hipaa: ["164.308(a)(7)(i)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)", "164.312(a)(2)(ii)"],
            soc2: ["A1.2", "CC7.5"], gdpr: ["32(1)(c)"]),
        Mapping(
            subject: "recovery drills with measured times", policies: ["REL-3"], hipaa: ["164.308(a)(8)"],
            soc2: ["A1.3"], gdpr: ["32(1)(d)"]),
    ]
    /// What each file shows, and the actions of the audit log that go into it.
    private static let chapters: [(file: String, actions: Set<String>)] = [
        ("drills.json", ["drill.dr", "drill.failover", "drill.rollback"]), ("approvals.json", ["approve", "promote"]),
        ("deployments.json", ["deploy", "rollback", "rollout.promoted", "rollout.rolledBack"]),
        ("erasures.json", ["captures.erased"]), ("restores.json", ["state.restored"]),
    ]
    /// Entries of a chapter, each with its proof.
    private static let entriesMax = 200

    /// Writes the evidence of an engine: its log's files, and what a running one shows of itself.
    static func exportEvidence(of home: String, status: EngineStatus?, graph: Graph?, to path: String) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let reader = try AuditReader(home: home)
        try reader.verify()
        var files = [
            "checkpoint": Data(try reader.checkpoint().note.utf8), "mapping.json": try encoder.encode(mappings),
        ]
        for chapter in chapters {
            let entries = try reader.newest(entriesMax) { chapter.actions.contains($0.action) }
            files[chapter.file] = try encoder.encode(
                entries.map { NumberedEntry(index: $0.index, entry: $0.entry) })
            for entry in entries {
                files["entry-\(entry.index).tlog-proof"] = Data(try reader.proof(of: entry.index).text.utf8)
            }
        }
        if let graph {
            let subject = Subject(graph: graph, path: "engine:", diagnostics: [])
            let assessment = await assess(subject, under: PolicyOverlay())
            files["check.json"] = Data(render([assessment], as: .json, isForTerminal: false).utf8)
        }
        if let status { files["lineage.json"] = try encoder.encode(status.endpoints.map(\.record)) }
        try EvidenceArchive.write(files, to: path, signedBy: home)
    }

    /// Checks evidence, and each proof in it; answers how many files and proofs there are.
    static func verifyEvidence(_ path: String, key: String?) throws -> (files: Int, proofs: Int) {
        let files = try EvidenceArchive.verify(path, key: key)
        let verifier = try NoteVerifier(key ?? String(decoding: files["audit.pub"] ?? Data(), as: UTF8.self))
        let proofs = files.filter { $0.key.hasSuffix(".tlog-proof") }
        for proof in proofs.values { _ = try AuditProof(String(decoding: proof, as: UTF8.self)).verify(by: verifier) }
        return (files.count, proofs.count)
    }
}
