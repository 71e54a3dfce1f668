// Which path shows what, and the rules that every answer keeps.

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import PlumbEngine
import PlumbModel

/// The console's paths. Everything but the way in and three files is for whoever is signed in.
struct SiteRoutes: Sendable {
    let site: Site
    /// `__Host-`: for this very host, on every path, and with TLS alone.
    private static let cookieName = "__Host-plumb"
    /// Bytes of a form.
    private static let formBytesMax = 64 << 10

    func router() -> Router<ConsoleContext> {
        let router = Router(context: ConsoleContext.self)
        router.add(middleware: RuledAnswers())
        addFiles(to: router)
        addWayIn(to: router)
        addBoard(to: router)
        addBook(to: router)
        addRecords(to: router)
        addStreams(to: router)
        router.post("/act/:action") { request, context in
            try await visiting(request, context) { visit in
                let form = try await form(of: request)
                try Self.checkForm(form, of: visit)
                return try await SiteActions(site: site).carryOut(
                    try context.part("action"), form, by: visit)
            }
        }
        return router
    }

    // MARK: - Answers

    private func page<Shown: Page>(
        _ shown: Shown, for visit: Visit?, room: String = "", status: HTTPResponse.Status = .ok
    ) -> Response {
        Self.answer(status, "text/html; charset=utf-8", site.write(shown, for: visit, room: room))
    }

