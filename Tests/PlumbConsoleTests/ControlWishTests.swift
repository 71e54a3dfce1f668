// What a stranger may send to the control API: one reading only, and never the end of the program.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbConsole

struct ControlWishTests {
    private func wish(_ method: String, _ uri: String, _ body: String = "") throws -> ControlWish {
        try ControlWish(method: method, uri: uri, body: Array(body.utf8))
    }

    @Test(arguments: [
        ("GET", "/v1/graph?endpoint=digits", "", AccessVerb.read), ("GET", "/v1/monitoring?endpoint=digits", "", .read),
        ("GET", "/v1/captures/digits?after=a", "", .readCaptures), ("DELETE", "/v1/endpoints/digits", "", .stop),
        ("POST", "/v1/endpoints/digits/rollback", "{\"reason\":\"x\"}", .emergencyRollback),
        ("POST", "/v1/endpoints/digits/rollback", "{\"reason\":\"x\",\"revision\":1}", .rollback),
        ("POST", "/v1/endpoints/digits/rollout", "{\"reason\":\"x\",\"command\":\"pause\"}", .steer),
        ("POST", "/v1/endpoints/digits/rollout", "{\"reason\":\"x\",\"command\":\"promote\"}", .promote),
        ("POST", "/v1/endpoints/digits/scale", "{\"reason\":\"x\",\"count\":3}", .scale),
        ("POST", "/v1/endpoints/digits/spending", "{\"reason\":\"x\",\"order\":\"park\"}", .stop),
        ("POST", "/v1/endpoints/digits/spending", "{\"reason\":\"x\",\"order\":\"start\"}", .scale),
        ("GET", "/v1/spending?endpoint=digits&month=2026-11", "", .read),
        ("GET", "/v1/endpoints/digits/history?over=7d", "", .read),
        ("GET", "/v1/endpoints/digits/requests?id=ab&errors=true", "", .read),
    ])
    func eachRequestIsAVerbOnItsEndpoint(method: String, uri: String, body: String, verb: AccessVerb) throws {
        let wish = try wish(method, uri, body)
        #expect(wish.terms == .table(verb, resource: "endpoint/digits") && wish.endpoint == "digits")
    }

    @Test func aPathIsWrittenAnewFromWhatWasRead() throws {
        #expect(try wish("DELETE", "/v1/endpoints/%64igits").path == "/v1/endpoints/digits")
        let odd = try wish("DELETE", "/v1/endpoints/a%2F..%2Fb?x=y")
        #expect(odd.endpoint == "a/../b" && odd.path == "/v1/endpoints/a%2F%2E%2E%2Fb")
        #expect(try wish("GET", "/v1/graph?endpoint=a%26b&endpoint=c").path == "/v1/graph?endpoint=a%26b")
    }

    @Test(arguments: [
        ("GET", "/v1/"), ("GET", "/v1"), ("GET", "/v1//status"), ("GET", "/v1/status/"), ("PUT", "/v1/status"),
        ("POST", "/v1/endpoints/digits/unknown"), ("GET", "/v1/endpoints/digits"), ("GET", "/v2/status/x"),
        ("DELETE", "/v1/endpoints/"), ("GET", "/v1/%FF"), ("POST", "/v1/endpoints/digits/scale"),
    ])
    func whatIsNotThereIsRefusedBeforeAnythingElse(method: String, uri: String) {
        #expect(throws: PlumbError.self) { try wish(method, uri) }
    }

    @Test func anOrderAboutAccessIsItsVerb() throws {
        func terms(_ order: AccessOrder) throws -> ControlWish.Terms {
            try ControlWish(method: "POST", uri: "/v1/access", body: Array(try JSONEncoder().encode(order))).terms
        }
        #expect(try terms(.addUser(name: "a", owner: nil)) == .table(.manageAccess, resource: "access"))
        #expect(try terms(.grant(user: "a", AccessGrant(allow: .viewer))) == .table(.grantRole, resource: "access"))
        #expect(try terms(.grant(user: "a", AccessGrant(deny: []))) == .table(.manageAccess, resource: "access"))
        #expect(try terms(.approve(plan: "p", reason: nil)) == .holding([.approve, .manageAccess]))
        #expect(try terms(.shredKey(1)) == .table(.manageData, resource: "engine"))
        #expect(try terms(.issueToken(user: "a", seconds: 60)) == .ownToken("a"))
        #expect(try terms(.claim(name: "a")) == .claim)
    }

    @Test func aPlanIsTheSameWhateverTheOrderOfItsKeysAndAnotherWhateverElseChanges() throws {
        let one = try wish("POST", "/v1/endpoints/digits/scale", "{\"reason\":\"x\",\"count\":3}")
        func bytes(_ body: String) -> [UInt8] { one.planBytes(Array(body.utf8), by: "ada") }
        #expect(bytes("{\"reason\":\"x\",\"count\":3}") == bytes("{ \"count\" : 3, \"reason\" : \"x\" }"))
        #expect(bytes("{\"reason\":\"x\",\"count\":3}") != bytes("{\"reason\":\"x\",\"count\":4}"))
        #expect(one.planBytes([], by: "ada") != one.planBytes([], by: "ben"))
        let other = try wish("POST", "/v1/endpoints/faces/scale", "{\"reason\":\"x\",\"count\":3}")
        #expect(
            other.planBytes(Array("{\"reason\":\"x\",\"count\":3}".utf8), by: "ada")
                != bytes("{\"reason\":\"x\",\"count\":3}"))
    }

    @Test func bodiesThatNobodyWouldWriteAreErrorsAndNothingWorse() throws {
        var luck = SeededGenerator(seed: 5)
        let bodies = [
            "{\"reason\":\"x\",\"revision\":1}", "{\"grant\":{\"user\":\"a\",\"_1\":{}}}",
            "{\"approve\":{\"plan\":\"a\"}}",
            "{\"spec\":{},\"folder\":\"/\"}", "[[[[", "{\"breakGlass\":{\"reason\":\"x\",\"minutes\":1e999}}",
        ].map { Array($0.utf8) }
        let paths = [
            "access", "deployments", "audit", "erasures", "endpoints/d/rollback", "endpoints/d/rollout",
            "endpoints/d/scale", "access-keys", "shutdown", "%", "endpoints/%00/scale",
        ]
        var refused = 0
        for _ in 0..<20_000 {
            var body = bodies.randomElement(using: &luck) ?? []
            for _ in 0..<Int.random(in: 1...6, using: &luck) where !body.isEmpty {
                body[Int.random(in: 0..<body.count, using: &luck)] = UInt8.random(in: 0...255, using: &luck)
            }
            let path = "/v1/" + (paths.randomElement(using: &luck) ?? "")
            do throws(PlumbError) {
                let wish = try ControlWish(method: "POST", uri: path, body: body)
                _ = wish.planBytes(body, by: "ada")
            } catch {
                refused += error.kind == .internalFault ? 0 : 1
            }
        }
        #expect(refused > 5000)
        let deep = Array(repeating: UInt8(ascii: "["), count: 200_000)
        #expect(throws: PlumbError.self) { try ControlWish(method: "POST", uri: "/v1/access", body: deep) }
    }
}
