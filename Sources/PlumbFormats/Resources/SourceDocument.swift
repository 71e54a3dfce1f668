// A file that has been parsed, and what it turned out to be.

public import PlumbModel

/// A parsed JSON or YAML file, and the sort of input it is.
public struct SourceDocument: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case spec, cloudformation, terraform
        /// None of them.
        case other
    }
    public let path: String
    public let kind: Kind
    let root: DocumentNode

    /// Parses a file. Fails with `invalidInput` and the place of the first fault.
    ///
    /// `kind` says what the file is meant to be; else its content decides.
    public static func read(_ file: SourceFile, as kind: Kind? = nil) -> Result<SourceDocument, PlumbError> {
        DocumentReader.read(file.bytes, file: file.path).map { root in
            SourceDocument(path: file.path, kind: kind ?? self.kind(of: root), root: root)
        }
    }

    private static func kind(of root: DocumentNode) -> Kind {
        if Template.isTemplate(root) { return .cloudformation }
        if root["format_version"] != nil || root["terraform_version"] != nil { return .terraform }
        let specKeys = ["model", "name", "team", "workload", "instances", "environments"].filter { root[$0] != nil }
        return specKeys.count >= 2 ? .spec : .other
    }
}
