// The monthly review of a running engine, and what it keeps.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct CostReviewTests {
    private func meteredUSD(_ review: [String: Any]) throws -> Double? {
        try #require(review["endpoints"] as? [[String: Any]]).first?["meteredUSD"] as? Double
    }

    @Test func aReviewOfTheEngineIsToldRecordedAndTakesNothingAway() async throws {
        let command = try Command()
        let up = try command.run("up", "--detach", "--port", "0", try command.spec("model.onnx"))
        try #require(up.status == 0, "\(up.errors)")
        defer {
            // The test's own folder goes with it; an engine that is gone already is what is wanted.
            _ = try? command.run("down")
        }
        // The meter writes its first hour down a little later.
        let metered = try await soon { try meteredUSD(command.json("cost", "review", "engine:", "--format", "json")) }
        try #require(metered != nil, "nothing is metered")
        let review = try command.json(
            "cost", "review", "engine:", "--record", "--owner", "ada", "--plan-discount", "20", "--format", "json")
        #expect(review["owner"] as? String == "ada" && review["expectedUSD"] is Double)
        let decisions = try #require(review["decisions"] as? [[String: Any]])
        #expect(decisions.contains { $0["kind"] as? String == "savingsPlan" })
        // It was started a moment ago: nothing is known of its use, and so nothing is idle.
        let unknown = try #require(review["unknown"] as? [String])
        #expect(unknown.contains { $0.hasPrefix("digits: whether it is idle") }, "\(unknown)")
        let log = try command.run("audit", "log")
        #expect(log.output.contains("cost.review"), "\(log.output)\(log.errors)")
        let idle = try command.run("gc", "engine:", "--yes", "--approve", "digits")
        #expect(idle.status == 0 && idle.output.contains("not known to be idle"), "\(idle.output)\(idle.errors)")
        #expect(try command.record()["name"] as? String == "digits")
        #expect(try command.run("cost", "review", "engine:", "--month", "2020-13").status == 2)
        #expect(try command.run("cost", "review", "plumb.yaml").status == 2)
        let page = try command.run("cost", "review", "engine:", "--format", "html")
        #expect(page.output.hasPrefix("<!doctype html>") && page.output.contains("<section class=\"cost-review\">"))
        #expect(page.output.contains("@page") && page.status != 2)
    }
}
