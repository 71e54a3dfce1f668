// What the gateway records: in SageMaker's form, sealed, never in the way, and gone when it is to be gone.

import AsyncHTTPClient
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbStore
import PlumbTesting
import Testing

@testable import PlumbLocal

/// Remembers what it is shown, and says what it is told to say.
final class RecordingMonitor: TrafficMonitor {
    private struct State {
        var lines: [String] = []
        var labels: [String] = []
        /// Bytes of the statistics, by revision.
        var begun: [Int: Int] = [:]
        var level = 0.0
    }
    private let state = NIOLockedValueBox(State())

    var lines: [String] { state.withLockedValue { $0.lines } }
    var labels: [String] { state.withLockedValue { $0.labels } }
    var begun: [Int: Int] { state.withLockedValue { $0.begun } }
    var level: Double {
        get { state.withLockedValue { $0.level } }
        set { state.withLockedValue { $0.level = newValue } }
    }

    func begin(_ revision: Revision, baseline: BaselineContent?) async {
        state.withLockedValue { $0.begun[revision.number] = baseline?.statistics.count ?? 0 }
    }
    func look(at lines: [UInt8], of endpoint: String, revision: Int, at now: Double) async {
        let text = String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
        state.withLockedValue { $0.lines += text }
    }
    func label(_ lines: [UInt8], of endpoint: String, at now: Double) async {
        let text = String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
        state.withLockedValue { $0.labels += text }
    }
    func status(of endpoint: String, at now: Double) async -> [MonitoringStatus] {
        begun.keys.sorted().map { number in
            var drift = DriftObservation(state: level > 1 ? .alarm : .steady, reason: "as told")
            drift.level = level
            return MonitoringStatus(revision: number, drift: drift, quality: nil)
        }
    }
    func end(_ endpoint: String, revision: Int) async {
        _ = state.withLockedValue { $0.begun.removeValue(forKey: revision) }
    }
}

struct CaptureTests {
    private struct Line: Decodable {
        struct Part: Decodable {
            var observedContentType: String
            var mode: String
            var data: String
            var encoding: String
        }
        struct Parts: Decodable {
            var endpointInput: Part
            var endpointOutput: Part
        }
        struct Metadata: Decodable {
            var eventId: String
            var inferenceTime: String
        }
        var captureData: Parts
        var eventMetadata: Metadata
        var eventVersion: String
    }

