// Watches rows as they come, and says when they are no longer like the reference.
//
// Of each feature twelve bets are kept (an e-detector after Shiryaev and Roberts): stake ← (stake + start) × factor.
// The expected sum of all stakes after n rows of the reference's distribution is n, whatever the features have to do
// with one another. An alarm at a sum of C is therefore false at most once in C rows on average, however often one
// looks and however many features there are.

public import PlumbModel

public struct DriftMachine: Sendable {
    static let binsMax = ReferenceStratum.binsMax + 2
    /// Rows that are taken together before the adaptive bets look back.
    static let blockRowsMax = 32
    /// A feature is quiet while its bets have gained less than so many times their stakes.
    private static let quietGain: Float = 1000

    public let reference: DriftReference
    public let settings: DriftSettings
    public private(set) var rows = 0
    /// The largest part of what an alarm takes that was reached in the last block; 1 is an alarm.
    public private(set) var level = 0.0

    var bettors: [DriftBettor] = []
    // Of each bettor and part of the season, the factors of twelve bets in each bin.
    private var factors: [SIMD4<Float>] = []
    private var keys: [UInt64] = []
    private(set) var parts: [Float] = []
    private var stakes: [SIMD4<Float>] = []
    // Of each bettor: how often each bin was met in this block, lately, for long, and since the feature began to move.
    private var block: [UInt8]
    private var recent: [UInt16]
    private(set) var long: [UInt16]
    private(set) var moved: [UInt16]
    private var looks = [SIMD2<Float>](repeating: .zero, count: binsMax)
    private var sums = [SIMD4<Float>](repeating: .zero, count: blockRowsMax)
    private var rowsInBlock = 0
    private(set) var stratum = 0

    public init(reference: DriftReference, settings: DriftSettings = DriftSettings()) {
        var reference = reference
        reference.features = reference.features.map { BinKeys.inOrder($0) }
        self.reference = reference
        self.settings = settings
        let reaches = settings.tolerance == nil ? [0] : DriftBets.reaches
        let count = reference.features.count * reaches.count
        block = [UInt8](repeating: 0, count: count * Self.binsMax)
        recent = [UInt16](repeating: 0, count: count * Self.binsMax)
        (long, moved) = (recent, recent)
        stakes = [SIMD4<Float>](repeating: .zero, count: count * 3)
        for (index, feature) in reference.features.enumerated() {
            for reach in reaches { addBettor(feature, index, reach: reach) }
        }
        shareStakes()
        for bettor in bettors.indices where bettors[bettor].isAdaptive { lookBack(bettor) }
    }

    // MARK: - Setting up

    private mutating func addBettor(_ feature: FeatureReference, _ index: Int, reach: Double) {
        var isSound = [Bool](repeating: true, count: DriftBets.betsMax)
        for stratum in feature.strata {
            let bets: DriftBets
            if let tolerance = settings.tolerance {
                bets = .beyondTolerance(
                    stratum, isText: feature.isText, tolerance: tolerance, reach: reach,
                    errors: settings.referenceErrors)
            } else {
                bets = .careful(
                    feature.isText ? DriftBets.onTexts(stratum) : DriftBets.onNumbers(stratum), stratum,
                    dependence: feature.dependence, errors: settings.referenceErrors)
            }
            for bet in bets.isSound.indices where !bets.isSound[bet] { isSound[bet] = false }
            append(bets, stratum)
            appendKeys(feature, stratum)
        }
        let rows = feature.strata.map(\.rows).min() ?? 0
        if settings.tolerance == nil {
            // What is remembered must scatter more than the reference does, or the bet is on the reference's error.
            isSound[DriftBets.recentBet] = rows >= Double(DriftBettor.recentRowsMax) * 4
            isSound[DriftBets.longBet] = rows >= Double(DriftBettor.longRowsMax) * 8
        }
        func stake(_ first: Int) -> SIMD4<Float> {
            SIMD4((first..<first + 4).map { isSound[$0] ? 1 : 0 })
        }
        bettors.append(
            DriftBettor(
                column: Int32(index), feature: Int32(index), isText: feature.isText,
                root: Float(1 / feature.dependence),
                stakes: (stake(0), stake(4), stake(8)), isAdaptive: settings.tolerance == nil))
    }

    private mutating func append(_ bets: DriftBets, _ stratum: ReferenceStratum) {
        for bin in 0..<Self.binsMax {
            for register in 0..<3 {
                factors.append(
                    SIMD4(
                        (0..<4).map { lane in
                            let bet = register * 4 + lane
                            guard bet < bets.factors.count, bin < bets.factors[bet].count else { return 1 }
                            return Float(bets.factors[bet][bin])
                        }))
            }
            parts.append(bin < stratum.probabilities.count ? Float(stratum.probabilities[bin]) : 0)
        }
    }

