// An account to look at: the project's double of AWS, filled by a script of the test's own.

import Foundation
import Logging
import PlumbModel
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbAWS

/// The double, and the calls that were made of it.
final class AccountDouble: Sendable {
    private let double: AWSDouble
    /// `S3 GetBucketPolicy`, each call in its order.
    private let calls = Mutex<[String]>([])

    var asked: [String] { calls.withLock { $0 } }

    init() throws { double = try AWSDouble() }

    private var environment: [String: String] {
        [
            "AWS_ENDPOINT_URL": double.address, "AWS_ACCESS_KEY_ID": "offline", "AWS_SECRET_ACCESS_KEY": "offline",
            "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        ]
    }

    /// Runs Python with `aws(service)`, which is boto3's client, `deny("s3:GetBucketPolicy")`, and
    /// `keep(store, entries)` for what only time brings about. What it prints is the result.
    @discardableResult
    func make(_ script: String) throws -> String {
        let prelude = """
            import boto3, json, os, urllib.request
            def aws(service, region="eu-central-1"):
                return boto3.client(service, region_name=region)
            def tell(path, body):
                request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, json.dumps(body).encode())
                urllib.request.urlopen(request).read()
            def deny(*operations):
                tell("/double/denied", operations)
            def keep(store, entries, region="eu-central-1"):
                tell("/double/kept", {"store": store, "entries": entries, "region": region})
            NAME = "123456789012"
            TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]})

            """
        let python = Process()
        python.executableURL = URL(filePath: try #require(AWSTools.python))
        python.arguments = ["-c", prelude + script]
        python.environment = environment.merging([
            "PATH": "/usr/bin:/bin", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        ]) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        python.standardOutput = output
        python.standardError = errors
        try python.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let trouble = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "the account could not be made: \(trouble.suffix(2000))")
        return said.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A look by some concerns alone, at what is wanted from the start.
    func survey(
        _ concerns: [Concern], wanting wanted: [Wanted] = [], noting noted: [AccountResource] = [],
        scope: AccountScope = AccountScope()
    ) async throws -> AccountInventory {
        calls.withLock { $0 = [] }
        var surroundings = Surroundings.machine()
        surroundings.environment = environment
        surroundings.home = "/nonexistent"
        let recorder = CallRecorder { call in self.calls.withLock { $0.append(call) } }
        var log = Logger(label: "test") { _ in recorder }
        log.logLevel = .debug
        return try await AWSClient.with(surroundings: surroundings, log: log) { client in
            let notebook = Notebook()
            let survey = Survey(
                client: client, account: "123456789012", region: "eu-central-1", scope: scope, notebook: notebook)
            for resource in noted { notebook.note(resource) }
            for thing in wanted { notebook.want(thing) }
            try await survey.run(concerns)
            var inventory = AccountInventory(account: survey.account, region: survey.region)
            (inventory.resources, inventory.evidence) = (notebook.resources, notebook.evidence)
            inventory.gaps = notebook.gaps
            return inventory
        }
    }

    /// The calls that were made beside those which tell tags.
    var operations: Set<String> { Set(asked.filter { !$0.hasPrefix("Resource Groups") }) }
}

/// Writes down which calls were made.
private struct CallRecorder: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug
    let record: @Sendable (String) -> Void

    init(record: @escaping @Sendable (String) -> Void) { self.record = record }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let service = event.metadata?["service"], let operation = event.metadata?["operation"] else { return }
        record("\(service) \(operation)")
    }
}

extension AccountInventory {
    func all(_ type: String) -> [AccountResource] { resources.filter { $0.type == type } }

    /// The only resource of a type, or the one with that name.
    func one(_ type: String, _ name: String? = nil) throws -> AccountResource {
        let found = all(type).filter { name == nil || $0.name == name }
        try #require(found.count == 1, "\(found.count) of \(type) \(name ?? ""): \(resources.map(\.id))")
        return found[0]
    }
}

extension Concern {
    /// The calls that it says to make, as the double's log writes them.
    var saidReads: Set<String> { Set(reads.map { "\($0.service.id) \($0.operation)" }) }
}

extension AccountValue {
    /// The first element of a list.
    var first: AccountValue {
        if case .list(let items) = self { items.first ?? .absent } else { .absent }
    }

    var isUnseen: Bool {
        if case .unseen = self { true } else { false }
    }
}
