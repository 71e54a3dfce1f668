// The last requests of an endpoint, one by one and by name: who asked, what came of it, and how long it took.

/// One answered request; never what was in it.
public struct RequestLine: Sendable, Hashable, Codable {
    /// What its answer bears as `x-amzn-requestid`.
    public var id: String
    /// When it was answered; seconds since 1970-01-01 UTC.
    public var at: Double
    /// The name of the token or key that it came with.
    public var caller: String?
    /// Nil where it was refused before a revision was chosen.
    public var revision: Int?
    /// The instance that answered, or was asked last.
    public var worker: String?
    /// As the client was told.
    public var status: Int
    /// From the last byte of the request to its answer.
    public var milliseconds: Double
    public var requestBytes: Int
    public var answerBytes: Int
    /// SageMaker's word for what went wrong, such as `ModelError`, and the engine's own words; nil where nothing did.
    public var errorType: String?
    public var reason: String?

    public var isError: Bool { status >= 400 }

    public init(
        id: String, at: Double, caller: String?, revision: Int?, worker: String?, status: Int, milliseconds: Double,
        requestBytes: Int, answerBytes: Int, errorType: String? = nil, reason: String? = nil
    ) {
        self.id = id
        self.at = at
        self.caller = caller
        self.revision = revision
        self.worker = worker
        self.status = status
        self.milliseconds = milliseconds
        self.requestBytes = requestBytes
        self.answerBytes = answerBytes
        self.errorType = errorType
        self.reason = reason
    }
}

/// Which requests are looked for.
public struct RequestSearch: Sendable, Hashable {
    /// The one of this name, or whose name begins so.
    public var id: String?
    public var errorsOnly: Bool
    /// Lines at most: 1 ... `limitMax`.
    public var limit: Int
    public static let limitMax = 1000

    public init(id: String? = nil, errorsOnly: Bool = false, limit: Int = 100) {
        self.id = id.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        self.errorsOnly = errorsOnly
        self.limit = min(max(1, limit), Self.limitMax)
    }

    public func isMet(by line: RequestLine) -> Bool {
        (!errorsOnly || line.isError) && (id.map { line.id.hasPrefix($0) } ?? true)
    }
}

/// What was found, the newest first, and how far back it could be looked for.
public struct RequestLines: Sendable, Hashable, Codable {
    public var endpoint: String
    public var lines: [RequestLine]
    /// The oldest answer that went well, and the oldest error, that are still kept; seconds since 1970-01-01 UTC, nil
    /// where none was seen since the engine's start.
    public var since: Double?
    public var errorsSince: Double?

    public init(endpoint: String, lines: [RequestLine], since: Double?, errorsSince: Double?) {
        self.endpoint = endpoint
        self.lines = lines
        self.since = since
        self.errorsSince = errorsSince
    }
}
