// What forms ask for, given to the control API in the name of whoever is signed in.

import Foundation
import Hummingbird
import PlumbEngine
import PlumbModel

/// Every change goes the way of `plumb`'s own: the same calls, the same table, the same audit record.
struct SiteActions: Sendable {
    let site: Site

    /// A form as a call of the control API, and where the browser goes afterwards.
    struct Wish: Sendable {
        var method: String
        var uri: String
        var body: [UInt8]
        var back: String
    }

    func carryOut(_ action: String, _ form: [String: String], by visit: Visit) async throws -> Response {
        if action == "drill" { return try await startDrill(form, by: visit) }
        let wish = try Self.read(action, form, by: visit.principal)
        let ticket = form["ticket"].flatMap { $0.isEmpty ? nil : $0 }
        let answer = await site.desk.answer(
            site.call(
                wish.method, wish.uri, headers: ticket.map { [(ControlAPI.ticketHeader, $0)] } ?? [], body: wish.body,
                address: visit.call.address), by: visit.principal)
        site.tell(Self.notice(of: answer, action), to: visit.session.id)
        return SiteRoutes.redirect(to: wish.back)
    }

    private func startDrill(_ form: [String: String], by visit: Visit) async throws -> Response {
        guard let kind = DrillRun.Kind(rawValue: form["kind"] ?? "") else {
            throw PlumbError(.invalidInput, "there is no such drill")
        }
        let endpoint = kind == .recovery ? nil : form["endpoint"].flatMap { $0.isEmpty ? nil : $0 }
        guard kind == .recovery || endpoint != nil else {
            throw PlumbError(.invalidInput, "a \(kind.rawValue) is practised on an endpoint", hint: "choose one")
        }
        guard form["agreed"] == "yes" else { throw PlumbError(.invalidInput, "nobody has agreed to the drill") }
        try await site.desk.demand(.drill, of: endpoint, visit.call, by: visit.principal)
        try site.ground.drills.start(
            DrillRun(kind: kind, endpoint: endpoint, by: visit.principal.name, startedAt: visit.now))
        site.tell(Notice(text: "the drill has begun"), to: visit.session.id)
        return SiteRoutes.redirect(to: "/drills")
    }

    /// Throws `invalidInput` for a form that cannot be read, `notFound` for an action that there is not.
    static func read(
        _ action: String, _ form: [String: String], by principal: Principal
    ) throws(PlumbError) -> Wish {
        func text(_ name: String) throws(PlumbError) -> String {
            let value = (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !value.isEmpty else { throw PlumbError(.invalidInput, "the form lacks '\(name)'") }
            return value
        }
        func whole(_ name: String) throws(PlumbError) -> Int {
            guard let number = Int(try text(name)) else {
                throw PlumbError(.invalidInput, "'\(name)' is no whole number")
            }
            return number
        }
        func change(_ what: String, _ body: some Encodable) throws(PlumbError) -> Wish {
            let endpoint = PageWords.escaped(try text("endpoint"))
            return Wish(
                method: "POST", uri: "\(ControlAPI.endpoints)/\(endpoint)/\(what)", body: try bytes(body),
                back: "/endpoints/\(endpoint)")
        }
        func order(_ order: AccessOrder, _ back: String) throws(PlumbError) -> Wish {
            Wish(method: "POST", uri: ControlAPI.access, body: try bytes(order), back: back)
        }
        switch action {
        case "rollback":
            let revision = form["revision"].flatMap { $0.isEmpty ? nil : $0 }
            return try change(
                "rollback",
                ControlAPI.RollbackBody(
                    revision: revision == nil ? nil : try whole("revision"), reason: try text("reason")))
        case "steer":
            guard let command = RolloutCommand(rawValue: try text("command")) else {
                throw PlumbError(.invalidInput, "there is no such command")
            }
            return try change("rollout", ControlAPI.SteerBody(command: command, reason: try text("reason")))
        case "scale":
            return try change("scale", ControlAPI.ScaleBody(count: try whole("count"), reason: try text("reason")))
        case "hours":
            guard let order = SpendingOrder(rawValue: try text("order")) else {
                throw PlumbError(.invalidInput, "there is no such order")
            }
            return try change(
                "spending", ControlAPI.SpendingBody(order: order, until: nil, reason: try text("reason")))
        case "approve": return try order(.approve(plan: try text("plan"), reason: try text("reason")), "/approvals")
        case "reject": return try order(.reject(plan: try text("plan"), reason: try text("reason")), "/approvals")
        case "closeReview": return try order(.closeReview(id: try text("id"), note: try text("note")), "/approvals")
        case "addUser":
            let owner = form["owner"].flatMap { $0.isEmpty ? nil : $0 }
            return try order(.addUser(name: try text("name"), owner: owner), "/access")
        case "grant": return try order(.grant(user: try text("user"), try grant(form)), "/access")
        case "revokeGrant": return try order(.revokeGrant(user: try text("user"), id: try text("id")), "/access")
        case "issueToken":
            let minutes = try whole("minutes")
            guard (1...720).contains(minutes) else { throw PlumbError(.invalidInput, "a token lasts 1 to 720 minutes") }
            return try order(.issueToken(user: try text("user"), seconds: minutes * 60), "/access")
        case "revokeToken": return try order(.revokeToken(try text("id")), "/access")
        case "revokeKey":
            return Wish(
                method: "DELETE", uri: "\(ControlAPI.accessKeys)/\(PageWords.escaped(try text("id")))", body: [],
                back: "/access")
        case "breakGlass":
            return try order(.breakGlass(reason: try text("reason"), minutes: try whole("minutes")), "/access")
        default: throw PlumbError(.notFound, "there is no action '\(action.prefix(40))'")
        }
    }

    private static func grant(_ form: [String: String]) throws(PlumbError) -> AccessGrant {
        guard let role = AccessRole(rawValue: form["role"] ?? "") else {
            throw PlumbError(.invalidInput, "there is no such role")
        }
        let condition = (form["condition"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return AccessGrant(
            allow: role, on: (form["resource"] ?? "*").split(separator: ",").map(String.init),
            if: condition.isEmpty ? [] : [try AccessCondition(condition)])
    }

    private static func bytes(_ value: some Encodable) throws(PlumbError) -> [UInt8] {
        do {
            return try ControlAnswer.bytes(value)
        } catch {
            throw PlumbError(.internalFault, "the form cannot be handed on", cause: error)
        }
    }

    /// What the control API has answered, in words.
    private static func notice(of answer: CallAnswer, _ action: String) -> Notice {
        let body = Data(answer.body)
        guard answer.status < 300 else {
            // An answer that cannot be read leaves its status to speak.
            let error = try? JSONDecoder().decode(ControlAPI.ErrorBody.self, from: body)
            let told = [error?.message, error?.hint].compactMap { $0 }.joined(separator: "; ")
            return Notice(text: told.isEmpty ? "the engine answered \(answer.status)" : told, isFault: true)
        }
        // Not every answer is an outcome.
        if let outcome = try? JSONDecoder().decode(AccessOutcome.self, from: body) {
            return Notice(text: outcome.text, secret: outcome.secret)
        }
        // Nor a receipt.
        if let receipt = try? JSONDecoder().decode(DeploymentReceipt.self, from: body) {
            return Notice(text: "\(receipt.endpoint) r\(receipt.revision): it has begun")
        }
        return Notice(text: "\(action) has begun or is done")
    }
}
