// What a stretch of time saw, and how CloudWatch's statistics are read off it.

public import PlumbModel

/// The metrics SageMaker publishes for each invocation of a variant.
public enum RequestMetric: String, Sendable, Hashable, CaseIterable {
    case invocations = "Invocations"
    case clientErrors = "Invocation4XXErrors"
    case serverErrors = "Invocation5XXErrors"
    /// Every answer that was not 2XX, 4XX included.
    case modelErrors = "InvocationModelErrors"
    /// In microseconds.
    case modelLatency = "ModelLatency"

    /// The namespace SageMaker publishes invocation metrics in.
    public static let namespace = "AWS/SageMaker"

    /// The metric of that identity's name, if its namespace is SageMaker's.
    public init?(_ identity: MetricIdentity) {
        guard identity.namespace == Self.namespace else { return nil }
        self.init(rawValue: identity.name)
    }

    /// Whether the metric is published in `unit`.
    ///
    /// SageMaker documents Microseconds for latencies and None for the rest. Count is taken for None, because the
    /// documents are the only proof there is.
    public func isPublished(in unit: String) -> Bool {
        self == .modelLatency ? unit == "Microseconds" : unit == "None" || unit == "Count"
    }
}

/// What the status of an answer says about the request.
enum RequestOutcome: Sendable {
    case success, clientError, serverError, other

    @inline(__always)
    init(status: Int) {
        switch status {
        case 200..<300: self = .success
        case 400..<500: self = .clientError
        case 500..<600: self = .serverError
        default: self = .other
        }
    }
}

/// Counters since the start.
public struct RequestTotals: Sendable, Hashable, Codable {
    public private(set) var requests: UInt64 = 0
    public private(set) var successes: UInt64 = 0
    /// Answers of 400 ... 499.
    public private(set) var clientErrors: UInt64 = 0
    /// Answers of 500 ... 599, timeouts and crashes included.
    public private(set) var serverErrors: UInt64 = 0
    public private(set) var latencyMicroseconds: UInt64 = 0

    /// Everything that was not answered with a 2XX.
    public var modelErrors: UInt64 { requests - successes }

    mutating func count(_ outcome: RequestOutcome, latency: Int) {
        requests &+= 1
        latencyMicroseconds &+= UInt64(latency)
        switch outcome {
        case .success: successes &+= 1
        case .clientError: clientErrors &+= 1
        case .serverError: serverErrors &+= 1
        case .other: break
        }
    }

    mutating func add(_ other: RequestTotals) {
        requests &+= other.requests
        successes &+= other.successes
        clientErrors &+= other.clientErrors
        serverErrors &+= other.serverErrors
        latencyMicroseconds &+= other.latencyMicroseconds
    }
}

/// The counters of one second.
struct RequestSecond: Sendable {
    /// Which second the slot holds; `Int.min` before the first use.
    var second = Int.min
    var requests: UInt32 = 0
    var successes: UInt32 = 0
    var clientErrors: UInt32 = 0
    var serverErrors: UInt32 = 0
    var latencySum: UInt64 = 0
    var latencyMin = UInt32.max
    var latencyMax: UInt32 = 0

    @inline(__always)
    mutating func count(_ outcome: RequestOutcome, latency: UInt32) {
        requests &+= 1
        latencySum &+= UInt64(latency)
        latencyMin = min(latencyMin, latency)
        latencyMax = max(latencyMax, latency)
        switch outcome {
        case .success: successes &+= 1
        case .clientError: clientErrors &+= 1
        case .serverError: serverErrors &+= 1
        case .other: break
        }
    }

    mutating func add(_ other: RequestSecond) {
        requests &+= other.requests
        successes &+= other.successes
        clientErrors &+= other.clientErrors
        serverErrors &+= other.serverErrors
        latencySum &+= other.latencySum
        latencyMin = min(latencyMin, other.latencyMin)
        latencyMax = max(latencyMax, other.latencyMax)
    }
}

/// The sum of some seconds; windows of several recorders add up.
struct RequestWindow: Sendable {
    private(set) var requests: UInt64 = 0
    private var successes: UInt64 = 0
    private var clientErrors: UInt64 = 0
    private var serverErrors: UInt64 = 0
    private var latencySum: UInt64 = 0
    private var latencyMin = UInt32.max
    private var latencyMax: UInt32 = 0
    var distribution: LatencyDistribution?

    mutating func add(_ second: RequestSecond) {
        requests += UInt64(second.requests)
        successes += UInt64(second.successes)
        clientErrors += UInt64(second.clientErrors)
        serverErrors += UInt64(second.serverErrors)
        latencySum += second.latencySum
        latencyMin = min(latencyMin, second.latencyMin)
        latencyMax = max(latencyMax, second.latencyMax)
    }

    mutating func add(_ other: RequestWindow) {
        requests += other.requests
        successes += other.successes
        clientErrors += other.clientErrors
        serverErrors += other.serverErrors
        latencySum += other.latencySum
        latencyMin = min(latencyMin, other.latencyMin)
        latencyMax = max(latencyMax, other.latencyMax)
        guard let added = other.distribution else { return }
        distribution == nil ? (distribution = added) : distribution?.add(added)
    }

    /// One statistic of one metric; nil without requests, because SageMaker publishes nothing then.
    func datapoint(_ metric: RequestMetric, _ statistic: Statistic) -> Datapoint? {
        guard requests > 0 else { return nil }
        let value: Double? =
            switch metric {
            case .invocations: flags(requests, statistic)
            case .clientErrors: flags(clientErrors, statistic)
            case .serverErrors: flags(serverErrors, statistic)
            case .modelErrors: flags(requests - successes, statistic)
            case .modelLatency: latency(statistic)
            }
        return value.map { Datapoint(value: $0, sampleCount: Double(requests)) }
    }

    /// Each request sends a 1 or a 0, so the average is the rate and the sum is the count.
    private func flags(_ ones: UInt64, _ statistic: Statistic) -> Double {
        let total = Double(requests)
        return switch statistic {
        case .sampleCount: total
        case .sum: Double(ones)
        case .average: Double(ones) / total
        case .minimum: ones == requests ? 1 : 0
        case .maximum: ones > 0 ? 1 : 0
        case .percentile(let rank): max(1, (total * rank / 100).rounded(.up)) > total - Double(ones) ? 1 : 0
        }
    }

    private func latency(_ statistic: Statistic) -> Double? {
        switch statistic {
        case .sampleCount: Double(requests)
        case .sum: Double(latencySum)
        case .average: Double(latencySum) / Double(requests)
        case .minimum: Double(latencyMin)
        case .maximum: Double(latencyMax)
        case .percentile(rank: 0): Double(latencyMin)
        case .percentile(rank: 100): Double(latencyMax)
        case .percentile(let rank):
            // The middle of a bucket may lie outside of what was really seen.
            distribution?.percentile(rank).map { min(max($0, Double(latencyMin)), Double(latencyMax)) }
        }
    }
}
