// The access keys of a running engine, given and taken over its control socket.

import NIOHTTP1
import PlumbEngine

extension RemotePlane: AccessPlane {
    func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey {
        try await ask(.POST, ControlAPI.accessKeys, request, by: actor)
    }

    func accessKeys() async throws -> [AccessKey] { try await ask(.GET, ControlAPI.accessKeys) }

    func revokeAccessKey(_ id: String, by actor: String) async throws {
        let _: [String: String] = try await ask(
            .DELETE, "\(ControlAPI.accessKeys)/\(Self.escaped(id))", by: actor)
    }
}
