// How a message stays readable in a large template: it names the first few things, and says how many more there are.

/// How many things of one sort a message names.
private let namedMax = 5

extension Collection {
    /// The first few: as many as a message names.
    var few: SubSequence { prefix(namedMax) }
}

extension [String] {
    /// Joined by `separator`; `and 7 more` stands for those of `total` that are not here.
    func told(of total: Int, _ separator: String = ", ") -> String {
        joined(separator: separator) + (total > count ? separator + "and \(total - count) more" : "")
    }

    /// The first few, joined, and how many more there are.
    func few(joinedBy separator: String = ", ") -> String { Array(few).told(of: count, separator) }
}
