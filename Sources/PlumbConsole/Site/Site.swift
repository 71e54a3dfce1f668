// The console: who is signed in, what a page is, and how it is written.

import Foundation
import Logging
import Mustache
import PlumbEngine
import PlumbModel
import Synchronization

/// What one page shows. Its stored properties are what its template names.
protocol Page: Sendable {
    /// The template, by name.
    static var template: String { get }
    var title: String { get }
}

/// One request by somebody who is signed in.
struct Visit: Sendable {
    let session: ConsoleSession
    let principal: Principal
    /// The request as the control API would see it.
    let call: SignedCall
    /// Seconds since 1970-01-01 UTC.
    let now: Double
    let query: [String: String]
}

/// Everything that the pages share.
final class Site: Sendable {
    let ground: ConsoleGround
    let desk: ControlDesk
    let board: Board
    let log: Logger
    private let templates: MustacheLibrary
    private let sessions = Mutex(SessionBook())
    /// How many pages are kept up to date at a time.
    private static let streamsMax = 100
    private let streams = Mutex(0)
    private let charts = Mutex(EndpointCharts())

    init(_ ground: ConsoleGround, desk: ControlDesk, log: Logger) throws {
        self.ground = ground
        self.desk = desk
        self.log = log
        board = Board(ground, log: log)
        templates = MustacheLibrary(templates: try SiteFiles.templates.mapValues { try MustacheTemplate(string: $0) })
    }

    // MARK: - Who it is

    func makeLink(for owner: String) async -> String? {
        let now = await ground.plane.now()
        return sessions.withLock { $0.makeLink(for: owner, at: now) }
    }

    func useLink(_ code: String) async throws(PlumbError) -> ConsoleSession {
        let now = await ground.plane.now()
        guard let owner = sessions.withLock({ $0.useLink(code, at: now) }) else {
            throw PlumbError(
                .refused, "the link has been used, or is older than two minutes", hint: "plumb console makes another")
        }
        return try open(.owner(owner), at: now)
    }

    /// Throws a `SignInFault` where nobody is proven, and `refused` for what is no user's token.
    func signIn(token: String, address: String?) async throws -> (session: ConsoleSession, principal: Principal) {
        let credential = Credential.token(token)
        let principal = try await principal(of: credential, address: address)
        guard principal.proof == .token else {
            throw PlumbError(
                .refused, "the one-time token makes the first admin, and opens no console",
                hint: "plumb access claim NAME")
        }
        return (try open(credential, at: await ground.plane.now()), principal)
    }

    private func open(_ credential: Credential, at now: Double) throws(PlumbError) -> ConsoleSession {
        guard let session = sessions.withLock({ $0.open(credential, at: now) }) else {
            throw PlumbError(.refused, "\(SessionBook.sessionsMax) browsers are signed in", hint: "try again later")
        }
        return session
    }

    private func principal(of credential: Credential, address: String?) async throws -> Principal {
        switch credential {
        case .owner(let name): return Principal.owner(named: name)
        case .token(let token):
            return try await ground.plane.identify(
                call("GET", ControlAPI.status, headers: [("authorization", "Bearer \(token)")], address: address))
        }
    }

    func call(
        _ method: String, _ uri: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        address: String?
    ) -> SignedCall {
        SignedCall(
            method: method, uri: uri, headers: headers, body: body,
            caller: .failure(SignatureRefusal("MissingAuthenticationTokenException", "the request is not signed")),
            requestID: "console", address: address)
    }

    /// The visit of whoever has such a session; nil where it is over, or its token opens nothing any more.
    func visit(session id: String, query: [String: String], address: String?) async throws -> Visit? {
        let now = await ground.plane.now()
        guard let session = sessions.withLock({ $0.session(id, at: now) }) else { return nil }
        do {
            return Visit(
                session: session, principal: try await principal(of: session.credential, address: address),
                call: call("GET", ControlAPI.status, address: address), now: now, query: query)
        } catch SignInFault.notProven {
            close(id)
            return nil
        }
    }

    func close(_ session: String) { sessions.withLock { $0.close(session) } }

