// How often each text occurs: exactly while there are few, and the frequent ones when there are many.

public import PlumbModel

/// Counts of texts. When there are too many, the rare half is forgotten, and what was forgotten bounds the error.
public struct CategorySketch: Sendable, Equatable {
    public static let categoriesMax = 2048

    private struct Entry: Sendable, Equatable {
        var text: String
        var count: Int
    }
    private var entries: [UInt64: Int] = [:]
    private var kept: [Entry] = []
    private var distinct = DistinctSketch()
    public private(set) var total = 0
    /// No count is too low by more than this.
    public private(set) var countError = 0

    public init() {}

    /// Counts a text by its hash; `text` is asked for only when it is new.
    public mutating func insert(hash: UInt64, count: Int = 1, text: () -> String) {
        total += count
        if let index = entries[hash] {
            kept[index].count += count
            return
        }
        distinct.insert(hash: hash)
        if kept.count >= 2 * Self.categoriesMax { forgetRare() }
        entries[hash] = kept.count
        kept.append(Entry(text: text(), count: count))
    }

    public mutating func insert(_ text: String, count: Int = 1) {
        insert(hash: TextHash.of(text), count: count) { text }
    }

    public mutating func merge(_ other: CategorySketch) {
        for entry in other.kept { insert(entry.text, count: entry.count) }
        total += other.total - other.kept.reduce(0) { $0 + $1.count }
        distinct.merge(other.distinct)
        countError += other.countError
    }

    private mutating func forgetRare() {
        kept.sort { $0.count > $1.count }
        let cut = kept[Self.categoriesMax].count
        countError += cut
        kept = kept.prefix(Self.categoriesMax).compactMap {
            $0.count > cut ? Entry(text: $0.text, count: $0.count - cut) : nil
        }
        entries.removeAll(keepingCapacity: true)
        for index in kept.indices { entries[TextHash.of(kept[index].text)] = index }
    }

    public var distinctCount: Double { countError == 0 ? Double(kept.count) : distinct.estimate }

    /// The frequent texts, the most frequent first.
    public func categories(max: Int = categoriesMax) -> [TextStatistics.Category] {
        kept.sorted { $0.count != $1.count ? $0.count > $1.count : $0.text < $1.text }.prefix(max)
            .map { TextStatistics.Category(value: $0.text, count: $0.count) }
    }
}
