// What a change does to the verdicts, and the review of one policy document.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct DiffAndReviewTests {
    private let command: Command
    private let folder: String

    init() throws {
        command = try Command()
        folder = command.home
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private var spec: String {
        get throws { try String(contentsOfFile: "\(Command.digits)/plumb.yaml", encoding: .utf8) }
    }

    @Test func aChangeThatBreaksAControlIsWorse() throws {
        let before = try write(try spec, "before.yaml")
        let after = try write(try spec + "\ninstances: {maximum: 9}\n", "after.yaml")
        let moved = try write("# a line more\n\n" + (try spec), "moved.yaml")
        let same = try command.run("diff", before, moved)
        #expect(same.status == 0 && same.output.contains("nothing changed"), "\(same.output)\(same.errors)")
        let worse = try command.run("diff", before, after)
        #expect(worse.status == 1 && worse.output.contains("REL-2.2"), "\(worse.output)\(worse.errors)")
        #expect(try command.run("diff", after, before).status == 0)
        #expect(try command.run("diff", before, after, "--skip", "REL-2,COST").status == 2)
        #expect(try command.run("diff", before, after, "--only", "OPS-1").status == 0)
        #expect(try command.run("diff", before, after, "--fail-on", "critical").status == 0)
    }

    @Test func theDifferenceIsAlsoAContract() throws {
        let before = try write(try spec, "before.yaml")
        let after = try write(try spec + "\ninstances: {maximum: 9}\n", "after.yaml")
        let report = try command.json("diff", before, after, "--format", "json")
        #expect(report["schema"] as? String == "plumbline.diff/1")
        let controls = try #require(report["controls"] as? [[String: Any]])
        #expect(controls.contains { $0["id"] as? String == "REL-2.2" && $0["after"] as? String == "fails" })
        #expect((report["new"] as? [[String: Any]])?.contains { $0["control"] as? String == "REL-2.2" } == true)
    }

    @Test func aRenderedTemplateIsTheSpecsUntilSomebodyEditsIt() throws {
        let example = URL(filePath: Command.digits).deletingLastPathComponent().appending(path: "aws/plumb.yaml").path
        let rendered = try command.run(
            "render", example, "--to", "cloudformation", "--environment", "dev", "--output", "\(folder)/infra")
        #expect(rendered.status == 0, "\(rendered.errors)")
        let same = try command.run("diff", example, "\(folder)/infra", "--environment", "dev", "--only", "OPS-1")
        #expect(same.output.contains(" the same") && !same.output.contains("~ "), "\(same.output)\(same.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/infra")
        for name in names where name.hasSuffix(".yaml") {
            let text = try String(contentsOfFile: "\(folder)/infra/\(name)", encoding: .utf8)
            _ = try write(
                text.replacing("TreatMissingData: notBreaching", with: "TreatMissingData: ignore"), "infra/\(name)")
        }
        let drifted = try command.run("diff", example, "\(folder)/infra", "--environment", "dev", "--only", "COST-3")
        #expect(drifted.status == 1, "\(drifted.output)\(drifted.errors)")
        #expect(drifted.output.contains("declared, but not deployed") && drifted.output.contains("missingData"))
        #expect(try command.run("diff", example).status == 2)
    }

    /// A repository of its own, so that the test does not depend on this one's history.
    @Test func versionsComeFromGit() throws {
        func git(_ arguments: String...) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.currentDirectoryURL = URL(filePath: folder)
            process.arguments =
                ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
                + arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(arguments)")
        }
        _ = try write(try spec, "plumb.yaml")
        try FileManager.default.createDirectory(atPath: "\(folder)/deep", withIntermediateDirectories: true)
        _ = try write(try spec, "deep/other.yaml")
        try git("init", "-q")
        try git("add", "-A")
        try git("commit", "-qm", "one")
        _ = try write("# more\n" + (try spec), "plumb.yaml")
        let here = try Command.Elsewhere(command, folder: folder)
        let one = try here.run("diff", "HEAD:plumb.yaml", "plumb.yaml")
        #expect(one.status == 0 && one.output.contains("HEAD:plumb.yaml"), "\(one.output)\(one.errors)")
        let tree = try here.run("check", "HEAD:deep", "--format", "json")
        #expect(tree.status == 0 && tree.output.contains("HEAD:deep/other.yaml"), "\(tree.errors)")
        let two = try here.run("diff", "HEAD:.", "plumb.yaml")
        #expect(two.status == 2 && two.errors.contains("holds 2 deployments"), "\(two.errors)")
        #expect(try here.run("diff", "HEAD:none.yaml", "plumb.yaml").status == 2)
    }

    private func codes(_ arguments: String...) throws -> (status: Int32, codes: [String]) {
        let result = try command.start(["iam", "review"] + arguments + ["--format", "json"])()
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.errors)")
        let findings = try #require(report["findings"] as? [[String: Any]])
        return (result.status, findings.compactMap { $0["code"] as? String })
    }

    private let broad = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}
        """

    @Test func aBroadPolicyIsRefusedWithItsCode() throws {
        let found = try codes(try write(broad, "broad.json"), "--kind", "identity")
        #expect(found.status == 1 && found.codes.contains("PASS_ROLE_WITH_STAR_IN_RESOURCE"), "\(found)")
        // Without a kind it is told by its principals.
        #expect(try codes("\(folder)/broad.json").codes == found.codes)
        let text = try command.run("iam", "review", "-", input: broad)
        #expect(text.status == 1 && text.output.contains("standard input"))
    }

    @Test func aGoodTrustPolicyIsLeftInPeaceHoweverItIsHandedOut() throws {
        let trust = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
             "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"},
              "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:111122223333:*"}}}]}
            """
        let encoded = try #require(trust.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        for (name, text) in [
            ("bare.json", trust),
            ("role.json", "{\"Role\": {\"RoleName\": \"r\", \"AssumeRolePolicyDocument\": \(trust)}}"),
            ("encoded.json", "{\"Role\": {\"AssumeRolePolicyDocument\": \"\(encoded)\"}}"),
            ("role.yaml", "AssumeRolePolicyDocument:\n  \(trust.replacing("\n", with: " "))\n"),
        ] {
            let path = try write(text, name)
            let named = try codes(path, "--kind", "trust")
            #expect(named.status == 0, "\(name): \(named)")
            #expect(try codes(path).codes == named.codes, "\(name)")
        }
    }

    @Test(arguments: ["", "{}", "[]", "name: x\n", "{\"a"]) func whatIsNoPolicyIsBadInput(text: String) throws {
        let result = try command.run("iam", "review", try write(text, "bad.json"))
        #expect(result.status == 2 && !result.errors.isEmpty, "\(result)")
    }

    @Test func aPolicyThatIsWrongInItselfIsReviewedAsFarAsItCanBeRead() throws {
        let found = try codes(try write("{\"Statement\": [{\"Effect\": \"Maybe\", \"Action\": \"*\"}]}", "odd.json"))
        #expect(found.status == 1 && found.codes.contains("INVALID_EFFECT"))
    }

    @Test func aNewVersionThatAllowsMoreIsSaidWithARequestThatShowsIt() throws {
        let old = try write(broad.replacing("\"*\"}", with: "\"arn:aws:iam::111122223333:role/r\"}"), "old.json")
        let new = try write(broad, "new.json")
        let wider = try command.start(["iam", "diff", old, new, "--format", "json"])()
        #expect(wider.status == 1, "\(wider.errors)")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(wider.output.utf8)) as? [String: Any], "\(wider.output)")
        #expect(report["newAccess"] as? String == "yes" && report["lostAccess"] as? String == "no")
        let gained = try #require(report["gained"] as? [[String: Any]])
        #expect(gained.first?["actions"] as? [String] == ["iam:PassRole"])
        let narrower = try command.run("iam", "diff", new, old)
        #expect(narrower.status == 0 && narrower.output.contains("new access? no"), "\(narrower.output)")
        #expect(try command.run("iam", "diff", old, try write("{}", "none.json")).status == 2)
    }

    @Test func aPolicyMadeFromCallsPassesTheReview() throws {
        let trail = try write(
            """
            {"Records": [{"eventSource": "sagemaker.amazonaws.com", "eventName": "UpdateEndpoint",
              "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "eventType": "AwsApiCall",
              "requestParameters": {"endpointName": "fraud", "endpointConfigName": "fraud-2"}},
             {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied"}]}
            """, "trail.json")
        let made = try command.run("iam", "generate", "--from-cloudtrail", trail)
        #expect(made.status == 0 && made.errors.contains("1 refused call"), "\(made.errors)")
        #expect(made.output.contains("arn:aws:sagemaker:eu-west-1:111122223333:endpoint/fraud"), "\(made.output)")
        #expect(try codes(try write(made.output, "made.json"), "--kind", "identity").status == 0)
        #expect(try command.run("iam", "generate").status == 2)
        #expect(try command.run("iam", "generate", "--from-usage", trail).status == 2)
    }

    @Test func anUnknownKindOrFileIsAnError() throws {
        #expect(try command.run("iam", "review", "nowhere.json").status == 2)
        #expect(try command.run("iam", "review", try write(broad, "b.json"), "--kind", "role").status == 2)
        #expect(try command.run("iam", "review", "\(folder)/b.json", "--fail-on", "error").status == 0)
    }
}

extension Command {
    /// The same command, run in another folder.
    struct Elsewhere {
        private let program: String
        private let folder: String

        init(_ command: Command, folder: String) throws {
            program = command.path
            self.folder = folder
        }

        func run(_ arguments: String...) throws -> Result {
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.currentDirectoryURL = URL(filePath: folder)
            process.arguments = arguments
            let (output, errors) = ("\(folder)/.out", "\(folder)/.err")
            for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
            process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
            try process.run()
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
                errors: try String(contentsOfFile: errors, encoding: .utf8))
        }
    }
}
