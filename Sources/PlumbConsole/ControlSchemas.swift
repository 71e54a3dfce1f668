// What the control API takes and gives, as JSON Schemas for its description.

import PlumbEngine
import PlumbModel
import PlumbReport

extension ControlDescription {
    /// By name.
    static let schemas: [(key: String, value: JSON)] = [
        (key: "Nothing", value: ["type": "object", "maxProperties": .integer(0)]),
        (key: "Anything", value: ["type": "object"]), (key: "List", value: ["type": "array"]),
        (
            key: "Error",
            value: object(
                [
                    "kind": words(PlumbError.Kind.allCases.map(\.rawValue)), "message": text, "hint": text,
                    "place": ["type": "object"],
                ],
                required: ["message"])
        ),
        (
            key: "Status",
            value: object(
                [
                    "version": text, "processID": whole(), "startedAt": number, "gateway": text,
                    "endpoints": list("Anything"),
                ],
                required: ["version", "gateway", "endpoints"])
        ),
        (
            key: "Receipt",
            value: object(
                ["endpoint": text, "revision": whole(), "replaces": whole(), "arithmetic": ["type": "object"]],
                required: ["endpoint", "revision", "arithmetic"])
        ),
        (
            key: "Deployment",
            value: object(["spec": ["type": "object"], "folder": text], required: ["spec", "folder"])
        ),
        (key: "Rollback", value: object(["revision": whole(), "reason": text], required: ["reason"])),
        (
            key: "Steering",
            value: object(
                ["command": words(["pause", "resume", "promote", "abort"]), "reason": text],
                required: ["command", "reason"])
        ),
        (key: "Scaling", value: object(["count": whole(), "reason": text], required: ["count", "reason"])),
        (
            key: "SpendingOrder",
            value: object(
                ["order": words(SpendingOrder.allCases.map(\.rawValue)), "until": number, "reason": text],
                required: ["order", "reason"])
        ),
        (key: "SpendingAnswer", value: object(["until": number], required: [])),
        (key: "Erasure", value: object(["subject": text], required: ["subject"])),
        (key: "Erased", value: object(["records": whole()], required: ["records"])),
        (
            key: "AuditEntry",
            value: object(
                [
                    "at": number, "actor": text, "action": text, "subject": text,
                    "outcome": words(["done", "denied", "failed"]),
                    "details": ["type": "object", "additionalProperties": text],
                ], required: ["at", "actor", "action", "subject", "outcome", "details"])
        ),
        (
            key: "MetricPoint",
            value: object(
                [
                    "at": whole(), "requests": whole(), "clientErrors": whole(), "serverErrors": whole(),
                    "p50Milliseconds": number, "p99Milliseconds": number, "instances": whole(),
                    "utilizationPercent": number, "quality": number, "driftLevel": number,
                ], required: ["at", "requests", "clientErrors", "serverErrors", "instances"])
        ),
        (
            key: "History",
            value: object(
                [
                    "endpoint": text, "span": words(HistorySpan.allCases.map(\.rawValue)), "stepSeconds": whole(),
                    "end": whole(), "points": list("MetricPoint"),
                ], required: ["endpoint", "span", "stepSeconds", "end", "points"])
        ),
        (
            key: "Request",
            value: object(
                [
                    "id": text, "at": number, "caller": text, "revision": whole(), "worker": text, "status": whole(),
                    "milliseconds": number, "requestBytes": whole(), "answerBytes": whole(), "errorType": text,
                    "reason": text,
                ], required: ["id", "at", "status", "milliseconds", "requestBytes", "answerBytes"])
        ),
        (
            key: "Requests",
            value: object(
                ["endpoint": text, "lines": list("Request"), "since": number, "errorsSince": number],
                required: ["endpoint", "lines"])
        ),
        (key: "AuditEntries", value: list("AuditEntry")),
        (
            key: "AccessReport",
            value: object(
                [
                    "users": ["type": "array"], "tokens": ["type": "array"], "keys": ["type": "array"],
                    "plans": ["type": "array"], "reviews": ["type": "array"], "keyVersions": ["type": "array"],
                    "at": number,
                ], required: ["users", "tokens", "keys", "plans", "reviews", "keyVersions", "at"])
        ),
        (
            key: "Outcome",
            value: object(
                ["text": text, "secret": text, "expiresAt": number, "certificate": text, "key": text],
                required: ["text"])
        ),
        (
            key: "AccessKey",
            value: object(
                ["holder": text, "role": words(AccessRole.ofKeys.map(\.rawValue)), "days": whole()],
                required: ["holder", "role"])
        ),
        (key: "IssuedKey", value: object(["key": ["type": "object"], "secret": text], required: ["key", "secret"])),
        (
            key: "Grant",
            value: object(
                [
                    "id": text, "effect": words(AccessGrant.Effect.allCases.map(\.rawValue)),
                    "role": words(AccessRole.allCases.map(\.rawValue)),
                    "verbs": ["type": "array", "items": words(AccessVerb.allCases.map(\.rawValue))],
                    "resources": ["type": "array", "items": text],
                    "conditions": [
                        "type": "array",
                        "items": object(
                            [
                                "key": words(AccessCondition.Key.allCases.map(\.rawValue)),
                                "values": ["type": "array", "items": text],
                            ], required: ["key", "values"]),
                    ],
                    "grantedBy": text, "grantedAt": number,
                ], required: ["id", "effect", "verbs", "resources", "conditions", "grantedBy", "grantedAt"])
        ),
        (key: "Order", value: ["oneOf": .array(orders.map { order($0.name, $0.fields) })]),
    ]

