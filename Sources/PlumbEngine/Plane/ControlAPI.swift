// The control API's paths and bodies, shared by whoever serves it and whoever calls it.

public import PlumbModel

/// Paths under which a control plane answers. Bodies are JSON; times are seconds since 1970-01-01 UTC.
public enum ControlAPI {
    /// What all of them begin with, on the socket and at the gateway's port.
    public static let pathPrefix = "/v1/"
    /// On the socket alone: a link that opens the console once.
    public static let console = "/v1/console"
    public static let access = "/v1/access"
    /// The ticket that a change is made under.
    public static let ticketHeader = "x-plumb-change-ticket"
    public static let status = "/v1/status"
    public static let deployments = "/v1/deployments"
    public static let endpoints = "/v1/endpoints"
    public static let graph = "/v1/graph"
    public static let audit = "/v1/audit"
    public static let shutdown = "/v1/shutdown"
    public static let monitoring = "/v1/monitoring"
    public static let captures = "/v1/captures"
    public static let erasures = "/v1/erasures"
    public static let accessKeys = "/v1/access-keys"
    public static let spending = "/v1/spending"
    /// The path of an endpoint's last requests, with what is looked for.
    public static func requests(of endpoint: String, _ search: RequestSearch) -> String {
        var path = "\(endpoints)/\(URIText.escaped(endpoint))/requests?limit=\(search.limit)"
        if search.errorsOnly { path += "&errors=true" }
        if let id = search.id { path += "&id=\(URIText.escaped(id))" }
        return path
    }
    /// Names who acts; the socket itself admits only the user who runs the engine.
    public static let actorHeader = "x-plumb-actor"
    /// Bytes of a request body.
    public static let bodyBytesMax = 8 << 20

    /// A wish to go back.
    public struct RollbackBody: Sendable, Codable {
        public var revision: Int?
        public var reason: String
        public init(revision: Int?, reason: String) {
            self.revision = revision
            self.reason = reason
        }
    }

    /// Whose captures are to be erased.
    public struct ErasureBody: Sendable, Codable {
        public var subject: String
        public init(subject: String) { self.subject = subject }
    }

    /// How many records an erasure took.
    public struct ErasureAnswer: Sendable, Codable {
        public var records: Int
        public init(records: Int) { self.records = records }
    }

    /// A wish for a number of instances.
    public struct ScaleBody: Sendable, Codable {
        public var count: Int
        public var reason: String
        public init(count: Int, reason: String) {
            self.count = count
            self.reason = reason
        }
    }

    /// A wish about an endpoint's hours or its budget.
    public struct SpendingBody: Sendable, Codable {
        public var order: SpendingOrder
        /// Seconds since 1970-01-01 UTC.
        public var until: Double?
        public var reason: String
        public init(order: SpendingOrder, until: Double?, reason: String) {
            self.order = order
            self.until = until
            self.reason = reason
        }
    }

    /// Until when an order holds.
    public struct SpendingAnswer: Sendable, Codable {
        public var until: Double?
        public init(until: Double?) { self.until = until }
    }

    /// A wish about the rollout under way.
    public struct SteerBody: Sendable, Codable {
        public var command: RolloutCommand
        public var reason: String
        public init(command: RolloutCommand, reason: String) {
            self.command = command
            self.reason = reason
        }
    }

    /// A `PlumbError` on the wire.
    public struct ErrorBody: Sendable, Codable {
        public var kind: PlumbError.Kind
        public var message: String
        public var hint: String?
        public var place: Place?

        public init(_ error: PlumbError) {
            kind = error.kind
            message = error.message
            if let cause = error.cause { message += " (\(cause))" }
            hint = error.hint
            place = error.place
        }

        public var error: PlumbError { PlumbError(kind, message, hint: hint, at: place) }
    }
}
