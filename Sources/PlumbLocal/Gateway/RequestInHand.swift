// The request that a connection is at, and why it may not be answered by a model.

import NIOCore

/// The request that a connection is at.
struct RequestInHand {
    var startedAt = NIODeadline.now()
    var revision = 0
    var bodyCount = 0
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
    /// It may go better a second later.
    var isTemporary = false

    init(_ status: Int, _ type: String, _ message: String, isTemporary: Bool = false) {
        (self.status, self.type, self.message, self.isTemporary) = (status, type, message, isTemporary)
    }

    static func unavailable(_ message: String) -> Refusal {
        Refusal(503, "ServiceUnavailable", message, isTemporary: true)
    }
}