    private static func answer(_ status: HTTPResponse.Status, _ type: String, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func redirect(to path: String, cookie: String? = nil) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path])
        if let cookie { response.headers[.setCookie] = cookie }
        return response
    }

    private static func cookie(_ value: String, seconds: Int) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=Strict"
    }

    private func fault(_ error: PlumbError, for visit: Visit?) -> Response {
        let status = ControlAnswer.status(of: error.kind)
        if error.kind == .internalFault { site.log.error("\(error)") }
        let heading =
            switch error.kind {
            case .refused: "Not for you"
            case .notFound: "There is no such thing"
            default: "It cannot be done"
            }
        return page(
            FaultPage(title: heading, heading: heading, message: error.message, hint: error.hint), for: visit,
            status: status)
    }

    // MARK: - Who asks

    private static func session(_ request: Request) -> String? {
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let sides = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                if sides.count == 2, sides[0] == cookieName { return sides[1] }
            }
        }
        return nil
    }

    /// The answer for whoever is signed in; the way in for anybody else.
    private func visiting(
        _ request: Request, _ context: ConsoleContext, _ work: (Visit) async throws -> Response
    ) async throws -> Response {
        let query = Self.read(form: request.uri.query ?? "")
        var known: Visit?
        do {
            if let id = Self.session(request) {
                known = try await site.visit(session: id, query: query, address: context.address)
            }
            guard let visit = known else { return Self.redirect(to: "/sign-in") }
            return try await work(visit)
        } catch let error as PlumbError {
            return fault(error, for: known)
        } catch is SignInFault {
            return fault(
                PlumbError(.refused, "this address has failed too often", hint: "try again in a minute"), for: nil)
        }
    }

    /// A page for whoever is signed in.
    private func show(
        _ router: Router<ConsoleContext>, _ path: RouterPath, room: String,
        _ make: @escaping @Sendable (Visit, ConsoleContext) async throws -> any Page
    ) {
        router.get(path) { request, context in
            try await visiting(request, context) { visit in
                page(try await make(visit, context), for: visit, room: room)
            }
        }
    }

    private func form(of request: Request) async throws -> [String: String] {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.formBytesMax)
        } catch {
            throw PlumbError(.invalidInput, "the form is longer than \(Self.formBytesMax) bytes")
        }
        // Browsers say whence a form comes; another site's is not read.
        if let origin = HTTPField.Name("origin").flatMap({ request.headers[$0] }),
            origin != "https://\(request.head.authority ?? "")"
        {
            throw PlumbError(.refused, "the form comes from another site")
        }
        return Self.read(form: String(buffer: bytes))
    }

    static func read(form text: String) -> [String: String] {
        var form: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
            if sides.count == 2, form[sides[0]] == nil { form[sides[0]] = sides[1] }
        }
        return form
    }

    private static func checkForm(_ form: [String: String], of visit: Visit) throws(PlumbError) {
        guard form["form"] == visit.session.formToken else {
            throw PlumbError(.refused, "the form is of another session", hint: "load the page again")
        }
    }

    // MARK: - Files and the way in

    private func addFiles(to router: Router<ConsoleContext>) {
        for (path, type, bytes) in [
            ("/console.css", "text/css; charset=utf-8", SiteFiles.style),
            ("/console.js", "text/javascript; charset=utf-8", SiteFiles.script),
            ("/icon.svg", "image/svg+xml", SiteFiles.icon),
        ] {
            router.get(RouterPath(path)) { _, _ in
                var response = Self.answer(.ok, type, bytes)
                response.headers[.cacheControl] = "private, max-age=300"
                return response
            }
        }
    }

    private func addWayIn(to router: Router<ConsoleContext>) {
        router.get("/sign-in") { _, _ in page(SignInPage(), for: nil) }
        // Only a click uses a link up: whatever looks at links beforehand does not.
        router.get("/open") { request, _ in
            page(SignInPage(code: request.uri.queryParameters["code"].map(String.init) ?? "none"), for: nil)
        }
        router.post("/open") { request, context in
            try await entering(request) { form in try await site.useLink(form["code"] ?? "") }
        }
        router.post("/sign-in") { request, context in
            try await entering(request) { form in
                let token = (form["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
                return try await site.signIn(token: token, address: context.address).session
            }
        }
        router.post("/sign-out") { request, context in
            try await visiting(request, context) { visit in
                try Self.checkForm(try await form(of: request), of: visit)
                site.close(visit.session.id)
                return Self.redirect(to: "/sign-in", cookie: Self.cookie("", seconds: 0))
            }
        }
    }

    private func entering(
        _ request: Request, _ enter: ([String: String]) async throws -> ConsoleSession
    ) async throws -> Response {
        do {
            let session = try await enter(try await form(of: request))
            return Self.redirect(
                to: "/", cookie: Self.cookie(session.id, seconds: Int(SessionBook.sessionSecondsMax)))
        } catch let error as PlumbError {
            return page(
                SignInPage(trouble: [error.message, error.hint].compactMap { $0 }.joined(separator: "; ")), for: nil,
                status: .forbidden)
        } catch let fault as SignInFault {
            let isTooOften = fault == .tooOften
            return page(
                SignInPage(
                    trouble: isTooOften
                        ? "This address has failed too often; try again in a minute."
                        : "The token is not one of this engine's, has expired or was revoked."),
                for: nil, status: isTooOften ? .tooManyRequests : .unauthorized)
        }
    }

    // MARK: - Pages

    private func addBoard(to router: Router<ConsoleContext>) {
        let pages = SitePages(site: site)
        show(router, "/", room: "/") { visit, _ in try await pages.home(visit) }
        show(router, "/endpoints/:name", room: "/") { visit, context in
            try await pages.endpoint(try context.part("name"), visit)
        }
        show(router, "/endpoints/:name/captures", room: "/") { visit, context in
            try await pages.captures(try context.part("name"), visit)
        }
        show(router, "/endpoints/:name/requests", room: "/") { visit, context in
            try await pages.requests(try context.part("name"), visit)
        }
    }

    private func addBook(to router: Router<ConsoleContext>) {
        let pages = SitePages(site: site)
        show(router, "/policies", room: "/policies") { visit, _ in try await pages.policies(visit) }
        show(router, "/policies/:id", room: "/policies") { visit, context in
            try await pages.policy(try context.part("id"), visit)
        }
        show(router, "/controls/:id", room: "/policies") { visit, context in
            try await pages.control(try context.part("id"), visit)
        }
        show(router, "/cost", room: "/cost") { visit, _ in try await pages.cost(visit) }
    }

    private func addRecords(to router: Router<ConsoleContext>) {
        let pages = SitePages(site: site)
        show(router, "/audit", room: "/audit") { visit, _ in try await pages.audit(visit) }
        show(router, "/audit/:index", room: "/audit") { visit, context in
            try await pages.auditEntry(try context.part("index"), visit)
        }
        router.get("/audit/checkpoint") { request, context in
            try await visiting(request, context) { visit in
                try await pages.demandAudit(visit)
                return Self.answer(.ok, "text/plain; charset=utf-8", Array(try site.ground.checkpoint().utf8))
            }
        }
        router.get("/audit/:index/proof") { request, context in
            try await visiting(request, context) { visit in
                try await pages.demandAudit(visit)
                let index = Int(try context.part("index")) ?? -1
                return Self.answer(.ok, "text/plain; charset=utf-8", Array(try site.ground.proof(index).utf8))
            }
        }
        show(router, "/approvals", room: "/approvals") { visit, _ in try await pages.approvals(visit) }
        show(router, "/access", room: "/access") { visit, _ in try await pages.access(visit) }
        show(router, "/drills", room: "/drills") { visit, _ in try await pages.drills(visit) }
    }

    private func addStreams(to router: Router<ConsoleContext>) {
        let pages = SitePages(site: site)
        func stream(
            _ path: RouterPath, _ make: @escaping @Sendable (Visit, String) async throws -> [UInt8]
        ) {
            router.get(path) { request, context in
                try await visiting(request, context) { visit in
                    // Asked for once now, so that who may not see it is told so at once.
                    let name = (try? context.part("name")) ?? ""  // Not every stream has a name.
                    _ = try await make(visit, name)
                    return try SiteStream(site: site, visit: visit, address: context.address).response { visit in
                        try await make(visit, name)
                    }
                }
            }
        }
        stream("/live/home") { visit, _ in site.writePart(try await pages.home(visit)) }
        stream("/live/drills") { visit, _ in site.writePart(try await pages.drills(visit)) }
        stream("/live/endpoints/:name") { visit, name in
            site.writePart(try await pages.endpoint(name, visit, isLive: true))
        }
    }
}

/// What every answer tells a browser: nothing from elsewhere, nothing within another page, nothing kept.
private struct RuledAnswers: RouterMiddleware {
    typealias Context = ConsoleContext
    private static let rules: [(name: String, value: String)] = [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"), ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ]

    func handle(
        _ request: Request, context: ConsoleContext,
        next: @concurrent (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPError {
            response = Response(
                status: error.status, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: "\(error.status.code) \(error.status.reasonPhrase)\n")))
        }
        for rule in Self.rules {
            if let name = HTTPField.Name(rule.name) { response.headers[name] = rule.value }
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
