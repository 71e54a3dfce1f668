// What lies on disks that others can write to: sealed content, key rings, backups, logs, proofs, evidence.

// These readers are inside of their room, which only a debug build opens.
#if DEBUG
    import Crypto
    import Foundation
    import PlumbModel
    import Synchronization
    @testable import PlumbStore

    /// A log's files in memory.
    private final class MemoryDisk: LogDisk {
        let files: Mutex<[String: Data]>
        init(_ files: [String: Data] = [:]) { self.files = Mutex(files) }
        func read(_ path: String) -> Data? { files.withLock { $0[path] } }
        func write(_ data: Data, to path: String, durable: Bool) { files.withLock { $0[path] = data } }
        func removeFolder(_ path: String) {
            files.withLock { files in files = files.filter { !$0.key.hasPrefix("\(path)/") } }
        }
    }

    /// A log of 300 entries, a key ring, and a folder for what is read from files.
    private struct KeptThings: Sendable {
        let signer = NoteSigner(name: "plumb.local/audit/fuzz", kind: .note)
        let log: [String: Data]
        let folder: String
        let vault: Vault

        init() throws {
            let disk = MemoryDisk()
            _ = try AuditLog.open(
                on: disk, signer: signer, base: 0, entries: (0..<300).map { Data("{\"entry\":\($0)}".utf8) })
            log = disk.files.withLock { $0 }
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-fuzz-\(UUID().uuidString)").path
            vault = try Vault(folder: folder, at: 0)
        }

        static let shared: KeptThings = {
            do { return try KeptThings() } catch { preconditionFailure("the fuzzer's own things: \(error)") }
        }()
    }

    extension FuzzedReader {
        static let kept: [String: FuzzedReader] = [
            "sealed": FuzzedReader { openSealed($0) },
            "keyring": FuzzedReader { bytes in
                let path = "\(KeptThings.shared.folder)/ring.json"
                told {
                    try AtomicFile.write(Data(bytes), to: path, durable: false)
                    let ring = try KeyRing(fileAt: path)
                    _ = try ring.key(ring.newest.number)
                    var next = ring
                    try next.rotate(at: 0)
                    precondition(next.newest.number > ring.newest.number, "a rotation without a new version")
                }
            },
            "shipment": FuzzedReader { restore($0) },
            "note": FuzzedReader { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                told { _ = try NoteVerifier(text) }
                told { _ = try Checkpoint(text) }
                told {
                    try SignedNote(text).verify(by: KeptThings.shared.signer.verifier)
                    preconditionFailure("a note that nobody has signed")
                }
            },
            "proof": FuzzedReader { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                told { _ = try AuditProof(text).verify(by: KeptThings.shared.signer.verifier) }
                told {
                    // The same over a checkpoint of our own: its path has to lead there.
                    let proof = try AuditProof(text)
                    let own = AuditProof(
                        index: proof.index, entry: proof.entry, hashes: proof.hashes,
                        note: String(decoding: KeptThings.shared.log["checkpoint"] ?? Data(), as: UTF8.self))
                    _ = try own.verify(by: KeptThings.shared.signer.verifier)
                    preconditionFailure("a proof of an entry that is not in the log")
                }
            },
            "log": FuzzedReader { verifyLog($0) },
            "evidence": FuzzedReader { bytes in
                told {
                    let files = try TarFile.read(Data(bytes))
                    let again = try TarFile.write(files)
                    precondition(again == Data(bytes), "one archive in two forms")
                    _ = try EvidenceArchive.verify(files, in: "a", key: nil)
                }
            },
        ]

        /// Whatever is wrong is told as an error of ours.
        private static func told(_ work: () throws -> Void) {
            do {
                try work()
            } catch let error as PlumbError {
                precondition(!error.message.isEmpty, "an error without words")
            } catch {
                preconditionFailure("an error that is not ours: \(error)")
            }
        }

        /// Opens the bytes, and what was sealed here with one byte of it changed: neither opens.
        private static func openSealed(_ bytes: [UInt8]) {
            let vault = KeptThings.shared.vault
            told {
                _ = try vault.open(Data(bytes), for: "fuzz")
                preconditionFailure("content that nobody has sealed")
            }
            told { _ = try vault.rewrap(Data(bytes)) }
            guard bytes.count > 3 else { return }
            let message = Data(repeating: bytes[3], count: Int(bytes[2]) * 257)
            told {
                var sealed = try vault.seal(message, for: "fuzz")
                let unchanged = try vault.open(sealed, for: "fuzz")
                precondition(unchanged == message, "what was sealed opens as another")
                let place = (Int(bytes[0]) << 8 | Int(bytes[1])) % sealed.count
                sealed[place] ^= bytes[3] | 1
                let opened = try vault.open(sealed, for: "fuzz")
                // JSON has more than one form: the head's may be another, and mean the same.
                precondition(opened == message, "changed content opens as another")
            }
        }

        /// The bytes as a sealed file, and as what an honest key has sealed.
        private static func restore(_ bytes: [UInt8]) {
            let things = KeptThings.shared
            told {
                for isSealed in [false, true] {
                    let content = isSealed ? try things.vault.seal(Data(bytes), for: Shipment.context(1)) : Data(bytes)
                    var gathered = GatheredState()
                    try gathered.take(Shipment(opening: content, number: 1, by: things.vault))
                    var edge = TreeEdge()
                    for entry in gathered.tail { _ = edge.append(MerkleTree.leaf(entry)) }
                    try gathered.check(edge.root, edge.size, by: things.signer.verifier)
                }
            }
        }

        /// The log with a piece of one file replaced, and under a checkpoint of the bytes that its own key has signed.
        private static func verifyLog(_ bytes: [UInt8]) {
            let things = KeptThings.shared
            let text = String(decoding: bytes, as: UTF8.self)
            if let line = try? things.signer.signatureLine(for: text) {  // What cannot be signed is not read either.
                var files = things.log
                files["checkpoint"] = Data("\(text)\n\(line)".utf8)
                told { try AuditReader(disk: MemoryDisk(files), verifier: things.signer.verifier).verify() }
                told { _ = try AuditReader(disk: MemoryDisk(files), verifier: things.signer.verifier).proof(of: 299) }
            }
            guard bytes.count > 3 else { return }
            var files = things.log
            let names = files.keys.sorted()
            let name = names[Int(bytes[0]) % names.count]
            var content = files[name] ?? Data()
            let place = (Int(bytes[1]) << 8 | Int(bytes[2])) % content.count
            content.replaceSubrange(place..<min(content.count, place + bytes.count - 3), with: bytes[3...])
            guard content != files[name] else { return }
            files[name] = content
            told {
                try AuditReader(disk: MemoryDisk(files), verifier: things.signer.verifier).verify()
                // Only bytes that nothing reads may differ: what stands after the end.
                let isLonger = content.starts(with: things.log[name] ?? Data())
                precondition(isLonger, "\(name) was changed at \(place), and the log verifies")
            }
        }
    }
#else
    extension FuzzedReader {
        static let kept: [String: FuzzedReader] = [:]
    }
#endif
