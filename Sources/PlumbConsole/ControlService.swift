// The control API on this machine: what the command line asks of a running engine.

import Foundation
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import PlumbEngine
import PlumbModel
public import ServiceLifecycle

/// Serves a control plane over HTTP on a Unix socket with mode 0600.
public struct ControlService: Service {
    private let plane: any ControlPlane & AccessPlane
    private let socketPath: String
    /// Where the owner of the socket gets a link to the console; nil where there is none.
    private let console: (any ConsoleDoor)?
    private let log: Logger

    public init(
        _ plane: any ControlPlane & AccessPlane, socketPath: String, console: (any ConsoleDoor)? = nil, log: Logger
    ) {
        self.console = console
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
        let router = routes.router()
        // On the socket alone: whoever can open it owns the engine.
        router.post(RouterPath(ControlAPI.console)) { [console] request, context in
            try await routes.answer {
                guard let console else {
                    throw PlumbError(.unsupported, "this engine has no console", hint: "plumb up --console-port PORT")
                }
                return ["url": try await console.link(for: routes.principal(request, context).name)]
            }
        }
        let application = Application(
            router: router,
            configuration: .init(address: .unixDomainSocket(path: path), serverName: "plumb"),
            onServerRunning: { _ in _ = unsafe chmod(path, 0o600) }, logger: log)
        try await application.run()
        unsafe unlink(path)
    }
}