    func tell(_ notice: Notice, to session: String) { sessions.withLock { $0.tell(notice, to: session) } }

    // MARK: - Writing

    private struct Room: Sendable {
        let name: String
        let path: String
        let isHere: Bool
    }

    /// What surrounds a page.
    private struct Frame: Sendable {
        let title: String
        let template: String
        let page: any Page
        let user: String?
        let formToken: String?
        let rooms: [Room]
        let notice: Notice?
        let footer: String
    }
    private static let rooms = [
        ("Board", "/"), ("Policies", "/policies"), ("Approvals", "/approvals"), ("Audit", "/audit"),
        ("Access", "/access"), ("Drills", "/drills"), ("Cost", "/cost"),
    ]

    /// The bytes of a page within its frame.
    func write<Shown: Page>(_ page: Shown, for visit: Visit?, room: String = "") -> [UInt8] {
        let frame = Frame(
            title: page.title, template: Shown.template, page: page, user: visit?.principal.name,
            formToken: visit?.session.formToken,
            rooms: Self.rooms.map { Room(name: $0.0, path: $0.1, isHere: $0.1 == room) },
            notice: visit.flatMap { visit in sessions.withLock { $0.takeNotice(of: visit.session.id) } },
            footer: visit.map { "Times are in UTC. Written \(Moment($0.now).text)." } ?? "")
        return HarmlessText.make(templates.render(frame, withTemplate: "layout") ?? "")
    }

    /// The live part of a page alone.
    func writePart<Shown: Page>(_ page: Shown) -> [UInt8] {
        HarmlessText.make(templates.render(page, withTemplate: "\(Shown.template)-live") ?? "")
    }

    /// The charts of an endpoint, drawn once in ten seconds for everybody.
    func charts(of record: EndpointRecord, at now: Double) async throws -> [Chart] {
        if let charts = charts.withLock({ $0.charts(of: record, at: now) }) { return charts }
        let drawn = EndpointCharts.draw(record, from: try await ground.plane.metrics(of: record.name), now: now)
        charts.withLock { $0.keep(drawn, of: record, at: now) }
        return drawn
    }

    // MARK: - Streams

    /// Throws `refused` where too many pages are kept up to date already.
    func beginStream() throws(PlumbError) {
        let isFull = streams.withLock { count in
            if count >= Self.streamsMax { return true }
            count += 1
            return false
        }
        if isFull { throw PlumbError(.refused, "\(Self.streamsMax) pages are kept up to date already") }
    }

    func endStream() { streams.withLock { $0 -= 1 } }
}

/// The files that browsers are given, and the templates, as they were built in.
enum SiteFiles {
    static let style = PackageResources.console_css
    static let script = PackageResources.console_js
    static let icon = PackageResources.icon_svg

    static let templates: [String: String] = [
        "layout": PackageResources.layout_mustache, "form-token": PackageResources.form_token_mustache,
        "moment": PackageResources.moment_mustache, "verdict": PackageResources.verdict_mustache,
        "live-status": PackageResources.live_status_mustache, "chart": PackageResources.chart_mustache,
        "ticket": PackageResources.ticket_mustache, "sign-in": PackageResources.sign_in_mustache,
        "fault": PackageResources.fault_mustache, "home": PackageResources.home_mustache,
        "home-live": PackageResources.home_live_mustache, "endpoint": PackageResources.endpoint_mustache,
        "requests": PackageResources.requests_mustache, "endpoint-live": PackageResources.endpoint_live_mustache,
        "captures": PackageResources.captures_mustache,
        "policies": PackageResources.policies_mustache, "policy": PackageResources.policy_mustache,
        "control": PackageResources.control_mustache, "audit": PackageResources.audit_mustache,
        "audit-entry": PackageResources.audit_entry_mustache, "approvals": PackageResources.approvals_mustache,
        "access": PackageResources.access_mustache, "drills": PackageResources.drills_mustache,
        "drills-live": PackageResources.drills_live_mustache, "cost": PackageResources.cost_mustache,
    ].mapValues { String(decoding: $0, as: UTF8.self) }
}