    @Test func requestsAndAnswersAreRecordedSealedAndErased() async throws {
        let monitor = RecordingMonitor()
        try await RunningHouse.with(monitor: monitor) { running in
            try await running.serve(
                try running.revision(1, model: "model.onnx") {
                    $0.capture.isEnabled = true
                    $0.capture.samplingPercent = 100
                })
            let answer = try await running.call()
            #expect(answer.status == 200)
            try await running.until("the monitor is shown the line") { monitor.lines.count == 1 }
            let line = try JSONDecoder().decode(Line.self, from: Data(monitor.lines[0].utf8))
            #expect(line.captureData.endpointInput.mode == "INPUT")
            #expect(line.captureData.endpointInput.encoding == "CSV")
            let csv = try String(contentsOfFile: RunningHouse.digits + "/request.csv", encoding: .utf8)
            #expect(line.captureData.endpointInput.data == csv)
            #expect(line.captureData.endpointOutput.data == answer.body)
            #expect(line.eventVersion == "0")
            #expect(line.eventMetadata.eventId == answer.headers.first(name: "x-amzn-requestid"))
            #expect(line.eventMetadata.inferenceTime.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)

            // Whoever asks for an erasure is answered when what was gathered is on disk, and searched.
            #expect(try await running.plane.eraseCaptures(of: "nobody", by: "test") == 0)
            let captured = try await running.plane.captures(of: "digits", after: nil, by: "test")
            #expect(captured.lines == monitor.lines[0] + "\n")
            #expect(!captured.hasMore)
            let raw = try Data(contentsOf: URL(filePath: "\(running.house.folder)/captures/\(captured.file)"))
            #expect(raw.firstRange(of: Data(csv.prefix(20).utf8)) == nil)
            let event = line.eventMetadata.eventId
            #expect(try await running.plane.eraseCaptures(of: event, by: "test") == 1)
            let gone = await #expect(throws: PlumbError.self) {
                try await running.plane.captures(of: "digits", after: nil, by: "test")
            }
            #expect(gone?.kind == .notFound)
            let entries = try await running.plane.auditEntries(limit: 10)
            #expect(
                entries.filter { $0.action == "captures.erased" }.compactMap { $0.details["records"] } == ["0", "1"])
            #expect(!entries.contains { $0.details.values.contains(event) }, "the record does not name the subject")
        }
    }

    @Test func nothingIsRecordedWhereCaptureIsOff() async throws {
        let monitor = RecordingMonitor()
        try await RunningHouse.with(monitor: monitor) { running in
            try await running.serve(try running.revision(1, model: "model.onnx") { $0.capture.isEnabled = false })
            for _ in 0..<5 { #expect(try await running.call().status == 200) }
            #expect(try await running.plane.eraseCaptures(of: "nobody", by: "test") == 0)
            #expect(monitor.lines.isEmpty)
            #expect(running.house.captures.files(of: "digits").isEmpty)
        }
    }

    @Test func labelsReachTheMonitor() async throws {
        let monitor = RecordingMonitor()
        try await RunningHouse.with(monitor: monitor) { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let label = #"{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"a"}}"#
            let answer = try await running.call(
                "/endpoints/digits/ground-truth", body: label, type: "application/json")
            #expect(answer.status == 202)
            try await running.until("the label is there") { monitor.labels == [label] }
            let stranger = try await running.call("/endpoints/digits/ground-truth", body: label, token: .some(nil))
            #expect(stranger.status == 401)
            let unknown = try await running.call("/endpoints/others/ground-truth", body: label)
            #expect(unknown.status == 404)
        }
    }

    @Test func aBufferThatIsFullDropsAndCounts() {
        let buffer = CaptureBuffer()
        var plan = Spec.sample().capture
        plan.isEnabled = true
        plan.samplingPercent = 100
        buffer.follow(plan)
        let big = ByteBuffer(repeating: 1, count: 20 << 20)
        func offer() {
            buffer.offer {
                CapturedExchange(
                    request: big, requestType: nil, answer: ByteBuffer(), answerType: nil, customAttributes: nil,
                    inferenceID: nil, number: "1", revision: 1, at: 0)
            }
        }
        offer()
        offer()
        #expect(buffer.counts == (captured: 1, dropped: 1))
        #expect(buffer.drain().count == 1)
        offer()
        #expect(buffer.counts == (captured: 2, dropped: 1))
        buffer.follow(nil)
        offer()
        #expect(buffer.counts == (captured: 2, dropped: 1))
    }

    @Test func whatIsCapturedHoldsNothingOfTheReadItCameIn() throws {
        let buffer = CaptureBuffer()
        var plan = Spec.sample().capture
        plan.isEnabled = true
        plan.samplingPercent = 100
        buffer.follow(plan)
        let read = ByteBuffer(repeating: UInt8(ascii: "7"), count: 64 << 10)
        let part = try #require(read.getSlice(at: 100, length: 300))
        buffer.offer {
            CapturedExchange(
                request: part, requestType: nil, answer: read, answerType: nil, customAttributes: nil,
                inferenceID: nil, number: "1", revision: 1, at: 0)
        }
        let kept = try #require(buffer.drain().first)
        #expect(kept.request == part && kept.answer == read)
        #expect(kept.request.storageCapacity <= 1024, "the slice still holds its read")
    }

    @Test func samplingTakesItsShare() {
        let buffer = CaptureBuffer()
        var plan = Spec.sample().capture
        plan.isEnabled = true
        plan.samplingPercent = 20
        buffer.follow(plan)
        for _ in 0..<10_000 {
            buffer.offer {
                CapturedExchange(
                    request: ByteBuffer(), requestType: nil, answer: ByteBuffer(), answerType: nil,
                    customAttributes: nil, inferenceID: nil, number: "1", revision: 1, at: 0)
            }
        }
        // Five standard deviations of 40 around 2,000.
        #expect((1800...2200).contains(buffer.counts.captured))
    }

    @Test(arguments: [
        (#"{"eventMetadata":{"inferenceId":"s1"}}"#, true), (#"{"eventMetadata":{"eventId":"s1"}}"#, true),
        (#"{"eventMetadata":{"customAttributes":["trace=1; subject=s1"]}}"#, true),
        (#"{"eventMetadata":{"customAttributes":["subject=s11"]}}"#, false),
        (#"{"eventMetadata":{"customAttributes":["notsubject=s1"]}}"#, false),
        (#"{"eventMetadata":{"eventId":"s2"},"captureData":{"x":"s1"}}"#, false), ("s1", false),
    ])
    func aLineBelongsToTheSubjectThatItNames(line: String, isMeant: Bool) {
        #expect(CaptureSubject.isSubject("s1", ofLine: Data(line.utf8)) == isMeant)
    }

    @Test func aSubjectThatJSONSpellsOtherwiseIsFoundAllTheSame() {
        let line = #"{"eventMetadata":{"inferenceId":"a\"b\u00e9"}}"#
        #expect(CaptureSubject.isSubject("a\"bé", ofLine: Data(line.utf8)))
    }
}