    /// The orders of `POST /v1/access`: each is an object with one member, its name.
    static let orders: [(name: String, fields: JSON)] = [
        (name: "addUser", fields: object(["name": text, "owner": text], required: ["name"])),
        (name: "removeUser", fields: object(["_0": text], required: ["_0"])),
        (
            name: "grant",
            fields: object(["user": text, "_1": reference("Grant")], required: ["user", "_1"])
        ),
        (name: "revokeGrant", fields: object(["user": text, "id": text], required: ["user", "id"])),
        (name: "issueToken", fields: object(["user": text, "seconds": whole()], required: ["user", "seconds"])),
        (name: "revokeToken", fields: object(["_0": text], required: ["_0"])),
        (name: "claim", fields: object(["name": text], required: ["name"])),
        (name: "makeFirstToken", fields: object([:], required: [])),
        (name: "rotateTokenKey", fields: object([:], required: [])),
        (name: "issueCertificate", fields: object(["user": text, "days": whole()], required: ["user", "days"])),
        (name: "approve", fields: object(["plan": text, "reason": text], required: ["plan"])),
        (name: "reject", fields: object(["plan": text, "reason": text], required: ["plan", "reason"])),
        (name: "breakGlass", fields: object(["reason": text, "minutes": whole()], required: ["reason", "minutes"])),
        (name: "closeReview", fields: object(["id": text, "note": text], required: ["id", "note"])),
        (name: "rotateKey", fields: object([:], required: [])), (name: "rewrap", fields: object([:], required: [])),
        (name: "shredKey", fields: object(["_0": whole()], required: ["_0"])),
    ]

    // MARK: - Words of JSON Schema

    static let text: JSON = ["type": "string"]
    private static let number: JSON = ["type": "number"]

    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    private static func list(_ name: String) -> JSON { ["type": "array", "items": reference(name)] }

    private static func words(_ words: [String]) -> JSON { ["type": "string", "enum": JSON(words)] }

    /// What fits into 64 bits; more is refused as no whole number.
    static func whole(_ range: ClosedRange<Int> = Int.min...Int.max) -> JSON {
        ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }

    private static func object(_ fields: JSON, required: [String]) -> JSON {
        ["type": "object", "properties": fields, "required": JSON(required)]
    }

    private static func order(_ name: String, _ fields: JSON) -> JSON {
        [
            "type": "object", "properties": .object([(key: name, value: fields)]), "required": JSON([name]),
            "additionalProperties": .bool(false),
        ]
    }
}
