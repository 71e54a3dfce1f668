// What is known from one run to the next, and what is judged anew.

import Foundation
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct BaselineTests {
    private func assess(_ graph: Graph) -> Assessment {
        PolicyBook.fingerprinted(PolicyBook.assess(graph, path: "template.yaml"), of: [graph])
    }

    /// A template with one alarm that is broken.
    private func broken(threshold: Fact<Double> = 5) throws -> Graph {
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        graph.alarms.mutateEach { if $0.id.contains("ErrorRate") { $0.threshold = threshold } }
        return graph
    }

    private func fingerprints(_ assessment: Assessment, _ control: String) -> [String] {
        assessment.findings.filter { $0.control == control }.compactMap(\.fingerprint)
    }

    @Test func aRunIsKnownToItself() throws {
        let assessment = assess(try broken())
        #expect(assessment.findings.contains { $0.verdict == .fails })
        let baseline = Baseline(of: [assessment])
        let read = try Baseline(Data(baseline.text.utf8), path: "baseline.json")
        #expect(read == baseline)
        let (new, gone) = read.applied(to: [assessment], path: "baseline.json")
        #expect(new[0].findings.isEmpty && gone.isEmpty)
        #expect(new[0].diagnostics.contains { $0.message.contains("\(assessment.findings.count) findings are in") })
        // What is known is broken all the same.
        #expect(new[0].policies == assessment.policies)
    }

    @Test func aLineThatMovesChangesNothing() throws {
        var graph = try broken()
        let before = assess(graph)
        graph.alarms.mutateEach { alarm in
            alarm.head.place = Place(file: "\(alarm.id).yaml", line: 900, column: 3)
            alarm.threshold.place = Place(file: "\(alarm.id).yaml", line: 901, column: 3)
        }
        let (new, gone) = Baseline(of: [before]).applied(to: [assess(graph)], path: "b")
        #expect(new[0].findings.map(\.message) == [] && gone.isEmpty)
    }

    @Test func aResourceThatChangesIsJudgedAnew() throws {
        let baseline = Baseline(of: [assess(try broken(threshold: 5))])
        let (new, gone) = baseline.applied(to: [assess(try broken(threshold: 50))], path: "b")
        #expect(new[0].findings.contains { $0.control == "OPS-1.2" && $0.verdict == .fails })
        #expect(gone.contains { $0.control == "OPS-1.2" })
    }

    @Test func whatIsUnknownAndThenFailsIsNew() throws {
        let baseline = Baseline(of: [assess(try broken(threshold: .unknown("a parameter without a default")))])
        let (new, _) = baseline.applied(to: [assess(try broken(threshold: 5))], path: "b")
        #expect(new[0].findings.contains { $0.control == "OPS-1.2" && $0.verdict == .fails })
    }

    @Test func aCopyOfABrokenResourceElsewhereIsNew() throws {
        let assessment = assess(try broken())
        let (new, _) = Baseline(of: [assessment]).applied(to: [assessment, assessment], path: "b")
        #expect(new[0].findings.isEmpty)
        #expect(new[1].findings.count == assessment.findings.count)
        let both = Baseline(of: [assessment, assessment])
        #expect(both.applied(to: [assessment, assessment], path: "b").new.allSatisfy { $0.findings.isEmpty })
        #expect(!both.applied(to: [assessment], path: "b").gone.isEmpty)
    }

    @Test func ofControlsThatWereNotJudgedNothingIsSaidToBeGone() throws {
        let graph = try broken()
        let baseline = Baseline(of: [assess(graph)])
        var overlay = PolicyOverlay()
        overlay.leftOut = ["OPS-1.2": "skipped"]
        let less = PolicyBook.fingerprinted(PolicyBook.assess(graph, path: "t", under: overlay), of: [graph])
        let (new, gone) = baseline.applied(to: [less], path: "b")
        #expect(new[0].findings.isEmpty && !gone.contains { $0.control == "OPS-1.2" })
    }

    @Test func theFileIsSortedAndTheSameForTheSameFindings() throws {
        let assessment = assess(try broken())
        var turned = assessment
        turned.findings.reverse()
        let text = Baseline(of: [assessment]).text
        #expect(text == Baseline(of: [turned]).text)
        let lines = text.split(separator: "\n").filter { $0.contains("\"control\"") }
        #expect(lines.count > 3 && lines.map { $0.prefix(25) } == lines.map { $0.prefix(25) }.sorted())
        #expect(!text.contains("template.yaml"))
    }

    @Test(arguments: ["", "{}", "[]", "{\"schema\": \"other/1\", \"findings\": []}", "\u{0}", "{\"schema\":"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: PlumbError.self) { try Baseline(Data(text.utf8), path: "b") }
    }

    @Test func aDigestKnowsContentAndNothingElse() {
        func alarm(_ configure: (inout Alarm) -> Void) -> UInt64 { ContentDigest.of(Alarm("A", configure)) }
        let one = alarm { $0.threshold = 5 }
        #expect(one == alarm { $0.threshold = .known(5, at: Place(file: "x", line: 3)) })
        #expect(one != alarm { $0.threshold = 6 })
        #expect(one != alarm { $0.threshold = .unknown("a parameter") })
        #expect(one != alarm { $0.datapointsToAlarm = 5 })
        #expect(alarm { $0.head.tags = .known(["a": "b"]) } != alarm { $0.head.tags = .known(["b": "a"]) })
        #expect(alarm { $0.head.tags = .known([:]) } != alarm { _ in })
        #expect(alarm { _ in } == ContentDigest.of(Alarm("A")))
        let many = Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", "v\($0)") })
        let same = Dictionary(uniqueKeysWithValues: (0..<50).reversed().map { ("k\($0)", "v\($0)") })
        #expect(ContentDigest.of(many) == ContentDigest.of(same))
        #expect(ContentDigest.of([1, 2]) != ContentDigest.of([2, 1]))
        #expect(ContentDigest.text(0xAB) == "00000000000000ab")
    }
}
