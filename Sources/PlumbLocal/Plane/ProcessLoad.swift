// What a worker has used of the processor: its control group's account where it has one, else its processes' times.

import Foundation
import Glibc
import PlumbEngine

/// Reads what the kernel counts of a process and of the processes it has started.
enum ProcessLoad {
    /// Processes of one worker that are looked at.
    private static let processesMax = 256

    /// The CPU time and the cores of a worker; nil when it is gone. `cores` holds where no control group limits it.
    static func of(_ processID: Int32, cores: Double) -> InstanceLoad? {
        guard let own = text("/proc/\(processID)/stat"), let start = startTime(own) else { return nil }
        // A number of a process may come again; with its start time it does not.
        let id = "\(processID)@\(start)"
        if let group = controlGroup(of: processID), let used = groupSeconds(group) {
            return InstanceLoad(id: id, cpuSeconds: used, cores: groupCores(group) ?? cores)
        }
        var ticks = 0
        for one in tree(of: processID) { ticks += text("/proc/\(one)/stat").flatMap(usedTicks) ?? 0 }
        return InstanceLoad(
            id: id, cpuSeconds: Double(ticks) / Double(max(1, sysconf(Int32(_SC_CLK_TCK)))), cores: cores)
    }

    /// The process and all that descend from it.
    private static func tree(of processID: Int32) -> [Int32] {
        var found = [processID]
        var next = 0
        while next < found.count, found.count < processesMax {
            let folder = "/proc/\(found[next])/task"
            next += 1
            // A process that has just ended has no threads to ask.
            for thread in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let children = (text("\(folder)/\(thread)/children") ?? "").split(separator: " ")
                found += children.compactMap { Int32($0) }
            }
        }
        return Array(found.prefix(processesMax))
    }

    /// The fields after the program's name, which may hold anything: the state is the first.
    private static func fields(_ stat: String) -> [Substring] {
        guard let close = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: close)...].split(whereSeparator: \.isWhitespace)
    }

    /// utime, stime, and those of its children that have ended: fields 14 to 17 of proc_pid_stat(5).
    static func usedTicks(_ stat: String) -> Int? {
        let fields = fields(stat)
        guard fields.count > 19 else { return nil }
        return fields[11...14].reduce(0) { $0 + (Int($1) ?? 0) }
    }

    private static func startTime(_ stat: String) -> String? {
        let fields = fields(stat)
        return fields.count > 19 ? String(fields[19]) : nil
    }

    // MARK: - Control groups

    /// The folder of the process's own group; nil when it shares the engine's.
    private static func controlGroup(of processID: Int32) -> String? {
        func path(_ owner: String) -> Substring? {
            text("/proc/\(owner)/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
        }
        guard let group = path("\(processID)"), group != path("self"), group != "/" else { return nil }
        return "/sys/fs/cgroup\(group)"
    }

    private static func groupSeconds(_ folder: String) -> Double? {
        let line = text("\(folder)/cpu.stat")?.split(separator: "\n").first { $0.hasPrefix("usage_usec ") }
        return line.flatMap { Double($0.dropFirst(11)) }.map { $0 / 1e6 }
    }

    /// `QUOTA PERIOD` in microseconds; nil for `max`.
    private static func groupCores(_ folder: String) -> Double? {
        let parts = (text("\(folder)/cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 else { return nil }
        return quota / period
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
