// What a request to the control API asks for, in the access table's words.

import Foundation
import PlumbEngine
import PlumbModel

/// One request, read once: what is decided on is what is done.
struct ControlWish: Sendable {
    /// On what terms it is let through.
    enum Terms: Sendable, Equatable {
        /// As the table says, for this verb on this resource.
        case table(AccessVerb, resource: String)
        /// The table says it of each endpoint there is.
        case everyEndpoint(AccessVerb)
        /// Shown as far as the caller may read.
        case filteredStatus
        /// Holding one of the verbs anywhere opens the door; the plane looks at the thing itself.
        case holding([AccessVerb])
        /// For whoever brings the one-time token, which the plane looks at.
        case claim
        /// A fresh token for whoever has proven with a key or certificate who it is; the table for all others.
        case ownToken(String)
        /// For whoever is known.
        case known
    }
    static let descriptionPath = "/v1/openapi.json"
    var terms: Terms
    var endpoint: String?
    var method: String
    /// Written anew from what was read: no second reader can find something else in it.
    var path: String
    var deployment: DeploymentRequest?
    var reason: String?
    /// In a few words, for whoever is to approve it.
    var summary: String

    /// Throws `notFound` for a path that there is not, `invalidInput` for a body that cannot be read.
    init(method: String, uri: String, body: [UInt8]) throws(PlumbError) {
        let sides = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let parts = sides[0].split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).map {
            String($0).removingPercentEncoding ?? ""
        }
        let query = sides.count == 2 ? sides[1] : ""
        self.method = method
        path = "/v1/" + parts.map(Self.escaped).joined(separator: "/")
        summary = "\(method) \(path)"
        terms = .table(.alterAudit, resource: "engine")
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw Self.unknown(method, uri) }
        switch (method, parts.count, parts.first ?? "") {
        case ("GET", 1, let name): try readGet(name, query)
        case ("GET", 2, "captures"):
            about(.readCaptures, parts[1], Self.parameter("after", query).map { ("after", $0) })
        case ("GET", 3, "endpoints"): try readPast(of: parts[1], parts[2], query)
        case ("POST", 1, let name): try readPost(name, body)
        case ("POST", 3, "endpoints"): try readChange(of: parts[1], parts[2], body)
        case ("DELETE", 2, "endpoints"): about(.stop, parts[1])
        case ("DELETE", 2, "access-keys"): terms = .table(.manageAccess, resource: "access")
        default: throw Self.unknown(method, uri)
        }
    }

    private static func unknown(_ method: String, _ uri: String) -> PlumbError {
        PlumbError(.notFound, "the control API has no \(method.prefix(10)) \(uri.prefix(100))")
    }

    private mutating func about(_ verb: AccessVerb, _ endpoint: String, _ query: (String, String)? = nil) {
        self.endpoint = endpoint
        terms = .table(verb, resource: "endpoint/\(endpoint)")
        if let query { path += "?\(query.0)=\(Self.escaped(query.1))" }
    }

    private mutating func readPast(
        of endpoint: String, _ what: String, _ query: String
    ) throws(PlumbError) {
        if what == "history" {
            return about(.read, endpoint, Self.parameter("over", query).map { ("over", $0) })
        }
        guard what == "requests" else { throw Self.unknown("GET", path) }
        about(.read, endpoint)
        let search = RequestSearch(
            id: Self.parameter("id", query), errorsOnly: Self.parameter("errors", query) == "true",
            limit: Self.parameter("limit", query).flatMap { Int($0) } ?? 100)
        path = ControlAPI.requests(of: endpoint, search)
    }

    private mutating func readGet(_ name: String, _ query: String) throws(PlumbError) {
        switch name {
        case "status": terms = .filteredStatus
        case "openapi.json":
            terms = .known
            // A name of our own, whose point needs no escape.
            path = Self.descriptionPath
        case "graph", "monitoring":
            if let endpoint = Self.parameter("endpoint", query) {
                about(.read, endpoint, ("endpoint", endpoint))
            } else {
                terms = .everyEndpoint(.read)
            }
        case "spending":
            let month = Self.parameter("month", query)
            if let endpoint = Self.parameter("endpoint", query) {
                about(.read, endpoint, ("endpoint", endpoint))
            } else {
                terms = .everyEndpoint(.read)
            }
            if let month { path += "\(path.contains("?") ? "&" : "?")month=\(Self.escaped(month))" }
        case "audit":
            terms = .table(.readAudit, resource: "engine")
            if let limit = Self.parameter("limit", query) { path += "?limit=\(Self.escaped(limit))" }
        case "access": terms = .holding([.closeReview])
        case "access-keys": terms = .table(.manageAccess, resource: "access")
        default: throw Self.unknown("GET", path)
        }
    }

    private mutating func readPost(_ name: String, _ body: [UInt8]) throws(PlumbError) {
        switch name {
        case "deployments":
            let request: DeploymentRequest = try Self.read(body)
            about(.deploy, request.spec.name)
            path = "/v1/deployments"
            deployment = request
            let digest = request.spec.model.digest.map { ", model \($0.prefix(19))…" } ?? ""
            summary = "deploy \(request.spec.name) to \(request.spec.environment.rawValue)\(digest)"
        case "audit":
            let entry: AuditEntry = try Self.read(body)
            terms = .table(entry.action == "promote" ? .promote : .approve, resource: entry.subject)
            if entry.subject.hasPrefix("endpoint/") { endpoint = String(entry.subject.dropFirst(9)) }
        case "erasures": terms = .table(.manageData, resource: "engine")
        case "access-keys":
            let request: AccessKeyRequest = try Self.read(body)
            // An operator's key changes production through AWS's face: to make one is to give a role.
            terms = .table(request.role == .operator ? .grantRole : .manageAccess, resource: "access")
            summary = "a key for \(request.holder.prefix(64)) as \(request.role.rawValue)"
        case "shutdown": terms = .table(.stop, resource: "engine")
        case "access": try readOrder(body)
        default: throw Self.unknown("POST", path)
        }
    }

    private mutating func readOrder(_ body: [UInt8]) throws(PlumbError) {
        let order: AccessOrder = try Self.read(body)
        summary = order.action
        terms =
            switch order {
            // A role is approved by another admin, anything else by an approver.
            case .approve, .reject: .holding([.approve, .manageAccess])
            case .closeReview, .breakGlass: .holding([order.verb])
            case .claim: .claim
            case .issueToken(let user, _): .ownToken(user)
            default: .table(order.verb, resource: order.verb == .manageData ? "engine" : "access")
            }
        if case .grant(let user, let grant) = order { summary = "\(user) is to hold \(grant.text)" }
    }

    private mutating func readChange(of endpoint: String, _ what: String, _ body: [UInt8]) throws(PlumbError) {
        switch what {
        case "rollback":
            let wish: ControlAPI.RollbackBody = try Self.read(body)
            about(wish.revision == nil ? .emergencyRollback : .rollback, endpoint)
            summary = "roll \(endpoint) back to \(wish.revision.map { "r\($0)" } ?? "the last that was good")"
            reason = wish.reason
        case "rollout":
            let wish: ControlAPI.SteerBody = try Self.read(body)
            about(wish.command == .promote ? .promote : .steer, endpoint)
            summary = "\(wish.command.rawValue) the rollout of \(endpoint)"
        case "scale":
            let wish: ControlAPI.ScaleBody = try Self.read(body)
            about(.scale, endpoint)
            summary = "scale \(endpoint) to \(wish.count)"
        case "spending":
            let wish: ControlAPI.SpendingBody = try Self.read(body)
            about(wish.order == .park ? .stop : .scale, endpoint)
            summary = "\(wish.order.rawValue) \(endpoint)"
        default: throw Self.unknown("POST", path)
        }
    }

    // MARK: - Reading

    private static func read<Body: Decodable>(_ body: [UInt8]) throws(PlumbError) -> Body {
        do {
            return try JSONDecoder().decode(Body.self, from: Data(body))
        } catch {
            throw PlumbError(
                .invalidInput, "the request body is not what this version expects",
                hint: "do the command line and the engine have the same version?", cause: error)
        }
    }

    private static func parameter(_ name: String, _ query: String) -> String? {
        for pair in query.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, sides[0] == name { return String(sides[1]).removingPercentEncoding }
        }
        return nil
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_"))) ?? ""
    }

    /// The bytes that an approval is of: who asks, for what, and the body in one form, whatever the order of its keys.
    func planBytes(_ body: [UInt8], by requester: String) -> [UInt8] {
        // A body that was read as JSON above is JSON here; another would be taken as it is.
        let tree = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
        let canonical = tree.flatMap {
            // What was read can be written.
            try? JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys, .fragmentsAllowed])
        }
        return Array("\(requester)\n\(method) \(path)\n".utf8) + Array(canonical ?? Data(body))
    }
}
