// How a revision becomes a command line: the product's own model server for ONNX files, or any program of the user's.

import Foundation
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbStore

/// Prepares the start of instances; knows where programs, artefacts, sockets and logs lie.
struct WorkerLauncher: Sendable {
    private let folder: String
    private let runFolder: String
    private let artifacts: ArtifactStore
    private let copies: ArtifactCopies
    private let workerPath: String
    let confinement: Confinement
    private let memoryBytesMax: Int?
    private let examinationSeconds: Double
    private let sequence = NIOLockedValueBox(0)
    /// Variables of the daemon that a worker is given; no proxy, no credential.
    private static let inherited = ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "PLUMB_ONNXRUNTIME"]
    /// Marks every process of one engine, so that a later daemon finds what an earlier one left behind.
    static let ownerVariable = "PLUMB_ENGINE"

    init(
        _ settings: LocalSettings, artifacts: ArtifactStore, copies: ArtifactCopies, confinement: Confinement
    ) throws(PlumbError) {
        folder = settings.folder
        self.artifacts = artifacts
        self.copies = copies
        workerPath = settings.workerPath
        self.confinement = confinement
        memoryBytesMax = settings.workerMemoryBytesMax
        examinationSeconds = settings.examinationSeconds
        runFolder = try RunFolder.make(for: folder)
        try AtomicFile.makeFolder("\(folder)/logs")
        removeGoldenFiles()
    }

    /// Takes the example requests away, which workers read as they start: nobody needs them when none does.
    func removeGoldenFiles() {
        // A folder that cannot be read has nothing to take away, and what stays is as private as the folder.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: runFolder)) ?? []
        where name.hasPrefix("golden-") {
            // As above.
            try? FileManager.default.removeItem(atPath: "\(runFolder)/\(name)")
        }
    }

    /// The plain copy of its model that workers read, opened and checked unless an instance has it already.
    private func copy(of revision: Revision) throws(PlumbError) -> String {
        try copies.path(
            of: revision.modelDigest, isList: revision.spec.model.isMultiModel,
            sharedWith: confinement.hasUsers ? Confinement.group : nil)
    }

    /// Throws for a revision that can never start.
    func check(_ revision: Revision) throws(PlumbError) {
        guard let command = revision.spec.model.command else {
            _ = try copy(of: revision)
            if revision.spec.model.isMultiModel { _ = try prewarmed(revision) }
            guard FileManager.default.isExecutableFile(atPath: workerPath) else {
                throw PlumbError(
                    .notFound, "the model server is not at \(workerPath)",
                    hint: "make up builds it; PLUMB_WORKER names another place")
            }
            return
        }
        _ = try executable(of: command, folder: revision.folder)
    }

    /// A new instance's number, route and launch; those of an adopted one are as they were.
    func prepare(
        _ revision: Revision, zone: String, adopted: AdoptedWorker?
    ) throws(PlumbError) -> (Int, WorkerRoute, WorkerLaunch) {
        let number = sequence.withLockedValue { number in
            number = max(number + 1, adopted?.number ?? 0)
            return adopted?.number ?? number
        }
        let id = "\(revision.configName)-\(number)"
        let model = revision.spec.model.command == nil ? try copy(of: revision) : nil
        let place = Confinement.Place(
            home: folder, run: runFolder, own: "\(runFolder)/w-\(number)",
            models: model.map { ($0 as NSString).deletingLastPathComponent } ?? copies.folder)
        try AtomicFile.makeFolder(place.own)
        let spec = revision.spec
        var environment = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
        environment.merge(spec.model.environment) { _, written in written }
        environment[Self.ownerVariable] = folder
        let example = try example(of: revision)
        let address: SocketAddress
        var arguments: [String]
        let program: String
        if let command = spec.model.command {
            program = try executable(of: command, folder: revision.folder)
            arguments = Array(command.dropFirst())
            let port: Int
            if let known = adopted?.port { port = known } else { port = try Self.freePort() }
            environment["SAGEMAKER_BIND_TO_PORT"] = "\(port)"
            environment["PORT"] = "\(port)"
            address = try Self.address { try SocketAddress(ipAddress: "127.0.0.1", port: port) }
        } else {
            program = workerPath
            let socket = "\(place.own)/s"
            arguments = try modelArguments(revision, model ?? "")
            arguments += ["--socket", socket, "--max-body", "\(spec.limits.bodyBytesMax)", "--exit-with-parent"]
            if confinement.filter != nil { arguments.append("--confined") }
            if let golden = try goldenFile(revision, example, in: place.own) {
                arguments += ["--golden", golden]
            }
            try giveToUser(number, place.own)
            address = try Self.address { try SocketAddress(unixDomainSocketPath: socket) }
        }
        let route = WorkerRoute(
            id: id, revision: revision.number, zone: zone, address: address,
            concurrencyMax: spec.model.concurrencyMax,
            // On a lane, a request that waits for its model to be loaded would hold up those behind it.
            takesFrames: spec.model.command == nil && !spec.model.isMultiModel)
        let limits = Confinement.Limits(spec.instances, memoryBytesMax: memoryBytesMax)
        let words = confinement.wrap(
            [program] + arguments, limits: limits, at: place, speaksTCP: spec.model.command != nil, number: number)
        let launch = WorkerLaunch(
            executable: words[0], arguments: Array(words.dropFirst()), environment: environment,
            // A folder that is open already would be a way past what is covered. From here the model server was tried.
            folder: spec.model.command == nil && confinement.filter != nil ? "/" : revision.folder,
            ownFolder: place.own,
            logPath: "\(folder)/logs/\(id).log",
            startupSeconds: Double(spec.model.startupTimeoutSeconds), probe: spec.alarms,
            memoryBytesMax: limits.memoryBytes,
            example: try exampleRequest(revision, example), hasManyModels: spec.model.isMultiModel,
            answerSecondsMax: spec.limits.timeoutSeconds, examinationSeconds: examinationSeconds)
        return (number, route, launch)
    }

    /// What the model server is to serve.
    private func modelArguments(_ revision: Revision, _ path: String) throws(PlumbError) -> [String] {
        let spec = revision.spec
        guard spec.model.isMultiModel else { return ["--model", path, "--model-name", spec.model.name ?? spec.name] }
        // Half of the requests that a worker may have are never those that wait for a model.
        return [
            "--models", path, "--prewarm", try prewarmed(revision).joined(separator: ","),
            "--max-loading", "\(max(1, spec.model.concurrencyMax / 2))",
        ]
    }

    /// The models of a revision that has many; nil for one that has one.
    func models(of revision: Revision) -> Set<String>? {
        guard revision.spec.model.isMultiModel else { return nil }
        return artifacts.models(revision.modelDigest).map { Set($0.digests.keys) } ?? []
    }

    /// The models that are loaded at the start; the spec's example is for the first. Throws for one that is not there.
    private func prewarmed(_ revision: Revision) throws(PlumbError) -> [String] {
        let names = models(of: revision) ?? []
        let wanted = (revision.spec.model.environment["PLUMB_PREWARM"] ?? "").split(separator: ",").map(String.init)
        for name in wanted where !names.contains(name) {
            throw PlumbError(
                .invalidInput, "PLUMB_PREWARM names \(name), which is not among the endpoint's \(names.count) models",
                hint: "name .onnx files of the folder model.path, with commas between",
                at: revision.spec.place(of: "model.environment"))
        }
        return wanted.isEmpty ? names.sorted().prefix(1).map { $0 } : wanted
    }

    private func exampleRequest(_ revision: Revision, _ body: Data?) throws(PlumbError) -> ByteBuffer? {
        guard let body else { return nil }
        let target = revision.spec.model.isMultiModel ? try prewarmed(revision).first : nil
        return WorkerProbe.invocation(
            body, type: revision.spec.example.contentType, path: TargetModels.invocationPath(of: target))
    }

    /// The example request's body; nil where the spec has none.
    private func example(of revision: Revision) throws(PlumbError) -> Data? {
        let example = revision.spec.example
        if let text = example.body { return Data(text.utf8) }
        guard let file = example.file else { return nil }
        if let digest = revision.exampleDigest { return try artifacts.contents(of: digest) }
        guard let data = FileManager.default.contents(atPath: revision.absolute(file)) else {
            throw PlumbError(
                .notFound, "the example request \(file) is gone", at: revision.spec.place(of: "example.file"))
        }
        return data
    }

    /// The example request as a file, with which the worker proves to itself that it can answer.
    private func goldenFile(_ revision: Revision, _ body: Data?, in own: String) throws(PlumbError) -> String? {
        guard let body else { return nil }
        // The model server tells the type by the ending.
        let endings = ["application/json": "json", "text/csv": "csv", "application/x-npy": "npy"]
        guard let ending = endings[revision.spec.example.contentType] else { return nil }
        let path = "\(own)/golden.\(ending)"
        try AtomicFile.write(body, to: path)
        return path
    }

    /// Where workers have users of their own: the worker's folder is its.
    private func giveToUser(_ number: Int, _ own: String) throws(PlumbError) {
        guard confinement.hasUsers else { return }
        // Read afresh: a folder that was just made can be listed.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: own)) ?? []
        for path in [own] + files.map({ "\(own)/\($0)" })
        where unsafe chown(path, Confinement.userID(number), Confinement.group) != 0 {
            throw PlumbError(.internalFault, "the worker's folder \(own) cannot be given to its user")
        }
    }

    private func executable(of command: [String], folder: String) throws(PlumbError) -> String {
        guard let name = command.first else { throw PlumbError(.invalidInput, "model.command is empty") }
        let searched =
            name.contains("/")
            ? [Self.absolute(name, from: folder)]
            : (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map {
                "\($0)/\(name)"
            }
        guard let found = searched.first(where: FileManager.default.isExecutableFile) else {
            throw PlumbError(
                .notFound, "the program \(name) of model.command cannot be found or run",
                hint: "name it with a path from the spec's folder, or install it")
        }
        return found
    }

    static func absolute(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    private static func address(_ make: () throws -> SocketAddress) throws(PlumbError) -> SocketAddress {
        do {
            return try make()
        } catch {
            throw PlumbError(.internalFault, "a worker's address cannot be made", cause: error)
        }
    }

    /// A port of the loopback interface that nobody listens on.
    private static func freePort() throws(PlumbError) -> Int {
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo("127.0.0.1", "0", nil, &found) == 0, let address = unsafe found?.pointee else {
            throw PlumbError(.internalFault, "the loopback interface has no address")
        }
        defer { unsafe freeaddrinfo(found) }
        let descriptor = unsafe socket(address.ai_family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw PlumbError(.internalFault, "no socket can be made") }
        defer { close(descriptor) }
        var bound = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var service = [CChar](repeating: 0, count: 32)
        let isKnown = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
                    && getsockname(descriptor, generic, &length) == 0
                    && getnameinfo(generic, length, nil, 0, &service, socklen_t(service.count), NI_NUMERICSERV) == 0
            }
        }
        let text = String(decoding: service.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard isKnown, let port = Int(text) else {
            throw PlumbError(.internalFault, "no port of the loopback interface is free")
        }
        return port
    }

    /// Ends what an earlier daemon of the same folder left running, but for what is adopted; answers how many there
    /// were.
    static func endOrphans(of folder: String, except adopted: Set<Int32> = []) -> Int {
        let mark = "\(ownerVariable)=\(folder)\0"
        var count = 0
        // Without /proc none is found.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let processID = Int32(name), processID != getpid(), !adopted.contains(processID),
                let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ"),
                String(decoding: environment, as: UTF8.self).contains(mark)
            else { continue }
            kill(processID, SIGKILL)
            count += 1
        }
        return count
    }
}
