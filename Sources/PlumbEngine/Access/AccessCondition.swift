// What a grant may ask of a request beside the verb: the environment, the team, the network, the time, a ticket.

public import PlumbModel

/// What is known of a request. What is not known is absent, and satisfies nothing that allows.
public struct AccessContext: Sendable, Hashable {
    public var environment: Environment?
    public var team: String?
    /// The address that the request came from.
    public var address: String?
    /// Seconds since 1970-01-01 UTC.
    public var at: Double?
    public var changeTicket: String?
    /// The approval by another person of this very change, checked to be one.
    public var approvalID: String?
    /// Whether the caller has broken the glass, and it is not mended yet.
    public var isGlassBroken = false
    /// Whether the artefact has served this endpoint before; nil where nothing of the sort is deployed.
    public var isKnownGood: Bool?

    public init(
        environment: Environment? = nil, team: String? = nil, address: String? = nil, at: Double? = nil,
        changeTicket: String? = nil, approvalID: String? = nil
    ) {
        self.environment = environment
        self.team = team
        self.address = address
        self.at = at
        self.changeTicket = changeTicket
        self.approvalID = approvalID
    }
}

/// One condition of a grant: a key and the values of which one has to fit. Written `environment=dev,staging`.
public struct AccessCondition: Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Key: String, Sendable, Hashable, Codable, CaseIterable {
        /// `dev`, `staging`, `production`.
        case environment
        /// Patterns of the endpoint's team.
        case team
        /// `10.0.0.0/8`, `fd00::/8`, one address.
        case network
        /// `Mon-Fri 08:00-18:00` or `22:00-04:00`, in UTC.
        case time
        /// Patterns of the ticket that a change is made under.
        case changeTicket = "change-ticket"
        /// `required`: another person has approved this very change.
        case approval
        /// `open`: the glass is broken.
        case breakGlass = "break-glass"
    }
    public var key: Key
    public var values: [String]

    private static let valuesMax = 32
    private static let valueLengthMax = 128

    public var description: String { "\(key.rawValue)=\(values.joined(separator: ","))" }

    /// Reads `key=value,value`. Throws `invalidInput` that names what is wrong.
    public init(_ text: String) throws(PlumbError) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, let key = Key(rawValue: sides[0]) else {
            throw PlumbError(
                .invalidInput, "'\(text.prefix(80))' is no condition",
                hint: "KEY=VALUE,…; the keys are \(Key.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        try self.init(key, sides[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    }

    public init(_ key: Key, _ values: [String]) throws(PlumbError) {
        self.key = key
        self.values = values
        guard (1...Self.valuesMax).contains(values.count), values.allSatisfy({ $0.utf8.count <= Self.valueLengthMax })
        else { throw PlumbError(.invalidInput, "\(key.rawValue) takes 1 to \(Self.valuesMax) values") }
        for value in values where !Self.isReadable(value, for: key) {
            throw PlumbError(
                .invalidInput, "\(key.rawValue) cannot be '\(value)'", hint: "such as \(Self.example(of: key))")
        }
    }

    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func isReadable(_ value: String, for key: Key) -> Bool {
        switch key {
        case .environment: Environment(rawValue: value) != nil
        case .team, .changeTicket: !value.isEmpty
        case .network: AddressRange(value) != nil
        case .time: TimeWindow(value) != nil
        case .approval: value == "required"
        case .breakGlass: value == "open"
        }
    }

    private static func example(of key: Key) -> String {
        switch key {
        case .environment: "environment=dev,staging"
        case .team: "team=vision"
        case .network: "network=10.0.0.0/8,::1"
        case .time: "time=Mon-Fri 08:00-18:00"
        case .changeTicket: "change-ticket=CHG-*"
        case .approval: "approval=required"
        case .breakGlass: "break-glass=open"
        }
    }

    /// Whether it is met; nil where the request does not say, which no allow takes for a yes and no deny for a no.
    public func isMet(by context: AccessContext) -> Bool? {
        switch key {
        case .environment: context.environment.map { values.contains($0.rawValue) }
        case .team: context.team.map { team in values.contains { AccessPattern.matches($0, team) } }
        case .network:
            context.address.flatMap(AddressRange.init).map { address in
                values.contains { AddressRange($0)?.contains(address) ?? false }
            }
        case .time: context.at.map { at in values.contains { TimeWindow($0)?.contains(at) ?? false } }
        case .changeTicket:
            context.changeTicket.map { ticket in values.contains { AccessPattern.matches($0, ticket) } }
        case .approval: context.approvalID.map { !$0.isEmpty }
        case .breakGlass: context.isGlassBroken ? true : nil
        }
    }
}

/// Patterns in which `*` stands for any text.
public enum AccessPattern {
    /// Takes a time that grows with the product of the lengths, and no faster.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (at, place) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while place < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at + 1, place)
                at += 1
            } else if at < pattern.count, pattern[at] == text[place] {
                at += 1
                place += 1
            } else if let last = star {
                (at, place) = (last.pattern, last.text + 1)
                star = (last.pattern, place)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// A range of addresses, such as `10.0.0.0/8`; one address is a range of one.
struct AddressRange {
    private let bytes: [UInt8]
    private let bits: Int

    init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count), let bytes = Self.bytes(String(sides[0])) else { return nil }
        self.bytes = bytes
        guard sides.count == 2 else {
            bits = bytes.count * 8
            return
        }
        guard let bits = Int(sides[1]), (0...bytes.count * 8).contains(bits), "\(bits)" == sides[1] else { return nil }
        self.bits = bits
    }

    /// Whether all of the other lies in this one.
    func contains(_ other: AddressRange) -> Bool {
        guard other.bytes.count == bytes.count, other.bits >= bits else { return false }
        return (0..<bits).allSatisfy { bit in
            (bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }

    /// Four or sixteen bytes; an IPv4 address in an IPv6 one is the IPv4 address.
    private static func bytes(_ text: String) -> [UInt8]? {
        if !text.contains(":") { return four(text) }
        let lower = text.lowercased()
        if lower.hasPrefix("::ffff:"), lower.contains(".") { return four(String(lower.dropFirst(7))) }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let groups = halves.map { half in
            half.isEmpty
                ? [] : half.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0, radix: 16) }
        }
        guard !groups.joined().contains(nil) else { return nil }
        let (head, tail) = (groups[0], groups.count == 2 ? groups[1] : [])
        let missing = 8 - head.count - tail.count
        guard groups.count == 2 ? missing > 0 : missing == 0 else { return nil }
        let all = (head + Array(repeating: 0, count: missing) + tail).compactMap { $0 }
        return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    private static func four(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // A leading zero is octal to some readers, and such an address is two addresses.
        let bytes = parts.compactMap { part in UInt8(part).flatMap { "\($0)" == part ? $0 : nil } }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
}

/// A part of each day, on all or some days of the week, in UTC; one that ends before it begins goes over midnight.
struct TimeWindow {
    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    /// From Monday, 0, to Sunday, 6.
    private var days: Set<Int>
    private var from: Int
    private var to: Int

    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard (1...2).contains(words.count), let hours = words.last else { return nil }
        days = Set(0..<7)
        if words.count == 2 {
            let ends = words[0].split(separator: "-").map { Self.dayNames.firstIndex(of: String($0)) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
            days = Set((0...((last - first + 7) % 7)).map { (first + $0) % 7 })
        }
        let ends = hours.split(separator: "-", omittingEmptySubsequences: false).map { Self.minutes(String($0)) }
        guard ends.count == 2, let from = ends[0], let to = ends[1], from != to else { return nil }
        (self.from, self.to) = (from, to)
    }

    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    func contains(_ at: Double) -> Bool {
        guard at.isFinite, abs(at) < 1e12 else { return false }
        let minutes = Int((at / 60).rounded(.down))
        let day = (minutes >= 0 ? minutes : minutes - 1439) / 1440
        let minute = minutes - day * 1440
        // The first of January 1970 was a Thursday.
        let weekday = ((day + 3) % 7 + 7) % 7
        if from < to { return days.contains(weekday) && (from..<to).contains(minute) }
        // What began yesterday belongs to yesterday.
        return minute >= from ? days.contains(weekday) : minute < to && days.contains((weekday + 6) % 7)
    }
}
