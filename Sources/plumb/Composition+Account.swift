// A live AWS account: looked at through its own interfaces, read like a template, completed by what a spec declares.

import Foundation
import Logging
import PlumbAWS
import PlumbFormats
import PlumbModel
import Synchronization

extension Composition {
    /// Looks at a region of an account: `aws://eu-west-1`, or `aws://` for the region of the profile.
    ///
    /// Answers one subject for each environment that its endpoints' tags name.
    static func loadAccount(
        _ name: String, _ options: AccountOptions, environment: PlumbModel.Environment?
    ) async throws -> [Subject] {
        let region = try region(of: name)
        let scope = AccountScope(
            endpoints: Set(options.endpoints), tags: options.tags, detectsDrift: options.detectDrift)
        let declared = try options.specs.map { path in
            let loaded = try loadSpec(path, environment: environment)
            Terminal.tell(loaded.diagnostics)
            return Declaration(loaded.spec)
        }
        let inventory = try await inventory(of: scope, in: region, options)
        try requireEndpoints(scope, of: inventory)
        return AccountReader.read(inventory, environment: environment, asOf: today()).map { reading in
            var graph = reading.graph
            for index in graph.declarations.indices {
                let tagged = graph.declarations[index]
                guard let spec = declared.first(where: { $0.endpointName == tagged.endpointName }) else { continue }
                graph.declarations[index] = tagged.completed(by: spec)
            }
            return Subject(graph: graph, path: reading.name, diagnostics: reading.diagnostics)
        }
    }

    /// Opens the way to an account for the length of `body`; who sits at the terminal is asked for an MFA code.
    static func withAWS<Result: Sendable>(
        _ access: AWSAccess, region: String?, _ body: (AWSClient) async throws -> Result
    ) async throws -> Result {
        let options = AWSOptions(profile: access.profile, region: region, endpointURL: access.endpointURL)
        let log = Logger(label: "plumb.aws") { _ in SwiftLogNoOpLogHandler() }
        let ask: @Sendable (String) async throws -> Secret = { question in
            guard let line = Terminal.answer(to: question), !line.isEmpty else {
                throw PlumbError(.refused, "nothing was typed", hint: "the question was: \(question)")
            }
            return Secret(line)
        }
        let surroundings = Surroundings.machine(ask: Terminal.canAsk ? ask : nil)
        return try await AWSClient.with(options, surroundings: surroundings, log: log, body)
    }

    static func region(of name: String) throws(PlumbError) -> String? {
        let prefix = "aws://"
        guard name.hasPrefix(prefix) else {
            throw PlumbError(
                .invalidInput, "'\(name)' is no account", hint: "write aws://REGION, or aws:// for the usual region")
        }
        let region = name.dropFirst(prefix.count).prefix { $0 != "/" }
        guard name.dropFirst(prefix.count + region.count).allSatisfy({ $0 == "/" }) else {
            throw PlumbError(
                .invalidInput, "'\(name)' names more than a region",
                hint: "write aws://\(region), and --endpoint NAME for a single endpoint")
        }
        return region.isEmpty ? nil : String(region)
    }

    private static func inventory(
        of scope: AccountScope, in region: String?, _ options: AccountOptions
    ) async throws -> AccountInventory {
        let progress = Mutex(Progress())
        defer { progress.withLock { $0.clear() } }
        return try await withAWS(options.access, region: region) { client in
            let place = "aws://\(try client.region)"
            return try await client.survey(scope) { step in progress.withLock { $0.say("\(place): \(step)") } }
        }
    }

    /// Whoever names an endpoint means one that is there.
    private static func requireEndpoints(_ scope: AccountScope, of inventory: AccountInventory) throws(PlumbError) {
        let type = Endpoint.type
        guard !inventory.gaps.contains(where: { $0.type == type }) else { return }
        let found = Set(inventory.resources.filter { $0.type == type }.map(\.name))
        let missing = scope.endpoints.subtracting(found).sorted()
        if !missing.isEmpty {
            throw PlumbError(
                .notFound,
                "account \(inventory.account) has no endpoint \(missing.joined(separator: ", ")) in "
                    + inventory.region,
                hint: "aws sagemaker list-endpoints --region \(inventory.region) lists those that are there")
        }
        if found.isEmpty, !scope.tags.isEmpty {
            let tags = scope.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            throw PlumbError(
                .notFound,
                "account \(inventory.account) has no endpoint tagged \(tags.joined(separator: ", ")) in "
                    + inventory.region, hint: "a tag is written as it stands on the endpoint, case and all")
        }
    }

    /// The least IAM policy that a look at an account needs, a statement for each service.
    static func accountPolicy(_ options: AccountOptions) throws -> String {
        let scope = AccountScope(detectsDrift: options.detectDrift)
        let actions = Dictionary(grouping: AWSClient.surveyActions(of: scope)) { String($0.prefix { $0 != ":" }) }
        let statements = actions.sorted { $0.key < $1.key }.map { service, actions in
            let name = service.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            return PrintedPolicy.Statement(sid: "PlumbReads\(name)", actions: actions)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(PrintedPolicy(statements: statements)), as: UTF8.self)
    }
}

/// A policy as IAM takes it.
private struct PrintedPolicy: Encodable {
    struct Statement: Encodable {
        var sid: String
        var actions: [String]
        var effect = "Allow"
        // A look at what is there cannot name it beforehand; most of these actions know no resource either.
        var resource = "*"

        enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case actions = "Action"
            case effect = "Effect"
            case resource = "Resource"
        }
    }
    var version = "2012-10-17"
    var statements: [Statement]

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }
}
