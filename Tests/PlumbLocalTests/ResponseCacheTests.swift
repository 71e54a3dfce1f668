// Answers that are kept: whose, for how long, how many, and what is let through.

import NIOCore
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbLocal

struct ResponseCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let plan = CachePlan(modelDigest: "m", revision: 1, seconds: 10)
    private let head = UpstreamHead(path: "/invocations", contentType: "text/csv")

    private func key(_ body: String) -> ResponseCache.Key {
        ResponseCache.key(plan, holder: "first", head, ByteBuffer(string: body))
    }

    private func body(_ finding: ResponseCache.Finding) -> String {
        switch finding {
        case .hit(let kept, let age): "\(String(buffer: kept.body)) \(age)"
        case .miss: "miss"
        case .sampled: "sampled"
        }
    }

    @Test func anAnswerIsKeptForItsTimeAndToldWithItsAge() {
        let cache = ResponseCache()
        #expect(body(cache.find(key("a"), at: start)) == "miss")
        cache.keep(ByteBuffer(string: "answer"), "text/csv", for: key("a"), seconds: 10, at: start)
        #expect(body(cache.find(key("a"), at: start + .seconds(9))) == "answer 9")
        #expect(body(cache.find(key("a"), at: start + .seconds(10))) == "miss")
        #expect(cache.counters.hits == 1 && cache.counters.misses == 2)
    }

    @Test func everythingThatAnAnswerDependsOnIsInTheKey() {
        let body = ByteBuffer(string: "1,2")
        let keys = [
            ResponseCache.key(plan, holder: "a", head, body), ResponseCache.key(plan, holder: "b", head, body),
            ResponseCache.key(plan, holder: "a", head, ByteBuffer(string: "1,3")),
            ResponseCache.key(CachePlan(modelDigest: "n", revision: 1, seconds: 10), holder: "a", head, body),
            ResponseCache.key(CachePlan(modelDigest: "m", revision: 2, seconds: 10), holder: "a", head, body),
            ResponseCache.key(plan, holder: "a", UpstreamHead(path: "/invocations", contentType: "text/plain"), body),
            ResponseCache.key(
                plan, holder: "a", UpstreamHead(path: "/invocations", contentType: "text/csv", accept: "text/csv"), body
            ),
            ResponseCache.key(
                plan, holder: "a",
                UpstreamHead(path: "/invocations", contentType: "text/csv", customAttributes: "x"), body),
            // The same letters, cut elsewhere.
            ResponseCache.key(CachePlan(modelDigest: "m1", revision: 1, seconds: 10), holder: "a", head, body),
            ResponseCache.key(CachePlan(modelDigest: "m", revision: 11, seconds: 10), holder: "a", head, body),
        ]
        #expect(Set(keys).count == keys.count)
        let traced = UpstreamHead(path: "/invocations", contentType: "text/csv", traceParent: "00-1-2-01")
        #expect(ResponseCache.key(plan, holder: "a", traced, body) == keys[0], "a trace changes no answer")
    }

    @Test func everyHundredthHitGoesToTheModel() {
        let cache = ResponseCache()
        cache.keep(ByteBuffer(string: "x"), nil, for: key("a"), seconds: 10, at: start)
        let found = (0..<1000).map { _ in body(cache.find(key("a"), at: start)) }
        #expect(found.filter { $0 == "sampled" }.count == 10)
        #expect(cache.counters.sampled == 10 && cache.counters.hits == 990)
    }

    @Test func theOldestGoWhenTheBytesAreUsedUp() {
        let cache = ResponseCache(bytesMax: 10_000)
        let large = ByteBuffer(string: String(repeating: "x", count: 1000))
        for index in 0..<100 {
            cache.keep(large, nil, for: key("\(index)"), seconds: 10, at: start + .milliseconds(Int64(index)))
            #expect(cache.counters.bytes <= 10_000)
        }
        #expect(cache.counters.answers == 7)
        #expect(body(cache.find(key("99"), at: start)).hasPrefix("xxx"))
        #expect(body(cache.find(key("92"), at: start)) == "miss")
        cache.keep(
            ByteBuffer(string: String(repeating: "x", count: 20_000)), nil, for: key("z"), seconds: 10, at: start)
        #expect(body(cache.find(key("z"), at: start)) == "miss")
        cache.purge()
        #expect(cache.counters.bytes == 0 && body(cache.find(key("99"), at: start)) == "miss")
    }

    @Test func whatIsKeptAgainAndAgainLeavesNothingBehind() {
        let cache = ResponseCache()
        for index in 0..<10_000 {
            cache.keep(
                ByteBuffer(string: "x"), nil, for: key("\(index % 3)"), seconds: 1,
                at: start + .milliseconds(Int64(index)))
        }
        #expect(cache.counters.answers == 3 && cache.counters.bytes == 3 * 257)
    }
}
