// plumb evidence: what an auditor is given, and how they check it.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Pack what proves the controls, signed, or check it.",
        subcommands: [EvidenceExportCommand.self, EvidenceVerifyCommand.self, EvidenceLensCommand.self])
}

struct EvidenceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write reports, drills, approvals, lineage and proofs, signed.",
        discussion: """
            The manifest names every file with its digest and is signed by the key of
            the audit log. mapping.json says which demands of HIPAA, SOC 2 and GDPR each
            subject answers. What runs is judged and told as well, where an engine runs.

            Example: plumb evidence export -o evidence-2026-11.tar
            """)

    @Option(name: .shortAndLong, help: "The new folder; one tar file where the name ends with .tar.") var output: String
    @OptionGroup var home: HomeOption

    func run() async throws {
        var found: (EngineStatus, Graph)?
        if FileManager.default.fileExists(atPath: home.controlSocket) {
            found = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                (try await plane.status(), try await plane.graph(of: nil))
            }
        }
        try await Composition.exportEvidence(of: home.folder, status: found?.0, graph: found?.1, to: output)
        print("the evidence is in \(output); plumb evidence verify \(output) checks it")
    }
}

struct EvidenceVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the signature, every digest and every proof of evidence.")

    @Argument(help: "The folder or the tar file.", completion: .file()) var path: String
    @Option(help: "The log's public key; without it the evidence's own is believed.") var key: String?

    func run() async throws {
        let found = try Composition.verifyEvidence(path, key: key)
        print("\(found.files) files are as they were signed, and \(found.proofs) proofs lead to the signed checkpoint")
        if key == nil { print("whose they are is known only with --key: the text of the engine's audit.pub") }
    }
}

struct EvidenceLensCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lens",
        abstract: "Print the policy book as a lens of the AWS Well-Architected Tool, or its answers.",
        discussion: """
            A question for each policy, a choice for each control. With --answers a
            report of plumb check becomes the inputs of update-answer, a question each:
            what nobody could judge is not selected, and the note says why.

            Examples:
              plumb evidence lens > lens.json
              aws wellarchitected import-lens --json-string file://lens.json
              plumb check plumb.yaml --format json > check.json
              plumb evidence lens --answers check.json
            """)

    @Option(help: "A report of plumb check --format json.", completion: .file()) var answers: String?

    func run() throws { print(try answers.map(Composition.lensAnswers) ?? Composition.lens(), terminator: "") }
}
