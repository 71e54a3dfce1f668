// The file to start from: the required keys, and those defaults that people change first, as comments.

/// A spec to start from.
public enum SpecStarter {
    /// A commented spec that reads without a diagnostic, also when the comments of its defaults are taken away.
    ///
    /// - Parameters:
    ///   - name: The endpoint's name.
    ///   - team: The team that pays for it.
    ///   - model: The ONNX file or folder, relative to the spec, or an `s3://` address.
    /// - Returns: The file's text, ending in a line break.
    public static func text(name: String, team: String, model: String) -> String {
        var lines = ["# An endpoint for a model. Check it with `plumb check`, start it with `plumb up`.", ""]
        let written = [
            "name": quoted(name), "team": quoted(team), "workload": "cpu", "model": "\n  path: \(quoted(model))",
            "example":
                "\n  contentType: application/json\n  body: '{\"instances\": [[0.0]]}'   # put a real request here",
        ]
        for key in SpecSchema.keys where key.isRequired {
            lines += [
                "# \(key.summary)", "\(key.name):\(written[key.name].map { $0.hasPrefix("\n") ? $0 : " \($0)" } ?? "")",
                "",
            ]
        }
        lines += [
            "# What follows holds in production by default; take away the `# ` of a key, and of those above it.",
            "",
        ]
        for section in shown {
            guard let parent = SpecSchema.key(at: section.path) else { continue }
            let chosen = section.keys.compactMap { SpecSchema.key(at: "\(section.path).\($0)") }
            lines.append(contentsOf: comment(on: parent, showing: chosen))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Sections in the order of the file, and the keys of each that are shown; none for a plain key.
    private static let shown: [(path: String, keys: [String])] = [
        ("owner", []), ("region", []), ("critical", []),
        ("instances", ["type", "minimum", "maximum"]),
        ("budget", ["monthlyUSD"]),
        ("alarms", ["errorRate.thresholdPercent", "latencyP99.thresholdMilliseconds", "notify"]),
        ("rollout", ["strategy", "canaryPercent", "wait", "terminationWait"]),
        ("capture", ["samplingPercent", "ttlDays"]),
        ("drift", ["baseline"]),
        ("retentionDays", []),
    ]

    private static func comment(on section: SpecKeyDescription, showing keys: [SpecKeyDescription]) -> [String] {
        guard !keys.isEmpty else {
            return explained(section, "\(section.name): \(value(of: section))", depth: 0) + [""]
        }
        var lines = explained(section, "\(section.name):", depth: 0)
        var open: [Substring] = []
        for key in keys {
            let parts = key.path.dropFirst(section.path.count + 1).split(separator: ".")
            for (depth, part) in parts.dropLast().enumerated() where open.count <= depth || open[depth] != part {
                lines.append("# \(String(repeating: "  ", count: depth + 1))\(part):")
            }
            open = parts.dropLast()
            lines += explained(key, "\(key.name): \(value(of: key))", depth: parts.count)
        }
        return lines + [""]
    }

    /// A line that is commented out, under its sentence, which stays a comment when the first `# ` is taken away.
    private static func explained(_ key: SpecKeyDescription, _ line: String, depth: Int) -> [String] {
        let indent = "# " + String(repeating: "  ", count: depth)
        var sentence: [String] = []
        for word in key.summary.split(separator: " ") {
            if let last = sentence.last, indent.count + last.count + word.count + 1 <= 100 {
                sentence[sentence.count - 1] = "\(last) \(word)"
            } else {
                sentence.append("# \(word)")
            }
        }
        return (sentence + [line]).map { indent + $0 }
    }

    /// Production's default, or the example where there is none.
    private static func value(of key: SpecKeyDescription) -> String {
        let standard = key.defaults.last ?? nil
        if let standard, standard != "[]" { return standard }
        return key.example ?? "null"
    }

    /// A YAML scalar in single quotes where it could be taken for something else.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || "._/-".contains($0) }
        if isPlain, !["true", "false", "null", "none"].contains(text.lowercased()) { return text }
        return "'\(text.replacing("'", with: "''"))'"
    }
}
