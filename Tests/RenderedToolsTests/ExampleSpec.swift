// The repository's example for AWS, with a model that is there, as a first deployment can have it.

import Foundation
import Testing

enum ExampleSpec {
    /// Writes plumb.yaml and a model, another one for each revision, whose digest it names.
    static func write(to folder: URL, revision: UInt8, waivers: Bool = false) throws {
        let model = folder.appending(path: "model.tar.gz")
        try Data(repeating: revision, count: 1_000).write(to: model)
        let sum = try Tool(path: "/usr/bin/sha256sum").run(model.path)
        let digest = try #require(sum.output.split(separator: " ").first)
        let example = try String(
            contentsOf: Repository.root.appending(path: "Examples/aws/plumb.yaml"), encoding: .utf8)
        var lines = example.split(separator: "\n").map { line in
            line.hasPrefix("  digest:") ? "  digest: \(digest)" : String(line)
        }
        lines.append("region: eu-central-1")
        if waivers {
            lines.append("waivers:")
            for control in records {
                lines.append(
                    "  - {control: \(control), owner: ada@example.org, reason: the first deployment has no record"
                        + ", expires: \(inAMonth)}")
            }
        }
        try lines.joined(separator: "\n").write(
            to: folder.appending(path: "plumb.yaml"), atomically: true, encoding: .utf8)
    }

    /// Controls that rest on records of what a first deployment cannot have done yet.
    private static let records = [
        "COST-1.1", "OPS-2.10", "OPS-3.4", "OPS-3.5", "PERF-1.4", "PERF-2.1", "PERF-2.2", "PERF-2.3", "PERF-2.4",
        "PERF-3.1", "REL-3.1", "REL-3.2",
    ]
    private static var inAMonth: String {
        String(Date().addingTimeInterval(30 * 86_400).formatted(.iso8601).prefix(10))
    }
}
