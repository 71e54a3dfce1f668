// plumb check: is it true?

import ArgumentParser
import Foundation
import PlumbModel

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge a spec, or the running engine, by the fifteen policies.",
        discussion: """
            Examples:
              plumb check plumb.yaml
              plumb check plumb.yaml --environment dev --format json
              plumb check engine:                       what runs here
              plumb check engine:digits                 one endpoint of it

            Every control ends as: holds (proved), fails (shown broken), unknown (this input cannot show it),
            notApplicable, attested or waived. An unknown is never counted as holding.
            Exits 0 when all holds, 1 on a finding at or above --fail-on, 2 on bad input, 3 when it could not be done.
            """)

    @Argument(help: "Spec files, or engine:[ENDPOINT].")
    var sources: [String]
    @OptionGroup var environment: EnvironmentOption
    @OptionGroup var format: FormatOption
    @OptionGroup var home: HomeOption
    @Option(name: .long, help: "The least severity that fails the run: low, medium, high or critical.")
    var failOn: Severity = .low
    @Flag(
        inversion: .prefixedNo,
        help: "Whether an unknown fails the run too (default: yes with --environment production, else no).")
    var strict: Bool?

    func run() async throws {
        guard !sources.isEmpty else { throw ValidationError("name a spec file, or engine:") }
        var isBroken = false
        for source in sources {
            let assessment = try await assess(source)
            switch format.format {
            case .text: print(Composition.text(assessment))
            case .json: print(Composition.json(assessment))
            }
            if hasFinding(assessment) { isBroken = true }
        }
        if isBroken { throw ExitCode(1) }
    }

    private func assess(_ source: String) async throws -> Assessment {
        if source.hasPrefix("engine:") {
            let name = source.dropFirst("engine:".count)
            let graph = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                try await plane.graph(of: name.isEmpty ? nil : String(name))
            }
            return Composition.assess(graph, path: source)
        }
        guard !source.hasPrefix("aws:") else {
            throw PlumbError(
                .unsupported, "this version does not read live accounts",
                hint: "check the spec, or the running engine with engine:")
        }
        return Composition.assess(try Composition.loadSpec(source, environment: environment.environment))
    }

    private func hasFinding(_ assessment: Assessment) -> Bool {
        let isStrict = strict ?? (environment.environment == .production)
        return assessment.findings.contains { finding in
            finding.severity >= failOn && (finding.verdict == .fails || (isStrict && finding.verdict == .unknown))
        }
    }
}
