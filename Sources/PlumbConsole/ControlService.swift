// The control API: what the command line asks of a running engine.

import Foundation
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import PlumbEngine
import PlumbModel
public import ServiceLifecycle

/// Serves a control plane over HTTP on a Unix socket with mode 0600.
public struct ControlService: Service {
    private let plane: any ControlPlane
    private let access: any AccessPlane
    private let socketPath: String
    private let log: Logger

    public init(_ plane: any ControlPlane & AccessPlane, socketPath: String, log: Logger) {
        self.plane = plane
        access = plane
        self.socketPath = socketPath
        self.log = log
    }

    public func run() async throws {
        // A socket left by a killed daemon; the store's lock already proved that nobody serves on it.
        unsafe unlink(socketPath)
        let path = socketPath
        let application = Application(
            router: router(),
            configuration: .init(address: .unixDomainSocket(path: path), serverName: "plumb"),
            onServerRunning: { _ in _ = unsafe chmod(path, 0o600) }, logger: log)
        try await application.run()
        unsafe unlink(path)
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/v1/status") { _, _ in
            try await answer { try await plane.status() }
        }
        router.post("/v1/deployments") { request, _ in
            try await answer(.accepted) {
                try await plane.deploy(try await body(of: request), by: actor(of: request))
            }
        }
        router.post("/v1/endpoints/:name/rollback") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.RollbackBody = try await body(of: request)
                return try await plane.rollback(
                    try context.parameters.require("name"), to: wish.revision, reason: wish.reason,
                    by: actor(of: request))
            }
        }
        router.post("/v1/endpoints/:name/rollout") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.SteerBody = try await body(of: request)
                return try await plane.steer(
                    try context.parameters.require("name"), wish.command, reason: wish.reason, by: actor(of: request))
            }
        }
        router.post("/v1/endpoints/:name/scale") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.ScaleBody = try await body(of: request)
                return try await plane.scale(
                    try context.parameters.require("name"), to: wish.count, reason: wish.reason, by: actor(of: request))
            }
        }
        router.delete("/v1/endpoints/:name") { request, context in
            try await answer {
                try await plane.remove(try context.parameters.require("name"), by: actor(of: request))
                return [String: String]()
            }
        }
        router.get("/v1/graph") { request, _ in
            try await answer {
                try await plane.graph(of: request.uri.queryParameters["endpoint"].map(String.init))
            }
        }
        router.get("/v1/audit") { request, _ in
            try await answer {
                let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? 100
                return try await plane.auditEntries(limit: min(max(1, limit), 10_000))
            }
        }
        router.post("/v1/audit") { request, _ in
            try await answer(.created) {
                try await plane.note(try await body(of: request), by: actor(of: request))
                return [String: String]()
            }
        }
        addMonitoring(to: router)
        addAccessKeys(to: router)
        router.post("/v1/shutdown") { request, _ in
            try await answer(.accepted) {
                try await plane.shutDown(by: actor(of: request))
                return [String: String]()
            }
        }
        return router
    }

    private func addMonitoring(to router: Router<BasicRequestContext>) {
        router.get("/v1/monitoring") { request, _ in
            try await answer {
                try await plane.monitoring(of: request.uri.queryParameters["endpoint"].map(String.init))
            }
        }
        router.get("/v1/captures/:name") { request, context in
            try await answer {
                try await plane.captures(
                    of: try context.parameters.require("name"),
                    after: request.uri.queryParameters["after"].map(String.init), by: actor(of: request))
            }
        }
        router.post("/v1/erasures") { request, _ in
            try await answer {
                let wish: ControlAPI.ErasureBody = try await body(of: request)
                return ControlAPI.ErasureAnswer(
                    records: try await plane.eraseCaptures(of: wish.subject, by: actor(of: request)))
            }
        }
    }

    private func addAccessKeys(to router: Router<BasicRequestContext>) {
        router.get("/v1/access-keys") { _, _ in
            try await answer { try await access.accessKeys() }
        }
        router.post("/v1/access-keys") { request, _ in
            try await answer(.created) {
                try await access.makeAccessKey(try await body(of: request), by: actor(of: request))
            }
        }
        router.delete("/v1/access-keys/:id") { request, context in
            try await answer {
                try await access.revokeAccessKey(try context.parameters.require("id"), by: actor(of: request))
                return [String: String]()
            }
        }
    }

    private func actor(of request: Request) -> String {
        HTTPField.Name(ControlAPI.actorHeader).flatMap { request.headers[$0] } ?? "unknown"
    }

    private func body<Body: Decodable>(of request: Request) async throws -> Body {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: ControlAPI.bodyBytesMax)
        } catch {
            throw PlumbError(.invalidInput, "the request body is longer than \(ControlAPI.bodyBytesMax) bytes")
        }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes.readableBytesView))
        } catch {
            throw PlumbError(
                .invalidInput, "the request body is not what this version expects",
                hint: "do the command line and the engine have the same version?", cause: error)
        }
    }

    /// The value as JSON, or the error as one with the status that fits its kind.
    private func answer(
        _ status: HTTPResponse.Status = .ok, _ work: () async throws -> some Encodable
    ) async throws -> Response {
        do {
            return try Self.response(status, try await work())
        } catch let error as PlumbError {
            if error.kind == .internalFault { log.error("\(error)") }
            return try Self.response(Self.status(of: error.kind), ControlAPI.ErrorBody(error))
        }
    }

    private static func response(_ status: HTTPResponse.Status, _ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = ByteBuffer(bytes: try encoder.encode(value))
        return Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: bytes))
    }

    private static func status(of kind: PlumbError.Kind) -> HTTPResponse.Status {
        switch kind {
        case .invalidInput: .badRequest
        case .notFound: .notFound
        case .unsupported: .notImplemented
        case .conflict: .conflict
        case .timedOut: .gatewayTimeout
        case .refused: .forbidden
        case .internalFault: .internalServerError
        }
    }
}
