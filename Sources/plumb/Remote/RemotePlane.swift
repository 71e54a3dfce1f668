// A running engine, asked over its control socket.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PlumbEngine
import PlumbModel

/// The control plane of a daemon, seen from another process.
struct RemotePlane: ControlPlane {
    private let client: HTTPClient
    private let door: RemoteDoor
    /// An engine that does not answer within this is not well.
    private static let timeoutSeconds: Int64 = 60

    /// Opens the socket, or the `https://` address of an engine elsewhere, for the length of `body`. Throws `notFound`
    /// when no engine runs there.
    static func with<Result>(
        socketPath: String, _ body: (RemotePlane) async throws -> Result
    ) async throws -> Result {
        let door = try RemoteDoor(socketPath)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try door.configuration())
        do {
            let result = try await body(RemotePlane(client: client, door: door))
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    func status() async throws -> EngineStatus { try await ask(.GET, ControlAPI.status) }

    func deploy(_ request: DeploymentRequest, by actor: String) async throws -> DeploymentReceipt {
        try await ask(.POST, ControlAPI.deployments, request, by: actor)
    }

    func rollback(
        _ endpoint: String, to revision: Int?, reason: String, by actor: String
    ) async throws -> DeploymentReceipt {
        try await ask(
            .POST, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))/rollback",
            ControlAPI.RollbackBody(revision: revision, reason: reason), by: actor)
    }

    func steer(
        _ endpoint: String, _ command: RolloutCommand, reason: String, by actor: String
    ) async throws -> DeploymentReceipt {
        try await ask(
            .POST, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))/rollout",
            ControlAPI.SteerBody(command: command, reason: reason), by: actor)
    }

    func scale(
        _ endpoint: String, to count: Int, reason: String, by actor: String
    ) async throws -> ScalingActivity {
        try await ask(
            .POST, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))/scale",
            ControlAPI.ScaleBody(count: count, reason: reason), by: actor)
    }

    func spend(
        _ endpoint: String, _ order: SpendingOrder, until: Double?, reason: String, by actor: String
    ) async throws -> Double? {
        let answer: ControlAPI.SpendingAnswer = try await ask(
            .POST, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))/spending",
            ControlAPI.SpendingBody(order: order, until: until, reason: reason), by: actor)
        return answer.until
    }

    func spending(of endpoint: String?, in month: Month?) async throws -> SpendStatement {
        let wishes = [("endpoint", endpoint), ("month", month?.description)].compactMap { name, value in
            value.map { "\(name)=\(Self.escaped($0))" }
        }
        return try await ask(.GET, ControlAPI.spending + (wishes.isEmpty ? "" : "?" + wishes.joined(separator: "&")))
    }

    func remove(_ endpoint: String, by actor: String) async throws {
        let _: [String: String] = try await ask(
            .DELETE, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))", by: actor)
    }

    func graph(of endpoint: String?) async throws -> Graph {
        try await ask(.GET, ControlAPI.graph + (endpoint.map { "?endpoint=\(Self.escaped($0))" } ?? ""))
    }

    func auditEntries(limit: Int) async throws -> [AuditEntry] {
        try await ask(.GET, "\(ControlAPI.audit)?limit=\(limit)")
    }

    func note(_ entry: AuditEntry, by actor: String) async throws {
        let _: [String: String] = try await ask(.POST, ControlAPI.audit, entry, by: actor)
    }

    func monitoring(of endpoint: String?) async throws -> [EndpointMonitoring] {
        try await ask(.GET, ControlAPI.monitoring + (endpoint.map { "?endpoint=\(Self.escaped($0))" } ?? ""))
    }

    func captures(of endpoint: String, after file: String?, by actor: String) async throws -> CapturedLines {
        try await ask(
            .GET,
            "\(ControlAPI.captures)/\(Self.escaped(endpoint))" + (file.map { "?after=\(Self.escaped($0))" } ?? ""),
            by: actor)
    }

    func history(of endpoint: String, over span: HistorySpan) async throws -> EndpointHistory {
        try await ask(.GET, "\(ControlAPI.endpoints)/\(Self.escaped(endpoint))/history?over=\(span.rawValue)")
    }

    func requests(of endpoint: String, _ search: RequestSearch) async throws -> RequestLines {
        try await ask(.GET, ControlAPI.requests(of: endpoint, search))
    }

    func eraseCaptures(of subject: String, by actor: String) async throws -> Int {
        let answer: ControlAPI.ErasureAnswer = try await ask(
            .POST, ControlAPI.erasures, ControlAPI.ErasureBody(subject: subject), by: actor)
        return answer.records
    }

    func shutDown(by actor: String) async throws {
        let _: [String: String] = try await ask(.POST, ControlAPI.shutdown, by: actor)
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    func ask<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil, by actor: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: door.url(of: path))
        request.method = method
        door.addHeaders(to: &request, actor: actor)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let data: Data
        let status: HTTPResponseStatus
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds))
            status = response.status
            data = Data((try await response.body.collect(upTo: 64 << 20)).readableBytesView)
        } catch {
            if case .address(let address) = door,
                let trouble = await HandshakeTrouble(url: address, authorityPath: RemoteDoor.authorityPath)?.found()
            {
                throw trouble
            }
            throw PlumbError(
                .timedOut, "the engine does not answer on \(door.place)",
                hint: door.hint, cause: error)
        }
        guard (200..<300).contains(status.code) else {
            if let told = try? JSONDecoder().decode(ControlAPI.ErrorBody.self, from: data) {  // Else told below.
                throw told.error
            }
            throw PlumbError(.internalFault, "the engine answered \(status.code)")
        }
        return try JSONDecoder().decode(Answer.self, from: data)
    }
}
