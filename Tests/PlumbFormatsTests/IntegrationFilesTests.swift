// The files other tools read: each is YAML, and names only what there is.

import Foundation
import Testing

@testable import PlumbFormats

struct IntegrationFilesTests {
    @Test(arguments: ["action.yml", ".pre-commit-hooks.yaml", "integrations/gitlab.yml"])
    func isYAML(path: String) throws {
        let text = try String(contentsOf: SpecSamples.root.appending(path: path), encoding: .utf8)
        let (root, error) = SpecText.compose(text, file: path)
        #expect(root != nil && error == nil, "\(String(describing: error))")
    }
}
