// What the console is made of: verdicts, proofs, prices and drills for its pages.

import Foundation
import Logging
import PlumbConsole
import PlumbEngine
import PlumbFormats
import PlumbLocal
import PlumbModel
import PlumbPolicy
import PlumbStore
import ServiceLifecycle

extension Composition {
    /// Where the console listens, if it does.
    struct ConsolePlace {
        var host: String
        /// Nil for the port after the gateway's; 0 chooses a free one.
        var port: Int?
        var isOff = false
    }

    /// How old the proof of the audit log may be that the board's verdicts rest on.
    private static let auditProofSecondsMax = 600.0

    /// The console over an engine; nil where there is none.
    static func console(
        over plane: LocalPlane, of house: LocalHouse, desk: ControlDesk, settings: LocalSettings, home: String,
        _ place: ConsolePlace, log: Logger
    ) throws -> (console: ConsoleService, drills: PractisedDrills)? {
        guard !place.isOff else { return nil }
        guard !settings.needsClientCertificates else {
            log.notice("there is no console where every client has to show a certificate")
            return nil
        }
        let drills = PractisedDrills(plane: plane, home: home, passphrase: settings.passphrase, log: log)
        let assumptions = try assumptions(holidays: nil, year: year)
        let ground = ConsoleGround(
            plane: plane, policies: PolicyBook.policies,
            judge: { name in
                await PolicyBook.assessSideBySide(
                    try await plane.graph(of: name, auditProvenWithin: auditProofSecondsMax), path: "engine:\(name)")
            },
            audit: { search, limit in
                try AuditReader(home: home).newest(limit, holding: search.words) { search.isMet(by: $0) }.map {
                    IndexedEntry(index: $0.index, entry: $0.entry)
                }
            },
            practised: { limit in try house.practised.newest(limit) { $0.action.hasPrefix("drill.") } },
            entry: { index in
                let bytes = try AuditReader(home: home).entry(index)
                return IndexedEntry(index: index, entry: try JSONDecoder().decode(AuditEntry.self, from: bytes))
            },
            proof: { try AuditReader(home: home).proof(of: $0).text },
            checkpoint: { try AuditReader(home: home).checkpoint().note },
            estimate: { spec in
                var graph = Architecture.compile(spec, asOf: today())
                // Refreshed prices that cannot be read leave the embedded ones.
                if let prices = try? prices(in: home) { graph.prices = prices }
                return graph.spend(assumptions).endpoints.first
            }, drills: drills)
        let port = place.port ?? (settings.port == 0 ? 0 : min(65_535, settings.port + 1))
        let console = try ConsoleService(
            ground, desk: desk,
            listener: .init(host: place.host, port: port, isNamed: place.port != nil), tls: house.serverContext,
            log: log)
        return (console, drills)
    }
}
