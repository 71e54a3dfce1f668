// Checking as people and pipelines do it: files, folders, git, rules, baselines, reports.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct CheckTests {
    private let command: Command
    private let folder: String
    private let spec: String

    init() throws {
        command = try Command()
        folder = command.home
        spec = "\(folder)/plumb.yaml"
        try FileManager.default.copyItem(atPath: "\(Command.digits)/plumb.yaml", toPath: spec)
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func findings(_ report: [String: Any]) -> [[String: Any]] { report["findings"] as? [[String: Any]] ?? [] }

    private func notes(_ report: [String: Any]) -> String {
        (report["diagnostics"] as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }.joined(
            separator: "\n")
    }

    @Test func aFolderIsSearchedAndWhatIsNoneOfOursIsLeftOutWithANote() throws {
        for name in ["infra/a.yml", "node_modules/b.yaml", ".hidden/c.yaml", "infra/deep/.terraform/d.yaml"] {
            _ = try write(try String(contentsOfFile: spec, encoding: .utf8), name)
        }
        _ = try write("{\"name\": \"x\", \"version\": \"1\"}", "package.json")
        _ = try write("name: no\n", "README.md")
        let result = try command.run("check", folder, "--format", "json")
        #expect(result.status == 0, "\(result.errors)")
        let schemas = result.output.split(separator: "\n").filter { $0.contains("plumbline.check/1") }
        #expect(schemas.count == 2)
        #expect(result.errors.contains("1 file is no spec, template or plan, and left out: \(folder)/package.json"))
        let empty = try command.run("check", "\(folder)/node_modules/..", "--kind", "terraform")
        #expect(empty.status == 2 && empty.errors.contains("there is nothing to judge"))
    }

    @Test func standardInputAndGitAreRead() throws {
        let text = try String(contentsOfFile: spec, encoding: .utf8)
        let piped = try command.run("check", "-", "--format", "json", input: text)
        #expect(piped.status == 0 && piped.output.contains("\"path\": \"standard input\""))
        #expect(try command.run("check", "-", input: "").status == 2)
        let bad = try command.run("check", "nosuchrevision:plumb.yaml")
        #expect(bad.status == 2 && bad.errors.contains("git has no nosuchrevision:plumb.yaml"))
    }

    @Test func badInputIsToldAllAtOnceAndNeverCrashes() throws {
        let status = unsafe mkfifo("\(folder)/pipe", 0o600)
        #expect(status == 0)
        let names = [
            try write("", "empty.yaml"), try write("a: 1\nb: 2\n", "other.yaml"), "\(folder)/nowhere", "\(folder)/pipe",
            "/dev/null", try write("\u{0}\u{1}", "binary.yaml"), try write("resource \"x\" {}\n", "main.tf"),
        ]
        try Data([0x6E, 0x61, 0xFF]).write(to: URL(filePath: "\(folder)/latin.yaml"))
        let result = try command.start(["check", spec, "\(folder)/latin.yaml"] + names)()
        #expect(result.status == 2 && result.output.isEmpty)
        for name in names + ["\(folder)/latin.yaml"] { #expect(result.errors.contains(name), "\(name)") }
        #expect(result.errors.contains("it is empty") && result.errors.contains("its top keys are 'a', 'b'"))
        #expect(result.errors.contains("plumb check - < \(folder)/pipe"))
        #expect(result.errors.contains("terraform show -json"))
        #expect(result.errors.contains("nothing was judged: \(names.count + 1) errors"))
    }

    @Test func reportsAreWrittenWholeWithTheirFolders() throws {
        let path = "\(folder)/out/deep/report.json"
        let result = try command.run("check", spec, "--output", "json=\(path)")
        #expect(result.status == 0, "\(result.errors)")
        let data = try Data(contentsOf: URL(filePath: path))
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(report["schema"] as? String == "plumbline.check/1")
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out/deep")
        #expect(left == ["report.json"])
        #expect(try command.run("check", spec, "--output", "json=/dev/null").status == 2)
        #expect(try command.run("check", spec, "--output", "json=\(folder)").status == 2)
        let wrong = try command.run("check", spec, "--output", "pdf=x")
        #expect(wrong.status == 2 && wrong.errors.contains("the formats are text, json, sarif, junit"))
    }

    @Test func onlyAndSkipLeaveOutAndSaySo() throws {
        let report = try command.json("check", spec, "--only", "ops-1,REL-2.2", "--skip", "OPS-1.8", "--format", "json")
        let controls = try #require(report["controls"] as? [[String: Any]])
        #expect(controls.count == 95)
        let judged = controls.filter { $0["verdict"] as? String != "notApplicable" }.compactMap { $0["id"] as? String }
        #expect(judged == (1...7).map { "OPS-1.\($0)" } + ["REL-2.2"])
        #expect(notes(report).contains("87 controls were left out"))
        let unknown = try command.run("check", spec, "--skip", "OPS-1.99,OPS12")
        #expect(unknown.status == 2 && unknown.errors.contains("OPS-1 has OPS-1.1"))
    }

    @Test func aBaselineTellsOnlyWhatIsNew() throws {
        let baseline = "\(folder)/plumb.baseline.json"
        #expect(try command.run("check", spec, "--write-baseline", baseline).status == 0)
        let first = try String(contentsOfFile: baseline, encoding: .utf8)
        let known = try command.json("check", spec, "--baseline", baseline, "--strict", "--format", "json")
        #expect(findings(known).isEmpty && notes(known).contains("findings are in the baseline"))
        #expect(try command.run("check", spec, "--baseline", baseline, "--strict").status == 0)

        // Lines that move are nothing; a bound that is broken is.
        let text = try String(contentsOfFile: spec, encoding: .utf8)
        try ("# a line more\n\n" + text).write(toFile: spec, atomically: true, encoding: .utf8)
        #expect(try command.run("check", spec, "--baseline", baseline, "--strict").status == 0)
        let other = try write(text + "\ninstances: {maximum: 9}\n", "broken.yaml")
        let result = try command.run("check", other, "--baseline", baseline, "--format", "json")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.output.contains("REL-2.2"))
        // Written again from the same findings it is the same file.
        #expect(try command.run("check", spec, "--write-baseline", baseline).status == 0)
        #expect(try String(contentsOfFile: baseline, encoding: .utf8) == first)
        #expect(try command.run("check", spec, "--baseline", spec).status == 2)
        #expect(try command.run("check", spec, "--baseline", "\(folder)/none.json").status == 2)
    }

    @Test func thePolicyFileIsReadAndItsErrorsHavePlaces() throws {
        let rules = try write("skip: [OPS-1]\nthresholds: {scaleOutPercent: 60}\n", "rules.yaml")
        let report = try command.json("check", spec, "--policy", rules, "--format", "json")
        #expect(notes(report).contains("8 controls were left out") && notes(report).contains("scaleOutPercent is 60"))
        let bad = try write("thresholds: {errorRatePercent: 9}\nwaiver: []\n", "bad.yaml")
        let result = try command.run("check", spec, "--policy", bad)
        #expect(result.status == 2 && result.errors.contains("bad.yaml:1:14") && result.errors.contains("bad.yaml:2:1"))
        #expect(result.errors.contains("did you mean `waivers`?"))
        #expect(try command.run("check", spec, "--policy", "\(folder)/none.yaml").status == 2)
        #expect(try command.json("spec", "schema", "--policy")["title"] as? String == "Plumbline policy file")
    }

    @Test func aWaiverThatLapsedIsAFinding() throws {
        let waiver = "{control: OPS-1.2, owner: ada, reason: growth, expires: 2026-01-01}"
        let rules = try write("waivers:\n  - \(waiver)\n", "rules.yaml")
        let result = try command.run("check", spec, "--policy", rules, "--format", "json")
        #expect(result.status == 1 && result.output.contains("lapsed on 2026-01-01"))
    }

    @Test func parametersHaveFourForms() throws {
        let wrong = try write("[1, 2]", "wrong.json")
        let result = try command.run("check", spec, "--parameters", wrong)
        #expect(result.status == 2 && result.errors.contains("no file of parameters"))
        for text in [
            "{\"A\": \"b\"}", "{\"Parameters\": {\"A\": 1}}", "[\"A=b\"]",
            "[{\"ParameterKey\": \"A\", \"UsePreviousValue\": true}]",
            "[{\"ParameterKey\": \"A\", \"ParameterValue\": \"b\"}]",
        ] {
            let path = try write(text, "parameters.json")
            #expect(try command.run("check", spec, "--parameters", path, "--parameter", "C=d").status == 0, "\(text)")
        }
        #expect(try command.run("check", spec, "--parameter", "novalue").status == 2)
    }

    @Test func helpFitsATerminalAndTeachesByExamples() throws {
        let commands = [
            [], ["check"], ["diff"], ["iam", "review"], ["explain"], ["spec", "init"], ["spec", "schema"], ["up"],
            ["deploy"],
        ]
        for names in commands {
            let help = try command.start(names + ["--help"])().output
            // The parser writes the usage in one line.
            let long = help.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("USAGE:") }
            #expect(long.isEmpty, "\(names): \(long)")
        }
        #expect(
            try command.run("check", "--help").output.contains("  plumb check infra/ --baseline plumb.baseline.json\n"))
        let script = try command.run("--generate-completion-script", "bash").output
        #expect(script.contains("--write-baseline") && script.contains("--only"))
    }

    /// Whatever the files for other tools and the guides say to the command, the command knows.
    @Test(arguments: [
        "action.yml", ".pre-commit-hooks.yaml", "integrations/gitlab.yml", "docs/CHECK.md", "docs/POLICY.md",
        "docs/RENDER.md",
    ])
    func integrationsNameOnlyOptionsThatExist(path: String) throws {
        let text = try String(contentsOf: Command.root.appending(path: path), encoding: .utf8)
        let help = try [["check"], ["diff"], ["explain"], ["render"], ["iam", "review"], ["spec", "schema"], []].map {
            try command.start($0 + ["--help"])().output
        }.joined()
        var count = 0
        for line in text.split(separator: "\n")
        where line.contains("plumb ") || line.contains("PLUMB\"") || line.contains("$PLUMB ") {
            let words = line.split { " `\"'=(".contains($0) }
            for word in words where word.hasPrefix("--") {
                count += 1
                #expect(help.contains(word.prefix { $0.isLetter || $0 == "-" }), "\(path): \(word)")
            }
        }
        #expect(count > 0)
    }

    @Test func everyFormatIsWrittenInOneRun() throws {
        let formats = ["text", "json", "sarif", "junit", "markdown", "html", "github"]
        let options = formats.flatMap { ["--output", "\($0)=\(folder)/reports/\($0)"] }
        let result = try command.start(["check", spec, "--format", "github"] + options)()
        #expect(result.status == 0, "\(result.errors)")
        for format in formats {
            let text = try String(contentsOfFile: "\(folder)/reports/\(format)", encoding: .utf8)
            #expect(!text.isEmpty && !text.contains("\u{1B}"), "\(format)")
        }
        let log = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder)/reports/sarif")))
        #expect((log as? [String: Any])?["version"] as? String == "2.1.0")
    }

    /// A build server must not fail on what the baseline holds, and still see that it is no pass.
    @Test func junitSkipsWhatIsInTheBaseline() throws {
        let rules = try write(
            "waivers: [{control: OPS-1.2, owner: ada, reason: growth, expires: 2026-01-01}]\n", "rules.yaml")
        let baseline = "\(folder)/b.json"
        let first = try command.run(
            "check", spec, "--policy", rules, "--write-baseline", baseline, "--format", "junit")
        #expect(first.status == 1 && first.output.contains("failures=\"1\""))
        let second = try command.run("check", spec, "--policy", rules, "--baseline", baseline, "--format", "junit")
        #expect(second.status == 0 && second.output.contains("failures=\"0\""))
        #expect(second.output.contains("every finding is in the baseline"))
    }
}
