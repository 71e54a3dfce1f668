// The description of the control API and the code say the same, both ways.

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import PlumbEngine
import PlumbModel
import Synchronization
import Testing

@testable import PlumbConsole

/// An engine that nothing can be asked of: its routes alone are looked at.
struct SilentPlane: ControlPlane, AccessPlane {
    struct Silence: Error {}
    /// Told the name of an endpoint that is to be removed.
    var removed: (@Sendable (String) -> Void)?
    func status() async throws -> EngineStatus { throw Silence() }
    func deploy(_ request: DeploymentRequest, by actor: String) async throws -> DeploymentReceipt { throw Silence() }
    func rollback(
        _ endpoint: String, to revision: Int?, reason: String, by actor: String
    ) async throws -> DeploymentReceipt { throw Silence() }
    func steer(
        _ endpoint: String, _ command: RolloutCommand, reason: String, by actor: String
    ) async throws -> DeploymentReceipt { throw Silence() }
    func scale(
        _ endpoint: String, to count: Int, reason: String, by actor: String
    ) async throws -> ScalingActivity { throw Silence() }
    func spend(
        _ endpoint: String, _ order: SpendingOrder, until: Double?, reason: String, by actor: String
    ) async throws -> Double? { throw Silence() }
    func spending(of endpoint: String?, in month: Month?) async throws -> SpendStatement { throw Silence() }
    func remove(_ endpoint: String, by actor: String) async throws {
        guard let removed else { throw Silence() }
        removed(endpoint)
    }
    func graph(of endpoint: String?) async throws -> Graph { throw Silence() }
    func auditEntries(limit: Int) async throws -> [AuditEntry] { throw Silence() }
    func note(_ entry: AuditEntry, by actor: String) async throws { throw Silence() }
    func monitoring(of endpoint: String?) async throws -> [EndpointMonitoring] { throw Silence() }
    func captures(of endpoint: String, after file: String?, by actor: String) async throws -> CapturedLines {
        throw Silence()
    }
    func history(of endpoint: String, over span: HistorySpan) async throws -> EndpointHistory { throw Silence() }
    func requests(of endpoint: String, _ search: RequestSearch) async throws -> RequestLines { throw Silence() }
    func eraseCaptures(of subject: String, by actor: String) async throws -> Int { throw Silence() }
    func shutDown(by actor: String) async throws { throw Silence() }
    func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey {
        throw Silence()
    }
    func accessKeys() async throws -> [AccessKey] { throw Silence() }
    func revokeAccessKey(_ id: String, by actor: String) async throws { throw Silence() }
    func carryOut(_ order: AccessOrder, by principal: Principal) async throws -> AccessOutcome { throw Silence() }
    func accessReport() async throws -> AccessReport { throw Silence() }
}

struct ControlDescriptionTests {
    @Test func everyRouteIsDescribedAndNothingElseIs() {
        let plane = SilentPlane()
        let routes = ControlRoutes<BasicRequestContext>(
            plane: plane, access: plane, log: Logger(label: "test")
        ) { _, _ in Principal.owner(named: "test") }.router().routes
        let there = routes.map { route in
            let path = "\(route.path)".split(separator: "/").map { part in
                part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
            }
            return "\(route.method) /\(path.joined(separator: "/"))"
        }
        #expect(Set(there) == Set(ControlDescription.operations.map { "\($0.method) \($0.path)" }))
        #expect(there.count == ControlDescription.operations.count)
    }

    @Test(arguments: [
        ("a%20b", "a b"), ("a%2Db", "a-b"), ("a.b", "a.b"), ("%C3%A4", "ä"), ("a%2Fb", "a/b"), ("a+b", "a+b"),
    ])
    func aNameInAPathIsReadWithoutItsEscapes(sent: String, name: String) async throws {
        let names = Mutex<[String]>([])
        #expect(try await remove(sent) { name in names.withLock { $0.append(name) } } == .ok)
        #expect(names.withLock { $0 } == [name])
    }

    @Test(arguments: ["a%", "a%2", "%zz", "%FF"])
    func aNameThatIsNoTextIsRefused(sent: String) async throws {
        #expect(try await remove(sent) { Issue.record("\($0) is removed") } == .badRequest)
    }

