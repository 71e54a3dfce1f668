// The keys of a policy file, and the documents written from them.

import PlumbModel

/// What may stand in `plumb.policy.yaml`.
public enum PolicyFileSchema {
    static let root = SpecType<PolicyOverlay>.record(
        { PolicyOverlay() },
        [
            SpecKey(
                "waivers", \.waivers, .list(of: SpecSchema.waiver, countMax: 1000),
                "Breaches that somebody accepts, for a time; one that lapsed is a finding."),
            SpecKey(
                "attestations", \.attestations, .list(of: SpecSchema.attestation, countMax: 1000),
                "A person's word in place of proof, where a control allows it."),
            SpecKey(
                "thresholds", \.thresholds, thresholds,
                "The organisation's own numbers; one that asks for less than the seed's takes a waiver."),
            SpecKey(
                "only", \.only, .list(of: selector, countMax: 200), "Policies or controls to judge; all when empty.",
                example: "[OPS-1, SEC-2.1]"),
            SpecKey("skip", \.skip, .list(of: selector, countMax: 200), "Policies or controls to leave out."),
            SpecKey(
                optional: "failOn", \.failOn, .choice,
                "The least severity that fails a run; `low` when nothing is said.",
                example: "high"),
            SpecKey(
                optional: "strict", \.isStrict, .flag, "Whether an unknown fails a run too.", example: "true"),
        ])

    private static let thresholds = SpecType<Thresholds>.record(
        { Thresholds() },
        Thresholds.all.map { threshold in
            let controls = threshold.controls.joined(separator: ", ")
            let stricter = threshold.direction == .lowerIsStricter ? "lower" : "higher"
            return SpecKey(
                threshold.name, threshold.path, .number(0...1_000_000_000),
                "\(threshold.summary) Stricter is \(stricter) (\(controls)).")
        })

    private static let selector = SpecType<String>.text(
        "policy or control, such as OPS-1 or OPS-1.2",
        pattern: "^([Oo][Pp][Ss]|[Ss][Ee][Cc]|[Rr][Ee][Ll]|[Pp][Ee][Rr][Ff]|[Cc][Oo][Ss][Tt])-[1-9](\\.[1-9][0-9]*)?$",
        hint: "`plumb explain` lists them"
    ) { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, ["OPS", "SEC", "REL", "PERF", "COST"].contains(parts[0].uppercased()) else {
            return false
        }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(numbers.count) && numbers.allSatisfy { Int($0).map { $0 > 0 } ?? false }
    }

    /// Every key of the file.
    static var keys: [SpecKeyDescription] { root.children([PolicyOverlay()], "") }

    /// A JSON Schema (draft 2020-12) of the file, ending in a line break.
    public static func jsonSchema() -> String {
        let schema = SpecJSON.object([
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("Plumbline policy file")),
            ("description", .text("What an organisation lays over the policy book.")),
            ("type", .text("object")), ("additionalProperties", .flag(false)),
            ("properties", .object(keys.map { ($0.name, SpecSchema.property($0, isOverlay: false)) })),
        ])
        return schema.rendered() + "\n"
    }

    /// The reference as Markdown, ending in a line break.
    public static func reference() -> String {
        var lines = [introduction, "", "## The top of the file", ""]
        lines += SpecSchema.table(keys.map { ($0.name, $0) })
        for key in keys where !key.children.isEmpty {
            lines += ["", "## `\(key.name)`", "", key.summary, ""]
            lines += SpecSchema.table(SpecSchema.rows(below: key))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = """
        # The policy file

        `plumb.policy.yaml` says what an organisation lays over the policy book: exceptions with an owner and an end,
        numbers of its own, and what it leaves out. `plumb check` and `plumb diff` read the one in the working folder,
        or the one that `--policy FILE` names; the gate of `plumb up` and `plumb deploy` reads the one in the working
        folder.

        ```yaml
        thresholds:
          errorRatePercent: 0.5        # stricter than the seed's 1 %: counts at once
          instancesMaximum: 8          # looser than the seed's 4: takes the waiver below
        waivers:
          - control: REL-2.2
            owner: vision@example.org
            reason: black Friday needs more than four
            expires: 2027-01-31
        failOn: medium
        ```

        - **A waiver** names a control, an owner, a reason and its last day; with `resource` it is for one resource. A
          failure it covers is `waived`, never `holds`. When it has lapsed the control fails again, and where nothing
          else fails it the waiver itself is the finding, until somebody deletes or renews it.
        - **A number** that is stricter than the seed's counts at once. A looser one counts while a waiver of every
          control that reads it does, and what holds by it is `waived`; after that the seed's number is back.
        - **What is left out** is `notApplicable` with the reason, and every report says how much it was.
        - **Errors** are told all at once, each with line and column. `plumb spec schema --policy` prints the JSON
          Schema.

        This page is written by `PLUMB_RECORD=1 swift test --filter PolicyFile` from the same keys that the reader uses.
        """
}
