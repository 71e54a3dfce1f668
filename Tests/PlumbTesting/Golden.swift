// Texts that were read and approved once, and must not change unseen.

public import Foundation
public import Testing

/// Compares a text with the golden file `Goldens/NAME` beside the calling test.
///
/// With `PLUMB_RECORD=1` in the environment the file is written anew, and the test fails so that nobody mistakes that
/// run for a passing one.
public func expectGolden(
    _ text: String, _ name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) {
    let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Goldens")
    expectDocument(text, at: folder.appending(path: name), sourceLocation: sourceLocation)
}

/// Compares a text with a file that is kept as it was generated, such as a page of `docs`.
///
/// With `PLUMB_RECORD=1` in the environment the file is written anew, and the test fails as it does for a golden.
public func expectDocument(
    _ text: String, at golden: URL, sourceLocation: SourceLocation = #_sourceLocation
) {
    let name = golden.lastPathComponent
    if ProcessInfo.processInfo.environment["PLUMB_RECORD"] == "1" {
        do {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: golden)
            Issue.record("recorded \(name): read it, then run without PLUMB_RECORD", sourceLocation: sourceLocation)
        } catch {
            Issue.record("\(name) cannot be recorded: \(error)", sourceLocation: sourceLocation)
        }
        return
    }
    guard let wanted = try? String(contentsOf: golden, encoding: .utf8) else {  // Told as an issue right below.
        Issue.record("there is no golden \(name): PLUMB_RECORD=1 swift test writes it", sourceLocation: sourceLocation)
        return
    }
    guard text != wanted else { return }
    let (found, approved) = (
        text.split(separator: "\n", omittingEmptySubsequences: false),
        wanted.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line = zip(found, approved).prefix { $0 == $1 }.count
    func shown(_ lines: [Substring]) -> Substring { line < lines.count ? lines[line] : "(the end)" }
    Issue.record(
        "\(name) differs from line \(line + 1):\nwanted \(shown(approved))\nfound  \(shown(found))",
        sourceLocation: sourceLocation)
}
