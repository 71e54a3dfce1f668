// What a worker is kept from: the network, the engine's files, other users' processes, new privileges, system calls it
// has no use for, more memory and cores than its instance type has.
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
    /// Of a mount namespace, in which the engine's folders hold the models, read-only, and the worker's own alone.
    private(set) var files: [String]?
    /// The model server, which sets the filter of system calls for itself and for others.
    private(set) var filter: String?
    /// Each of our own workers gets a user of its own; only root can give it.
    private(set) var hasUsers = false
    private let coreCount: Int

    /// No confinement at all.
    init() { coreCount = ProcessInfo.processInfo.activeProcessorCount }

    /// Tries the launchers, for an engine whose state and sockets lie in these folders, and models in that one.
    static func find(worker: String, folders: [String], models: String) async -> Confinement {
        var found = Confinement()
        if await works(["env", worker, "confine", "--try"]) { found.filter = worker }
        found.files = await firstThatHides(
            [
                ["unshare", "--mount", "--propagation", "private", "--"],
                ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private", "--"],
            ], models: models)
        found.network = await first([
            ["unshare", "--net", "--"], ["unshare", "--user", "--map-current-user", "--net", "--"],
        ])
        found.privileges = await first([
            ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"],
            ["setpriv", "--no-new-privs", "--"],
        ])
        if getuid() == 0, found.files != nil, canReach(models: models, past: folders),
            let privileges = found.privileges
        {
            // What this user cannot read it cannot run either: the model server and ONNX Runtime may lie in a home.
            found.hasUsers = await works(user(0, privileges) + [worker, "confine", "--try"])
        }
        found.limits = await first([["prlimit", "--core=0", "--"]])
        found.cores = await first([["taskset", "-c", "0"]])
        return found
    }

    /// Whether every user can pass to the models and to what will cover these folders. A folder in another of them is
    /// covered together with that one, so it does not matter that state is closed to others.
    static func canReach(models: String, past folders: [String]) -> Bool {
        let outermost = folders.filter { folder in !folders.contains { folder.hasPrefix("\($0)/") } }
        return (outermost + [models]).allSatisfy(isReachable)
    }

    /// Whether every user can pass through all that lies above a folder: a home is often closed to others.
    static func isReachable(_ folder: String) -> Bool {
        var above = URL(filePath: folder).resolvingSymlinksInPath().deletingLastPathComponent().standardized.path
        while true {
            var status = stat()
            guard unsafe stat(above, &status) == 0, status.st_mode & S_IXOTH != 0 else { return false }
            if above == "/" { return true }
            above = URL(filePath: above).deletingLastPathComponent().standardized.path
        }
    }

    /// The first of these that can start a program.
    private static func first(_ candidates: [[String]]) async -> [String]? {
        for candidate in candidates where await works(candidate) { return candidate }
        return nil
    }

    private static func works(_ launcher: [String]) async -> Bool {
        // What cannot be started does not work, whatever the reason.
        let result = try? await Subprocess.run(
            .name(launcher[0]), arguments: Arguments(Array(launcher.dropFirst()) + ["true"]), workingDirectory: "/",
            output: .discarded, error: .discarded)
        return result?.terminationStatus == .exited(0)
    }

    /// The group that may read models, and the first of the users; systemd keeps these for users that come and go.
    static let group: UInt32 = 61_184
    private static let usersMax = 4096

    /// The user of a worker with this number.
    static func userID(_ number: Int) -> UInt32 { group + UInt32(number % usersMax) }

    private static func user(_ number: Int, _ privileges: [String]) -> [String] {
        ["setpriv", "--reuid=\(userID(number))", "--regid=\(group)", "--clear-groups"] + privileges.dropFirst()
    }

    /// Where a worker is, among the engine's folders.
    struct Place: Sendable, Hashable {
        /// The folder of state.
        var home: String
        /// The folder of sockets, which may lie in it.
        var run: String
        /// The worker's own folder in that.
        var own: String
        /// The folder of the models that it may read.
        var models: String
    }

    /// Covers the folders of state and of sockets, and then puts back what the worker may see. What is put back is held
    /// open meanwhile, since its path is covered.
    private static let hiding = """
        set -e
        home=$1 run=$2 own=$3 models=$4
        shift 4
        exec 3<"$models" 4<"$own"
        for covered in "$home" "$run"; do
          if [ -d "$covered" ]; then mount -t tmpfs -o mode=755,size=1m none "$covered"; fi
        done
        mkdir -p "$models" "$own"
        mount -c --bind /proc/self/fd/3 "$models"
        mount -c -o remount,bind,ro "$models"
        mount -c --bind /proc/self/fd/4 "$own"
        exec 3<&- 4<&-
        exec "$@"
        """

    private static func hide(_ place: Place, by launcher: [String]) -> [String] {
        launcher + ["sh", "-c", hiding, "sh", place.home, place.run, place.own, place.models]
    }

    /// The first of these with which a secret is out of sight, and models cannot be written.
    private static func firstThatHides(_ launchers: [[String]], models: String) async -> [String]? {
        let home = "\(NSTemporaryDirectory())plumb-trial-\(UUID().uuidString)"
        let place = Place(home: home, run: "\(home)/run", own: "\(home)/run/w", models: models)
        // Where no folder can be made nothing can be tried, and nothing holds.
        defer { try? FileManager.default.removeItem(atPath: home) }
        // See above.
        try? FileManager.default.createDirectory(atPath: place.own, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: "\(home)/secret", contents: nil) else { return nil }
        let trial = "test ! -e \"$1/secret\" && touch \"$1/run/w/s\" && ! touch \"$2/m\" 2>/dev/null"
        for launcher in launchers
        where await works(hide(place, by: launcher) + ["sh", "-c", trial, "sh", home, models]) {
            return launcher
        }
        return nil
    }

    /// The command line with the launchers before it. A program that speaks TCP keeps the network: its own would have
    /// a loopback interface that nobody else reaches.
    func wrap(
        _ command: [String], limits wanted: Limits, at place: Place, speaksTCP: Bool, number: Int
    ) -> [String] {
        var words: [String] = []
        if !speaksTCP, let network { words += network }
        if let files { words += Self.hide(place, by: files) }
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
        if let privileges { words += hasUsers && !speaksTCP ? Self.user(number, privileges) : privileges }
        // The model server sets the filter itself, and a closer one.
        if speaksTCP, let filter { words += [filter, "confine"] }
        return words + command
    }

    /// What to do so that nothing is missing; nil when nothing is.
    var remedy: String? {
        var deeds: [String] = []
        if privileges == nil || limits == nil || cores == nil { deeds.append("apt-get install util-linux") }
        if network == nil || files == nil {
            deeds.append(
                "allow namespaces: sysctl kernel.unprivileged_userns_clone=1, or the container's security profile")
        }
        if filter == nil { deeds.append("install ONNX Runtime's library; the kernel needs seccomp") }
        if !hasUsers {
            deeds.append(
                getuid() == 0
                    ? "let every user pass (chmod o+x) to the folders of the model server, ONNX Runtime and the state"
                    : "start the engine as root, who alone can give workers users of their own")
        }
        return deeds.isEmpty ? nil : deeds.joined(separator: "; ") + " (docs/FAILURES.md)"
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
        tell(files != nil, "a view of models alone, read-only", "unshare makes no mount namespace here")
        tell(
            hasUsers, "a user of its own",
            "the engine is not root, or such a user could not reach the model server or the models")
        tell(filter != nil, "a filter of system calls", "the kernel has no seccomp, or ONNX Runtime was not found")
        return (held.isEmpty ? "none" : held.joined(separator: ", "))
            + (open.isEmpty ? "" : "; not: " + open.joined(separator: ", "))
    }
}

/// What workers of an engine on this machine would be kept from.
public enum WorkerIsolation {
    /// In words, and what to do where something is missing. `worker` is the model server's path, `home` the engine's
    /// folder.
    public static func look(worker: String, home: String) async -> (text: String, remedy: String?) {
        let models = "\(NSTemporaryDirectory())plumb-look-\(UUID().uuidString)"
        // A folder that cannot be made or removed makes the look say that workers see too much, which is then so.
        try? FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: models) }  // As above.
        let found = await Confinement.find(
            worker: worker, folders: [home, RunFolder.path(for: home)], models: models)
        return (found.text, found.remedy)
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
