// The control API described for machines, as OpenAPI 3.1 has it: one table, from which the document is written.

import PlumbEngine
import PlumbModel
import PlumbReport

/// What there is under each path. A test holds it to the routes, both ways.
public enum ControlDescription {
    /// One operation.
    struct Operation {
        var method: String
        /// As OpenAPI writes it: `/v1/endpoints/{name}/scale`.
        var path: String
        var summary: String
        /// The verbs of the access table that let it through; empty for everybody who is known.
        var verbs: [AccessVerb]
        var query: [(name: String, schema: JSON)] = []
        /// The body's schema, by name.
        var body: String?
        var status = 200
        /// The answer's schema, by name.
        var answer = "Nothing"
    }

    static let operations: [Operation] = [
        Operation(
            method: "GET", path: "/v1/openapi.json", summary: "This description.", verbs: [], answer: "Anything"),
        Operation(
            method: "GET", path: "/v1/status", summary: "The engine, and the endpoints that the caller may read.",
            verbs: [.read], answer: "Status"),
        Operation(
            method: "POST", path: "/v1/deployments", summary: "Begins to roll a spec out.", verbs: [.deploy],
            body: "Deployment", status: 202, answer: "Receipt"),
        Operation(
            method: "POST", path: "/v1/endpoints/{name}/rollback",
            summary: "Stops the rollout under way, or returns to a revision (the previous one by default).",
            verbs: [.emergencyRollback, .rollback], body: "Rollback", status: 202, answer: "Receipt"),
        Operation(
            method: "POST", path: "/v1/endpoints/{name}/rollout", summary: "Steers the rollout under way.",
            verbs: [.steer, .promote], body: "Steering", status: 202, answer: "Receipt"),
        Operation(
            method: "POST", path: "/v1/endpoints/{name}/scale", summary: "Sets the number of instances.",
            verbs: [.scale], body: "Scaling", status: 202, answer: "Anything"),
        Operation(
            method: "POST", path: "/v1/endpoints/{name}/spending",
            summary: "Parks an endpoint, starts it, or lets it spend past its budget for a while.",
            verbs: [.stop, .scale], body: "SpendingOrder", status: 202, answer: "SpendingAnswer"),
        Operation(
            method: "GET", path: "/v1/spending", summary: "What was spent in a month, and its budgets.",
            verbs: [.read], query: [(name: "endpoint", schema: text), (name: "month", schema: text)],
            answer: "Anything"),
        Operation(
            method: "DELETE", path: "/v1/endpoints/{name}", summary: "Takes an endpoint out of service.",
            verbs: [.stop]),
        Operation(
            method: "GET", path: "/v1/endpoints/{name}/history",
            summary: "Requests, errors, latency, load, quality and drift of an endpoint over hours or months.",
            verbs: [.read],
            query: [
                (
                    name: "over",
                    schema: ["type": "string", "enum": JSON(HistorySpan.allCases.map(\.rawValue))]
                )
            ], answer: "History"),
        Operation(
            method: "GET", path: "/v1/endpoints/{name}/requests",
            summary: "The last requests of an endpoint by name, the newest first; never what was in them.",
            verbs: [.read],
            query: [
                (name: "id", schema: text), (name: "errors", schema: ["type": "boolean"]),
                (name: "limit", schema: whole(1...RequestSearch.limitMax)),
            ], answer: "Requests"),
        Operation(
            method: "GET", path: "/v1/graph", summary: "What runs, as policies judge it.", verbs: [.read],
            query: [(name: "endpoint", schema: text)], answer: "Anything"),
        Operation(
            method: "GET", path: "/v1/audit", summary: "The newest audit entries, oldest first.",
            verbs: [.readAudit], query: [(name: "limit", schema: whole(1...10_000))], answer: "AuditEntries"),
        Operation(
            method: "POST", path: "/v1/audit", summary: "Notes what was decided outside of the engine.",
            verbs: [.approve, .promote], body: "AuditEntry", status: 201),
        Operation(
            method: "GET", path: "/v1/monitoring", summary: "What detectors have found in the traffic.",
            verbs: [.read], query: [(name: "endpoint", schema: text)], answer: "List"),
        Operation(
            method: "GET", path: "/v1/captures/{name}", summary: "Captured traffic, one file after another.",
            verbs: [.readCaptures], query: [(name: "after", schema: text)], answer: "Anything"),
        Operation(
            method: "POST", path: "/v1/erasures", summary: "Erases every captured record of a subject.",
            verbs: [.manageData], body: "Erasure", answer: "Erased"),
        Operation(
            method: "GET", path: "/v1/access", summary: "Users, tokens, plans and reviews.", verbs: [.closeReview],
            answer: "AccessReport"),
        Operation(
            method: "POST", path: "/v1/access", summary: "Gives and takes access, approves, reviews, turns keys.",
            verbs: [.manageAccess, .manageData, .grantRole, .approve, .closeReview, .breakGlass], body: "Order",
            answer: "Outcome"),
        Operation(
            method: "GET", path: "/v1/access-keys", summary: "The keys with which AWS's tools sign.",
            verbs: [.manageAccess], answer: "List"),
        Operation(
            method: "POST", path: "/v1/access-keys", summary: "Makes a key; its secret is told this once.",
            verbs: [.manageAccess, .grantRole], body: "AccessKey", status: 201, answer: "IssuedKey"),
        Operation(
            method: "DELETE", path: "/v1/access-keys/{id}", summary: "Revokes a key.", verbs: [.manageAccess]),
        Operation(
            method: "POST", path: "/v1/shutdown", summary: "Drains and ends the engine.", verbs: [.stop], status: 202),
    ]

