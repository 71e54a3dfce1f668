// Whether this machine has what the engine and the tools need, and what to do where it has not.

import Foundation
import PlumbEngine
import PlumbModel

/// What one look at the machine found.
struct Examination: Codable {
    enum Verdict: String, Codable {
        /// As it should be.
        case ok
        /// Works, but not all of it, or not for long.
        case warning
        /// The engine cannot run like this.
        case failed
        /// Could not be looked at.
        case unknown
    }

    var name: String
    var verdict: Verdict
    var found: String
    /// The command or the change that mends it.
    var remedy: String?

    static func ok(_ name: String, _ found: String) -> Self { Self(name: name, verdict: .ok, found: found) }

    init(name: String, verdict: Verdict, found: String, remedy: String? = nil) {
        (self.name, self.verdict, self.found, self.remedy) = (name, verdict, found, remedy)
    }
}

/// Everything that is looked at, in the order in which an engine needs it. Nothing is changed, and no network is used.
struct Doctor {
    var home: String
    var host: String
    var port: Int

    /// Below this a busy gateway runs out of descriptors: 4,096 connections, and as many towards workers and files.
    static let descriptorsMin = 8_192
    /// A snapshot, a log that grows, a new artefact.
    static let freeBytesMin = 1 << 30
    /// Opened models lie in memory; a small machine's share is half of it.
    static let sharedBytesMin = 256 << 20

    func examine() async -> [Examination] {
        var found = [Machine.examine()]
        found += await [modelServer(), confinement()]
        found += [stateFolder(), freeSpace(), sharedMemory(), descriptors(), await clock()]
        let engine = await runningEngine()
        found.append(engine ?? freePort())
        found += await tools()
        return found
    }

    private func modelServer() async -> Examination {
        let name = "model server"
        let path = Composition.workerPath
        do {
            let run = try await Program.run(path, ["confine", "--try"])
            if run.status == 0 { return .ok(name, "\(path) and ONNX Runtime's library load") }
            return Examination(
                name: name, verdict: .failed, found: run.lastError,
                remedy:
                    "install plumb-worker and libonnxruntime.so beside plumb, or set PLUMB_WORKER and PLUMB_ONNXRUNTIME"
            )
        } catch {
            return Examination(
                name: name, verdict: .failed, found: "\(path) cannot be run",
                remedy: "install plumb-worker beside plumb, or set PLUMB_WORKER to it")
        }
    }

    private func confinement() async -> Examination {
        let found = await Composition.isolation(home: home)
        return Examination(
            name: "isolation of workers", verdict: found.remedy == nil ? .ok : .warning, found: found.text,
            remedy: found.remedy)
    }

