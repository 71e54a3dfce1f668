// What the pipeline's programs do, seen by running them against a small account.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct StackProgramTests {
    private static let digest = ArchitectureExample.digest
    private static let data = #"""
        {"resources": {"ArtifactBucket": ["AWS::S3::Bucket", "digits-artifacts"]}, "exports": ["digits:Key"]}
        """#
    private static let endpoint = #"""
        {"resources": {"Endpoint": ["AWS::SageMaker::Endpoint", "arn:aws:sagemaker:r:1:endpoint/digits"],
         "EndpointConfig": ["AWS::SageMaker::EndpointConfig", "digits-c1"]}, "imports": ["digits:Key"],
         "url": "s3://digits-artifacts/models/\#(digest)/model.tar.gz"}
        """#

    private func account() throws -> FakeAccount {
        let account = try FakeAccount(["config": "digits-c0"])
        try account.write(Self.data, to: "rendered/data.yaml")
        try account.write(Self.endpoint, to: "rendered/endpoint.yaml")
        try account.write("model", to: "model.tar.gz")
        try account.write("0,0,5", to: "request.csv")
        return account
    }

    private func run(_ account: FakeAccount, _ action: String) throws -> ProgramRun? {
        let file = action == "plan" ? "--out" : "--plan"
        return try account.run(
            "stacks.py", action, "--stack", "digits-staging", "--rendered", "rendered", "--region", "eu-central-1",
            file, "plan.json", "--endpoint", "digits", "--model", "model.tar.gz", "--example", "request.csv")
    }

    @Test func aPlanIsMadeAndThenExecutedAsItWasMade() throws {
        let account = try account()
        defer { account.remove() }
        guard let plan = try run(account, "plan") else { return }
        #expect(plan.code == 0 && plan.text.contains("| digits-staging-data | Add | ArtifactBucket |"), "\(plan.text)")
        #expect(try !account.calls.contains { $0.hasPrefix("execute_change_set") })
        #expect(plan.text.contains("digits-staging-endpoint | planned when the stacks before it are there"))

        let deploy = try #require(try run(account, "deploy"))
        #expect(deploy.code == 0 && deploy.text.contains("digits answers with digits-c1"), "\(deploy.text)")
        let order = try account.calls.filter { $0.hasPrefix("execute") || $0.hasPrefix("upload") }
        #expect(
            order == [
                "execute_change_set digits-staging-data", "upload_file models/\(Self.digest)/model.tar.gz",
                "upload_file examples/request.csv", "execute_change_set digits-staging-endpoint",
            ])

        let again = try #require(try run(account, "plan"))
        #expect(again.code == 0 && again.text.contains("| digits-staging-data | unchanged |"), "\(again.text)")
    }

    @Test func anArtefactThatIsThereIsNotWrittenAgain() throws {
        let account = try account()
        defer { account.remove() }
        try account.change("objects", to: ["digits-artifacts/models/\(Self.digest)/model.tar.gz"])
        guard let plan = try run(account, "plan"), let deploy = try run(account, "deploy") else { return }
        #expect(plan.code == 0 && deploy.code == 0, "\(deploy.text)")
        #expect(try !account.calls.contains("upload_file models/\(Self.digest)/model.tar.gz"))
    }

    @Test func aTemplateThatWasNotPlannedIsNotDeployed() throws {
        let account = try account()
        defer { account.remove() }
        guard try run(account, "plan")?.code == 0 else { return }
        try account.write(Self.data.replacing("digits-artifacts", with: "other"), to: "rendered/data.yaml")
        let deploy = try #require(try run(account, "deploy"))
        #expect(deploy.code == 1 && deploy.text.contains("is not what was planned"), "\(deploy.text)")
        #expect(try !account.calls.contains { $0.hasPrefix("execute_change_set") })
    }

    @Test(arguments: [("other-name", "replaced"), ("", "removed")])
    func aPlanThatTakesABucketAwayIsRefused(name: String, word: String) throws {
        let account = try account()
        defer { account.remove() }
        let stack: [String: Any] = [
            "status": "CREATE_COMPLETE", "resources": ["Old": ["AWS::S3::Bucket", "old"]], "exports": ["digits:Key"],
        ]
        try account.change("stacks", to: ["digits-staging-data": stack])
        let kept = name.isEmpty ? "" : #""Old": ["AWS::S3::Bucket", "\#(name)"]"#
        try account.write(#"{"resources": {\#(kept)}, "exports": ["digits:Key"]}"#, to: "rendered/data.yaml")
        guard let plan = try run(account, "plan") else { return }
        #expect(plan.code == 1, "\(plan.text)")
        #expect(plan.text.contains("refused: Old of digits-staging-data would be \(word) (OPS-3.6)"), "\(plan.text)")
    }

    @Test func aDeploymentThatWentBackFails() throws {
        let account = try account()
        defer { account.remove() }
        try account.change("goesBack", to: true)
        guard try run(account, "plan")?.code == 0 else { return }
        let deploy = try #require(try run(account, "deploy"))
        #expect(deploy.code == 1 && deploy.text.contains("digits went back to digits-c0"), "\(deploy.text)")
    }

    @Test func aStackThatRollsBackEndsTheDeployment() throws {
        let account = try account()
        defer { account.remove() }
        try account.change("breaks", to: "digits-staging-data")
        guard try run(account, "plan")?.code == 0 else { return }
        let deploy = try #require(try run(account, "deploy"))
        #expect(deploy.code == 1 && deploy.text.contains("digits-staging-data: UPDATE_ROLLBACK_COMPLETE"))
        #expect(try !account.calls.contains("execute_change_set digits-staging-endpoint"))
    }
}

struct SoakProgramTests {
    private func account(_ looks: [[String: String]]) throws -> FakeAccount {
        let resources = [
            "ErrorRateAlarm": ["AWS::CloudWatch::Alarm", "errors"],
            "LatencyP99Alarm": ["AWS::CloudWatch::Alarm", "p99"],
            "HealthAlarm": ["AWS::CloudWatch::Alarm", "health"],
            "ScaleInAlarm": ["AWS::CloudWatch::Alarm", "scale-in"],
        ]
        return try FakeAccount([
            "config": "digits-c1", "alarms": looks,
            "stacks": ["digits-staging-endpoint": ["status": "CREATE_COMPLETE", "resources": resources]],
        ])
    }

    private func soak(_ account: FakeAccount) throws -> ProgramRun? {
        try account.run(
            "soak.py", "--stack", "digits-staging", "--endpoint", "digits", "--region", "eu-central-1", "--minutes",
            "0.005", "--interval", "0.05", "--out", "soak.json")
    }

    private static let quiet = ["errors": "OK", "p99": "OK", "health": "INSUFFICIENT_DATA", "scale-in": "ALARM"]

    @Test func anHourWithoutAnAlarmPassesAndACapacityAlarmIsNone() throws {
        let account = try account([Self.quiet])
        defer { account.remove() }
        guard let run = try soak(account) else { return }
        let record = try account.record("soak.json")
        #expect(run.code == 0 && record["passed"] as? Bool == true, "\(run.text)")
        #expect(record["looks"] as? Int ?? 0 > 1)
        #expect(record["states"] as? [String: String] == ["errors": "OK", "health": "INSUFFICIENT_DATA", "p99": "OK"])
    }

    @Test func anAlarmInTheMiddleFails() throws {
        let account = try account([Self.quiet, Self.quiet.merging(["p99": "ALARM"]) { $1 }, Self.quiet])
        defer { account.remove() }
        guard let run = try soak(account) else { return }
        #expect(run.code == 1 && run.text.contains("p99 is in ALARM: it was told to"), "\(run.text)")
        #expect(try account.record("soak.json")["passed"] as? Bool == false)
    }

    @Test func anAlarmThatIsGoneFails() throws {
        let account = try account([Self.quiet.filter { $0.key != "health" }])
        defer { account.remove() }
        guard let run = try soak(account) else { return }
        #expect(run.code == 1 && run.text.contains("health is gone"), "\(run.text)")
    }

    @Test func aDeploymentWithoutItsAlarmsIsNotWatchedInVain() throws {
        let account = try FakeAccount(["config": "digits-c1", "alarms": [Self.quiet]])
        defer { account.remove() }
        guard let run = try soak(account) else { return }
        #expect(run.code == 1 && run.text.contains("have no ErrorRateAlarm, LatencyP99Alarm, HealthAlarm"))
    }
}

struct BenchmarkProgramTests {
    private func benchmark(_ account: FakeAccount, limit: String = "2000", concurrency: String = "4") throws
        -> ProgramRun?
    {
        try account.write("0,0,5", to: "request.csv")
        return try account.run(
            "benchmark.py", "--endpoint", "digits", "--region", "eu-central-1", "--content-type", "text/csv", "--file",
            "request.csv", "--rate", "100", "--seconds", "0.5", "--concurrency", concurrency, "--p99-limit", limit,
            "--error-limit", "1", "--out", "benchmark.json")
    }

    private func account(_ more: [String: Any]) throws -> FakeAccount {
        let digest = ArchitectureExample.digest
        return try FakeAccount(["config": "digits-c1", "image": digest, "model": digest].merging(more) { $1 })
    }

    @Test func whatIsMeasuredHasTheKeysOfASpec() throws {
        let account = try account([:])
        defer { account.remove() }
        guard let run = try benchmark(account) else { return }
        #expect(run.code == 0, "\(run.text)")
        let record = try #require(try account.record("benchmark.json")["benchmark"])
        let data = try JSONSerialization.data(withJSONObject: record)
        let yaml = ArchitectureExample.yaml + "benchmark: \(String(decoding: data, as: UTF8.self))\n"
        let reading = SpecReader.read(yaml, file: "plumb.yaml")
        #expect(reading.diagnostics.filter { $0.severity == .error }.isEmpty, "\(reading.diagnostics)")
        let read = try #require(reading.spec?.benchmark)
        #expect(read.requests == 50 && read.errorRatePercent == 0 && read.isOpenLoop == true)
        #expect(read.modelDigest == ArchitectureExample.digest && read.instanceType == "ml.m5.xlarge")
    }

    @Test func oneFailureInTenIsTooMany() throws {
        let account = try account(["failEvery": 10])
        defer { account.remove() }
        guard let run = try benchmark(account) else { return }
        #expect(run.code == 1 && run.text.contains("10.0 % of the requests failed, wanted 1 or less"), "\(run.text)")
    }

    /// One connection answers twenty requests a second where a hundred are due: their queue counts.
    @Test func aQueueCountsAsLatency() throws {
        let account = try account(["latency": 0.05])
        defer { account.remove() }
        guard let run = try benchmark(account, limit: "500", concurrency: "1") else { return }
        #expect(run.code == 1 && run.text.contains("wanted 500 or less"), "\(run.text)")
    }
}
