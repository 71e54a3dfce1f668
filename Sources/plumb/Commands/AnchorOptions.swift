// Where plumb up keeps checkpoints of the audit log, and for how long nobody may remove them.

import ArgumentParser

/// S3's two modes of Object Lock.
enum AnchorLock: String, ExpressibleByArgument, CaseIterable {
    case governance, compliance
}

struct AnchorOptions: ParsableArguments {
    @Option(help: "Keep checkpoints of the audit log in this folder or s3://BUCKET/PREFIX, best in another place.")
    var anchor: String?
    @Option(help: "How often a checkpoint is kept, in minutes.") var anchorMinutes = 5.0
    @Option(help: "In S3: lock each checkpoint in this mode (default: as the bucket does).") var anchorLock: AnchorLock?
    @Option(help: "With --anchor-lock: for so many days.") var anchorDays = 2192

    func validate() throws {
        guard anchorMinutes >= 0.1 else { throw ValidationError("--anchor-minutes takes 0.1 or more") }
        guard (1...36_500).contains(anchorDays) else { throw ValidationError("--anchor-days takes 1 to 36500") }
        guard anchorLock == nil || anchor?.hasPrefix("s3://") == true else {
            throw ValidationError("--anchor-lock needs --anchor s3://BUCKET/PREFIX: a folder locks nothing")
        }
    }

    /// The words by which another command is told the same.
    var words: [String] {
        guard let anchor else { return [] }
        let lock = anchorLock.map { ["--anchor-lock", $0.rawValue, "--anchor-days", "\(anchorDays)"] } ?? []
        return ["--anchor", Composition.placeAddress(anchor), "--anchor-minutes", "\(anchorMinutes)"] + lock
    }
}
