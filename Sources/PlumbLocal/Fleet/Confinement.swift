// What a worker is kept from: the network, new privileges, more memory and cores than its instance type has.
//
// The launchers are small programs of every Linux (util-linux). Each becomes the next by exec, so the worker keeps the
// process id it was started with, and one that is missing is said, never silently left out.

import Foundation
import PlumbModel
import Subprocess
import SystemPackage

/// The launchers that work on this machine, each tried once when the engine starts.
struct Confinement: Sendable, Hashable {
    /// What one worker may use.
    struct Limits: Sendable, Hashable {
        var memoryBytes: Int?
        var cpus: Int?
    }

    /// A worker is watched for its resident memory, and ended with the reason; this many times the limit is a wall
    /// against a burst between two looks (`RLIMIT_DATA`, setrlimit(2)).
    static let memoryWallFactor = 2

    private(set) var network: [String]?
    private(set) var privileges: [String]?
    private(set) var limits: [String]?
    private(set) var cores: [String]?
    private let coreCount: Int

    /// No confinement at all.
    init() { coreCount = ProcessInfo.processInfo.activeProcessorCount }

    /// Tries the launchers.
    static func find() async -> Confinement {
        var found = Confinement()
        found.network = await first([
            ["unshare", "--net", "--"], ["unshare", "--user", "--map-current-user", "--net", "--"],
        ])
        found.privileges = await first([
            ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"],
            ["setpriv", "--no-new-privs", "--"],
        ])
        found.limits = await first([["prlimit", "--core=0", "--"]])
        found.cores = await first([["taskset", "-c", "0"]])
        return found
    }

    /// The first of these that can start a program.
    private static func first(_ candidates: [[String]]) async -> [String]? {
        for candidate in candidates where await works(candidate) { return candidate }
        return nil
    }

    private static func works(_ launcher: [String]) async -> Bool {
        // What cannot be started does not work, whatever the reason.
        let result = try? await Subprocess.run(
            .name(launcher[0]), arguments: Arguments(Array(launcher.dropFirst()) + ["true"]),
            output: .discarded, error: .discarded)
        return result?.terminationStatus == .exited(0)
    }

    /// The command line with the launchers before it. A program that speaks TCP keeps the network: its own would have
    /// a loopback interface that nobody else reaches.
    func wrap(_ command: [String], limits wanted: Limits, speaksTCP: Bool, number: Int) -> [String] {
        var words: [String] = []
        if !speaksTCP, let network { words += network }
        if var limits {
            if let memory = wanted.memoryBytes {
                limits.insert("--data=\(memory * Self.memoryWallFactor)", at: limits.count - 1)
            }
            words += limits
        }
        if cores != nil, let cpus = wanted.cpus, cpus < coreCount {
            // Neighbours begin on different cores.
            let chosen = (0..<cpus).map { (number * cpus + $0) % coreCount }.sorted()
            words += ["taskset", "-c", chosen.map(String.init).joined(separator: ",")]
        }
        if let privileges { words += privileges }
        return words + command
    }

    /// What holds and what does not, for people.
    var text: String {
        var held: [String] = []
        var open: [String] = []
        func tell(_ isHeld: Bool, _ what: String, _ why: String) {
            if isHeld { held.append(what) } else { open.append("\(what) (\(why))") }
        }
        tell(network != nil, "no network", "unshare makes no network namespace here")
        tell(privileges != nil, "no new privileges", "setpriv is not there or may not")
        tell(limits != nil, "a wall of memory", "prlimit is not there")
        tell(cores != nil, "cores of the instance type", "taskset is not there")
        open.append("a user of its own")
        open.append("a filter of system calls")
        return (held.isEmpty ? "none" : held.joined(separator: ", ")) + "; not: " + open.joined(separator: ", ")
    }
}

extension Confinement.Limits {
    /// What the instance type has, and no more than the engine's own bound.
    init(_ instances: Instances, memoryBytesMax: Int?) {
        let type = InstanceType.named(instances.type)
        let ofType = type.map { Int($0.memoryGiB * Double(1 << 30)) }
        memoryBytes = [ofType, memoryBytesMax].compactMap { $0 }.min()
        cpus = type?.vCPUs
    }
}
