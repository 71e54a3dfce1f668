// The way in, and what is said where something cannot be shown.

struct SignInPage: Page {
    static let template = "sign-in"
    let title = "Sign in"
    /// A one-time link's; nil where a token is asked for.
    var code: String?
    var trouble: String?
}

struct FaultPage: Page {
    static let template = "fault"
    let title: String
    let heading: String
    let message: String
    let hint: String?
}
