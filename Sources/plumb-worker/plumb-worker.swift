// Serves one ONNX model over HTTP, by the SageMaker container contract and the Open Inference Protocol.
//
// Read `ModelService` first: what a request is and how it is answered. `ModelServer` gives each connection a thread,
// and `Connection` is that thread's loop. `RequestReader` turns bodies into tensors, `AnswerWriter` turns tensors
// into bodies.

import ArgumentParser
import OnnxRuntime

@main
struct PlumbWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumb-worker",
        abstract: "Serves one ONNX model: GET /ping, POST /invocations, and the Open Inference Protocol under /v2.",
        discussion: """
            Takes application/json, text/csv and application/x-npy; answers application/json or text/csv. Ends with \
            status 0 when stopped by SIGTERM and all requests in flight were answered, 1 when some had to be \
            abandoned, 2 when it could not start.
            """)

    @Option(help: "The ONNX file.")
    var model: String

    @Option(help: "The model's name in /v2 paths. (default: the file's name without its ending)")
    var modelName: String?

    @Option(help: "The threads that one inference may use.")
    var threads = 1

    @Option(help: "Listen on a Unix socket at this path.")
    var socket: String?

    @Option(help: "Listen on this TCP port. (default: $SAGEMAKER_BIND_TO_PORT, else 8080)")
    var port: Int?

    @Option(help: "The IPv4 address of the TCP port; a container needs 0.0.0.0.")
    var host = "127.0.0.1"

    @Option(help: "The most bytes of a request's body.")
    var maxBody = ModelServer.Limits().bodyBytesMax

    @Option(help: "The most connections at once.")
    var maxConnections = ModelServer.Limits().connectionMax

    @Option(help: "The seconds that requests in flight have to finish when stopped.")
    var grace = ModelServer.Limits().graceSecondsMax

    @Option(
        help: ArgumentHelp(
            "The most requests that are run together when they have arrived together and their rows are alike.",
            discussion: "For models whose rows do not look at each other. (default: $PLUMB_BATCH_MAX, else 1)"))
    var maxBatch: Int?

    @Option(help: "A request (.json, .csv or .npy) that the model must answer to count as healthy. (default: zeros)")
    var golden: String?

    @Flag(help: "End when standard input does, so as not to outlive the process that started this one.")
    var exitWithParent = false

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            // Help and version are no failures; every other way of not starting is status 2.
            guard exitCode(for: error).isSuccess else {
                let text =
                    error is StartFailure || error is ModelError ? "plumb-worker: \(error)" : fullMessage(for: error)
                HostProcess.writeError(Array((text + "\n").utf8))
                HostProcess.exit(2)
            }
            exit(withError: error)
        }
    }

    mutating func validate() throws {
        guard socket == nil || port == nil else { throw ValidationError("give --socket or --port, not both") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads is 1 to 256") }
        guard maxBody > 0, maxBody <= 1 << 30 else { throw ValidationError("--max-body is 1 to \(1 << 30) bytes") }
        guard (1...4096).contains(maxConnections) else { throw ValidationError("--max-connections is 1 to 4096") }
        guard (1...1024).contains(maxBatch ?? 1) else { throw ValidationError("--max-batch is 1 to 1024") }
        guard (0...3600).contains(grace) else { throw ValidationError("--grace is 0 to 3600 seconds") }
    }

    mutating func run() throws {
        let begun = ContinuousClock.now
        HostProcess.holdSignals()
        let log = Log(write: HostProcess.writeError)
        let batchMax = try chosenBatchMax()
        let service = try loadService(log)
        let (listener, address) = try listen()
        log.line(
            "serving",
            [
                ("model", model), ("name", service.modelName),
                ("inputs", service.model.inputs.map(\.summary).joined(separator: ", ")),
                ("outputs", service.model.outputs.map(\.summary).joined(separator: ", ")),
                ("onnxruntime", service.model.runtimeVersion), ("address", address),
                ("milliseconds", String((ContinuousClock.now - begun) / .milliseconds(1))),
            ])

        let limits = ModelServer.Limits(
            connectionMax: maxConnections, bodyBytesMax: maxBody, graceSecondsMax: grace, batchMax: batchMax)
        let server = ModelServer(listener: listener, service: service, limits: limits, log: log)
        try watch("a signal") {
            log.line("stopping", [("reason", HostProcess.waitForStopSignal())])
            server.stop()
        }
        if exitWithParent {
            try watch("standard input") {
                HostProcess.waitForInputEnd()
                log.line("stopping", [("reason", "standard input ended")])
                server.stop()
            }
        }
        let abandoned = server.run()
        if let socket { HostProcess.removeFile(socket) }
        log.line("stopped", [("abandoned", String(abandoned))])
        HostProcess.exit(abandoned == 0 ? 0 : 1)
    }

    private func chosenBatchMax() throws -> Int {
        if let maxBatch { return maxBatch }
        guard let text = HostProcess.environment("PLUMB_BATCH_MAX") else { return 1 }
        guard let number = Int(text), (1...1024).contains(number) else {
            throw StartFailure("PLUMB_BATCH_MAX is \(text), not 1 to 1024")
        }
        return number
    }

    private func watch(_ what: String, _ wait: @escaping @Sendable () -> Void) throws {
        guard HostProcess.startThread(wait) else { throw StartFailure("no thread is left to wait for \(what)") }
    }

    private func loadService(_ log: Log) throws -> ModelService {
        let bytes = try HostProcess.contents(of: model)
        let file = model.split(separator: "/").last.map(String.init) ?? model
        let name = modelName ?? (file.hasSuffix(".onnx") ? String(file.dropLast(5)) : file)
        var request: (body: Body, type: MediaType)?
        if let golden { request = (Body(try HostProcess.contents(of: golden)), try mediaType(ofFile: golden)) }
        let service: ModelService
        do {
            let model = try Model(bytes: bytes, threads: threads)
            service = try ModelService(model: model, modelName: name, golden: request, log: log)
        } catch let error as ModelError where error.kind != .library {
            throw StartFailure("\(model): \(error)")
        } catch let error as Refusal {
            throw StartFailure("\(golden ?? "the golden request"): \(error.message)")
        }
        if let trouble = service.trouble() { throw StartFailure("\(model): \(trouble)") }
        return service
    }

    private func mediaType(ofFile path: String) throws -> MediaType {
        switch path.split(separator: ".").last {
        case "json": return .json
        case "csv": return .csv
        case "npy": return .numpy
        default: throw StartFailure("\(path): a golden request's name ends in .json, .csv or .npy")
        }
    }

    private func listen() throws -> (Socket, address: String) {
        if let socket { return (try Socket.listening(at: socket), "unix:\(socket)") }
        var number = port ?? 8080
        if port == nil, let text = HostProcess.environment("SAGEMAKER_BIND_TO_PORT") {
            guard let value = Int(text) else { throw StartFailure("SAGEMAKER_BIND_TO_PORT is \(text), not a port") }
            number = value
        }
        let listener = try Socket.listening(host: host, port: number)
        return (listener, "http://\(host):\(listener.port)")
    }
}

extension TensorInfo {
    /// The name, type and shape in a few words.
    fileprivate var summary: String {
        "\(name) \(elementType.map { "\($0)" } ?? "maps") \(shapeDescription)"
    }
}
