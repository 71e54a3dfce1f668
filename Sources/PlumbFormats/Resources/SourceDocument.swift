// A file that has been parsed.

public import PlumbModel

/// A parsed JSON or YAML file.
public struct SourceDocument: Sendable {
    public let path: String
    let root: DocumentNode

    /// Parses a file. Fails with `invalidInput` and the place of the first fault.
    public static func read(_ file: SourceFile) -> Result<SourceDocument, PlumbError> {
        DocumentReader.read(file.bytes, file: file.path).map { SourceDocument(path: file.path, root: $0) }
    }
}
