// plumb invoke: one request, as any client would send it.

import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
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
    @Option(name: .long, help: "The model that is meant, of an endpoint that has many.") var targetModel: String?
    @Flag(name: .shortAndLong, help: "Print status and headers too, to standard error.") var verbose = false
    @OptionGroup var home: HomeOption
    private static let answerBytesMax = 64 << 20
    private static let secondsMax: Int64 = 90

    func run() async throws {
        let call = try await EndpointCall.find(endpoint, body: body, contentType: contentType, home: home)
        // What cannot be connected to now is told now, and not after a minute of trying.
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = .file(call.authorityPath)
        configuration.tlsConfiguration = tls
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: call.url)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(call.token)")
        request.headers.add(name: "content-type", value: call.contentType)
        if let accept { request.headers.add(name: "accept", value: accept) }
        if let targetModel { request.headers.add(name: "x-amzn-sagemaker-target-model", value: targetModel) }
        request.body = .bytes(ByteBuffer(bytes: call.body))
        let response: HTTPClientResponse
        let answer: ByteBuffer
        do {
            response = try await client.execute(request, timeout: .seconds(Self.secondsMax))
            answer = try await response.body.collect(upTo: Self.answerBytesMax)
        } catch {
            try await client.shutdown()
            throw await trouble(error, call)
        }
        try await client.shutdown()
        try show(response, answer)
    }

    /// What is wrong, in words that help.
    private func trouble(_ error: any Error, _ call: EndpointCall) async -> PlumbError {
        if error as? HTTPClientError == .deadlineExceeded {
            return PlumbError(
                .timedOut, "\(call.url) has not answered within \(Self.secondsMax) s",
                hint: "plumb logs \(endpoint) and plumb status \(endpoint) show what its instances do", cause: error)
        }
        return await HandshakeTrouble(url: call.url, authorityPath: call.authorityPath)?.found()
            ?? PlumbError(
                .timedOut, "\(call.url) does not answer", hint: "plumb status says where the gateway listens",
                cause: error)
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
}
