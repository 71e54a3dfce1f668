// The project's double of AWS with endpoints in it, and a way to look at what is asked of it.

import Foundation
import Logging
import PlumbModel
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbAWS

extension AWSDouble {
    /// Three endpoints with all that belongs to them.
    static let populated = Result { try filled(endpoints: 3) }
    /// Nothing but what the test puts into it.
    static let empty = Result { try AWSDouble("--creating", "0") }

    private static func filled(endpoints: Int) throws -> AWSDouble {
        let double = try AWSDouble("--creating", "0")
        let filling = Process()
        filling.executableURL = URL(filePath: try #require(AWSTools.python))
        filling.arguments = [
            AWSTools.root.appending(path: "Tests/Doubles/population.py").path, double.address, "--endpoints",
            "\(endpoints)",
        ]
        filling.standardOutput = FileHandle.nullDevice
        try filling.run()
        filling.waitUntilExit()
        try #require(filling.terminationStatus == 0, "the double could not be filled")
        return double
    }

    /// A client of the double, and all that it sends.
    func withClient<Outcome: Sendable>(
        _ watch: WatchedCalls = WatchedCalls(), _ body: (AWSClient) async throws -> Outcome
    ) async throws -> Outcome {
        var surroundings = Surroundings.machine()
        surroundings.environment = testKeys.merging([
            "AWS_ENDPOINT_URL": address, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-central-1",
            "AWS_MAX_ATTEMPTS": "1",
        ]) { $1 }
        surroundings.home = "/nonexistent"
        let settings = try AWSSettings(options: AWSOptions(), surroundings: surroundings)
        let transport = try HTTPTransport(settings: settings)
        let client = AWSClient(
            settings: settings, transport: WatchedTransport(inner: transport, watch: watch), log: .silent)
        do {
            let outcome = try await body(client)
            try await transport.shutDown()
            return outcome
        } catch {
            try await transport.shutDown()
            throw error
        }
    }
}

/// What was asked, and what is to be refused.
final class WatchedCalls: Sendable {
    struct Call: Sendable, Hashable {
        /// `sagemaker:DescribeEndpoint`, as IAM names it.
        let action: String
        /// All that makes it another question.
        let content: String
    }
    private let log = Mutex<[Call]>([])
    /// Actions that AWS denies.
    let denied: Set<String>
    /// Answers in AWS's place, by action.
    let answers: [String: String]

    init(denying denied: Set<String> = [], answering answers: [String: String] = [:]) {
        self.denied = denied
        self.answers = answers
    }

    var calls: [Call] { log.withLock { $0 } }
    var actions: Set<String> { Set(calls.map(\.action)) }
    func count(of action: String) -> Int { calls.count { $0.action == action } }
    fileprivate func note(_ call: Call) { log.withLock { $0.append(call) } }
}

private struct WatchedTransport: Transport {
    let inner: any Transport
    let watch: WatchedCalls

    func send(_ request: HTTPRequest, by route: Route) async throws -> HTTPAnswer {
        let body = String(decoding: request.body, as: UTF8.self)
        let action = Self.action(of: request, body)
        watch.note(WatchedCalls.Call(action: action, content: "\(request.method) \(request.url) \(body)"))
        if watch.denied.contains(action) {
            let told = #"{"__type": "AccessDeniedException", "message": "User is not authorized"}"#
            return HTTPAnswer(status: 400, headers: [:], body: Data(told.utf8))
        }
        if let answer = watch.answers[action] {
            return HTTPAnswer(status: 200, headers: [:], body: Data(answer.utf8))
        }
        return try await inner.send(request, by: route)
    }

    private static func action(of request: HTTPRequest, _ body: String) -> String {
        func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }
        let scope = header("authorization")?.split(separator: "/") ?? []
        let signed = scope.count > 3 ? String(scope[3]) : ""
        let services = AWSService.all.filter { $0.signingName == signed }
        if let target = header("x-amz-target")?.split(separator: ".").last {
            let service = services.first { if case .json = $0.wire { true } else { false } }
            return IAMAction.name(service: service?.id ?? signed, operation: String(target))
        }
        if let range = body.firstRange(of: "Action=") {
            let operation = body[range.upperBound...].prefix { $0 != "&" }
            return IAMAction.name(service: services.first?.id ?? signed, operation: String(operation))
        }
        for service in services {
            for (operation, binding) in RESTBinding.of(service).sorted(by: { $0.key < $1.key })
            where binding.method == request.method && isPath(request, of: binding.path) {
                return IAMAction.name(service: service.id, operation: operation)
            }
        }
        return "\(signed):\(request.method) \(request.path)"
    }

    /// Whether a path is one of a binding's, part for part, with what the binding writes behind its question mark.
    private static func isPath(_ request: HTTPRequest, of pattern: String) -> Bool {
        let halves = pattern.split(separator: "?").map(String.init)
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
        let pattern = (halves.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
        let isAsked = halves.dropFirst().allSatisfy { half in
            request.query.contains { $0.name == half.prefix { $0 != "=" } }
        }
        return isAsked && parts.count == pattern.count
            && zip(parts, pattern).allSatisfy { $1.hasPrefix("{") || $0 == $1 }
    }
}
