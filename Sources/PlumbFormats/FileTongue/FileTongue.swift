// Tells which tongue a file is written in by the keys at its top, without reading it whole.

/// A sort of file that can be judged.
public enum FileTongue: String, Sendable, CaseIterable {
    case spec, cloudformation, terraform

    /// The tongue of a file's bytes; nil when its top keys are none that belong to one.
    ///
    /// `isNamed` says that somebody named this very file: then one key of a spec is enough, so that the reader can say
    /// what is missing. A file that was merely found must have three of a spec's five required keys.
    public init?(_ bytes: [UInt8], isNamed: Bool) {
        var scan = TopKeys(bytes)
        var found: Set<String> = []
        while let key = scan.next() {
            found.insert(key)
            if key == "Resources" || key == "AWSTemplateFormatVersion" {
                self = .cloudformation
                return
            }
            if key == "planned_values" || found.isSuperset(of: ["format_version", "terraform_version"]) {
                self = .terraform
                return
            }
            guard found.count < TopKeys.countMax else { break }
        }
        let own = found.intersection(["name", "team", "workload", "model", "example"])
        let isSpec = isNamed ? !own.subtracting(["name"]).isEmpty : own.count >= 3
        guard isSpec else { return nil }
        self = .spec
    }

    /// The first few top keys, for a message; empty when the file is no mapping.
    public static func topKeys(of bytes: [UInt8]) -> [String] {
        var scan = TopKeys(bytes)
        var keys: [String] = []
        while keys.count < 5, let key = scan.next() { keys.append(key) }
        return keys
    }
}
