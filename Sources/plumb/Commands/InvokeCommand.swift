// plumb invoke: one request, as any client would send it.

import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PlumbEngine
import PlumbModel

struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Send one request to an endpoint of the running engine.",
        discussion: """
            Without a body the spec's own example is sent. Examples:
              plumb invoke digits
              plumb invoke digits --body request.csv --content-type text/csv
              echo '{"instances": [[1, 2]]}' | plumb invoke digits --body -
            """)

    @Argument(help: "The endpoint.") var endpoint: String
    @Option(name: .shortAndLong, help: "A file, or - for standard input (default: the spec's example).")
    var body: String?
    @Option(name: .shortAndLong, help: "The body's type (default: the example's, else application/json).")
    var contentType: String?
    @Option(name: .long, help: "The answer's type: application/json or text/csv.") var accept: String?
    @Flag(name: .shortAndLong, help: "Print status and headers too, to standard error.") var verbose = false
    @OptionGroup var home: HomeOption
    private static let answerBytesMax = 64 << 20

    func run() async throws {
        let status = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.status() }
        guard let found = status.endpoints.first(where: { $0.record.name == endpoint }) else {
            let known = status.endpoints.map(\.record.name).joined(separator: ", ")
            throw PlumbError(
                .notFound, "there is no endpoint '\(endpoint)'", hint: known.isEmpty ? nil : "there is \(known)")
        }
        let (payload, type) = try payload(found.record)
        guard let token = FileManager.default.contents(atPath: status.tokenPath) else {
            throw PlumbError(.notFound, "the token \(status.tokenPath) cannot be read")
        }
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = .file(status.certificateAuthorityPath)
        configuration.tlsConfiguration = tls
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: "\(status.gateway)/endpoints/\(endpoint)/invocations")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(String(decoding: token, as: UTF8.self))")
        request.headers.add(name: "content-type", value: type)
        if let accept { request.headers.add(name: "accept", value: accept) }
        request.body = .bytes(ByteBuffer(bytes: payload))
        do {
            let response = try await client.execute(request, timeout: .seconds(90))
            let answer = try await response.body.collect(upTo: Self.answerBytesMax)
            try await client.shutdown()
            try show(response, answer)
        } catch let error as HTTPClientError {
            try await client.shutdown()
            throw PlumbError(.timedOut, "the gateway \(status.gateway) does not answer", cause: error)
        }
    }

    private func show(_ response: HTTPClientResponse, _ answer: ByteBuffer) throws {
        if verbose {
            Terminal.printError("HTTP \(response.status.code)")
            for (name, value) in response.headers { Terminal.printError("\(name): \(value)") }
        }
        let text = String(buffer: answer)
        guard (200..<300).contains(response.status.code) else {
            Terminal.printError("HTTP \(response.status.code): \(text)")
            throw ExitCode(3)
        }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    private func payload(_ record: EndpointRecord) throws -> (Data, String) {
        let example = record.revision(record.active)?.spec.example
        if body == "-" {
            return (FileHandle.standardInput.readDataToEndOfFile(), contentType ?? "application/json")
        }
        if let body {
            guard let data = FileManager.default.contents(atPath: body) else {
                throw PlumbError(.notFound, "\(body) is not there or cannot be read")
            }
            return (data, contentType ?? (body.hasSuffix(".csv") ? "text/csv" : "application/json"))
        }
        guard let example, let revision = record.revision(record.active) else {
            throw PlumbError(.notFound, "\(endpoint) has no active revision, so no example", hint: "--body FILE")
        }
        if let text = example.body { return (Data(text.utf8), contentType ?? example.contentType) }
        let path = revision.absolute(example.file ?? "")
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(.notFound, "the example \(path) is not there any more", hint: "--body FILE")
        }
        return (data, contentType ?? example.contentType)
    }
}
