// The control API at the gateway's port: who asks has to prove it, and the access table decides.

import Foundation
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import PlumbEngine
import PlumbModel
import Synchronization

/// Answers calls of the control API, and hands all others to AWS's face.
public struct ControlDesk: FrontDesk {
    private let plane: any ControlPlane & AccessPlane & AccessGround
    private let face: any FrontDesk
    private let log: Logger
    private let responder: RouterResponder<DeskContext>

    public init(_ plane: any ControlPlane & AccessPlane & AccessGround, face: any FrontDesk, log: Logger) {
        self.plane = plane
        self.face = face
        self.log = log
        responder = ControlRoutes<DeskContext>(plane: plane, access: plane, log: log) { _, context in
            context.principal
        }.router().buildResponder()
    }

    public func answer(_ call: SignedCall) async -> CallAnswer {
        guard call.uri.hasPrefix(ControlAPI.pathPrefix) else { return await answerFace(call) }
        return await telling { try await answerControl(call, by: try await plane.identify(call)) }
    }

    /// The answer to a call of somebody who was proven elsewhere to have made it.
    func answer(_ call: SignedCall, by principal: Principal) async -> CallAnswer {
        await telling { try await answerControl(call, by: principal) }
    }

    private func telling(_ work: () async throws -> CallAnswer) async -> CallAnswer {
        do {
            return try await work()
        } catch let fault as SignInFault {
            let (status, message) =
                switch fault {
                case .notProven(let why): (401, why)
                case .tooOften: (429, "this address has failed too often; try again in a minute")
                }
            return Self.refusal(status, PlumbError(.refused, message))
        } catch let error as PlumbError {
            if error.kind == .internalFault { log.error("\(error)") }
            return Self.refusal(ControlAnswer.status(of: error.kind).code, error)
        } catch {
            log.error("\(error)")
            return Self.refusal(500, PlumbError(.internalFault, "the engine failed; its log says why"))
        }
    }

    /// AWS's interfaces have no word for an approval: a known user's key reads and calls there, and changes here.
    private func answerFace(_ call: SignedCall) async -> CallAnswer {
        guard case .success(let caller) = call.caller, let request = FaceRequest(call), request.right == .change,
            await plane.isUser(caller.key.holder)
        else { return await face.answer(call) }
        let why = "\(caller.key.holder) is a user of the engine, whose changes go through plumb and its approvals"
        let principal = Principal(
            name: caller.key.holder, person: caller.key.holder, proof: .signature, grants: [])
        do {
            try await plane.noteDenied(
                AccessRequest(.deploy, on: "engine", AccessContext(address: call.address)), why: why, by: principal)
        } catch {
            log.error("\(error)")
        }
        return request.answer(
            FaceError(code: "AccessDeniedException", message: why, status: 403), requestID: call.requestID)
    }

    private static func refusal(_ status: Int, _ error: PlumbError) -> CallAnswer {
        // An error that cannot be written leaves its status to speak.
        let body = (try? ControlAnswer.bytes(ControlAPI.ErrorBody(error))) ?? []
        return CallAnswer(status: status, headers: [("content-type", "application/json")], body: body)
    }

    private func answerControl(_ call: SignedCall, by principal: Principal) async throws -> CallAnswer {
        let wish = try ControlWish(method: call.method, uri: call.uri, body: call.body)
        if wish.terms == .filteredStatus {
            return CallAnswer(
                status: 200, headers: [("content-type", "application/json")],
                body: try ControlAnswer.bytes(try await status(for: principal, call)))
        }
        try await admit(wish, call, principal)
        if case .table(.emergencyRollback, _) = wish.terms {
            try await plane.demandReview(
                of: "emergency-rollback", reason: "\(wish.summary): \(wish.reason ?? "")", by: principal)
        }
        return try await respond(to: wish, call, by: principal)
    }

    // MARK: - Letting in

    /// Throws `refused` where the caller may not ask this, as if it had come as a call.
    func demand(_ method: String, _ uri: String, _ call: SignedCall, by principal: Principal) async throws {
        try await admit(try ControlWish(method: method, uri: uri, body: []), call, principal)
    }

