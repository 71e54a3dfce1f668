// How much memory a process has in use.

import Foundation

enum WorkerMemory {
    private static let pageBytes = sysconf(Int32(_SC_PAGESIZE))

    /// Resident bytes, by /proc/PID/statm (proc(5)); nil for a process that is gone.
    static func residentBytes(of processID: Int32) -> Int? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(processID)/statm") else { return nil }
        let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * pageBytes
    }
}
