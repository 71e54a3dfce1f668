// What is rendered, given to the tools that people give it to: cfn-lint, the AWS command line, Terraform.
//
// A tool that is not installed skips its tests and says how to get it. Nothing here needs an account: what is deployed
// goes to the double of AWS in Tests/Doubles.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

/// One at a time: a plan takes 700 megabytes, and stacks are told from each other by the double they are made in.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct RenderedToolsTests {}

/// A spec of the examples, or one of the shapes that no example has, in one environment.
struct RenderedSpec: CustomTestStringConvertible, Sendable {
    var name: String
    var environment: Environment
    /// Lines that are laid over the example for AWS.
    var overlay = ""

    /// Everything there is at once: a second region, a cached front, captures that may be copied.
    static let critical = RenderedSpec(
        name: "critical", environment: .production,
        overlay: """
            region: eu-central-1
            critical: true
            cache: {deterministic: true, repeatRate: 0.2, ttl: 300}
            recovery: {region: eu-west-1, owner: payments@example.org}

            """)
    static let dev = RenderedSpec(name: "aws", environment: .dev)
    static let all = [
        dev, RenderedSpec(name: "aws", environment: .staging), RenderedSpec(name: "aws", environment: .production),
        critical, RenderedSpec(name: "gpu", environment: .production, overlay: "workload: gpu\n"),
    ]

    /// What no default can know: the front's certificates and name, and who may ask it.
    static let parameters = [
        "ApiCertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/6a1f1f0e-1111-4222-8333-444455556666",
        "EdgeCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/6a1f1f0e-1111-4222-8333-444455556666",
        "CallerUserPoolArn": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_ExAmPlE",
        "FrontDomainName": "answers.example.org",
    ]

    var testDescription: String { "\(name) in \(environment.rawValue)" }
    static let today = Day(daysSinceEpoch: 20_785)

    func files(_ format: Rendering.Format) throws -> [RenderedFile] {
        let spec = try spec()
        try #require(Rendering.diagnostics(of: spec).isEmpty)
        return Rendering.files(of: spec, as: format, asOf: Self.today)
    }

    func spec() throws -> Spec {
        let example = Repository.root.appending(path: "Examples/aws/plumb.yaml")
        // A key of the overlay takes the place of the example's, with all that is below it.
        let own = Set(overlay.split(separator: "\n").map { $0.prefix { $0 != ":" } })
        var isKept = true
        let kept = try String(contentsOf: example, encoding: .utf8).split(separator: "\n").filter { line in
            if line.first != " " { isKept = !own.contains(line.prefix { $0 != ":" }) }
            return isKept
        }
        let text = kept.joined(separator: "\n") + "\n" + overlay
        let reading = SpecReader.read(text, file: "plumb.yaml", environment: environment)
        return try #require(reading.spec, "\(reading.diagnostics.map(\.message))")
    }

    /// Writes what is rendered to a folder of its own.
    func folder(_ format: Rendering.Format) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))")
        for file in try files(format) {
            let place = folder.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: place)
        }
        return folder
    }
}

/// Controls that fail on what was read; those that no template or plan decides are unknown, and not told here.
func broken(_ graph: Graph) -> [String] {
    let assessment = PolicyBook.assess(graph, path: "rendered")
    return assessment.findings.filter { $0.verdict == .fails }.map { "\($0.control): \($0.message)" }
}
