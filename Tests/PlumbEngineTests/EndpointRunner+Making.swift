import Logging
import PlumbModel
import PlumbTesting

@testable import PlumbEngine

extension EndpointRunner {
    /// The runner of `digits` over an engine and a ledger in memory, on time turned by hand.
    static func make(
        _ record: EndpointRecord? = nil, engine: MemoryEngine, ledger: MemoryLedger, clock: HandClock
    ) -> EndpointRunner {
        EndpointRunner(
            record ?? EndpointRecord(name: "digits", environment: .staging), engine: engine, ledger: ledger,
            now: { clock.now }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}
