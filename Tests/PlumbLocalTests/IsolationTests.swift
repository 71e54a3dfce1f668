// What workers are kept from, tried by programs that want it: the network, the keys, the models, their neighbours.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbStore
import PlumbTesting
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct IsolationTests {
    @Test func aUserOfItsOwnNeedsAWayToTheModels() throws {
        let closed = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: closed) }  // Litter at worst.
        try FileManager.default.createDirectory(atPath: "\(closed)/home", withIntermediateDirectories: true)
        func admit(_ permissions: Int, to path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        }
        try admit(0o700, to: closed)
        #expect(!Confinement.isReachable("\(closed)/home"))
        try admit(0o711, to: closed)
        #expect(Confinement.isReachable("\(closed)/home"))
        try admit(0o700, to: "\(closed)/home")
        #expect(Confinement.isReachable("\(closed)/home"), "the folder itself is covered by one that is open")
        try FileManager.default.createDirectory(atPath: "\(closed)/home/run", withIntermediateDirectories: true)
        #expect(Confinement.canReach(models: "/dev/shm/m", past: ["\(closed)/home", "\(closed)/home/run"]))
        #expect(!Confinement.canReach(models: "\(closed)/home/models", past: ["\(closed)/home"]))
    }

    /// Tries what an intruder would, and prints what it got.
    private static let intruder = """
        import ctypes, os, platform, socket, sys
        home, neighbour = sys.argv[1], int(sys.argv[2])
        libc = ctypes.CDLL(None, use_errno=True)
        x86 = platform.machine() == 'x86_64'
        def attempt(name, act):
            try:
                act()
                print('got', name)
            except OSError as error:
                print('not', name, error.errno)
        def call(x86_number, arm_number, *rest):
            if libc.syscall(x86_number if x86 else arm_number, *rest) < 0:
                raise OSError(ctypes.get_errno(), '')
        def connect():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.connect(('192.0.2.1', 9))
        def write():
            with open(sys.argv[3], 'r+b') as f: f.write(b'x')
        attempt('network', connect)
        attempt('keys', lambda: open(os.path.join(home, 'keyring.json')).read())
        attempt('control', lambda: os.stat(os.path.join(home, 'run', 'control.sock')))
        attempt('model', write)
        attempt('neighbour', lambda: call(101, 117, 16, neighbour, 0, 0))
        attempt('signal', lambda: os.kill(neighbour, 0))
        attempt('keyring', lambda: call(250, 219, 0, -3, 1, 0, 0))
        attempt('namespace', lambda: call(272, 97, 0x10000000))
        attempt('mount', lambda: call(165, 40, b'none', b'/mnt', b'tmpfs', 0, 0))
        attempt('ring', lambda: call(425, 425, 1, 0))
        attempt('privileges', lambda: os.setuid(0) if os.getuid() else (_ for _ in ()).throw(OSError(1, '')))
        """

    /// Runs the intruder as a worker of ours, or as a program of the user's, and answers what it got.
    private static func got(_ running: RunningHouse, speaksTCP: Bool) async throws -> Set<String> {
        let (house, number) = (running.house, 77)
        let confinement = house.launcher.confinement
        let run = RunFolder.path(for: house.folder)
        let copies = house.copies.folder
        let place = Confinement.Place(
            home: house.folder, run: run, own: "\(run)/w-\(number)", models: copies)
        try FileManager.default.createDirectory(atPath: place.own, withIntermediateDirectories: true)
        let neighbour = try #require(await house.engine.instances(of: "digits").first?.processID)
        let model = try #require(FileManager.default.contentsOfDirectory(atPath: copies).first)
        let words = confinement.wrap(
            ["/usr/bin/env", "python3", "-c", intruder, house.folder, "\(neighbour)", "\(copies)/\(model)"],
            limits: .init(), at: place, speaksTCP: speaksTCP, number: number)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: "/")
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        // It has to have tried everything, or a broken intruder would be taken for a good wall.
        try #require(process.terminationStatus == 0 && lines.count == 11, "\(text)")
        return Set(lines.filter { $0[0] == "got" }.map { String($0[1]) })
    }

    @Test func aWorkerGetsNothingOfWhatTheEngineSaysItIsKeptFrom() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let confinement = running.house.launcher.confinement
            let ours = try await Self.got(running, speaksTCP: false)
            if confinement.network != nil { #expect(!ours.contains("network")) }
            if confinement.files != nil { #expect(ours.isDisjoint(with: ["keys", "control", "model"]), "\(ours)") }
            if confinement.hasUsers {
                #expect(ours.isDisjoint(with: ["neighbour", "signal", "privileges"]), "\(ours)")
            }
            let theirs = try await Self.got(running, speaksTCP: true)
            if confinement.files != nil { #expect(theirs.isDisjoint(with: ["keys", "control", "model"]), "\(theirs)") }
            if confinement.filter != nil {
                #expect(theirs.isDisjoint(with: ["neighbour", "keyring", "namespace", "mount", "ring"]), "\(theirs)")
            }
        }
    }

    @Test func workersRunUnderTheirOwnUserAndFilter() async throws {
        try await RunningHouse.with { running in
            try await running.serve(try running.revision(1, model: "model.onnx"))
            let confinement = running.house.launcher.confinement
            let processes = await running.house.engine.instances(of: "digits").compactMap(\.processID)
            let states = try processes.map { try String(contentsOfFile: "/proc/\($0)/status", encoding: .utf8) }
            func value(_ key: String) -> [String] {
                states.map { state in
                    let line = state.split(separator: "\n").first { $0.hasPrefix("\(key):") }
                    return line.map { String($0.dropFirst(key.count + 1).trimmingPrefix("\t")) } ?? ""
                }
            }
            if confinement.filter != nil { #expect(value("Seccomp") == ["2", "2"]) }
            if confinement.hasUsers {
                #expect(Set(value("Uid")).count == 2 && !value("Uid").contains { $0.hasPrefix("0") })
                #expect(value("CapEff") == ["0000000000000000", "0000000000000000"])
            }
            #expect(try await running.call().status == 200)
            // What does not hold is told with its reason, and nothing of it twice.
            for (isHeld, part) in [
                (confinement.files != nil, "a view of models alone"), (confinement.hasUsers, "a user of its own"),
                (confinement.filter != nil, "a filter of system calls"),
            ] {
                let halves = confinement.text.components(separatedBy: "; not: ")
                #expect(halves[0].contains(part) == isHeld)
            }
        }
    }
}
