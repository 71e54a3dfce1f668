// What the states of a job mean, and when there is something to tell.

/// How a job has ended.
public enum CompilationOutcome: Sendable, Hashable {
    case completed
    /// With SageMaker's reason.
    case failed(String)
    /// By somebody.
    case stopped
    /// It goes on, but longer than it was given.
    case timedOut

    public var word: String {
        switch self {
        case .completed: "completed"
        case .failed: "failed"
        case .stopped: "stopped"
        case .timedOut: "timed out"
        }
    }
}

/// Watches one job. It ends with success in one way only: SageMaker says that it is completed.
public struct CompilationJobMachine: Sendable {
    private let deadline: Double
    private var last: String?
    public private(set) var outcome: CompilationOutcome?
    /// A job may wait for a machine before it runs, and is told late.
    static let slackSeconds = 1_800.0
    static let states: Set<String> = ["STARTING", "INPROGRESS", "STOPPING", "COMPLETED", "FAILED", "STOPPED"]

    /// `secondsMax` is how long the job itself may run.
    public init(startedAt: Double, secondsMax: Double) { deadline = startedAt + secondsMax + Self.slackSeconds }

    /// Looks at the job; nil for one that is not there. Answers what is new.
    public mutating func tick(at now: Double, status: String?, reason: String?) -> [String] {
        guard outcome == nil else { return [] }
        switch status {
        case "COMPLETED": outcome = .completed
        case "FAILED": outcome = .failed(reason.flatMap { $0.isEmpty ? nil : $0 } ?? "SageMaker gives no reason")
        case "STOPPED": outcome = .stopped
        case nil: outcome = .failed("the job is gone")
        default: if now >= deadline { outcome = .timedOut }
        }
        guard let status, status != last else { return [] }
        last = status
        // A state that is new to us is waited out.
        let isKnown = Self.states.contains(status)
        return [isKnown ? status : "\(status), which is not known here"]
    }
}
