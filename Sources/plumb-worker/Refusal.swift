// Why a request is not answered, with the status that says so.

/// A request that is answered with an error: the HTTP status, and a sentence that says what was expected and what came.
struct Refusal: Error, Equatable {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// A request whose content is wrong.
    static func badRequest(_ message: String) -> Refusal { Refusal(400, message) }
}
