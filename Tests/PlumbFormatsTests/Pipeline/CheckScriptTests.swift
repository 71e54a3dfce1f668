// The step before anything is deployed: judged, rendered, packed, or refused.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct CheckScriptTests {
    /// The digest of the text "model".
    private static let digest = "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"

    /// Stands in for plumb: renders templates that name an artefact, and notes what it was asked to judge.
    private static let plumb = #"""
        #!/usr/bin/env bash
        set -euo pipefail
        echo "$*" >> asked.txt
        case "$*" in
          render*cloudformation*) mkdir -p "${@: -1}"; echo "models/$NAMED/" > "${@: -1}/template.yaml" ;;
          render*--verify) exit "$OLDER" ;;
          check*production*) exit "$CODE" ;;
        esac
        """#

    private func check(
        digest: String = Self.digest, code: String = "0", older: String = "0"
    ) throws -> (run: ProgramRun, account: FakeAccount)? {
        let account = try FakeAccount()
        try account.write(Self.plumb, to: "bin/plumb")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: account.folder.appending(path: "bin/plumb").path())
        try account.write(ArchitectureExample.yaml, to: "plumb.yaml")
        try account.write("model", to: "model.onnx")
        try account.writeJSON(
            ["commit": "3f2a9c1e8b7d", "pullRequest": "#7", "authors": ["ada"], "treeClean": true],
            to: "delivery/evidence/change.json")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let run = try ProgramRun(
            ["bash", "pipeline/check.sh"], in: account.folder,
            environment: [
                "PATH": "\(account.folder.appending(path: "bin").path()):\(path)", "SPEC": "plumb.yaml",
                "RELEASE_SPEC": "plumb.release.yaml",
                "MODEL": "model.onnx", "PIPELINE": "github-actions", "NAMED": digest, "CODE": code, "OLDER": older,
            ])
        return run.map { ($0, account) }
    }

    @Test func bothEnvironmentsAreJudgedAndTheArtefactIsPacked() throws {
        guard let (run, account) = try check() else { return }
        defer { account.remove() }
        #expect(run.code == 0, "\(run.text)")
        let asked = try String(contentsOf: account.folder.appending(path: "asked.txt"), encoding: .utf8)
        for source in ["plumb.release.yaml", "delivery/rendered/staging", "delivery/rendered/production"] {
            #expect(asked.contains("check \(source) "), "\(asked)")
        }
        let packed = try Data(contentsOf: account.folder.appending(path: "delivery/artefact/model.tar.gz"))
        let (again, other) = try #require(try check())
        defer { other.remove() }
        #expect(again.code == 0)
        #expect(
            packed == (try Data(contentsOf: other.folder.appending(path: "delivery/artefact/model.tar.gz"))),
            "the same artefact is packed to the same bytes")
    }

    @Test func aFindingEndsTheDelivery() throws {
        guard let (run, account) = try check(code: "1") else { return }
        defer { account.remove() }
        #expect(run.code == 1 && run.text.contains("plumb check found what has to be mended first"), "\(run.text)")
        #expect(!FileManager.default.fileExists(atPath: account.folder.path() + "delivery/artefact/model.tar.gz"))
    }

    @Test func anArtefactOfAnotherDigestIsRefused() throws {
        guard let (run, account) = try check(digest: String(repeating: "ab", count: 32)) else { return }
        defer { account.remove() }
        #expect(run.code == 1 && run.text.contains("model.onnx is not the artefact"), "\(run.text)")
    }

    @Test func anArtefactWithoutADigestIsRefused() throws {
        guard let (run, account) = try check(digest: "unknown") else { return }
        defer { account.remove() }
        #expect(run.code == 1 && run.text.contains("one and the same artefact"), "\(run.text)")
    }

    @Test func aPipelineOfAnOlderSpecIsRefused() throws {
        guard let (run, account) = try check(older: "1") else { return }
        defer { account.remove() }
        #expect(!FileManager.default.fileExists(atPath: account.folder.path() + "plumb.release.yaml"))
        #expect(run.code == 1 && run.text.contains("the pipeline is older than plumb.yaml"), "\(run.text)")
    }
}
