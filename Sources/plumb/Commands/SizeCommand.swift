// plumb size: the instance type that the model wants, by measurement, and what it costs a month.

import ArgumentParser
import Foundation
import PlumbModel
import PlumbPolicy

struct SizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Measure a model and choose the cheapest instance type that bears it and keeps the policy.",
        discussion: """
            Reads the spec's ONNX model, runs its example request on one processor of this
            machine, says what bounds it, and holds every instance type that has a price in
            the spec's region against memory, load, latency and the policy.

            Examples:
              plumb size plumb.yaml
              plumb size plumb.yaml --target-rate 400 --environment production
              plumb size plumb.yaml --data rows.npy --format json

            What an instance bears is an estimate from one processor; plumb bench on the
            type itself decides.

            Exit codes: 0 the spec's type does, 1 a finding: it does not, no type does,
            or only a load test could tell; 2 bad input, 3 it could not be done. docs/SIZE.md.
            """)

    @Argument(help: "The spec of the endpoint.", completion: .file(extensions: ["yaml", "yml"])) var spec: String
    @OptionGroup var environment: EnvironmentOption
    @Option(help: ArgumentHelp("Requests a second at the peak (default: the spec's).", valueName: "rate"))
    var targetRate: Double?
    @Option(help: "Rows to run: .csv, .npy, .json, or .jsonl with a request a line (default: the spec's example).")
    var data: String?
    @Option(help: "Seconds that the model is timed, about.") var seconds = 3.0
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        if let targetRate, !(targetRate > 0 && targetRate.isFinite) {
            throw ValidationError("--target-rate is a number above 0")
        }
        guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds takes 0.1 to 3600") }
    }

    func run() async throws {
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        let prices = try Composition.prices(in: home.folder)
        let file = try loaded.modelFile(for: "plumb size")
        let scratch = "\(NSTemporaryDirectory())/plumb-size-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer {
            // What stays behind in the temporary folder does no harm.
            try? FileManager.default.removeItem(atPath: scratch)
        }
        if Terminal.showsProgress { Terminal.printError("… measuring \(file)") }
        let model = try await Composition.measure(
            file, data: try data ?? loaded.exampleFile(in: scratch), seconds: seconds)
        let profile = model.profile(concurrency: loaded.spec.model.concurrencyMax)
        let demand = SizeDemand(
            rate: targetRate ?? loaded.spec.peakRequestsPerSecond,
            p99Milliseconds: loaded.spec.alarms.latencyP99.threshold, instancesMax: loaded.spec.instances.maximum)
        let reading = WorkloadReading(profile, demand)
        let candidates = try await Composition.sizeCandidates(
            for: loaded.spec, profile, demand, workload: reading.workload, prices: prices,
            SpendAssumptions())
        let report = SizeReport(
            loaded.spec, model, profile, demand, reading, candidates: candidates, on: Composition.today())
        if format.format == .json { try Terminal.printJSON(report) } else { print(SizeText.text(report)) }
        if !report.findings.isEmpty { throw ExitCode(1) }
    }
}
