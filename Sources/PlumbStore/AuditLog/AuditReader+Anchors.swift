// Checkpoints that are kept elsewhere, so that not even the log's owner can rewrite it unseen.

import Foundation
public import PlumbModel

extension AuditReader {
    private static let anchorEnding = ".checkpoint"

    /// Keeps the newest checkpoint elsewhere, under its size; true when it was not there yet.
    ///
    /// Throws `refused` when another one of the same size lies there: the log has two histories.
    @discardableResult
    public func anchor(in place: any RemotePlace) async throws(PlumbError) -> Bool {
        let (note, newest) = try checkpoint()
        let name = "\(newest.size)\(Self.anchorEnding)"
        // One look more, so that a place where nothing may be written twice is asked to only once.
        if let bytes = try await place.read(name) {
            try compare(bytes, with: newest, name, in: place)
            return false
        }
        guard try await !place.write(Data(note.utf8), to: name, over: .nothing) else { return true }
        try compare(try await place.read(name) ?? Data(), with: newest, name, in: place)
        return false
    }

    /// All checkpoints that were kept there, each signed by this log's key.
    ///
    /// Throws `notFound` where there is none: nothing held is no proof.
    public func anchors(in place: any RemotePlace) async throws(PlumbError) -> [Checkpoint] {
        var found: [Checkpoint] = []
        for file in try await place.list("") where file.name.hasSuffix(Self.anchorEnding) {
            guard let bytes = try await place.read(file.name) else { continue }
            do throws(PlumbError) {
                found.append(try Self.checkpoint(String(decoding: bytes, as: UTF8.self), by: verifier))
            } catch {
                throw PlumbError(
                    error.kind, "\(place.address)/\(file.name): \(error.message)", hint: error.hint, cause: error)
            }
        }
        guard !found.isEmpty else {
            throw PlumbError(
                .notFound, "no checkpoint is kept in \(place.address)",
                hint: "plumb up --anchor \(place.address) keeps them there")
        }
        return found
    }

    private func compare(
        _ bytes: Data, with newest: Checkpoint, _ name: String, in place: any RemotePlace
    ) throws(PlumbError) {
        guard try Self.checkpoint(String(decoding: bytes, as: UTF8.self), by: verifier) != newest else { return }
        throw PlumbError(
            .refused, "the audit log is not what it was when \(place.address)/\(name) was kept",
            hint: "plumb audit verify --anchor \(place.address)")
    }
}
