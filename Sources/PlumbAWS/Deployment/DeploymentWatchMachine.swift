// What the states of a stack and its endpoint mean for a deployment, and when there is something to tell.
//
// SageMaker may be seen late or not at all in a state: a rollback between two looks leaves nothing but the old
// configuration. So only one thing counts as success: the wanted configuration in service, with its stack done.

/// How a deployment has ended.
public enum DeploymentOutcome: Sendable, Hashable {
    /// The wanted configuration serves.
    case promoted
    /// SageMaker went back: the old configuration serves.
    case rolledBack
    /// It ended in another way; the text says how.
    case failed(String)
    /// It goes on, but longer than was allowed.
    case timedOut

    var word: String {
        switch self {
        case .promoted: "promoted"
        case .rolledBack: "rolled back"
        case .failed: "failed"
        case .timedOut: "timed out"
        }
    }
}

/// Where a stack has come to.
public struct StackLook: Sendable, Hashable {
    public var status: String
    /// The first resource that failed, and why.
    public var failure: String?

    public init(status: String, failure: String? = nil) {
        self.status = status
        self.failure = failure
    }

    public var isSettled: Bool { !status.hasSuffix("_IN_PROGRESS") }
    public var isGood: Bool { status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE" }
}

/// Watches one deployment of one endpoint.
public struct DeploymentWatchMachine: Sendable {
    private let wanted: String
    /// What served before; nil for a new endpoint.
    private let before: String?
    private let deadline: Double
    /// An update that was asked for shows itself until then, or it has been and gone.
    private let graceEnd: Double
    private var hasMoved = false
    private var hasRolledBack = false
    /// SageMaker shows an update as soon as it has accepted it.
    static let graceSecondsMax = 30.0
    private var last: (status: String, pending: String, firing: Set<String>)?
    public private(set) var outcome: DeploymentOutcome?

    public init(wanted: String, before: String?, startedAt: Double, secondsMax: Double) {
        self.wanted = wanted
        self.before = before
        deadline = startedAt + secondsMax
        graceEnd = startedAt + min(secondsMax, Self.graceSecondsMax)
    }

    /// Looks at both; nil for an endpoint that is not there, and for a stack that is not watched. Answers what is new.
    public mutating func tick(at now: Double, endpoint: EndpointLook?, stack: StackLook?) -> [String] {
        guard outcome == nil else { return [] }
        let news = news(of: endpoint)
        if let endpoint {
            if !endpoint.isSettled { hasMoved = true }
            if endpoint.status == "RollingBack" || endpoint.status == "UpdateRollbackFailed" { hasRolledBack = true }
        }
        outcome = judged(endpoint, stack, now)
        if outcome == nil, now >= deadline { outcome = .timedOut }
        return news
    }

    private func judged(_ endpoint: EndpointLook?, _ stack: StackLook?, _ now: Double) -> DeploymentOutcome? {
        // While either moves, nothing is decided: a stack waits for its endpoint, and may yet bring it back.
        if let stack, !stack.isSettled { return nil }
        guard let endpoint else {
            guard let stack else { return .failed("the endpoint is gone") }
            return .failed(stack.failure ?? "its stack is \(stack.status), and there is no endpoint")
        }
        guard endpoint.isSettled else { return nil }
        guard endpoint.status == "InService" else {
            return .failed(
                "the endpoint is \(endpoint.status): \(endpoint.failureReason ?? "SageMaker gives no reason")")
        }
        if let stack, !stack.isGood {
            // The stack fails as well when SageMaker went back; that is one story.
            let wentBack = hasRolledBack || (hasMoved && before != nil && endpoint.config == before && before != wanted)
            return wentBack ? .rolledBack : .failed(stack.failure ?? "its stack is \(stack.status)")
        }
        if endpoint.config == wanted { return .promoted }
        if hasMoved { return .rolledBack }
        return stack == nil && now < graceEnd ? nil : .failed("\(endpoint.config) serves, and not \(wanted)")
    }

    private mutating func news(of endpoint: EndpointLook?) -> [String] {
        guard let endpoint else { return [] }
        let pending = endpoint.pending?.text ?? ""
        let firing = Set(endpoint.firing)
        defer { last = (endpoint.status, pending, firing) }
        var news: [String] = []
        if last?.status != endpoint.status { news.append("\(endpoint.status) (\(endpoint.config))") }
        if !pending.isEmpty, last?.pending != pending { news.append(pending) }
        for name in firing.subtracting(last?.firing ?? []).sorted() { news.append("\(name) is in ALARM") }
        for name in (last?.firing ?? []).subtracting(firing).sorted() { news.append("\(name) is no longer in ALARM") }
        return news
    }
}