    private func stateFolder() -> Examination {
        let name = "folder of state"
        var isFolder = false
        guard FileManager.default.fileExists(atPath: home, isDirectory: &isFolder) else {
            let parent = URL(filePath: home).standardizedFileURL.deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: parent) else {
                return Examination(
                    name: name, verdict: .failed, found: "\(home) is not there, and \(parent) cannot be written",
                    remedy: "set PLUMB_HOME, or --home, to a folder that you own")
            }
            return .ok(name, "\(home) will be made by plumb up")
        }
        guard isFolder, FileManager.default.isWritableFile(atPath: home) else {
            return Examination(
                name: name, verdict: .failed, found: "\(home) is no folder that can be written",
                remedy: "set PLUMB_HOME, or --home, to a folder that you own")
        }
        // A mode that cannot be read is nobody's promise.
        let mode = (try? FileManager.default.attributesOfItem(atPath: home))?[.posixPermissions] as? Int ?? 0o777
        guard mode & 0o077 == 0 else {
            return Examination(
                name: name, verdict: .warning,
                found: "\(home) has mode \(String(mode, radix: 8)): others may look into it",
                remedy: "chmod 700 \(home)")
        }
        return .ok(name, home)
    }

    private func freeSpace() -> Examination {
        Self.space(
            "disk", at: home, wanted: Self.freeBytesMin, remedy: "make room, or set PLUMB_HOME to a larger disk")
    }

    private func sharedMemory() -> Examination {
        Self.space(
            "memory for opened models", at: "/dev/shm", wanted: Self.sharedBytesMin,
            remedy: "mount -o remount,size=1g /dev/shm; in a container --shm-size=1g")
    }

    /// Room at a path, or at the nearest folder above it that is there.
    private static func space(_ name: String, at path: String, wanted: Int, remedy: String) -> Examination {
        var place = URL(filePath: path).standardizedFileURL
        var status = statvfs()
        while unsafe statvfs(place.path, &status) != 0 {
            guard place.path != "/" else {
                return Examination(name: name, verdict: .unknown, found: "\(path) cannot be looked at", remedy: remedy)
            }
            place = place.deletingLastPathComponent()
        }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let found = "\(free >> 20) MiB free at \(place.path)"
        return free >= wanted
            ? .ok(name, found) : Examination(name: name, verdict: .warning, found: found, remedy: remedy)
    }

    private func descriptors() -> Examination {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Examination(name: "open files", verdict: .unknown, found: "the limit cannot be read")
        }
        let found = "at most \(limit.rlim_cur) for one process"
        if limit.rlim_cur >= rlim_t(Self.descriptorsMin) { return .ok("open files", found) }
        return Examination(
            name: "open files", verdict: .warning, found: "\(found); a busy gateway wants \(Self.descriptorsMin)",
            remedy: "ulimit -n \(Self.descriptorsMin), or LimitNOFILE= in the unit")
    }

    /// Tokens, certificates and signatures end by the clock.
    private func clock() async -> Examination {
        // Where there is no timedatectl nobody tells.
        let run = try? await Program.run(
            "/usr/bin/env", ["timedatectl", "show", "--property=NTPSynchronized", "--value"])
        switch run?.output.trimmingCharacters(in: .whitespacesAndNewlines) {
        case "yes": return .ok("clock", "kept right")
        case "no":
            return Examination(
                name: "clock", verdict: .warning, found: "nothing keeps it right",
                remedy: "timedatectl set-ntp true, or run chrony")
        default:
            return Examination(
                name: "clock", verdict: .unknown, found: "whether it is kept right is not told here (timedatectl)")
        }
    }

    private func runningEngine() async -> Examination? {
        guard FileManager.default.fileExists(atPath: Composition.controlSocket(home)) else { return nil }
        do {
            let status = try await RemotePlane.with(socketPath: Composition.controlSocket(home)) {
                try await $0.status()
            }
            let versions = "plumb \(status.version) on \(status.gateway)"
            if status.version == Composition.version { return .ok("engine", "\(versions) answers") }
            return Examination(
                name: "engine", verdict: .warning, found: "\(versions) runs, this is plumb \(Composition.version)",
                remedy: "plumb reload")
        } catch {
            return nil
        }
    }

    private func freePort() -> Examination {
        do {
            let listener = try Composition.openListener(host: host, port: port)
            close(listener)
            return .ok("port", "\(host):\(port) is free")
        } catch {
            return Examination(
                name: "port", verdict: .warning, found: "\(host):\(port) cannot be listened on",
                remedy: "plumb up --port with another one")
        }
    }

    private func tools() async -> [Examination] {
        var found: [Examination] = []
        let wanted = [
            (
                "python3", ["-c", "import ensurepip, venv, sys; print(sys.version.split()[0])"], "plumb optimize",
                "apt-get install python3-venv"
            ),
            ("git", ["--version"], "--against and REVISION:PATH", "apt-get install git"),
        ]
        for (tool, arguments, use, remedy) in wanted {
            // What is not there cannot be run, and that is what is told.
            let run = try? await Program.run("/usr/bin/env", [tool] + arguments)
            if let run, run.status == 0 {
                found.append(.ok(tool, run.output.trimmingCharacters(in: .whitespacesAndNewlines) + ", for \(use)"))
            } else {
                found.append(
                    Examination(
                        name: tool, verdict: .warning, found: "\(use) will not work without it", remedy: remedy))
            }
        }
        return found
    }
}

/// What the machine is.
enum Machine {
    static func examine() -> Examination {
        var name = utsname()
        guard unsafe uname(&name) == 0 else {
            return Examination(name: "machine", verdict: .unknown, found: "uname does not answer")
        }
        let release = unsafe withUnsafeBytes(of: &name.release) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let kind = unsafe withUnsafeBytes(of: &name.machine) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let memory = ProcessInfo.processInfo.physicalMemory >> 20
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let found = "Linux \(release) on \(kind), \(cores) cores, \(memory) MiB"
        // The gateway, two workers and the daemon's own.
        guard memory >= 512 else {
            return Examination(
                name: "machine", verdict: .warning, found: found, remedy: "512 MiB is the least for two workers")
        }
        return .ok("machine", found)
    }
}
