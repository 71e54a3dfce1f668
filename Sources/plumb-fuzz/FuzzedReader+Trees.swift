// Readers that are given real documents, bent: bytes alone seldom get past the first key.

import Foundation
import PlumbModel

#if DEBUG
    @testable import PlumbFormats
#endif

/// Where the documents come from that are bent.
struct TreeSource: Sendable {
    /// Relative to the repository's root, where fuzzing is run.
    let paths: [String]
    #if DEBUG
        let seeds: [DocumentNode]

        init(_ paths: [String]) {
            self.paths = paths
            // The root is the folder of the run, or, in tests, where this file lies.
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            seeds = paths.compactMap { path in
                guard case .success(let node) = DocumentReader.read(Kept.bytes("\(root)/\(path)"), file: path) else {
                    preconditionFailure("\(path) cannot be read; run this in the repository")
                }
                return node
            }
        }
    #endif
}

extension FuzzedReader {
    #if DEBUG
        static let trees: [String: FuzzedReader] = {
            let formats = "Tests/PlumbFormatsTests"
            let templates = TreeSource(
                ["compliant.yaml", "compliant.json", "compliant-dev.yaml", "compliant-edge.yaml", "compliant-gpu.yaml"]
                    .map { "\(formats)/Templates/\($0)" })
            let plans = TreeSource(
                ["dev.json", "compliant-modules.json", "staging.json"].map { "\(formats)/Plans/\($0)" })
            let specs = TreeSource(["Examples/digits/plumb.yaml", "Tests/FuzzTests/Corpus/spec/whole.yaml"])
            let policies = TreeSource(["Tests/FuzzTests/Corpus/access/duties.json"])
            return [
                "template-tree": FuzzedReader(tree: templates) { bytes in
                    let root = TreeMutation.document(of: bytes, from: templates.seeds)
                    judge(TemplateReader.read([SourceDocument(path: "a", root: root)], asOf: day), bytes)
                },
                "plan-tree": FuzzedReader(tree: plans) { bytes in
                    let root = TreeMutation.document(of: bytes, from: plans.seeds)
                    judge(PlanReader.read(SourceDocument(path: "a", root: root), asOf: day), bytes)
                },
                "spec-tree": FuzzedReader(tree: specs) { bytes in
                    let text = TreeMutation.document(of: bytes, from: specs.seeds).json
                    judge(SpecReader.read(text, file: "a"), bytes)
                },
                "access-tree": FuzzedReader(tree: policies) { bytes in
                    review(Array(TreeMutation.document(of: bytes, from: policies.seeds).json.utf8))
                },
            ]
        }()
    #else
        static let trees: [String: FuzzedReader] = [:]
    #endif
}
