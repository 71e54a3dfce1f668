// A text that is never printed: whoever needs it has to ask for it by name.

/// A secret key, a token, a password.
///
/// Descriptions, dumps and interpolations show that there is one, and nothing of it. It is not `Codable` either.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text itself, for a signature or a header, never for a message.
    public var revealed: String { text }

    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
