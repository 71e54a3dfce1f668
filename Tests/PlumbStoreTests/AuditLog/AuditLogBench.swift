import Foundation
import PlumbModel
import Testing

@testable import PlumbStore

/// The numbers of Benchmarks/README.md, on request:
/// PLUMB_BENCHMARK=1000000 swift test -c release --filter AuditLogBench
@Suite(.serialized) struct AuditLogBench {
    private static let count = Int(ProcessInfo.processInfo.environment["PLUMB_BENCHMARK"] ?? "") ?? 0

    @Test(.enabled(if: count > 0, "PLUMB_BENCHMARK names the number of entries"))
    func appendsAndVerifies() async throws {
        let folder = try ScratchFolder()
        let clock = ContinuousClock()
        func time(_ name: String, _ count: Int, _ work: () async throws -> Void) async throws {
            let start = clock.now
            try await work()
            let seconds = (clock.now - start) / .seconds(1)
            print("\(name): \(count) in \(seconds) s, \(Int(Double(count) / seconds))/s")
        }
        let store = try Store(folder: folder.path)
        try await time("one after the other", 2000) {
            for number in 0..<2000 { try await store.append([entry("deploy", number)]) }
        }
        let writers = 512
        try await time("\(writers) at a time", Self.count) {
            let each = Self.count / writers
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        for number in 0..<each { try await store.append([entry("deploy", writer * each + number)]) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let size = try store.reader.checkpoint().checkpoint.size
        try await time("verified", size) { try store.reader.verify() }
        try await time("proven", 1000) {
            for index in 0..<1000 { _ = try store.reader.proof(of: index * (size / 1000)) }
        }
        let proof = try store.reader.proof(of: size / 2)
        print("a proof: \(proof.text.utf8.count) bytes, \(proof.hashes.count) hashes")
        try store.close()
        try await time("opened again", 1) { try Store(folder: folder.path).close() }
    }
}
