// The files of a revision's baseline, from where they were kept.

import Foundation
import PlumbEngine
import PlumbStore

/// Reads what a revision's traffic is compared with.
struct BaselineFiles: Sendable {
    let artifacts: ArtifactStore

    /// The bytes of the files; nil for no baseline, or one whose statistics are gone or were changed: then nothing is
    /// watched, and said to be so.
    func read(_ baseline: Revision.Baseline?) -> BaselineContent? {
        guard let baseline, let statistics = bytes(baseline.statisticsDigest) else { return nil }
        return BaselineContent(
            statistics: statistics, constraints: baseline.constraintsDigest.flatMap(bytes),
            reference: baseline.referenceDigest.flatMap(bytes))
    }

    private func bytes(_ digest: String) -> [UInt8]? {
        // What cannot be verified is as good as gone.
        (try? artifacts.contents(of: digest)).map { [UInt8]($0) }
    }
}
