// The control API's routes: the same on the socket and at the gateway's port.

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PlumbEngine
import PlumbModel

/// What answers under each path, for whoever a request is found to be from.
struct ControlRoutes<Context: RequestContext>: Sendable {
    let plane: any ControlPlane
    let access: any AccessPlane
    let log: Logger
    /// Who asks.
    let principal: @Sendable (Request, Context) -> Principal

    func router() -> Router<Context> {
        let router = Router(context: Context.self)
        router.get(RouterPath(ControlWish.descriptionPath)) { _, _ in
            let text = ControlDescription.openAPI(version: try await plane.status().version)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        router.get("/v1/status") { _, _ in
            try await answer { try await plane.status() }
        }
        router.post("/v1/deployments") { request, context in
            try await answer(.accepted) {
                try await plane.deploy(try await body(of: request), by: actor(request, context))
            }
        }
        addEndpoints(to: router)
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
        router.post("/v1/audit") { request, context in
            try await answer(.created) {
                try await plane.note(try await body(of: request), by: actor(request, context))
                return [String: String]()
            }
        }
        router.get("/v1/spending") { request, _ in
            try await answer {
                let month = try request.uri.queryParameters["month"].map { try Self.month(String($0)) }
                return try await plane.spending(
                    of: request.uri.queryParameters["endpoint"].map(String.init), in: month)
            }
        }
        addMonitoring(to: router)
        addAccess(to: router)
        router.post("/v1/shutdown") { request, context in
            try await answer(.accepted) {
                try await plane.shutDown(by: actor(request, context))
                return [String: String]()
            }
        }
        return router
    }

    private func addEndpoints(to router: Router<Context>) {
        router.post("/v1/endpoints/:name/rollback") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.RollbackBody = try await body(of: request)
                return try await plane.rollback(
                    try context.part("name"), to: wish.revision, reason: wish.reason,
                    by: actor(request, context))
            }
        }
        router.post("/v1/endpoints/:name/rollout") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.SteerBody = try await body(of: request)
                return try await plane.steer(
                    try context.part("name"), wish.command, reason: wish.reason,
                    by: actor(request, context))
            }
        }
        router.post("/v1/endpoints/:name/scale") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.ScaleBody = try await body(of: request)
                return try await plane.scale(
                    try context.part("name"), to: wish.count, reason: wish.reason,
                    by: actor(request, context))
            }
        }
        router.post("/v1/endpoints/:name/spending") { request, context in
            try await answer(.accepted) {
                let wish: ControlAPI.SpendingBody = try await body(of: request)
                return ControlAPI.SpendingAnswer(
                    until: try await plane.spend(
                        try context.part("name"), wish.order, until: wish.until, reason: wish.reason,
                        by: actor(request, context)))
            }
        }
        router.get("/v1/endpoints/:name/history") { request, context in
            try await answer {
                try await plane.history(
                    of: try context.part("name"), over: try Self.span(request.uri.queryParameters["over"]))
            }
        }
        router.get("/v1/endpoints/:name/requests") { request, context in
            try await answer {
                let query = request.uri.queryParameters
                return try await plane.requests(
                    of: try context.part("name"),
                    RequestSearch(
                        id: query["id"].map(String.init), errorsOnly: query["errors"] == "true",
                        limit: query["limit"].flatMap { Int($0) } ?? 100))
            }
        }
        router.delete("/v1/endpoints/:name") { request, context in
            try await answer {
                try await plane.remove(try context.part("name"), by: actor(request, context))
                return [String: String]()
            }
        }
    }

    private func addMonitoring(to router: Router<Context>) {
        router.get("/v1/monitoring") { request, _ in
            try await answer {
                try await plane.monitoring(of: request.uri.queryParameters["endpoint"].map(String.init))
            }
        }
        router.get("/v1/captures/:name") { request, context in
            try await answer {
                try await plane.captures(
                    of: try context.part("name"),
                    after: request.uri.queryParameters["after"].map(String.init), by: actor(request, context))
            }
        }
        router.post("/v1/erasures") { request, context in
            try await answer {
                let wish: ControlAPI.ErasureBody = try await body(of: request)
                return ControlAPI.ErasureAnswer(
                    records: try await plane.eraseCaptures(of: wish.subject, by: actor(request, context)))
            }
        }
    }

    private func addAccess(to router: Router<Context>) {
        router.get("/v1/access") { _, _ in
            try await answer { try await access.accessReport() }
        }
        router.post("/v1/access") { request, context in
            try await answer {
                try await access.carryOut(try await body(of: request), by: principal(request, context))
            }
        }
        router.get("/v1/access-keys") { _, _ in
            try await answer { try await access.accessKeys() }
        }
        router.post("/v1/access-keys") { request, context in
            try await answer(.created) {
                try await access.makeAccessKey(try await body(of: request), by: actor(request, context))
            }
        }
        router.delete("/v1/access-keys/:id") { request, context in
            try await answer {
                try await access.revokeAccessKey(
                    try context.part("id"), by: actor(request, context))
                return [String: String]()
            }
        }
    }

    private static func month(_ text: String) throws(PlumbError) -> Month {
        guard let month = Month(text) else {
            throw PlumbError(.invalidInput, "'\(text.prefix(20))' is no month", hint: "write 2026-11")
        }
        return month
    }

    private static func span(_ text: Substring?) throws(PlumbError) -> HistorySpan {
        guard let text else { return .day }
        guard let span = HistorySpan(rawValue: String(text)) else {
            throw PlumbError(
                .invalidInput, "the past is not told over '\(text.prefix(20))'",
                hint: "over is one of \(HistorySpan.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return span
    }

    private func actor(_ request: Request, _ context: Context) -> String { principal(request, context).name }

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
    func answer(
        _ status: HTTPResponse.Status = .ok, _ work: () async throws -> some Encodable
    ) async throws -> Response {
        do {
            return try ControlAnswer.response(status, try await work())
        } catch let error as PlumbError {
            if error.kind == .internalFault { log.error("\(error)") }
            return try ControlAnswer.response(ControlAnswer.status(of: error.kind), ControlAPI.ErrorBody(error))
        }
    }
}

extension RequestContext {
    /// A part of the path, without its escapes: the router hands it on as it was sent. Throws `invalidInput` where it
    /// is no text.
    func part(_ name: String) throws -> String {
        let sent = try parameters.require(name)
        guard let part = URIText.unescaped(sent) else {
            throw PlumbError(
                .invalidInput, "'\(sent.prefix(100))' in the path is no text",
                hint: "escape it as UTF-8: %20 for a blank, %25 for a percent sign")
        }
        return part
    }
}

/// Answers of the control API as bytes.
enum ControlAnswer {
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    static func response(_ status: HTTPResponse.Status, _ value: some Encodable) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try bytes(value))))
    }

    static func status(of kind: PlumbError.Kind) -> HTTPResponse.Status {
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
