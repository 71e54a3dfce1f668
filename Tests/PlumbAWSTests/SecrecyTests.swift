// What is never printed or logged.

import Foundation
import Logging
import PlumbModel
import Synchronization
import Testing

@testable import PlumbAWS

@Suite(.timeLimit(.minutes(20)))
struct SecrecyTests {
    @Test func nothingSecretIsLoggedOrTold() async throws {
        let lines = Mutex<[String]>([])
        let recorder = Recorder { line in lines.withLock { $0.append(line) } }
        var log = Logger(label: "test") { _ in recorder }
        log.logLevel = .trace
        let keys = testKeys.merging(["AWS_SESSION_TOKEN": "hunter2-token"]) { $1 }
        let secret = testKeys["AWS_SECRET_ACCESS_KEY"] ?? ""
        try await TestServer.with { asked, _ in
            // A server that echoes all that it got.
            .error("ValidationException", "\(asked.everyHeader) \(secret)")
        } _: { server in
            let machine = TestMachine(keys)
            let error = await #expect(throws: PlumbError.self) {
                try await machine.withClient(server, log: log) { client in
                    _ = try await client.call(.sageMaker, "ListEndpoints")
                }
            }
            let told = "\(String(describing: error)) \(String(reflecting: error))"
            #expect(!told.contains("hunter2") && !told.contains(secret))
            #expect(told.contains("(secret)"))
            let found = try await machine.credentials(server)
            var dumped = ""
            dump(found, to: &dumped)
            for text in ["\(found)", String(reflecting: found), dumped] {
                #expect(!text.contains("hunter2") && !text.contains(secret))
            }
        }
        let written = lines.withLock { $0 }
        #expect(written.contains { $0.contains("ListEndpoints") })
        #expect(!written.contains { $0.contains("hunter2") || $0.contains(secret) || $0.contains("Signature") })
    }
}

private struct Recorder: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let record: @Sendable (String) -> Void

    init(record: @escaping @Sendable (String) -> Void) { self.record = record }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { record("\(event.message) \(event.metadata ?? [:])") }
}
