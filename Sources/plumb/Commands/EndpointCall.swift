// One request to an endpoint of the running engine: where it goes, with which token, and what is in it.

import Foundation
import PlumbEngine
import PlumbModel

/// What `plumb invoke` sends once and `plumb bench` many times.
struct EndpointCall: Sendable {
    var url: String
    var authorityPath: String
    var token: String
    var body: Data
    var contentType: String
    /// The revision that has the traffic.
    var active: Revision?

    /// Asks the engine. Without a body the spec's own example is sent.
    static func find(
        _ endpoint: String, body: String?, contentType: String?, home: HomeOption
    ) async throws -> EndpointCall {
        let status = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.status() }
        guard let found = status.endpoints.first(where: { $0.record.name == endpoint }) else {
            let known = status.endpoints.map(\.record.name).joined(separator: ", ")
            throw PlumbError(
                .notFound, "there is no endpoint '\(endpoint)'", hint: known.isEmpty ? nil : "there is \(known)")
        }
        let (payload, type) = try payload(
            found.record, body: body, contentType: contentType, home: home.folder)
        guard let token = FileManager.default.contents(atPath: status.tokenPath) else {
            throw PlumbError(.notFound, "the token \(status.tokenPath) cannot be read")
        }
        return EndpointCall(
            url: "\(status.gateway)/endpoints/\(endpoint)/invocations",
            authorityPath: status.certificateAuthorityPath, token: String(decoding: token, as: UTF8.self),
            body: payload, contentType: type, active: found.record.revision(found.record.active))
    }

    /// A body that is named, and its type.
    static func named(_ body: String, contentType: String?) throws(PlumbError) -> (Data, String) {
        if body == "-" {
            return (FileHandle.standardInput.readDataToEndOfFile(), contentType ?? "application/json")
        }
        guard let data = FileManager.default.contents(atPath: body) else {
            throw PlumbError(.notFound, "\(body) is not there or cannot be read")
        }
        return (data, contentType ?? (body.hasSuffix(".csv") ? "text/csv" : "application/json"))
    }

    private static func payload(
        _ record: EndpointRecord, body: String?, contentType: String?, home: String
    ) throws(PlumbError) -> (Data, String) {
        if let body { return try named(body, contentType: contentType) }
        guard let revision = record.revision(record.active) else {
            throw PlumbError(.notFound, "\(record.name) has no active revision, so no example", hint: "--body FILE")
        }
        let example = revision.spec.example
        if let text = example.body { return (Data(text.utf8), contentType ?? example.contentType) }
        let path = revision.absolute(example.file ?? "")
        // The engine keeps a copy, which is there after a restore elsewhere as well.
        let found =
            FileManager.default.contents(atPath: path)
            ?? revision.exampleDigest.flatMap { Composition.artifact($0, in: home) }
        guard let data = found else {
            throw PlumbError(.notFound, "the example \(path) is not there any more", hint: "--body FILE")
        }
        return (data, contentType ?? example.contentType)
    }
}
