// What the gateway hands over: whole signed requests that are no invocations, and what comes back for them.

public import PlumbModel
public import PlumbSignals

/// A request to the control side of AWS's interfaces, complete and with its signature looked at.
public struct SignedCall: Sendable {
    public var method: String
    /// As sent, with the query.
    public var uri: String
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Who signed it, or why that is not known.
    public var caller: Result<Caller, SignatureRefusal>
    /// The gateway's name for the request, which its answer carries.
    public var requestID: String
    /// The address that it came from.
    public var address: String?
    /// The certificate that the client has shown, in DER, checked to be by the engine's authority.
    public var certificate: [UInt8]?

    public init(
        method: String, uri: String, headers: [(name: String, value: String)], body: [UInt8],
        caller: Result<Caller, SignatureRefusal>, requestID: String, address: String? = nil,
        certificate: [UInt8]? = nil
    ) {
        self.address = address
        self.certificate = certificate
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
        self.caller = caller
        self.requestID = requestID
    }

    /// The first header of that name, which is given in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// The answer to a signed call.
public struct CallAnswer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Answers signed calls. It is asked away from the gateway's event loops, and may take its time.
public protocol FrontDesk: Sendable {
    func answer(_ call: SignedCall) async -> CallAnswer
}

/// What a front desk needs of the engine beyond its control plane.
public protocol FrontDeskGround: Sendable {
    /// Seconds since 1970-01-01 UTC.
    func now() async -> Double
    /// The region that signatures have to name.
    func region() async -> String
    /// The live metrics of an endpoint; nil for one that is not there.
    func metrics(of endpoint: String) async throws -> (any MetricSource & Sendable)?
    /// Lets the endpoint's only variant go by another name than the engine's own; nil takes the name away.
    func nameVariant(_ name: String?, of endpoint: String) async
    /// The desk's records by key.
    func deskRecords<Record: Codable & Sendable>(as type: Record.Type) async throws -> [String: Record]
    /// Saves records and appends to the audit record in one durable change; nil takes a record away.
    func saveDesk<Record: Codable & Sendable>(_ changes: [String: Record?], audit: [AuditEntry]) async throws
}
