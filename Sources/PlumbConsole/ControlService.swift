// The control API on this machine: what the command line asks of a running engine.

import Foundation
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import PlumbEngine
public import ServiceLifecycle

/// Serves a control plane over HTTP on a Unix socket with mode 0600.
public struct ControlService: Service {
    private let plane: any ControlPlane & AccessPlane
    private let socketPath: String
    private let log: Logger

    public init(_ plane: any ControlPlane & AccessPlane, socketPath: String, log: Logger) {
        self.plane = plane
        self.socketPath = socketPath
        self.log = log
    }

    public func run() async throws {
        // A socket left by a killed daemon; the store's lock already proved that nobody serves on it.
        unsafe unlink(socketPath)
        let path = socketPath
        let routes = ControlRoutes<BasicRequestContext>(plane: plane, access: plane, log: log) { request, _ in
            // Only the owner of the files of state can open the socket, and says who that is.
            Principal.owner(
                named: HTTPField.Name(ControlAPI.actorHeader).flatMap { request.headers[$0] } ?? "unknown")
        }
        let application = Application(
            router: routes.router(),
            configuration: .init(address: .unixDomainSocket(path: path), serverName: "plumb"),
            onServerRunning: { _ in _ = unsafe chmod(path, 0o600) }, logger: log)
        try await application.run()
        unsafe unlink(path)
    }
}
