// An event that reached a queue: whether it may have changed a verdict.

import Foundation

/// One message of a queue that EventBridge, or a topic between, puts events into.
public enum AccountEvent: Sendable, Hashable {
    /// Something changed; the words name it for a log.
    case change(String)
    /// It changes nothing that is judged.
    case harmless
    /// It is no event.
    case unreadable

    public init(_ body: String) {
        guard let event = Self.members(body) else {
            self = .unreadable
            return
        }
        // A topic wraps what it passes on, unless it was told to deliver raw messages.
        if event["Type"] as? String == "Notification", let inner = event["Message"] as? String {
            guard let unwrapped = Self.members(inner) else {
                self = .unreadable
                return
            }
            self = Self.read(unwrapped)
        } else {
            self = Self.read(event)
        }
    }

    private static func members(_ text: String) -> [String: Any]? {
        // What is no JSON is told as unreadable.
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
    }

    private static func read(_ event: [String: Any]) -> AccountEvent {
        guard let kind = event["detail-type"] as? String ?? event["AlarmName"].map({ _ in "CloudWatch Alarm" }) else {
            return .unreadable
        }
        let detail = event["detail"] as? [String: Any] ?? [:]
        guard let name = detail["eventName"] as? String else { return .change(kind) }
        let source = detail["eventSource"] as? String ?? ""
        // Looking itself is calls that read, and telling is calls to these.
        let own: Set<String> = ["securityhub.amazonaws.com", "sqs.amazonaws.com", "sts.amazonaws.com"]
        let isRead = detail["readOnly"] as? Bool == true || detail["readOnly"] as? String == "true"
        // A call that AWS refused has changed nothing.
        let isRefused = detail["errorCode"] is String
        return isRead || isRefused || own.contains(source) ? .harmless : .change("\(source) \(name)")
    }
}
