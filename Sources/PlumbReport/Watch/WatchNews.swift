// What a watch has to tell after one look.

public import PlumbModel

/// News on one input, or on the watch itself.
public struct WatchNews: Sendable {
    public enum Kind: String, Sendable {
        /// How things stand as a watch begins; told to whoever started it, and to no channel.
        case board
        /// The first look at an input.
        case first
        case changed
        /// Nothing changed, and failures stay.
        case reminder
        /// An input that is no longer there.
        case left
        /// Several looks in a row could not be made.
        case blind
        case seesAgain
    }
    public internal(set) var kind: Kind
    /// Seconds since 1970-01-01 UTC.
    public let at: Double
    /// Which look it was, counted over restarts.
    public let look: Int
    public let path: String
    public let source: SourceKind?
    public let environment: Environment?
    /// What was seen; nil where nothing was.
    public let assessment: Assessment?
    public internal(set) var policies: [AssessmentDiff.Change] = []
    public internal(set) var controls: [AssessmentDiff.Change] = []
    /// Failures that came and that went.
    public internal(set) var new: [Finding] = []
    public internal(set) var gone: [Finding] = []
    /// Controls that go to and fro; they are not told again until they rest.
    public internal(set) var unsteady: [String] = []
    /// Why nothing was seen, or since when.
    public let reason: String?

    init(
        _ kind: Kind, at: Double, look: Int, path: String = "", source: SourceKind? = nil,
        environment: Environment? = nil, reason: String? = nil
    ) {
        self.kind = kind
        self.at = at
        self.look = look
        self.path = path
        self.source = source
        self.environment = environment
        self.reason = reason
        assessment = nil
    }

    init(_ kind: Kind, at: Double, look: Int, on assessment: Assessment) {
        self.kind = kind
        self.at = at
        self.look = look
        path = assessment.path
        source = assessment.source
        environment = assessment.environment
        self.assessment = assessment
        reason = nil
    }

    public static func board(of assessment: Assessment, at now: Double) -> WatchNews {
        WatchNews(.board, at: now, look: 0, on: assessment)
    }

    var isEmpty: Bool {
        policies.isEmpty && controls.isEmpty && new.isEmpty && gone.isEmpty && unsteady.isEmpty
    }

    /// The same for the same news, also when a look is repeated because the watch was killed before it wrote down that
    /// it had told them: receivers drop what they have.
    public var id: String {
        FindingIdentity.digits(
            of: [path, environment?.rawValue ?? "", kind.rawValue, "\(look)"]
                + (policies + controls).map { "\($0.id) \($0.after?.rawValue ?? "")" }
                + FindingIdentity.all(of: new) + ["gone"] + FindingIdentity.all(of: gone) + unsteady)
    }
}
