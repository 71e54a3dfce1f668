// Places elsewhere by their address: a folder of this machine, or of a bucket in S3.

import ArgumentParser
import AsyncHTTPClient
import Foundation
import Logging
import PlumbAWS
import PlumbLocal
import PlumbModel
import PlumbStore

/// A folder of a bucket, as backups and checkpoints are kept in it.
struct BucketPlace: RemotePlace {
    let folder: BucketFolder
    var address: String { folder.address }

    func list(_ name: String) async throws(PlumbError) -> [RemoteFile] {
        try await Self.told {
            try await folder.list(name).map { RemoteFile(name: $0.name, modifiedAt: $0.modifiedAt) }
        }
    }

    func read(_ name: String) async throws(PlumbError) -> Data? { try await Self.told { try await folder.read(name) } }

    func write(_ data: Data, to name: String, over before: FileBefore) async throws(PlumbError) -> Bool {
        try await Self.told {
            switch before {
            case .nothing: try await folder.write(data, to: name, over: .nothing)
            case .exactly(let old): try await folder.write(data, to: name, over: .exactly(old))
            }
        }
    }

    func remove(_ name: String) async throws(PlumbError) { try await Self.told { try await folder.remove(name) } }

    /// Only whoever reads an epoch knows of a conflict: what S3 calls one is a fault of the moment.
    private static func told<Value>(_ work: () async throws -> Value) async throws(PlumbError) -> Value {
        do {
            return try await work()
        } catch let error as PlumbError where error.kind == .conflict {
            throw PlumbError(.internalFault, error.message, hint: error.hint, cause: error)
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(.timedOut, "S3 was not waited for any longer", cause: error)
        }
    }
}

extension Composition {
    /// An address as it is remembered and shown: of S3 as it is, of a folder from the root on.
    static func placeAddress(_ text: String) -> String {
        BucketFolder.isAddress(text) ? text : URL(fileURLWithPath: text).standardizedFileURL.path
    }

    /// Opens a place for the length of `body`.
    static func withPlace<Result: Sendable>(
        _ address: String, _ body: (any RemotePlace) async throws -> Result
    ) async throws -> Result {
        guard BucketFolder.isAddress(address) else { return try await body(FolderPlace(address)) }
        return try await withAWS(AWSAccess.parse([]), region: nil) { client in
            try await body(BucketPlace(folder: try BucketFolder(address, client: client)))
        }
    }

    /// The ways out of an engine for as long as it lives: to AWS and to a webhook, where it needs them.
    struct OutsideLine {
        private let client: AWSClient?
        let web: HTTPClient?
        private let closeAWS: (@Sendable () async throws -> Void)?

        init(for keeping: Keeping, home: String, log: Logger) throws {
            let places = [keeping.backup ?? Backup.target(of: home), keeping.anchoring.anchor].compactMap { $0 }
            if keeping.alarms.alarmTopic != nil || places.contains(where: BucketFolder.isAddress) {
                var options = AWSOptions()
                // Who ships twice a second tries again soon enough by itself.
                (options.connectSeconds, options.readSeconds, options.attemptsMax) = (5, 30, 2)
                let opened = try AWSClient.open(options, log: log)
                (client, closeAWS) = (opened.client, opened.close)
            } else {
                (client, closeAWS) = (nil, nil)
            }
            web = keeping.alarms.alarmWebhook == nil ? nil : Webhook.client()
        }

        func close() async throws {
            try await closeAWS?()
            try await web?.shutdown()
        }

        func aws() throws(PlumbError) -> AWSClient {
            guard let client else { throw PlumbError(.internalFault, "AWS was not opened") }
            return client
        }

        /// A place, where each file is kept as long as `retention` says.
        func place(
            _ address: String, retention: ObjectRetention? = nil, permissions: mode_t = 0o600
        ) throws(PlumbError) -> any RemotePlace {
            guard BucketFolder.isAddress(address) else { return FolderPlace(address, permissions: permissions) }
            return BucketPlace(folder: try BucketFolder(address, client: try aws(), retention: retention))
        }
    }

    /// Tells an engine where to keep its state and the proofs of it a second time.
    static func keep(
        _ keeping: Keeping, in settings: inout LocalSettings, through line: OutsideLine, log: Logger
    ) async throws {
        settings.passphrase = keeping.passphrase
        settings.drillSeconds = keeping.drillSeconds
        settings.alarmChannels = try alarmChannels(keeping.alarms, through: line)
        if let address = keeping.backup ?? Backup.target(of: settings.folder) {
            settings.backup = try line.place(address)
        }
        guard let anchor = keeping.anchoring.anchor.map(placeAddress) else { return }
        settings.anchorSeconds = keeping.anchoring.anchorMinutes * 60
        var retention = keeping.anchoring.anchorLock.map {
            ObjectRetention(mode: $0.rawValue.uppercased(), days: keeping.anchoring.anchorDays)
        }
        if BucketFolder.isAddress(anchor), try await !hasLock(anchor, through: line, log: log) {
            log.warning("\(anchor) has no Object Lock: whoever owns the bucket may remove checkpoints from it")
            retention = nil
        }
        // Read-only, so that nobody overwrites one by mistake.
        settings.anchor = try line.place(anchor, retention: retention, permissions: 0o444)
    }

    /// Where nobody can say now, it is as was asked for: S3 refuses a lock that the bucket does not have.
    private static func hasLock(_ anchor: String, through line: OutsideLine, log: Logger) async throws -> Bool {
        do {
            return try await BucketFolder(anchor, client: line.aws()).hasObjectLock()
        } catch let error as PlumbError {
            log.warning("whether \(anchor) has Object Lock cannot be seen: \(error)")
            return true
        }
    }

    /// Who is called when somebody acts without a second person, and told of spending.
    private static func alarmChannels(_ options: AlarmOptions, through line: OutsideLine) throws -> [AlarmChannel] {
        var channels: [AlarmChannel] = []
        if let topic = options.alarmTopic {
            let aws = try line.aws()
            channels.append(AlarmChannel("sns") { try await aws.publish($0.text, subject: $0.title, to: topic) })
        }
        if let address = options.alarmWebhook, let web = line.web {
            let hook = try Webhook(address, secretFile: options.alarmSecretFile)
            channels.append(
                AlarmChannel(hook.name) { alarm in
                    let json = String(decoding: try JSONEncoder().encode(alarm), as: UTF8.self)
                    try await hook.post(json, id: alarm.id, at: Date().timeIntervalSince1970, through: web)
                })
        }
        return channels
    }
}
