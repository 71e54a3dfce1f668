// Sorts numbers digit by digit: values from data are in no order that comparisons could make use of.

enum DigitSort {
    /// Shorter lists are sorted by comparing.
    private static let valuesMin = 128
    private static let digits = 8

    /// Sorts the first values of a list, none of which is NaN. Both zeros are one.
    static func sort(_ values: inout [Double], first count: Int) {
        guard count >= valuesMin else { return values[..<count].sort() }
        var keys = [UInt64](repeating: 0, count: count)
        var other = keys
        var counts = [Int32](repeating: 0, count: digits * 256)
        for index in 0..<count {
            let key = BinKeys.key(values[index].bitPattern)
            keys[index] = key
            for digit in 0..<digits {
                counts[digit &<< 8 &+ Int(truncatingIfNeeded: key &>> UInt64(digit &<< 3) & 0xFF)] &+= 1
            }
        }
        for digit in 0..<digits {
            let shift = UInt64(digit &<< 3)
            let base = digit &<< 8
            // Where all have the same digit they are in order by it.
            if counts[base &+ Int(truncatingIfNeeded: keys[0] &>> shift & 0xFF)] == count { continue }
            var place: Int32 = 0
            for index in base..<base &+ 256 {
                let next = place &+ counts[index]
                counts[index] = place
                place = next
            }
            move(keys, to: &other, by: &counts, base, shift)
            swap(&keys, &other)
        }
        for index in 0..<count { values[index] = value(keys[index]) }
    }

    private static func move(
        _ keys: [UInt64], to other: inout [UInt64], by counts: inout [Int32], _ base: Int, _ shift: UInt64
    ) {
        let keys = keys.span
        var other = other.mutableSpan
        var counts = counts.mutableSpan
        for index in keys.indices {
            let key = keys[index]
            let digit = base &+ Int(truncatingIfNeeded: key &>> shift & 0xFF)
            other[Int(counts[digit])] = key
            counts[digit] &+= 1
        }
    }

    /// The number of a key; the inverse of `BinKeys.key`.
    private static func value(_ key: UInt64) -> Double {
        Double(bitPattern: key >> 63 == 1 ? key & 0x7FFF_FFFF_FFFF_FFFF : ~key)
    }
}
