// The request that a connection is at, and why it may not be answered by a model.

import Foundation
import NIOCore
import PlumbEngine

/// The request that a connection is at.
struct RequestInHand {
    var startedAt = NIODeadline.now()
    var revision = 0
    var bodyCount = 0
    /// The endpoint that it is for, once its sender is known to be somebody; and the instance that was asked.
    var route: EndpointRoute?
    var worker: String?
    /// Why it was not answered by the model.
    var refusal: Refusal?
    /// Its head, where it is logged.
    var head: RequestHead?
    /// What happens to it, where that is recorded.
    var trace: RequestTrace?
    /// Its first bytes have come.
    var hasBegun = false
    /// Nothing of it is left to be read.
    var isWhole = true
    /// It came by the Open Inference Protocol, whose answers are passed on as they are.
    private(set) var isRaw = false
    /// The model is asked, not about it.
    var isInference = true
    /// Where its answer is to be kept, and how.
    var toKeep: (key: ResponseCache.Key, plan: CachePlan)?
    /// Of a signed request: what the variant is called, and the caller's own name for the inference.
    var variant: String?
    var inferenceID: String?
    private(set) var keepsAlive = true
    private(set) var isOldVersion = false
    private(set) var isBodyless = false

    mutating func begin(_ received: RequestHead) {
        revision = 0
        bodyCount = 0
        route = nil
        worker = nil
        refusal = nil
        head = nil
        trace = nil
        startedAt = .now()
        hasBegun = true
        isWhole = true
        isRaw = received.path.hasPrefix("/v2/")
        toKeep = nil
        keepsAlive = received.keepsAlive
        isOldVersion = received.isOldVersion
        isBodyless = received.method == .head
        variant = nil
        inferenceID = nil
    }
}

/// Why a request is not answered by the model, in SageMaker's words.
struct Refusal: Error {
    var status: Int
    var type: String
    var message: String
    /// After how many seconds it may go better.
    var retryAfterSeconds: Int?

    init(_ status: Int, _ type: String, _ message: String, isTemporary: Bool = false) {
        (self.status, self.type, self.message) = (status, type, message)
        retryAfterSeconds = isTemporary ? 1 : nil
    }

    static func unavailable(_ message: String) -> Refusal {
        Refusal(503, "ServiceUnavailable", message, isTemporary: true)
    }

    /// Nobody can answer; by plan, where there is one, which says when somebody can again.
    static func absent(_ absence: Absence?, at now: Double) -> Refusal {
        guard let absence else { return .unavailable("the endpoint has no revision in service") }
        var refusal = Refusal(503, "ServiceUnavailable", absence.reason)
        guard let until = absence.until else {
            refusal.message += "; it stays off until somebody starts it"
            return refusal
        }
        refusal.message += "; it is back at " + Date(timeIntervalSince1970: until).formatted(.iso8601)
        refusal.retryAfterSeconds = Int(min(max(1, until - now), Self.retrySecondsMax))
        return refusal
    }

    /// The longest that a client is asked to wait.
    private static let retrySecondsMax = 31 * 86_400.0
}
