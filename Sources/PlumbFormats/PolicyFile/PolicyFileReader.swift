// From the text of a policy file to the rules of a run, and everything that is wrong with it.

public import PlumbModel

/// What was read of a policy file.
public struct PolicyFileReading: Sendable {
    /// Nil when any diagnostic is an error.
    public var overlay: PolicyOverlay?
    public var diagnostics: [Diagnostic]
}

/// Reads `plumb.policy.yaml`.
public enum PolicyFileReader {
    /// Reads a file's bytes, at most 256 KiB; `file` is its name, for places. An empty file changes nothing.
    public static func read(_ bytes: [UInt8], file: String) -> PolicyFileReading {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let error = Diagnostic(.error, "the file is not UTF-8", at: Place(file: file), hint: "save it as UTF-8")
            return PolicyFileReading(overlay: nil, diagnostics: [error])
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return PolicyFileReading(overlay: PolicyOverlay(), diagnostics: [])
        }
        let (root, error) = SpecText.compose(text, file: file)
        guard let root else { return PolicyFileReading(overlay: nil, diagnostics: [error].compactMap { $0 }) }
        var context = SpecContext(file: file, isSpec: false)
        guard var overlay = PolicyFileSchema.root.read(root, PolicyOverlay(), &context) else {
            return PolicyFileReading(overlay: nil, diagnostics: context.diagnostics)
        }
        for index in overlay.waivers.indices { overlay.waivers[index].place = context.places["waivers.\(index)"] }
        refuseLoosening(of: overlay, &context)
        return PolicyFileReading(
            overlay: context.diagnostics.contains { $0.severity == .error } ? nil : overlay,
            diagnostics: context.diagnostics)
    }

    /// A number that asks for less than the seed does takes a waiver of every control that reads it.
    private static func refuseLoosening(of overlay: PolicyOverlay, _ context: inout SpecContext) {
        for threshold in Thresholds.all where threshold.isLooser(overlay.thresholds) {
            let missing = threshold.controls.filter { control in
                !overlay.waivers.contains { $0.control == control && $0.resource == nil }
            }
            guard !missing.isEmpty else { continue }
            let own = SpecJSON.plain(overlay.thresholds[keyPath: threshold.path])
            let seed = SpecJSON.plain(Thresholds()[keyPath: threshold.path])
            let controls = missing.joined(separator: ", ")
            context.error(
                "`thresholds.\(threshold.name)` is \(own), which asks for less than the seed's \(seed)",
                atPath: "thresholds.\(threshold.name)",
                hint: "write \(seed) or stricter, or a waiver of \(controls) for all resources, with owner, reason and "
                    + "expires")
        }
    }
}