    private mutating func appendKeys(_ feature: FeatureReference, _ stratum: ReferenceStratum) {
        var own: [UInt64]
        if feature.isText {
            own = feature.categories.map(TextHash.of)
        } else {
            own = stratum.edges.map { BinKeys.key($0.bitPattern) }
        }
        own += [UInt64](repeating: .max, count: BinKeys.keysMax - own.count)
        keys += own
    }

    /// All stakes together begin with 1.
    private mutating func shareStakes() {
        let total = bettors.reduce(Float(0)) { $0 + $1.stakes.0.sum() + $1.stakes.1.sum() + $1.stakes.2.sum() }
        guard total > 0 else { return }
        for index in bettors.indices {
            bettors[index].stakes.0 /= total
            bettors[index].stakes.1 /= total
            bettors[index].stakes.2 /= total
        }
    }

    /// Bytes that one feature takes in one part of the season.
    public static let bytesPerFeature =
        binsMax * (3 * MemoryLayout<SIMD4<Float>>.stride + MemoryLayout<Float>.stride)
        + BinKeys.keysMax * MemoryLayout<UInt64>.stride + 3 * MemoryLayout<SIMD4<Float>>.stride
        + binsMax * (1 + 3 * MemoryLayout<UInt16>.stride)
        + MemoryLayout<DriftBettor>.stride

    // MARK: - Watching

    /// Takes rows in; gives an alarm for each block of rows that proves a drift. After an alarm all begin anew.
    public mutating func observe(_ batch: borrowing RowBatch) -> [DriftAlarm] {
        var alarms: [DriftAlarm] = []
        var first = 0
        while first < batch.rows {
            if reference.season != .none { enter(reference.season.stratum(at: batch.times[first])) }
            var end = min(batch.rows, first + Self.blockRowsMax - rowsInBlock)
            if reference.season != .none {
                end =
                    (first..<end).first { reference.season.stratum(at: batch.times[$0]) != stratum } ?? end
            }
            for bettor in bettors.indices { bet(bettor, batch, first..<end) }
            if let row = firstAlarm(first..<end) {
                let time = batch.times[first + row]
                alarms.append(alarm(row: rows + row, time: time))
                restart()
            }
            rows += end - first
            rowsInBlock += end - first
            if rowsInBlock == Self.blockRowsMax { endBlock() }
            first = end
        }
        return alarms
    }

    private mutating func enter(_ next: Int) {
        guard next != stratum else { return }
        endBlock()
        stratum = next
        for bettor in bettors.indices where bettors[bettor].isAdaptive { lookBack(bettor) }
    }

    private mutating func bet(_ bettor: Int, _ batch: borrowing RowBatch, _ range: Range<Int>) {
        let table = bettor * reference.season.strata + stratum
        var stakes = (stakes[bettor * 3], stakes[bettor * 3 + 1], stakes[bettor * 3 + 2])
        Self.bet(
            &stakes, of: bettors[bettor], on: batch, range, keys: keys, from: table * BinKeys.keysMax,
            factors: factors, from: table * Self.binsMax * 3, counts: &block, from: bettor * Self.binsMax, sums: &sums)
        (self.stakes[bettor * 3], self.stakes[bettor * 3 + 1], self.stakes[bettor * 3 + 2]) = stakes
    }

    private static func bet(
        _ stakes: inout (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>), of bettor: DriftBettor,
        on batch: borrowing RowBatch, _ range: Range<Int>, keys: [UInt64], from keyBase: Int, factors: [SIMD4<Float>],
        from factorBase: Int, counts: inout [UInt8], from binBase: Int, sums: inout [SIMD4<Float>]
    ) {
        let cells = batch.cells.span
        let (keys, factors) = (keys.span, factors.span)
        var counts = counts.mutableSpan
        var sums = sums.mutableSpan
        var (a, b, c) = stakes
        let start = bettor.stakes
        let isText = bettor.isText
        let columns = batch.columns
        var position = range.lowerBound * columns + Int(bettor.column)
        for row in 0..<range.count {
            let cell = cells[position]
            position &+= columns
            var bin = cell.kind == .missing ? 0 : 1
            if isText {
                if cell.kind == .text {
                    let index = BinKeys.smaller(than: cell.bits, in: keys, from: keyBase)
                    if keys[keyBase &+ index] == cell.bits { bin = 2 &+ index }
                }
            } else if cell.isNumber {
                bin = 2 &+ BinKeys.smaller(than: BinKeys.key(cell.bits), in: keys, from: keyBase)
            }
            let entry = factorBase &+ bin &* 3
            a = (a + start.0) * factors[entry]
            b = (b + start.1) * factors[entry &+ 1]
            c = (c + start.2) * factors[entry &+ 2]
            sums[row] += a + b + c
            counts[binBase &+ bin] &+= 1
        }
        stakes = (a, b, c)
    }

