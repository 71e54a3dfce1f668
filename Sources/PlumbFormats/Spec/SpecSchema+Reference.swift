// The reference of the file, `docs/SPEC.md`, written from the keys themselves.

extension SpecSchema {
    /// The reference as Markdown, ending in a line break.
    public static func reference() -> String {
        var lines = [introduction, "", "## The top of the file", ""]
        lines += table(keys.map { ($0.name, $0) })
        for key in keys where !key.children.isEmpty {
            lines += ["", "## `\(key.name)`", "", key.summary, ""]
            lines += table(rows(below: key))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The keys below a section with their paths within it; those that only hold others are left out.
    static func rows(below section: SpecKeyDescription) -> [(name: String, key: SpecKeyDescription)] {
        func leaves(_ key: SpecKeyDescription) -> [SpecKeyDescription] {
            key.children.isEmpty ? [key] : key.children.flatMap(leaves)
        }
        let prefix = section.path.count
        return section.children.flatMap(leaves).map { key in
            let rest = key.path.dropFirst(prefix)
            return (String(rest.drop { $0 == "." }), key)
        }
    }

    static func table(_ rows: [(name: String, key: SpecKeyDescription)]) -> [String] {
        let body = rows.map { name, key in
            let form = key.children.isEmpty ? key.type : "[\(key.type)](#\(key.name.lowercased()))"
            let standard = key.isRequired ? "required" : key.defaultText ?? ""
            let example = key.example.map { " For example `\(key.name): \($0)`." } ?? ""
            return "| `\(name)` | \(key.summary)\(example) | \(form) | \(standard) |".replacing("\n", with: " ")
        }
        return ["| key | what it says | form | default |", "|---|---|---|---|"] + body
    }

    private static let introduction = """
        # The spec

        One YAML file says all there is to say of an endpoint. Five keys are enough:

        ```yaml
        name: digits
        team: vision
        workload: cpu
        model: {path: model.onnx}
        example: {file: request.csv}
        ```

        Everything else has a default that keeps the policies of its environment. An id such as `OPS-1.2` names the
        control that asks for a value: `plumb explain OPS-1.2`. `T-5` and `A-1` name the catalogue's rules where
        policies conflict, and its arithmetic.

        - **Environments.** The environment is the one on the command line, else the file's `environment`, else
          production. What stands under `environments: {dev: …, staging: …, production: …}` is laid over the file:
          mappings merge, scalars and lists replace, and `null` takes away.
        - **Durations** are seconds, or numbers with units: `300`, `90s`, `5m`, `1h30m`, `250ms`. **Sizes** are bytes,
          or `6MiB`, `512KiB`, `10MB`. **Percentages** are plain numbers. **Days** are written `2026-11-24`.
        - **Errors** are told all at once, each with line and column. A value that breaks a policy is no error: the
          policies judge it.
        - **Limits.** 256 KiB a file, one document, 32 levels, 20,000 values with aliases expanded, 16 aliases.

        `plumb spec schema` prints the JSON Schema for editors, `plumb spec init` a file to start from. This page is
        written by `PLUMB_RECORD=1 swift test --filter SpecReference` from the same keys that the reader uses.
        """
}
