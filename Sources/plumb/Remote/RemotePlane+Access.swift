// The access keys of a running engine, given and taken over its control socket.

import NIOHTTP1
import PlumbEngine
import PlumbModel

extension RemotePlane: AccessPlane {
    func makeAccessKey(_ request: AccessKeyRequest, by actor: String) async throws -> IssuedAccessKey {
        try await ask(.POST, ControlAPI.accessKeys, request, by: actor)
    }

    func accessKeys() async throws -> [AccessKey] { try await ask(.GET, ControlAPI.accessKeys) }

    func revokeAccessKey(_ id: String, by actor: String) async throws {
        let _: [String: String] = try await ask(
            .DELETE, "\(ControlAPI.accessKeys)/\(Self.escaped(id))", by: actor)
    }

    func carryOut(_ order: AccessOrder, by principal: Principal) async throws -> AccessOutcome {
        try await ask(.POST, ControlAPI.access, order, by: principal.name)
    }

    func accessReport() async throws -> AccessReport { try await ask(.GET, ControlAPI.access) }

    /// A link to the console for the owner of the socket.
    func consoleLink() async throws -> String {
        let answer: [String: String] = try await ask(.POST, ControlAPI.console, by: Actor.name)
        guard let url = answer["url"] else { throw PlumbError(.internalFault, "the engine answered no link") }
        return url
    }

    /// An order in the name of whoever the door knows: on the socket the user of this machine, elsewhere the bearer.
    func carryOut(_ order: AccessOrder) async throws -> AccessOutcome {
        try await carryOut(order, by: Principal.owner(named: Actor.name))
    }
}
