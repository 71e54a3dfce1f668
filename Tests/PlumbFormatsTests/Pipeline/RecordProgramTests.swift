// Who changed, who approved, what ran: the record that production is judged by.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct RecordProgramTests {
    private func approve(_ reviews: String, authors: [String] = ["ada"]) throws -> ProgramRun? {
        let account = try FakeAccount()
        defer { account.remove() }
        try account.write(reviews, to: "approvals.json")
        try account.writeJSON(["authors": authors], to: "change.json")
        return try account.run(
            "record.py", "approval", "--approvals", "approvals.json", "--environment", "production", "--change",
            "change.json", "--out", "approval.json")
    }

    private func review(
        _ login: String, _ state: String = "approved", in environment: String = "production", type: String = "User"
    ) -> String {
        #"{"state": "\#(state)", "user": {"login": "\#(login)", "type": "\#(type)"}, "#
            + #""environments": [{"name": "\#(environment)"}]}"#
    }

    @Test func anotherPersonApproves() throws {
        guard let run = try approve("[\(review("Ada")), \(review("grace"))]") else { return }
        #expect(run.code == 0 && run.text.contains(#""approver": "grace""#), "\(run.text)")
    }

    @Test func nobodyElseIsNoApproval() throws {
        let refused = [
            "[]", "[\(review("ADA"))]", "[\(review("grace", "rejected"))]", "[\(review("grace", in: "staging"))]",
            "[\(review("merge-queue[bot]", type: "Bot"))]",
        ]
        for reviews in refused {
            guard let run = try approve(reviews) else { return }
            #expect(run.code == 1 && run.text.contains("another person has to approve (OPS-3.4)"), "\(reviews)")
        }
    }

    @Test func whoStartedTheDeliveryCannotApproveIt() throws {
        guard let run = try approve("[\(review("grace"))]", authors: ["ada", "grace"]) else { return }
        #expect(run.code == 1, "\(run.text)")
    }

    @Test(arguments: [("grace@example.org", Int32(0)), ("Ada@example.org", 1), ("ada", 1)])
    func aPipelineOfAWSIsAskedWhoApproved(session: String, code: Int32) throws {
        let account = try FakeAccount([
            "executions": [
                [
                    "actionName": "Approve", "status": "Succeeded",
                    "updatedBy": "arn:aws:sts::1:assumed-role/Reviewers/\(session)",
                ]
            ]
        ])
        defer { account.remove() }
        try account.writeJSON(["authors": ["ada@example.org"]], to: "change.json")
        let run = try account.run(
            "record.py", "approval", "--pipeline", "deliver-digits", "--execution", "1", "--action", "Approve",
            "--change", "change.json", "--out", "approval.json")
        guard let run else { return }
        #expect(run.code == code, "\(run.text)")
    }

    @Test func whoHadAHandInTheChangeIsFoundOut() throws {
        let account = try FakeAccount()
        defer { account.remove() }
        guard try ProgramRun(["git", "init", "--quiet"], in: account.folder)?.code == 0 else { return }
        try account.write("*\n", to: ".gitignore")
        try account.write(
            #"[{"html_url": "https://example.org/pull/7", "user": {"login": "ada"}}]"#, to: "pulls.json")
        try account.write(#"{"sha": "3f2a9c1e", "author": {"login": "ada"}}"#, to: "commit.json")
        let run = try account.run(
            "record.py", "change", "--commit-file", "commit.json", "--pulls-file", "pulls.json", "--started-by",
            "linus", "--out", "change.json")
        #expect(run?.code == 0, "\(String(describing: run?.text))")
        let record = try account.record("change.json")
        #expect(record["authors"] as? [String] == ["ada", "linus"])
        #expect(record["pullRequest"] as? String == "https://example.org/pull/7")
        #expect(record["treeClean"] as? Bool == true)
    }

    @Test func productionRunsWhatStagingRan() throws {
        let digest = ArchitectureExample.digest
        let account = try FakeAccount(["config": "digits-c1", "image": digest, "model": digest])
        defer { account.remove() }
        func running(_ more: [String] = []) throws -> ProgramRun? {
            try account.run(
                "record.py",
                ["running", "--endpoint", "digits", "--region", "eu-central-1", "--out", "running.json"] + more)
        }
        guard try running()?.code == 0 else { return }
        try FileManager.default.copyItem(
            at: account.folder.appending(path: "running.json"), to: account.folder.appending(path: "staging.json"))
        #expect(try running(["--like", "staging.json"])?.code == 0)
        try account.change("model", to: String(repeating: "ab", count: 32))
        let other = try #require(try running(["--like", "staging.json"]))
        #expect(other.code == 1 && other.text.contains("modelDigest differ from what ran in staging"), "\(other.text)")
    }

    // MARK: - The spec with its provenance

    private func release(_ spec: String, soaked config: String = "digits-c1") throws -> (ProgramRun, Spec?)? {
        let account = try FakeAccount()
        defer { account.remove() }
        let digest = ArchitectureExample.digest
        try account.write(spec, to: "plumb.yaml")
        try account.writeJSON(
            ["commit": "3f2a9c1e8b7d", "pullRequest": "#7", "authors": ["ada"], "treeClean": true], to: "change.json")
        try account.writeJSON(["approver": "grace"], to: "approval.json")
        try account.writeJSON(
            ["config": "digits-c1", "imageDigest": digest, "modelDigest": digest], to: "running.json")
        try account.writeJSON(
            ["config": config, "soakMinutes": 60.02, "passed": true, "day": "2026-11-23"], to: "soak.json")
        try account.writeJSON(
            ["passed": true, "benchmark": ["instanceType": "ml.m5.xlarge", "requests": 10_200]], to: "benchmark.json")
        let run = try account.run(
            "record.py", "release", "--spec", "plumb.yaml", "--change", "change.json", "--approval", "approval.json",
            "--running", "running.json", "--soak", "soak.json", "--benchmark", "benchmark.json", "--instance-type",
            "ml.m5.xlarge", "--out", "plumb.release.yaml")
        guard let run else { return nil }
        guard run.code == 0 else { return (run, nil) }
        let text = try String(contentsOf: account.folder.appending(path: "plumb.release.yaml"), encoding: .utf8)
        let reading = SpecReader.read(text, file: "plumb.release.yaml", environment: .production)
        #expect(reading.diagnostics.filter { $0.severity == .error }.isEmpty, "\(reading.diagnostics)")
        return (run, reading.spec)
    }

    @Test func theSpecThatIsReleasedKnowsItsProvenance() throws {
        guard let (run, spec) = try release(ArchitectureExample.yaml) else { return }
        let provenance = try #require(spec?.provenance, "\(run.text)")
        #expect(provenance.author == "ada" && provenance.approver == "grace" && provenance.pullRequest == "#7")
        #expect(provenance.commit == "3f2a9c1e8b7d" && provenance.isTreeClean == true)
        #expect(provenance.staging?.soakMinutes == 60.02 && provenance.staging?.loadTested == true)
        #expect(provenance.staging?.modelDigest == ArchitectureExample.digest)
        #expect(spec?.benchmark?.requests == 10_200)
    }

    @Test func aBenchmarkOfTheSpecsOwnIsLeftAlone() throws {
        let own = ArchitectureExample.yaml + "benchmark: {requests: 20000}\n"
        guard let (_, spec) = try release(own) else { return }
        #expect(spec?.benchmark?.requests == 20_000)
    }

    @Test func aProvenanceThatWasWrittenByHandIsRefused() throws {
        guard let (run, _) = try release(ArchitectureExample.yaml + "provenance: {author: ada}\n") else { return }
        #expect(run.code == 1 && run.text.contains("leave it to the pipeline"), "\(run.text)")
    }

    @Test func aSoakOfAnotherRevisionProvesNothing() throws {
        guard let (run, _) = try release(ArchitectureExample.yaml, soaked: "digits-c0") else { return }
        #expect(run.code == 1 && run.text.contains("digits-c0 was watched, but digits-c1 was deployed"))
    }
}
