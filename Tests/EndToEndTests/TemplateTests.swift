// Templates and plans on the command line, as people have them.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct TemplateTests {
    private static let templates = Command.root.appending(path: "Tests/PlumbFormatsTests/Templates").path
    private static let plans = Command.root.appending(path: "Tests/PlumbFormatsTests/Plans").path
    private let command: Command

    init() throws { command = try Command() }

    private func failing(_ report: [String: Any]) -> [String] {
        let findings = report["findings"] as? [[String: Any]] ?? []
        return findings.filter { $0["verdict"] as? String == "fails" }.compactMap { $0["control"] as? String }
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = "\(command.home)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// One stack, two that nest, two that import: the same deployment, and the same answer.
    @Test(arguments: ["compliant.yaml", "nested/root.yaml", "nested", "exports"])
    func aDeploymentIsOneHoweverItIsCut(name: String) throws {
        let report = try command.json("check", "\(Self.templates)/\(name)", "-e", "production", "--format", "json")
        #expect((report["source"] as? [String: String])?["kind"] == "cloudformation")
        let whole = try command.json(
            "check", "\(Self.templates)/compliant.yaml", "-e", "production", "--format", "json")
        #expect(Set(failing(report)) == Set(failing(whole)))
        let summary = try #require(report["summary"] as? [String: Int])
        #expect((summary["holds"] ?? 0) > 40, "\(summary)")
    }

    @Test func aPlanIsReadFromAFileAndFromAPipe() throws {
        let path = "\(Self.plans)/compliant.json"
        let report = try command.json("check", path, "-e", "production", "--format", "json")
        #expect((report["source"] as? [String: String])?["kind"] == "terraform")
        let piped = try command.run(
            "check", "-", "-e", "production", "--format", "json",
            input: String(contentsOfFile: path, encoding: .utf8))
        #expect([0, 1].contains(piped.status) && piped.output.contains("\"kind\": \"terraform\""), "\(piped.errors)")
    }

    @Test func aWeakenedAlarmIsWorseAndNewAndItsLineMayMove() throws {
        let text = try String(contentsOfFile: "\(Self.templates)/compliant.yaml", encoding: .utf8)
        let good = try write(text, "good.yaml")
        let baseline = "\(command.home)/baseline.json"
        #expect(try command.run("check", good, "--only", "OPS-1", "--write-baseline", baseline).status == 0)
        // A number beyond the limit.
        let bad = try write(text.replacing("Threshold: 0.01\n", with: "Threshold: 0.05\n"), "bad.yaml")
        let difference = try command.run("diff", good, bad, "--only", "OPS-1")
        #expect(difference.status == 1 && difference.output.contains("OPS-1.2"), "\(difference.errors)")
        let new = try command.json("check", bad, "--only", "OPS-1", "--baseline", baseline, "--format", "json")
        #expect(failing(new).contains("OPS-1.2"), "\(failing(new))")
        // The broken one is known from its own baseline, moved or not, and judged anew when it changes again.
        #expect(try command.run("check", bad, "--only", "OPS-1", "--write-baseline", baseline).status == 1)
        let moved = try write(
            "# moved\n\n" + text.replacing("Threshold: 0.01\n", with: "Threshold: 0.05\n"), "moved.yaml")
        #expect(try command.run("check", moved, "--only", "OPS-1", "--baseline", baseline, "--strict").status == 0)
        let worse = try write(text.replacing("Threshold: 0.01\n", with: "Threshold: 0.5\n"), "worse.yaml")
        #expect(try command.run("check", worse, "--only", "OPS-1", "--baseline", baseline).status == 1)
    }

    @Test func parametersAreTakenInEveryForm() throws {
        let template = "\(Self.templates)/compliant.yaml"
        for text in [
            "{\"EndpointName\": \"other-name\"}", "{\"Parameters\": {\"EndpointName\": \"other-name\"}}",
            "[\"EndpointName=other-name\"]",
            "[{\"ParameterKey\": \"EndpointName\", \"ParameterValue\": \"other-name\"}]",
        ] {
            let path = try write(text, "parameters.json")
            let result = try command.run(
                "check", template, "--parameters", path, "--only", "OPS-1", "--no-strict")
            #expect(result.status == 0, "\(text): \(result.errors)")
        }
        let unknown = try command.run("check", template, "--parameter", "EndpointNam=x")
        #expect(unknown.status == 2 && unknown.errors.contains("no template has a parameter 'EndpointNam'"))
    }

    @Test func whatIsNoWholeTemplateIsAnswered() throws {
        let text = try String(contentsOfFile: "\(Self.templates)/compliant.yaml", encoding: .utf8)
        for share in [0.1, 0.37, 0.5, 0.83, 0.99] {
            let path = try write(String(text.prefix(Int(Double(text.count) * share))), "part.yaml")
            let result = try command.run("check", path)
            #expect([0, 1, 2].contains(result.status), "\(share): \(result.status) \(result.errors)")
        }
    }
}
