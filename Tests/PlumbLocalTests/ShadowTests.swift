// Mirrored answers beside those the clients were given, and what the kernel counts of a worker.

import Foundation
import NIOHTTP1
import PlumbEngine
import PlumbModel
import Testing

@testable import PlumbLocal

struct ShadowTests {
    private func answer(_ body: String, status: Int = 200, milliseconds: Int = 5) -> ShadowAnswer {
        ShadowAnswer(status: status, body: Array(body.utf8), latencyMicroseconds: milliseconds * 1000)
    }

    @Test(arguments: [
        ("{\"a\": [1, 2.5]}", "{\"a\":[1.0000000001,2.5]}", true), ("{\"a\": 1}", "{\"a\": 1.1}", false),
        ("{\"a\": 1}", "{\"b\": 1}", false), ("[null, \"x\"]", "[null,\"x\"]", true), ("[null]", "[0]", false),
        ("0.1,0.2\n", "0.10000000001 0.2", true), ("0.1,0.2", "0.1,0.3", false), ("1,2", "1,2,3", false),
        ("cat", "dog", false), ("", "", true),
    ])
    func answersAreTheSameButForTheLastDigits(left: String, right: String, isSame: Bool) {
        #expect(ShadowComparison.areSame(Array(left.utf8), Array(right.utf8), within: 1e-6) == isSame)
    }

    @Test func everyPairIsCounted() {
        let comparison = ShadowComparison(revision: 2, percent: 100, plan: ShadowPlan())
        let pairs = [
            (answer("1"), answer("1")), (answer("1"), answer("2")), (answer("1"), answer("no", status: 500)),
            (answer("no", status: 400), answer("no", status: 400)),
        ]
        for (given, mirrored) in pairs {
            #expect(comparison.begin())
            comparison.compare(given, with: mirrored, at: 1000)
        }
        #expect(comparison.begin())
        comparison.drop()
        let seen = comparison.observation
        #expect(seen.compared == 4 && seen.differing == 2 && seen.failed == 1 && seen.dropped == 1)
        #expect(seen.p99Milliseconds.map { abs($0 - 5) < 0.1 } == true)
    }

    @Test func theShareIsExactAndASlowRevisionIsNotBuried() {
        let tenth = ShadowComparison(revision: 2, percent: 10, plan: ShadowPlan())
        var taken = 0
        for _ in 0..<500 where tenth.begin() {
            taken += 1
            tenth.drop()
        }
        #expect(taken == 50)
        let slow = ShadowComparison(revision: 2, percent: 100, plan: ShadowPlan())
        let begun = (0..<200).count { _ in slow.begin() }
        #expect(begun == ShadowComparison.underWayMax)
        #expect(slow.observation.dropped == 200 - begun)
    }

    @Test func theBookKeepsOneAnEndpoint() {
        let book = ShadowBook()
        let first = ShadowComparison(revision: 2, percent: 50, plan: ShadowPlan())
        book.begin(first, of: "digits")
        book.begin(ShadowComparison(revision: 2, percent: 50, plan: ShadowPlan()), of: "digits")
        #expect(book["digits"] === first)
        book.begin(ShadowComparison(revision: 3, percent: 50, plan: ShadowPlan()), of: "digits")
        #expect(book["digits"]?.revision == 3)
        book.end("digits")
        #expect(book["digits"] == nil)
    }

    @Test func aProgramsNameMayHoldAnything() {
        let stat = "42 (a ) S) b) S 1 42 42 0 -1 4194304 1 2 3 4 11 22 33 44 20 0 1 0 98765 1 2"
        #expect(ProcessLoad.usedTicks(stat) == 110)
        #expect(ProcessLoad.usedTicks("nonsense") == nil)
    }

    @Test func theCPUTimeOfAProcessAndItsChildrenIsSeen() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "sh -c 'while :; do :; done' & wait"]
        try process.run()
        defer {
            let busy = children(of: process.processIdentifier)
            kill(process.processIdentifier, SIGKILL)
            for child in busy { kill(child, SIGKILL) }
        }
        let deadline = ContinuousClock.now + .seconds(30)
        var seen = 0.0
        while seen < 0.05, ContinuousClock.now < deadline {
            seen = try #require(ProcessLoad.of(process.processIdentifier, cores: 1)).cpuSeconds
        }
        #expect(seen >= 0.05)
        #expect(ProcessLoad.of(Int32.max, cores: 1) == nil)
    }

    private func children(of process: Int32) -> [Int32] {
        let path = "/proc/\(process)/task/\(process)/children"
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: " ").compactMap { Int32($0) }
    }
}

/// Requests mirrored by the gateway, with real workers.
struct MirroredTrafficTests {
    @Test func clientsAreAnsweredByTheOldRevisionAndTheNewOneIsCompared() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let good = try running.revision(2, model: "model.onnx")
            try await running.house.engine.apply(good, count: 1)
            let bad = try running.revision(3, model: "model-bad.onnx")
            try await running.house.engine.apply(bad, count: 1)
            try await running.until("both new revisions are ready") {
                try await running.house.engine.observe("digits").allSatisfy { $0.ready > 0 }
            }
            let plan = ShadowPlan()
            for (number, differing) in [(2, 0), (3, 5)] {
                running.house.gateway.shadows.end("digits")
                running.house.gateway.shadows.begin(
                    ShadowComparison(revision: number, percent: 100, plan: plan), of: "digits")
                for _ in 0..<5 {
                    let answer = try await running.call()
                    #expect(answer.status == 200)
                    #expect(answer.headers.first(name: "x-plumb-revision") == "1")
                }
                try await running.until("five pairs are compared") {
                    running.house.gateway.shadows["digits"]?.observation.compared == 5
                }
                #expect(running.house.gateway.shadows["digits"]?.observation.differing == differing)
            }
            let traffic = try await running.house.engine.traffic("digits", revision: 3)
            #expect(traffic.requests == 0, "mirrored requests are no traffic of the revision")
        }
    }
}
