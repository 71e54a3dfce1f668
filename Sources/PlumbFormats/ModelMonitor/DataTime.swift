// Moments in data: seconds or milliseconds since 1970, or ISO 8601.

public import PlumbModel

public enum DataTime {
    /// A number of seconds beyond the year 5138 is one of milliseconds.
    private static let secondsMax = 1e11

    /// Seconds since 1970; 0 where there is no moment.
    public static func seconds(_ cell: Cell) -> Int64 {
        guard cell.isNumber, cell.number.isFinite, abs(cell.number) < 1e15 else { return 0 }
        let number = abs(cell.number) > secondsMax ? cell.number / 1000 : cell.number
        return Int64(number.rounded(.down))
    }

    /// `2026-11-24T08:15:00Z`, with a blank instead of the T, with a part of a second, or with a distance from UTC.
    public static func seconds(_ text: String) -> Int64 {
        let bytes = Array(text.utf8)
        let local = CaptureLine.seconds(bytes.span, 0..<bytes.count)
        guard local != 0 else { return 0 }
        // Behind the seconds and their part: nothing, Z, or +hh:mm.
        let rest = bytes.dropFirst(19).drop { $0 == UInt8(ascii: ".") || $0 &- 48 < 10 }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return local }
        let digits = rest.dropFirst().filter { $0 &- 48 < 10 }.map { Int64($0 - 48) }
        guard digits.count >= 2 else { return local }
        let minutes = digits.count >= 4 ? digits[2] * 10 + digits[3] : 0
        let distance = (digits[0] * 10 + digits[1]) * 3600 + minutes * 60
        return sign == UInt8(ascii: "+") ? local - distance : local + distance
    }
}
