// How much may be followed from name to name: a few lines that refer to each other twice each are endless otherwise.

/// Values reached by following a reference, in one reading. A reference that is followed twice on each of thirty levels
/// leads to a billion of them, in a file of two kilobytes.
final class FollowBudget {
    private var left: Int

    /// A hundred for each resource, and 200,000 besides: the real files with the most references have three.
    init(resources: Int) { left = 200_000 + 100 * resources }

    /// Takes a step, and one more for every 64 bytes that are copied by it; false once nothing is left.
    func spend(bytes: Int = 0) -> Bool {
        left -= 1 + bytes / 64
        return left >= 0
    }
}