    /// The first row of a range at which the sum of all stakes is an alarm.
    private mutating func firstAlarm(_ range: Range<Int>) -> Int? {
        var found: Int?
        var highest: Float = 0
        for row in 0..<range.count {
            let sum = sums[row].sum()
            highest = max(highest, sum)
            if found == nil, Double(sum) >= settings.rowsPerFalseAlarm { found = row }
            sums[row] = .zero
        }
        level = Double(highest) / settings.rowsPerFalseAlarm
        return found
    }

    private mutating func restart() {
        for index in stakes.indices { stakes[index] = .zero }
        for index in bettors.indices { bettors[index].since = rows }
        for index in moved.indices { moved[index] = 0 }
    }

    // MARK: - Looking back

    private mutating func endBlock() {
        guard rowsInBlock > 0 else { return }
        for bettor in bettors.indices {
            remember(bettor)
            if bettors[bettor].isAdaptive { lookBack(bettor) }
        }
        rowsInBlock = 0
    }

    private mutating func remember(_ bettor: Int) {
        let bins = bettor * Self.binsMax..<(bettor + 1) * Self.binsMax
        let isQuiet = gain(of: bettor) < Self.quietGain
        if isQuiet { bettors[bettor].since = rows }
        var isLong = false
        for bin in bins {
            let count = UInt16(block[bin])
            moved[bin] = isQuiet ? 0 : moved[bin] + count
            isLong = isLong || moved[bin] > UInt16.max / 2
            recent[bin] += count
            long[bin] += count
            block[bin] = 0
        }
        bettors[bettor].recentRows += UInt16(rowsInBlock)
        bettors[bettor].longRows += UInt16(rowsInBlock)
        if isLong { _ = Self.halve(&moved, bins) }
        if bettors[bettor].recentRows > DriftBettor.recentRowsMax {
            bettors[bettor].recentRows = Self.halve(&recent, bins)
        }
        if bettors[bettor].longRows > DriftBettor.longRowsMax {
            bettors[bettor].longRows = Self.halve(&long, bins)
        }
    }

    private static func halve(_ counts: inout [UInt16], _ bins: Range<Int>) -> UInt16 {
        var total: UInt16 = 0
        for bin in bins {
            counts[bin] >>= 1
            total += counts[bin]
        }
        return total
    }

    /// How many times its stakes a bettor has gained.
    func gain(of bettor: Int) -> Float {
        let known = bettors[bettor].stakes
        let begun = known.0.sum() + known.1.sum() + known.2.sum()
        let now = stakes[bettor * 3].sum() + stakes[bettor * 3 + 1].sum() + stakes[bettor * 3 + 2].sum()
        return begun > 0 ? now / begun : 0
    }

    /// How often a bin was met in the block that is under way.
    func unfinished(_ index: Int) -> UInt8 { block[index] }

    /// What a bettor holds of the sum that makes an alarm.
    func holding(of bettor: Int) -> Double {
        Double(stakes[bettor * 3].sum() + stakes[bettor * 3 + 1].sum() + stakes[bettor * 3 + 2].sum())
    }

    /// Bets the last two of a feature on what was seen up to now.
    private mutating func lookBack(_ bettor: Int) {
        let first = (bettor * reference.season.strata + stratum) * Self.binsMax
        let known = reference.features[Int(bettors[bettor].feature)].strata[stratum]
        let bins = known.probabilities.count
        let prior = SIMD2(DriftBettor.recentPrior, DriftBettor.longPrior)
        let seen = SIMD2(Float(bettors[bettor].recentRows), Float(bettors[bettor].longRows))
        let scale = 1 / (seen + prior)
        var square = SIMD2<Float>.zero
        for bin in 0..<bins {
            let index = bettor * Self.binsMax + bin
            let part = parts[first + bin]
            let counts = SIMD2(Float(recent[index]), Float(long[index]))
            let factor = (counts / part + prior) * scale
            square += part * factor * factor
            looks[bin] = factor
        }
        let scatter = pointwiseMax(square - 1, .zero)
        let errors = (scatter / Float(known.rows)).squareRoot() * Float(settings.referenceErrors)
        let charge = 1 / (1 + errors)
        let root = bettors[bettor].root
        for bin in 0..<bins {
            var factor = looks[bin] * charge
            if root != 1 { factor = SIMD2(Self.power(factor.x, root), Self.power(factor.y, root)) }
            factors[(first + bin) * 3 + 2].highHalf = factor
        }
    }
}
