// What measurements say of a new revision: four answers, of which only one promotes.

/// The verdict over a stretch of time, in words with the numbers that led to it.
public enum AnalysisVerdict: Sendable, Hashable, Codable {
    /// Nothing speaks against it, and there was enough to see.
    case pass(String)
    /// Proven worse than it may be: it goes back.
    case fail(String)
    /// Too little to tell: it neither promotes nor rolls back, and at the deadline it rolls back.
    case inconclusive(String)
    /// It could not be looked at; like `inconclusive`, and told apart.
    case error(String)

    /// Why it must go back; nil when it need not.
    public var failure: String? {
        if case .fail(let reason) = self { reason } else { nil }
    }
    public var isPass: Bool {
        if case .pass = self { true } else { false }
    }
    public var text: String {
        switch self {
        case .pass(let text), .fail(let text), .inconclusive(let text): text
        case .error(let text): "it could not be judged: \(text)"
        }
    }
}
