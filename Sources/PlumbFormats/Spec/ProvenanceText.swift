// The provenance of a spec, written into its text.

public import PlumbModel

/// Puts one top-level key into YAML without touching the rest.
public enum ProvenanceText {
    private static let key = "provenance"

    /// The text with this provenance in place of whatever it said under that key.
    public static func replaced(in text: String, by provenance: Provenance) -> String {
        var lines: [Substring] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if isInside {
                // The block ends where another key begins; a closing bracket is still part of it.
                let isContinued = line.isEmpty || [" ", "\t", "}", "]", "#"].contains(line.first)
                if isContinued { continue }
                isInside = false
            }
            let name = line.prefix { $0 != ":" }.filter { $0 != "\"" && $0 != "'" && $0 != " " }
            if name == key, line.contains(":"), line.first != " " {
                isInside = true
                continue
            }
            lines.append(line)
        }
        var rest = lines.joined(separator: "\n")
        if !rest.isEmpty, !rest.hasSuffix("\n") { rest += "\n" }
        return rest + yaml(provenance)
    }

    /// The key and all that is known below it.
    public static func yaml(_ provenance: Provenance) -> String {
        var lines = ["\(key):"]
        func add(_ name: String, _ value: String?, _ indent: String = "  ") {
            if let value { lines.append("\(indent)\(name): \(value)") }
        }
        add("commit", provenance.commit.map(JSONText.quoted))
        add("pullRequest", provenance.pullRequest.map(JSONText.quoted))
        add("author", provenance.author.map(JSONText.quoted))
        add("approver", provenance.approver.map(JSONText.quoted))
        add("treeClean", provenance.isTreeClean.map { "\($0)" })
        add("trainingDataDigest", provenance.trainingDataDigest.map(JSONText.quoted))
        if let staging = provenance.staging {
            lines.append("  staging:")
            add("imageDigest", staging.imageDigest.map(JSONText.quoted), "    ")
            add("modelDigest", staging.modelDigest.map(JSONText.quoted), "    ")
            add("soakMinutes", staging.soakMinutes.map { Int(exactly: $0).map { "\($0)" } ?? "\($0)" }, "    ")
            add("loadTested", staging.loadTested.map { "\($0)" }, "    ")
            add("checksPassed", staging.checksPassed.map { "\($0)" }, "    ")
            add("day", staging.day.map { "\($0)" }, "    ")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
