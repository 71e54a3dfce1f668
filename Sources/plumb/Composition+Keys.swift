// The passphrase that closes the key rings: where it comes from, and how it is changed.

import Foundation
import PlumbModel
import PlumbStore

extension Composition {
    /// From a file that is named, else from `PLUMB_PASSPHRASE` or the file that `PLUMB_PASSPHRASE_FILE` names; nil
    /// where there is none.
    static func passphrase(file: String? = nil) throws(PlumbError) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if file == nil, let text = environment["PLUMB_PASSPHRASE"], !text.isEmpty { return text }
        guard let path = file ?? environment["PLUMB_PASSPHRASE_FILE"] else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlumbError(.notFound, "the file of the passphrase \(path) is not there or cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard !text.isEmpty else { throw PlumbError(.invalidInput, "the file of the passphrase \(path) is empty") }
        return text
    }

    /// As `passphrase`, and asked of whoever sits there where the ring is closed and nothing names one.
    static func passphraseOrAsk(file: String?, home: String) throws -> String? {
        if let known = try passphrase(file: file) { return known }
        guard isatty(STDIN_FILENO) == 1, Vault.isClosed(ringAt: "\(home)/keyring.json") else { return nil }
        return unsafe getpass("passphrase of the key ring: ").map { unsafe String(cString: $0) }
    }

    static func isClosed(keyRing path: String) -> Bool { Vault.isClosed(ringAt: path) }

    /// Closes both rings of a folder that no engine holds with another passphrase, or with none.
    static func setPassphrase(_ new: String?, in home: String) async throws {
        guard FileManager.default.fileExists(atPath: "\(home)/keyring.json") else {
            throw PlumbError(.notFound, "there is no key ring in \(home)", hint: "plumb up makes one")
        }
        // Holds the folder meanwhile: an engine that runs would write its ring as it knows it.
        let store = try Store(folder: home)
        let known = try passphraseOrAsk(file: nil, home: home)
        var rings: [Vault] = []
        for path in ["\(home)/keyring.json", Backup.keyPath(of: home)]
        where FileManager.default.fileExists(atPath: path) {
            rings.append(try Vault(ringAt: path, passphrase: known))
        }
        // Opened first, all of them: none is changed unless all can be.
        for ring in rings { try ring.setPassphrase(new) }
        try await store.append([
            AuditEntry(
                at: Date().timeIntervalSince1970, actor: Actor.name,
                action: new == nil ? "key.passphraseRemoved" : "key.passphraseSet", subject: "keyRing")
        ])
        try store.close()
    }
}
