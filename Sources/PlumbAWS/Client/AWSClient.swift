// AWS, asked: a service, an operation, an input, and the answer.

import Foundation
public import Logging
public import PlumbModel

/// The one who talks to AWS.
///
/// Throws `PlumbError`, whose cause is an `AWSError` where AWS itself has answered, and `CancellationError`.
public struct AWSClient: Sendable {
    private let settings: AWSSettings
    private let courier: Courier
    private let credentials: CredentialKeeper

    init(settings: AWSSettings, transport: any Transport, log: Logger) {
        self.settings = settings
        courier = Courier(settings: settings, transport: transport, log: log)
        // Calls wait for credentials inside their lane: those that fetch the credentials must have lanes of their own.
        let chain = CredentialChain(
            settings: settings, courier: Courier(settings: settings, transport: transport, log: log))
        credentials = CredentialKeeper(now: { [courier] in courier.now }, resolve: { try await chain.resolve() })
    }

    /// Opens connections; whoever has them calls `close` before letting go.
    public static func open(
        _ options: AWSOptions = AWSOptions(), surroundings: Surroundings = .machine(), log: Logger
    ) throws(PlumbError) -> (client: AWSClient, close: @Sendable () async throws -> Void) {
        let settings = try AWSSettings(options: options, surroundings: surroundings)
        let transport = try HTTPTransport(settings: settings)
        return (AWSClient(settings: settings, transport: transport, log: log), transport.shutDown)
    }

    /// Opens connections for the length of `body`.
    public static func with<Result: Sendable>(
        _ options: AWSOptions = AWSOptions(), surroundings: Surroundings = .machine(), log: Logger,
        _ body: (AWSClient) async throws -> Result
    ) async throws -> Result {
        let (client, close) = try open(options, surroundings: surroundings, log: log)
        do {
            let result = try await body(client)
            try await close()
            return result
        } catch {
            try await close()
            throw error
        }
    }

    /// The region of calls that name none. Throws when nobody has said one.
    public var region: String {
        get throws(PlumbError) { try settings.knownRegion() }
    }

    /// AWS's time, as far as it is known here.
    var now: Date { courier.now }

    /// Waits, for something at AWS that takes its time.
    func pause(seconds: Double) async throws { try await settings.surroundings.sleep(seconds) }

    /// Who is calling, and from where that is known; nothing secret.
    public func caller() async throws -> (arn: String, account: String, source: String) {
        let source = try await credentials.current().source
        let identity = try await call(.sts, "GetCallerIdentity")
        return (identity["Arn"].text ?? "", identity["Account"].text ?? "", source)
    }

    /// One call, in the client's region if none is named. A service that is global in its partition is asked where it
    /// lives.
    public func call(
        _ service: AWSService, _ operation: String, _ input: AWSValue = [:], region: String? = nil
    ) async throws -> AWSValue {
        let region = try region ?? settings.knownRegion()
        try Endpoint.checkRegion(region)
        let call = Wire(service: service, operation: operation, input: input)
        return try await courier.deliver(call, region: region, credentials: credentials)
    }

    /// The answers of a call page by page; the next one is fetched when it is asked for.
    public func pages(
        _ service: AWSService, _ operation: String, _ input: AWSValue = [:], region: String? = nil
    ) -> AWSPages {
        AWSPages(client: self, service: service, operation: operation, input: input, region: region)
    }

    /// All elements of the list `member` of all pages.
    public func items(
        _ service: AWSService, _ operation: String, _ input: AWSValue = [:], in member: String, region: String? = nil
    ) async throws -> [AWSValue] {
        var items: [AWSValue] = []
        for try await page in pages(service, operation, input, region: region) { items += page[path: member].items }
        return items
    }

    /// An address that anybody may ask for `seconds`; good for S3 objects.
    public func presigned(
        _ service: AWSService, _ operation: String, _ input: AWSValue, region: String? = nil, seconds: Int
    ) async throws -> Secret {
        let region = try region ?? settings.knownRegion()
        let endpoint = try Endpoint.resolve(service, region: region, settings: settings)
        let request = try Wire(service: service, operation: operation, input: input).request(to: endpoint)
        let signer = SigV4(
            credentials: try await credentials.current(), region: endpoint.region, service: service.signingName,
            date: courier.now)
        return signer.presigned(request, seconds: seconds)
    }
}