    /// What every operation may answer instead, and when.
    static let refusals: [(status: Int, why: String)] = [
        (400, "The request cannot be read, or asks for what cannot be."), (401, "Nobody is proven to have sent it."),
        (403, "The access table says no, or another person has to approve it first."),
        (404, "There is no such thing, or no such path."), (409, "Something else is under way."),
        (413, "The body is too large."), (429, "This address has failed too often."),
        (431, "The head is too large."), (500, "The engine failed; its log says why."),
        (501, "This engine cannot do that."), (503, "Too many calls are waiting, or the engine is ending."),
        (504, "It took too long."),
    ]

    /// The document as JSON.
    public static func openAPI(version: String) -> String { document(version).text + "\n" }

    private static func document(_ version: String) -> JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Plumbline's control API", "version": .string(version),
                "description": .string(
                    "Answers at the gateway's TLS port to whoever proves who they are, as the access table allows, and "
                        + "on the engine's socket to whoever owns its files."),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "https://127.0.0.1:8443"]], "security": [["token": []]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
                "schemas": .object(schemas),
            ],
        ]
    }

    /// In the order of the table, the operations of one path together.
    private static var paths: [(key: String, value: JSON)] {
        var seen: Set<String> = []
        return operations.map(\.path).filter { seen.insert($0).inserted }.map { path in
            (
                key: path,
                value: .object(
                    operations.filter { $0.path == path }.map { (key: $0.method.lowercased(), value: json($0)) })
            )
        }
    }

    private static func json(_ operation: Operation) -> JSON {
        var fields: [(key: String, value: JSON)] = [
            (key: "summary", value: .string(operation.summary)),
            (key: "operationId", value: .string(operation.identifier)),
        ]
        if !operation.verbs.isEmpty {
            fields.append((key: "x-plumb-verbs", value: JSON(operation.verbs.map(\.rawValue))))
        }
        let places = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            parameter("path", String(part.dropFirst().dropLast()), ["type": "string", "minLength": .integer(1)])
        }
        let parameters = places + operation.query.map { parameter("query", $0.name, $0.schema) }
        if !parameters.isEmpty { fields.append((key: "parameters", value: .array(parameters))) }
        if let body = operation.body {
            fields.append((key: "requestBody", value: ["required": .bool(true), "content": content(body)]))
        }
        let told = [(operation.status, "As asked.", operation.answer)] + refusals.map { ($0.status, $0.why, "Error") }
        let responses = told.map { status, why, schema in
            (key: "\(status)", value: ["description": .string(why), "content": content(schema)] as JSON)
        }
        fields.append((key: "responses", value: .object(responses)))
        return .object(fields)
    }

    private static func parameter(_ place: String, _ name: String, _ schema: JSON) -> JSON {
        ["in": .string(place), "name": .string(name), "required": .bool(place == "path"), "schema": schema]
    }

    private static func content(_ schema: String) -> JSON { ["application/json": ["schema": reference(schema)]] }
}

extension ControlDescription.Operation {
    /// `postEndpointsRollback`.
    var identifier: String {
        let words = path.split { !$0.isLetter }.dropFirst().filter { $0 != "name" && $0 != "id" }
        return method.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
