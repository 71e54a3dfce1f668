// Serves ONNX models over HTTP, by the SageMaker container contract and the Open Inference Protocol.
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
        abstract: "Serves ONNX models: GET /ping, POST /invocations, and the Open Inference Protocol under /v2.",
        discussion: """
            Takes application/json, text/csv and application/x-npy; answers application/json or text/csv. Ends with \
            status 0 when stopped by SIGTERM and all requests in flight were answered, 1 when some had to be \
            abandoned, 2 when it could not start.
            """)

    @Option(help: "The ONNX file.")
    var model: String?

    @Option(help: "A list of models instead of one, DIGEST  NAME a line; their files lie beside it, by their digests.")
    var models: String?

    @Option(help: "The most bytes of loaded models of the list. (default: $PLUMB_MODEL_CACHE_BYTES, else 1 GiB)")
    var cacheBytes: Int?

    @Option(help: "Models of the list that are loaded at the start, with commas between; --golden is for the first.")
    var prewarm = ""

    @Option(help: "The most requests that wait for their model to be loaded.")
    var maxLoading = ModelCache.Limits().waitingMax

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

    @Flag(help: "Give up system calls that a model server needs not, and all sockets but those of files.")
    var confined = false

    @Flag(help: "End when standard input does, so as not to outlive the process that started this one.")
    var exitWithParent = false

    /// `plumb-worker confine [--try] [PROGRAM ARGUMENT…]` is no service: it becomes another program under the filter
    /// of system calls, or tries whether models could be served like this.
    private static func confine(_ words: [String]) throws -> Never {
        guard words.first == "--try" else { try SystemCallFilter.run(words, unixOnly: false) }
        try SystemCallFilter.set(unixOnly: true)
        do throws(ModelError) {
            _ = try Model(bytes: [])
        } catch {
            // No model is in no bytes; that it was looked for is the proof.
            if error.kind == .library { throw error }
        }
        HostProcess.exit(0)
    }

    static func main() {
        do {
            let words = CommandLine.arguments.dropFirst()
            if words.first == "confine" { try confine(Array(words.dropFirst())) }
            if words.first == "measure" {
                var command = try MeasureCommand.parse(Array(words.dropFirst()))
                return try command.run()
            }
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
        guard (model == nil) != (models == nil) else { throw ValidationError("give --model or --models, one of them") }
        guard cacheBytes ?? 1 > 0 else { throw ValidationError("--cache-bytes is 1 or more") }
        guard (1...4096).contains(maxLoading) else { throw ValidationError("--max-loading is 1 to 4096") }
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
        if confined { try SystemCallFilter.set(unixOnly: socket != nil) }
        let log = Log(write: HostProcess.writeError)
        let batchMax = try number(maxBatch, else: "PLUMB_BATCH_MAX", in: 1...1024) ?? 1
        let service: any RequestAnswering
        let facts: [(String, String)]
        if let models {
            (service, facts) = try loadShelf(models, log)
        } else {
            (service, facts) = try loadService(model ?? "", log)
        }
        let (listener, address) = try listen()
        let milliseconds = (ContinuousClock.now - begun) / .milliseconds(1)
        log.line("serving", facts + [("address", address), ("milliseconds", String(milliseconds))])

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

    /// What an option says, or else a variable of the environment.
    private func number(_ option: Int?, else variable: String, in range: ClosedRange<Int>) throws -> Int? {
        if let option { return option }
        guard let text = HostProcess.environment(variable) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw StartFailure("\(variable) is \(text), not \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func watch(_ what: String, _ wait: @escaping @Sendable () -> Void) throws {
        guard HostProcess.startThread(wait) else { throw StartFailure("no thread is left to wait for \(what)") }
    }

    /// The only model, and what the log is told of it.
    private func loadService(_ model: String, _ log: Log) throws -> (ModelService, [(String, String)]) {
        let bytes = try HostProcess.contents(of: model)
        let file = model.split(separator: "/").last.map(String.init) ?? model
        let name = modelName ?? (file.hasSuffix(".onnx") ? String(file.dropLast(5)) : file)
        let request = try goldenRequest()
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
        let loaded = service.model
        return (
            service,
            [
                ("model", model), ("name", name),
                ("inputs", loaded.inputs.map(\.summary).joined(separator: ", ")),
                ("outputs", loaded.outputs.map(\.summary).joined(separator: ", ")),
                ("onnxruntime", loaded.runtimeVersion),
            ]
        )
    }

    /// Many models, of which those to be prewarmed are loaded.
    private func loadShelf(_ path: String, _ log: Log) throws -> (ModelShelf, [(String, String)]) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let list = try ModelList(HostProcess.contents(of: path), folder: folder)
        let names = prewarm.split(separator: ",").map { String($0) }
        let request = try goldenRequest()
        let threads = threads
        let bytesMax = try number(cacheBytes, else: "PLUMB_MODEL_CACHE_BYTES", in: 1...Int.max)
        let limits = ModelCache.Limits(
            bytesMax: bytesMax ?? ModelCache.Limits().bytesMax, waitingMax: maxLoading)
        let cache = ModelCache(list, limits: limits, log: log) { name, bytes throws(Refusal) in
            do {
                let model = try Model(bytes: bytes, threads: threads)
                return try ModelService(
                    model: model, modelName: name, golden: name == names.first ? request : nil, log: log)
            } catch {
                throw Refusal(500, "the model \"\(name)\" cannot be loaded: \(error)")
            }
        }
        let shelf = try ModelShelf(cache, prewarm: names, log: log)
        return (shelf, [("models", String(list.files.count)), ("prewarmed", names.joined(separator: ", "))])
    }

    private func goldenRequest() throws -> (body: Body, type: MediaType)? {
        try golden.map { (Body(try HostProcess.contents(of: $0)), try mediaType(ofFile: $0)) }
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