    private func remove(
        _ sent: String, _ removed: @escaping @Sendable (String) -> Void
    ) async throws -> HTTPResponse.Status {
        var plane = SilentPlane()
        plane.removed = removed
        let responder = ControlRoutes<BasicRequestContext>(
            plane: plane, access: plane, log: Logger(label: "test")
        ) { _, _ in Principal.owner(named: "test") }.router().buildResponder()
        let head = HTTPRequest(
            method: .delete, scheme: "http", authority: nil, path: "\(ControlAPI.endpoints)/\(sent)")
        let context = BasicRequestContext(
            source: ApplicationRequestContextSource(
                channel: EmbeddedChannel(), logger: Logger(label: "test")))
        return try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context
        ).status
    }

    /// What lets a call through at the port is a verb that the description names.
    @Test(arguments: [
        ("GET", "/v1/status", ""), ("GET", "/v1/openapi.json", ""), ("GET", "/v1/graph", ""),
        ("POST", "/v1/endpoints/{name}/rollback", #"{"reason":"x"}"#),
        ("POST", "/v1/endpoints/{name}/rollback", #"{"reason":"x","revision":1}"#),
        ("POST", "/v1/endpoints/{name}/rollout", #"{"reason":"x","command":"promote"}"#),
        ("POST", "/v1/endpoints/{name}/rollout", #"{"reason":"x","command":"pause"}"#),
        ("POST", "/v1/endpoints/{name}/scale", #"{"reason":"x","count":1}"#), ("DELETE", "/v1/endpoints/{name}", ""),
        ("POST", "/v1/endpoints/{name}/spending", #"{"reason":"x","order":"park"}"#),
        ("POST", "/v1/endpoints/{name}/spending", #"{"reason":"x","order":"allow","until":1}"#),
        ("GET", "/v1/spending", ""), ("GET", "/v1/audit", ""), ("GET", "/v1/monitoring", ""),
        ("GET", "/v1/captures/{name}", ""), ("GET", "/v1/endpoints/{name}/requests", ""),
        ("GET", "/v1/endpoints/{name}/history", ""),
        ("POST", "/v1/erasures", #"{"subject":"x"}"#), ("GET", "/v1/access", ""), ("GET", "/v1/access-keys", ""),
        ("POST", "/v1/access-keys", #"{"holder":"x","role":"viewer"}"#),
        ("POST", "/v1/access-keys", #"{"holder":"x","role":"operator"}"#),
        ("DELETE", "/v1/access-keys/{id}", ""), ("POST", "/v1/shutdown", ""),
        (
            "POST", "/v1/audit",
            #"{"at":0,"actor":"","action":"approve","subject":"x","outcome":"done","details":{}}"#
        ),
    ])
    func aCallIsLetThroughByADescribedVerb(method: String, path: String, body: String) throws {
        let operation = try #require(
            ControlDescription.operations.first { $0.method == method && $0.path == path })
        let uri = path.replacing("{name}", with: "digits").replacing("{id}", with: "PLMB")
        switch try ControlWish(method: method, uri: uri, body: Array(body.utf8)).terms {
        case .table(let verb, _), .everyEndpoint(let verb): #expect(operation.verbs.contains(verb))
        case .holding(let verbs): #expect(verbs.allSatisfy(operation.verbs.contains))
        case .filteredStatus: #expect(operation.verbs == [.read])
        case .known: #expect(operation.verbs.isEmpty)
        case .claim, .ownToken: Issue.record("\(path) is an order")
        }
    }

    @Test func everyOrderIsDescribedAsItIsWritten() throws {
        let orders: [AccessOrder] = [
            .addUser(name: "a", owner: "b"), .removeUser("a"), .grant(user: "a", AccessGrant(allow: .viewer)),
            .revokeGrant(user: "a", id: "b"), .issueToken(user: "a", seconds: 1), .revokeToken("a"), .claim(name: "a"),
            .makeFirstToken, .rotateTokenKey, .issueCertificate(user: "a", days: 1), .approve(plan: "a", reason: "b"),
            .reject(plan: "a", reason: "b"),
            .breakGlass(reason: "a", minutes: 1), .closeReview(id: "a", note: "b"), .rotateKey, .rewrap, .shredKey(1),
        ]
        let components = try #require(try document()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        let order = try #require(schemas["Order"] as? [String: Any])
        let choices = try #require(order["oneOf"] as? [[String: Any]])
        #expect(choices.count == orders.count)
        for order in orders {
            let written = try #require(
                JSONSerialization.jsonObject(with: JSONEncoder().encode(order)) as? [String: [String: Any]])
            let (name, fields) = try #require(written.first)
            let members = choices.compactMap { $0["properties"] as? [String: [String: Any]] }
            let described = try #require(members.first { $0[name] != nil }?[name], "\(name)")
            let known = Set(((described["properties"] as? [String: Any]) ?? [:]).keys)
            #expect(Set(fields.keys) == known, "\(name)")
            let required = Set(described["required"] as? [String] ?? [])
            #expect(required.isSubset(of: known), "\(name)")
            #expect(order.verb == .alterAudit || !order.action.isEmpty)
        }
    }

    @Test func everySchemaThatIsNamedIsThereAndUsed() throws {
        let text = ControlDescription.openAPI(version: "1")
        let named = Set(text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/).map { String($0.1) })
        #expect(named == Set(ControlDescription.schemas.map(\.key)))
        let names = ControlDescription.operations.map(\.identifier)
        #expect(Set(names).count == names.count)
        #expect(try document()["openapi"] as? String == "3.1.0")
    }

    private func document() throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(ControlDescription.openAPI(version: "1").utf8)) as? [String: Any])
    }
}
