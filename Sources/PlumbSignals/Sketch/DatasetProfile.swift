// What a data set is like: a profile of each column, and what a detector of drift needs to compare with it.

public import PlumbModel

public struct DatasetProfile: Sendable {
    /// The parts of a season know less of a distribution than the whole, and need fewer items to tell it.
    private static let stratumSketchSize = 512

    public let names: [String]
    public let season: Season
    public private(set) var rows = 0
    public private(set) var columns: [ColumnProfile]
    private var strata: [[ColumnProfile]]
    // The first rows as they came, for how much they repeat one another. A text is its hash's first digits.
    private var sequences: [[Float]]
    private var sequenceStrata: [UInt8] = []

    public init(names: [String], season: Season = .none, keepsOrder: Bool = true) {
        self.names = names
        self.season = season
        columns = names.map { _ in ColumnProfile() }
        strata =
            season == .none
            ? []
            : (0..<season.strata).map { _ in names.map { _ in ColumnProfile(sketchSize: Self.stratumSketchSize) } }
        sequences = keepsOrder ? names.map { _ in [] } : []
    }

    public mutating func insert(_ batch: borrowing RowBatch) {
        for column in columns.indices { columns[column].insert(batch, column: column, rows: 0..<batch.rows) }
        if season != .none { insertStrata(batch) }
        if !sequences.isEmpty, rows < Dependence.rowsMax {
            let cells = batch.cells.span
            for row in 0..<batch.rows {
                sequenceStrata.append(UInt8(season.stratum(at: batch.times[row])))
                for column in 0..<batch.columns {
                    sequences[column].append(Self.inSequence(cells[row * batch.columns + column]))
                }
            }
        }
        rows += batch.rows
    }

    private mutating func insertStrata(_ batch: borrowing RowBatch) {
        var first = 0
        while first < batch.rows {
            let stratum = season.stratum(at: batch.times[first])
            var end = first + 1
            while end < batch.rows, season.stratum(at: batch.times[end]) == stratum { end += 1 }
            for column in columns.indices { strata[stratum][column].insert(batch, column: column, rows: first..<end) }
            first = end
        }
    }

    private static func inSequence(_ cell: Cell) -> Float {
        switch cell.kind {
        case .missing: Float.nan
        case .integral, .fractional: Float(cell.number)
        case .text: Float(cell.bits >> 48)
        }
    }

    public var statistics: DatasetStatistics {
        DatasetStatistics(
            itemCount: rows, features: zip(names, columns).map { $0.1.statistics(name: $0.0) })
    }

    /// What a detector compares with.
    public var reference: DriftReference {
        let features = names.indices.map { index in
            let column = columns[index]
            let dependence =
                sequences.isEmpty
                ? 1 : Dependence.rowsPerIndependentRow(of: sequences[index], strata: sequenceStrata)
            guard column.inferredType != .string else {
                let categories = FrequentChoice.categories(column.asTexts.categories())
                let parts = strata.isEmpty ? [column] : strata.map { Self.enough($0[index], else: column) }
                return FeatureReference(
                    name: names[index], isText: true, dependence: dependence, categories: categories,
                    strata: parts.map { ReferenceStratum($0, categories: categories, dependence: dependence) })
            }
            let parts = strata.isEmpty ? [column] : strata.map { Self.enough($0[index], else: column) }
            return FeatureReference(
                name: names[index], isText: false, dependence: dependence, categories: [],
                strata: parts.map { ReferenceStratum($0, dependence: dependence) })
        }
        return DriftReference(season: season, features: features)
    }

    /// A part of the season of which too little was seen is taken for the whole.
    private static func enough(_ part: ColumnProfile, else whole: ColumnProfile) -> ColumnProfile {
        part.present >= ReferenceStratum.rowsMin ? part : whole
    }
}
