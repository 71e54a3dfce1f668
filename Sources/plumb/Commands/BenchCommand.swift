// plumb bench: what an endpoint bears, measured without flattering it.

import ArgumentParser
import Foundation
import NIOCore
import NIOSSL
import PlumbEngine
import PlumbModel
import PlumbSignals

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Load an endpoint on a schedule and tell its latencies, or find what it bears.",
        discussion: """
            Requests are sent when they are due, whether the last ones were answered or
            not, and a latency counts from when its request was due: a server that
            stalls cannot hide it. Nothing is sent twice.

            Examples:
              plumb bench digits --rate 500 --duration 5m --p99 500ms
              plumb bench digits --find-capacity --p99 50ms
              plumb bench digits --rate 500 --duration 5m --record plumb.yaml
              plumb bench https://host:8443/endpoints/digits/invocations \\
                --ca ca.pem --token-file token --body request.csv

            With --p99 the exit code is 1 when the promise is broken. docs/BENCH.md.
            """)

    @Argument(help: "An endpoint of the running engine, or a URL.") var endpoint: String
    @Option(help: "Requests a second; with --find-capacity, where to begin.") var rate = 100.0
    @Option(help: "How long, such as 30s or 5m; with --find-capacity, each trial.", transform: Self.seconds)
    var duration = 10.0
    @Option(help: "constant or poisson.") var arrivals = Arrivals.constant
    @Option(help: "Connections; one carries one request at a time.") var connections = 64
    @Option(help: "Give a request up after this long.", transform: Self.seconds) var timeout = 10.0
    @Flag(help: "Search the highest rate at which --p99 is kept and fewer than 1 % fail.") var findCapacity = false
    @Option(help: "The promise: 99 % of the latencies are no longer than this.", transform: Self.seconds)
    var p99: Double?
    @Option(name: .shortAndLong, help: "A file to send; several are sent in turn (default: the spec's example).")
    var body: [String] = []
    @Option(name: .shortAndLong, help: "The bodies' type.") var contentType: String?
    @Option(help: "For a URL: a file with the token.") var tokenFile: String?
    @Option(help: "For a URL: the authority that signed its certificate.") var ca: String?
    @Option(name: .shortAndLong, help: "Write the histogram of latencies to this file, as CSV.") var output: String?
    @Option(help: "Write the record that PERF-2.4 asks for into this spec.") var record: String?
    @Option(help: "The instance type that this was measured on, for the record.") var instanceType: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    private static let rateMax = 1_000_000.0
    private static let connectionsMax = 10_000

    static func seconds(_ text: String) throws -> Double {
        try TimeText.seconds(text, from: "0.001ms", to: "24h")
    }

    func validate() throws {
        guard rate > 0, rate <= Self.rateMax else { throw ValidationError("--rate takes more than 0, up to 1000000") }
        guard (1...Self.connectionsMax).contains(connections) else {
            throw ValidationError("--connections takes 1 to \(Self.connectionsMax)")
        }
        guard !findCapacity || p99 != nil else {
            throw ValidationError("--find-capacity needs the promise that is to be kept: --p99 500ms")
        }
        guard !findCapacity || (record == nil && output == nil) else {
            throw ValidationError("--record and --output are of one load: run it at the rate that was found")
        }
    }

    func run() async throws {
        let (target, modelDigest) = try await target()
        let generator = LoadGenerator(target)
        do {
            if findCapacity {
                try await search(generator)
            } else {
                try await measure(generator, modelDigest: modelDigest)
            }
            try await generator.close()
        } catch {
            try await generator.close()
            throw error
        }
    }

    private func plan(_ rate: Double) -> LoadPlan {
        LoadPlan(
            rate: rate, durationSeconds: duration, arrivals: arrivals, connectionsMax: connections,
            timeoutSeconds: timeout)
    }

    // MARK: - One load

    private func measure(_ generator: LoadGenerator, modelDigest: String?) async throws {
        let line = LoadProgress(durationSeconds: duration)
        let result = try await generator.run(plan(rate)) { line.show($0) }
        line.clear()
        let evidence = BenchReport.record(
            result, modelDigest: modelDigest, instanceType: instanceType, signer: Actor.name, day: Composition.today())
        if let output { try Composition.write(result.latency.csv, to: output) }
        if let record {
            try SpecRecord.write(BenchReport.yaml(evidence), into: record) {
                $0.benchmark?.requests == evidence.requests
            }
        }
        if format.format == .json {
            try Terminal.printJSON(BenchReport.Document(result, connections: connections, benchmark: evidence))
        } else {
            print(BenchReport.text(result, connections: connections, p99: p99))
            if let record {
                print("recorded in \(record)")
            } else {
                print("\nfor the spec, as PERF-2.4 asks (--record SPEC writes it):\n" + BenchReport.yaml(evidence))
            }
            if instanceType == nil {
                print("\nPERF-2.4 wants the production instance type: say --instance-type where this ran on it")
            }
        }
        if let p99, !BenchReport.keeps(result, p99: p99) { throw ExitCode(1) }
    }

    // MARK: - The search

    private func search(_ generator: LoadGenerator) async throws {
        guard let p99 else { return }
        var machine = CapacitySearchMachine(startingAt: rate, rateMax: Self.rateMax)
        var trials: [BenchReport.Document] = []
        while let rate = machine.next {
            let line = LoadProgress(durationSeconds: duration)
            let result = try await generator.run(plan(rate)) { line.show($0) }
            line.clear()
            let holds = BenchReport.keeps(result, p99: p99)
            machine.tried(holds: holds)
            trials.append(BenchReport.Document(result, connections: connections, benchmark: nil))
            if format.format == .text { Terminal.say(BenchReport.trialLine(result, holds: holds)) }
        }
        let best = trials.filter { $0.rate == machine.best }.last
        if format.format == .json {
            try Terminal.printJSON(
                BenchReport.Search(p99Milliseconds: p99 * 1000, capacity: machine.best, trials: trials))
        } else if let best, let capacity = machine.best {
            print(
                "\n\(BenchReport.number(capacity)) requests/s is the most that keeps a p99 of "
                    + "\(BenchReport.number(p99 * 1000)) ms (p99 there \(BenchReport.milliseconds(best.p99)), "
                    + "\(connections) connections, trials of \(BenchReport.number(duration)) s)")
        }
        guard machine.best != nil else {
            throw PlumbError(
                .refused, "no rate keeps a p99 of \(BenchReport.number(p99 * 1000)) ms",
                hint: "begin lower (--rate 1), or look at one load: plumb bench \(endpoint) --rate 1")
        }
    }

    // MARK: - The target

    private func target() async throws -> (LoadTarget, modelDigest: String?) {
        if endpoint.contains("://") { return (try urlTarget(), nil) }
        guard tokenFile == nil, ca == nil else {
            throw PlumbError(
                .invalidInput, "--token-file and --ca are for a URL",
                hint: "the engine's own are found by the endpoint's name")
        }
        let first = try await EndpointCall.find(endpoint, body: body.first, contentType: contentType, home: home)
        var requests = [(first.body, first.contentType)]
        for name in body.dropFirst() { requests.append(try EndpointCall.named(name, contentType: contentType)) }
        return (
            try Self.target(first.url, authorityPath: first.authorityPath, token: first.token, requests),
            first.active?.modelDigest
        )
    }

    private func urlTarget() throws -> LoadTarget {
        guard !body.isEmpty else { throw PlumbError(.invalidInput, "a URL needs a body", hint: "--body FILE") }
        let token = try tokenFile.map { path throws(PlumbError) in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw PlumbError(.notFound, "the token file \(path) is not there or cannot be read")
            }
            return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let requests = try body.map { name throws(PlumbError) in
            try EndpointCall.named(name, contentType: contentType)
        }
        return try Self.target(endpoint, authorityPath: ca, token: token, requests)
    }

    static func target(
        _ text: String, authorityPath: String?, token: String?, _ requests: [(Data, String)]
    ) throws -> LoadTarget {
        guard let url = URLComponents(string: text),
            let host = url.host?.trimmingPrefix("[").split(separator: "]").first,
            let scheme = url.scheme, ["http", "https"].contains(scheme), url.user == nil
        else {
            throw PlumbError(.invalidInput, "'\(text)' is no http or https URL")
        }
        let path =
            (url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath)
            + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
        let authority = url.port.map { "\(url.host ?? ""):\($0)" } ?? url.host ?? ""
        var tls: NIOSSLContext?
        if scheme == "https" {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let authorityPath { configuration.trustRoots = .file(authorityPath) }
            tls = try NIOSSLContext(configuration: configuration)
        }
        // A name or an address: only a name is sent along.
        let isAddress = (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
        return LoadTarget(
            host: String(host), port: url.port ?? (scheme == "https" ? 443 : 80), tls: tls,
            serverName: isAddress ? nil : String(host),
            requests: requests.map { body, type in
                var buffer = ByteBuffer(string: "POST \(path) HTTP/1.1\r\nHost: \(authority)\r\n")
                if let token { buffer.writeString("Authorization: Bearer \(token)\r\n") }
                buffer.writeString("Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n")
                buffer.writeBytes(body)
                return buffer
            })
    }
}