    /// Throws `refused` where the table does not let the caller do this to an endpoint, or to the engine.
    func demand(_ verb: AccessVerb, of endpoint: String?, _ call: SignedCall, by principal: Principal) async throws {
        var wish = try ControlWish(method: "GET", uri: ControlAPI.status, body: [])
        wish.endpoint = endpoint
        try await decide(verb, endpoint.map { "endpoint/\($0)" } ?? "engine", wish, call, principal)
    }

    private func context(
        _ call: SignedCall, _ principal: Principal, environment: PlumbModel.Environment?, team: String?
    ) async -> AccessContext {
        await plane.complete(
            AccessContext(
                environment: environment, team: team, address: call.address,
                changeTicket: call.header(ControlAPI.ticketHeader)), for: principal)
    }

    /// Throws `refused` where the wish is not for this caller, and writes that down.
    private func admit(_ wish: ControlWish, _ call: SignedCall, _ principal: Principal) async throws {
        switch wish.terms {
        case .claim, .filteredStatus, .known: return
        case .ownToken(let user)
        where user == principal.name && [.signature, .certificate].contains(principal.proof)
            && principal.ceiling?.allows(.change) != false:
            return
        case .ownToken:
            try await decide(.manageAccess, "access", wish, call, principal)
        case .holding(let verbs):
            guard verbs.contains(where: principal.holds) else {
                let bare = await context(call, principal, environment: nil, team: nil)
                return try await refuse(
                    AccessRequest(verbs[0], on: "access", bare), "no grant holds \(verbs[0].rawValue)", principal)
            }
        case .table(let verb, let resource):
            try await decide(verb, resource, wish, call, principal)
        case .everyEndpoint(let verb):
            for endpoint in try await plane.status().endpoints {
                let record = endpoint.record
                let request = AccessRequest(
                    verb, on: "endpoint/\(record.name)",
                    await context(call, principal, environment: record.environment, team: endpoint.team))
                let decision = principal.decide(request)
                guard decision.isAllowed else { return try await refuse(request, decision.why, principal) }
            }
            guard principal.holds(verb) else {
                let bare = await context(call, principal, environment: nil, team: nil)
                return try await refuse(AccessRequest(verb, on: "engine", bare), "no grant holds it", principal)
            }
        }
    }

    private func refuse(_ request: AccessRequest, _ why: String, _ principal: Principal) async throws {
        try await plane.noteDenied(request, why: why, by: principal)
        throw PlumbError(
            .refused, "\(principal.name) may not \(request.verb.rawValue) on \(request.resource): \(why)",
            hint: "an admin gives roles: plumb access grant")
    }

    /// Decides for what is there and for what is to be: what either does not allow is not allowed.
    private func decide(
        _ verb: AccessVerb, _ resource: String, _ wish: ControlWish, _ call: SignedCall, _ principal: Principal
    ) async throws {
        let there =
            wish.endpoint == nil
            ? nil : try await plane.status().endpoints.first { $0.record.name == wish.endpoint }
        var contexts: [AccessContext] = []
        if let there {
            contexts.append(
                await context(call, principal, environment: there.record.environment, team: there.team))
        }
        if let spec = wish.deployment?.spec {
            contexts.append(await context(call, principal, environment: spec.environment, team: spec.team))
        }
        if contexts.isEmpty { contexts.append(await context(call, principal, environment: nil, team: nil)) }
        let isKnownGood = wish.deployment?.spec.model.digest.map { digest in
            there?.hasServed(digest) ?? false
        }
        let requests = contexts.map { context in
            var context = context
            context.isKnownGood = isKnownGood
            return AccessRequest(verb, on: resource, context)
        }
        var needsApproval = false
        for request in requests {
            let decision = principal.decide(request)
            switch decision.answer {
            case .allowed: continue
            case .denied: return try await refuse(request, decision.why, principal)
            case .needsApproval: needsApproval = true
            }
        }
        guard needsApproval else { return }
        let used = try await approval(verb, resource, requests, wish, call, principal)
        for var request in requests {
            request.context.approvalID = used
            let decision = principal.decide(request)
            guard decision.isAllowed else { return try await refuse(request, decision.why, principal) }
        }
    }

