// Files too large, too deep, cut short or in another encoding: each is answered, soon and in little memory.

import Foundation
import PlumbFormats
import PlumbModel
import Testing

@testable import plumb_fuzz

struct ExcessTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let templates = "\(root)/Tests/PlumbFormatsTests/Templates"
    private static let plans = "\(root)/Tests/PlumbFormatsTests/Plans"

    /// The message of why a file is refused; nil where it is read.
    private func refusal(of bytes: [UInt8]) -> PlumbError? {
        guard case .failure(let error) = SourceDocument.read(SourceFile(path: "a", bytes: bytes)) else { return nil }
        return error
    }

    @Test(arguments: [
        ("JSON lists", "[", "]"), ("JSON maps", "{\"a\":", "}"), ("YAML flow", "a: [", "]"), ("YAML blocks", "- ", ""),
    ])
    func nestingOfAHundredThousandLevelsIsRefused(name: String, open: String, close: String) throws {
        let text = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
        let took = try ContinuousClock().measure {
            let error = try #require(refusal(of: Array(text.utf8)), "\(name)")
            #expect(error.kind == .invalidInput && error.place != nil)
        }
        #expect(took < .seconds(10), "\(name) took \(took)")
    }

    /// Embedded texts are parsed as well, and may embed further ones.
    @Test func templatesInsideOfTextsEnd() {
        var text = #"{"Resources":{}}"#
        for _ in 0..<8 {
            let inner = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            text = #"{"Resources":{"A":{"Type":"AWS::IAM::Policy","Properties":{"PolicyDocument":"\#(inner)"}}}}"#
        }
        for name in ["template", "access"] { FuzzedReader.all[name]?.feed(Array(text.utf8)) }
    }

    @Test func aLineOfFiftyMegabytesIsRead() throws {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000_000)
        let took = ContinuousClock().measure {
            #expect(refusal(of: Array("{\"a\": \"".utf8) + text + Array("\"}".utf8)) == nil)
        }
        #expect(took < .seconds(60), "took \(took)")
    }

    @Test func lineEndsOfWindowsReadAsOthers() throws {
        let bytes = Kept.bytes("\(FuzzTests.corpus)/template/small.yaml")
        let windows = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        let readings = try [bytes, windows].map { bytes in
            TemplateReader.read([try #require(FuzzedReader.document(bytes))], asOf: FuzzedReader.day)
        }
        #expect(!readings[0].hasErrors)
        #expect(readings[0].worlds.map(\.graph) == readings[1].worlds.map(\.graph))
    }

    @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32])
    func otherEncodingsAreRefused(encoding: String.Encoding) throws {
        let text = String(decoding: Kept.bytes("\(FuzzTests.corpus)/template/small.yaml"), as: UTF8.self)
        let data = try #require(text.data(using: encoding))
        #expect(refusal(of: Array(data))?.kind == .invalidInput)
        FuzzedReader.all["spec"]?.feed(Array(data))
    }

    @Test func zeroBytesAndInvalidTextAreRefused() {
        for bytes in [[0], [0x7B, 0], [0x61, 0x3A, 0], [0xFF, 0xFE, 0x7B], [0x61, 0x3A, 0x20, 0xC3, 0x28]] as [[UInt8]]
        {
            #expect(refusal(of: bytes)?.kind == .invalidInput, "\(bytes)")
        }
        #expect(refusal(of: [UInt8](repeating: 0, count: 1 << 20))?.kind == .invalidInput)
    }

    @Test func everyKilobyteOfAPlanMayBeTheLast() {
        let bytes = Kept.bytes("\(Self.plans)/dev.json")
        #expect(bytes.count > 100_000)
        for length in stride(from: 0, to: bytes.count, by: 1024) {
            #expect(refusal(of: Array(bytes.prefix(length)))?.kind == .invalidInput, "the first \(length) bytes")
        }
    }

    /// YAML may be whole wherever a line ends: what is left is judged, or refused, and never trusted to be all.
    @Test func everyFourKilobytesOfATemplateMayBeTheLast() {
        let bytes = Kept.bytes("\(Self.templates)/compliant-dev.yaml")
        #expect(bytes.count > 50_000)
        for length in stride(from: 0, to: bytes.count, by: 4096) {
            FuzzedReader.all["template"]?.feed(Array(bytes.prefix(length)))
        }
    }

    /// Minutes in a debug build: asked for by PLUMB_FUZZ_LARGE=1.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PLUMB_FUZZ_LARGE"] != nil), arguments: [false, true])
    func aTemplateOfAMillionResourcesIsJudged(isYAML: Bool) {
        let head = isYAML ? "Resources:\n" : "{\"Resources\":{"
        let body = (0..<1_000_000).map { number in
            isYAML
                ? "  T\(number):\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: topic-\(number)-of-the-lot}\n"
                : "\(number == 0 ? "" : ",")\"T\(number)\":{\"Type\":\"AWS::SNS::Topic\","
                    + "\"Properties\":{\"TopicName\":\"topic-\(number)-of-the-lot\"}}"
        }
        let text = head + body.joined() + (isYAML ? "" : "}}")
        let took = ContinuousClock().measure { FuzzedReader.all["template"]?.feed(Array(text.utf8)) }
        #expect(took < .seconds(600), "took \(took)")
    }
}
