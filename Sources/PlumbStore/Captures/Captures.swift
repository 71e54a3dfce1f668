// Captured requests and answers, sealed, by endpoint, variant and hour.

public import Foundation
public import PlumbModel

/// A folder of sealed JSON lines, laid out as SageMaker lays out data capture:
/// `captures/{endpoint}/{variant}/yyyy/mm/dd/hh/`.
///
/// A file is written once and whole. It is bound to its place: moved elsewhere, it does not open.
public struct Captures: Sendable {
    /// One file: where it lies below the folder of captures, and the hour it belongs to.
    public struct File: Sendable, Hashable, Comparable {
        public var path: String
        /// The beginning of the hour, in seconds since 1970.
        public var hour: Double
        public static func < (left: File, right: File) -> Bool { left.path < right.path }
    }

    private let folder: String
    private let vault: Vault
    private static let suffix = ".jsonl.sealed"
    private static let hourSeconds = 3600.0

    public init(folder: String, vault: Vault) throws(PlumbError) {
        self.folder = "\(folder)/captures"
        self.vault = vault
        try AtomicFile.makeFolder(self.folder)
    }

    /// Seals lines captured at this moment, in seconds since 1970, into a file of their own, and answers its path.
    ///
    /// Captures can be lost with the power, never in part: nobody waits for the disk.
    @discardableResult
    public func add(_ lines: Data, endpoint: String, variant: String, at now: Double) throws(PlumbError) -> String {
        let hour = Self.hourFolder(of: now)
        let second = Int(now) % Int(Self.hourSeconds)
        let name = "\(Self.padded(second / 60))-\(Self.padded(second % 60))-\(UInt64.random(in: 0 ... .max))"
        let path = "\(endpoint)/\(variant)/\(hour)/\(name)\(Self.suffix)"
        try AtomicFile.makeFolder("\(folder)/\(endpoint)/\(variant)/\(hour)")
        try AtomicFile.write(
            vault.seal(lines, for: Self.context(path)), to: "\(folder)/\(path)", durable: false)
        return path
    }

    /// The files of an endpoint, or of all, in order of time; a folder that cannot be read has none.
    public func files(of endpoint: String? = nil) -> [File] {
        let root = endpoint.map { "\(folder)/\($0)" } ?? folder
        guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
        var files: [File] = []
        for case let name as String in walk where name.hasSuffix(Self.suffix) {
            let path = endpoint.map { "\($0)/\(name)" } ?? name
            guard let hour = Self.hour(of: path) else { continue }
            files.append(File(path: path, hour: hour))
        }
        return files.sorted()
    }

    /// The lines of a file. Throws `refused` when it was changed or its key is gone, `notFound` when it is not there.
    public func lines(of file: File) throws(PlumbError) -> Data {
        guard let sealed = FileManager.default.contents(atPath: "\(folder)/\(file.path)") else {
            throw PlumbError(.notFound, "the capture \(file.path) is not there")
        }
        return try vault.open(sealed, for: Self.context(file.path))
    }

    /// Removes an endpoint's files whose hour ended more than `days` ago, and answers how many.
    @discardableResult
    public func expire(_ endpoint: String, olderThanDays days: Int, at now: Double) throws(PlumbError) -> Int {
        let limit = now - Double(days) * 86_400
        let old = files(of: endpoint).filter { $0.hour + Self.hourSeconds <= limit }
        for file in old { try remove(file) }
        return old.count
    }

    /// Takes the lines that `isMeant` names out of every file, and answers how many there were.
    ///
    /// Whole or not at all for each file; to be called again when it throws.
    public func erase(
        from endpoint: String? = nil, where isMeant: (_ line: Data) -> Bool
    ) throws(PlumbError) -> Int {
        var count = 0
        for file in files(of: endpoint) {
            let lines = try self.lines(of: file).split(separator: UInt8(ascii: "\n"))
            let kept = lines.filter { !isMeant(Data($0)) }
            guard kept.count < lines.count else { continue }
            if kept.isEmpty {
                try remove(file)
            } else {
                var rest = Data(kept.joined(separator: [UInt8(ascii: "\n")]))
                rest.append(UInt8(ascii: "\n"))
                try AtomicFile.write(
                    vault.seal(rest, for: Self.context(file.path)), to: "\(folder)/\(file.path)")
            }
            count += lines.count - kept.count
        }
        return count
    }

    /// Wraps the keys of all files with the newest version of the ring, and answers how many it changed.
    public func rewrap() throws(PlumbError) -> Int {
        var count = 0
        for file in files() {
            let path = "\(folder)/\(file.path)"
            guard let sealed = FileManager.default.contents(atPath: path), let changed = try vault.rewrap(sealed) else {
                continue
            }
            try AtomicFile.write(changed, to: path)
            count += 1
        }
        return count
    }

    private func remove(_ file: File) throws(PlumbError) {
        do {
            try FileManager.default.removeItem(atPath: "\(folder)/\(file.path)")
        } catch {
            throw PlumbError(.internalFault, "cannot remove the capture \(file.path)", cause: error)
        }
        // Folders that are empty now go too; one that is not refuses, which is as it should be.
        var parent = ("\(folder)/\(file.path)" as NSString).deletingLastPathComponent
        while parent.count > folder.count, unsafe rmdir(parent) == 0 {
            parent = (parent as NSString).deletingLastPathComponent
        }
    }

    // MARK: - Places

    private static func context(_ path: String) -> String { "capture/\(path)" }

    /// `2026/11/28/21` for a moment of that hour, in UTC.
    private static func hourFolder(of now: Double) -> String {
        let day = Day(secondsSinceEpoch: now)
        let hour = (Int(now) - day.daysSinceEpoch * 86_400) / Int(hourSeconds)
        return day.description.replacing("-", with: "/") + "/" + padded(hour)
    }

    /// `nil` for a path of another form.
    private static func hour(of path: String) -> Double? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 7, let day = Day(parts[2...4].joined(separator: "-")), let hour = Int(parts[5]) else {
            return nil
        }
        return Double(day.daysSinceEpoch * 86_400) + Double(hour) * hourSeconds
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