    /// Uses up another person's approval of this very change; where there is none, asks for it and throws.
    private func approval(
        _ verb: AccessVerb, _ resource: String, _ requests: [AccessRequest], _ wish: ControlWish, _ call: SignedCall,
        _ principal: Principal
    ) async throws -> String {
        if let spec = wish.deployment?.spec, spec.model.digest == nil {
            throw PlumbError(
                .invalidInput, "what would be approved is not known: the spec does not name the model's digest",
                hint: "model: {path: …, digest: …}")
        }
        let digest = await plane.digest(of: wish.planBytes(call.body, by: principal.name))
        if let used = try await plane.useApproval(of: digest, by: principal) { return used }
        let environments = requests.compactMap(\.context.environment)
        let plan = ChangePlan(
            digest: digest, verb: verb, resource: resource,
            environment: environments.contains(.production) ? .production : environments.first,
            summary: wish.summary, by: principal, author: wish.deployment?.spec.provenance?.author,
            at: requests.first?.context.at ?? 0, proposal: wish.deployment?.spec)
        try await plane.propose(plan)
        if let request = requests.first {
            try await plane.noteDenied(request, why: "plan \(plan.id) waits for another person", by: principal)
        }
        throw PlumbError(
            .refused, "another person has to approve this very change: plan \(plan.id) (\(plan.summary))",
            hint: "they run plumb approve --plan \(plan.id); then the same again, within "
                + "\(Int(ChangePlan.secondsMax / 3600)) h, is let through once")
    }

    /// The status of what the caller may read. Throws `refused` where that is nothing.
    func status(for principal: Principal, _ call: SignedCall) async throws -> EngineStatus {
        var status = try await plane.status()
        var seen: [EndpointStatus] = []
        for endpoint in status.endpoints where await mayRead(endpoint, principal, call) { seen.append(endpoint) }
        if seen.isEmpty { try await requireAnyReading(principal, call) }
        status.endpoints = seen
        return status
    }

    /// The status of one endpoint; nil where there is none that the caller may read. Throws `refused` where they may
    /// read nothing.
    func status(of endpoint: String, for principal: Principal, _ call: SignedCall) async throws -> EndpointStatus? {
        if let found = try await plane.status(of: endpoint), await mayRead(found, principal, call) { return found }
        try await requireAnyReading(principal, call)
        return nil
    }

    private func mayRead(_ endpoint: EndpointStatus, _ principal: Principal, _ call: SignedCall) async -> Bool {
        let request = AccessRequest(
            .read, on: "endpoint/\(endpoint.record.name)",
            await context(call, principal, environment: endpoint.record.environment, team: endpoint.team))
        return principal.decide(request).isAllowed
    }

    private func requireAnyReading(_ principal: Principal, _ call: SignedCall) async throws {
        guard !principal.holds(.read) else { return }
        let bare = await context(call, principal, environment: nil, team: nil)
        try await refuse(AccessRequest(.read, on: "engine", bare), "no grant holds read", principal)
    }

    // MARK: - Answering

    private func respond(to wish: ControlWish, _ call: SignedCall, by principal: Principal) async throws -> CallAnswer {
        let head = HTTPRequest(
            method: HTTPRequest.Method(wish.method) ?? .get, scheme: "https", authority: nil, path: wish.path)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: call.body)))
        let context = DeskContext(source: DeskContext.Source(logger: log, principal: principal))
        do {
            let response = try await responder.respond(to: request, context: context)
            let collected = CollectedBody()
            try await response.body.write(collected)
            return CallAnswer(
                status: response.status.code, headers: [("content-type", "application/json")],
                body: collected.bytes.withLock { $0 })
        } catch let error as HTTPError {
            return Self.refusal(error.status.code, PlumbError(.invalidInput, error.body ?? "\(error.status)"))
        }
    }
}

/// A request's context where the caller is proven.
private struct DeskContext: RequestContext {
    struct Source: RequestContextSource {
        let logger: Logger
        let principal: Principal
    }
    var coreContext: CoreRequestContextStorage
    let principal: Principal

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        principal = source.principal
    }
}

/// Keeps what is written.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])
    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += buffer.readableBytesView } }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension EndpointStatus {
    /// Whose it is: the active revision's, else the newest one's.
    var team: String? { (record.revision(record.active) ?? record.revisions.last)?.spec.team }

    /// Whether a revision of that artefact was promoted here.
    func hasServed(_ digest: String) -> Bool {
        record.revisions.contains { revision in
            revision.modelDigest == digest
                && record.history.contains { $0.new == revision.number && $0.outcome == .promoted }
        }
    }
}
