// Brings one call to AWS and its answer back, as often as it takes and is allowed.

import Foundation
import Logging
import PlumbModel
import Synchronization

/// Writes, signs, sends, reads, and tries again.
final class Courier: Sendable {
    private struct State {
        var lanes: [Lane.Key: Lane] = [:]
        /// How far this machine's clock is behind AWS's.
        var clockOffset = 0.0
        /// Buckets that turned out to live in another region.
        var bucketRegions: [String: String] = [:]
    }
    let settings: AWSSettings
    let transport: any Transport
    private let log: Logger
    private let state = Mutex(State())
    /// AWS accepts a signature that is off by five minutes: below this the clock is not to blame.
    static let skewSecondsMin = 240.0
    static let bucketRegionsMax = 100_000

    init(settings: AWSSettings, transport: any Transport, log: Logger) {
        self.settings = settings
        self.transport = transport
        self.log = log
    }

    private var surroundings: Surroundings { settings.surroundings }

    /// Where this machine's clock and AWS's have been compared, it is AWS's time.
    var now: Date { surroundings.now().addingTimeInterval(state.withLock { $0.clockOffset }) }

    func lane(_ service: AWSService, region: String) -> Lane {
        state.withLock { state in
            let key = Lane.Key(service: service, region: region)
            if let lane = state.lanes[key] { return lane }
            let lane = Lane(
                concurrencyMax: settings.options.concurrencyMax, callsPerSecond: service.callsPerSecond)
            state.lanes[key] = lane
            return lane
        }
    }

    /// Brings a call; without credentials it goes unsigned.
    func deliver(_ call: Wire, region: String, credentials: (any CredentialSource)?) async throws -> AWSValue {
        var endpoint = try Endpoint.resolve(call.service, region: region, settings: settings)
        if call.service == .s3, !endpoint.isCustom, let bucket = call.input["Bucket"].text,
            let home = state.withLock({ $0.bucketRegions[bucket] })
        {
            endpoint = try Endpoint.resolve(call.service, region: home, settings: settings)
        }
        let lane = lane(call.service, region: endpoint.region)
        return try await lane.gate.withPlace {
            try await deliver(call, to: endpoint, in: lane, credentials: credentials)
        }
    }

    private func deliver(
        _ call: Wire, to first: Endpoint, in lane: Lane, credentials: (any CredentialSource)?
    ) async throws -> AWSValue {
        var endpoint = first
        var machine = RetryMachine(attemptsMax: settings.attemptsMax)
        while true {
            try refuseOutage(of: call, in: endpoint, lane, isFirst: machine.attempts == 1)
            let wait = lane.take(at: surroundings.now().timeIntervalSince1970)
            if wait > 0 { try await surroundings.sleep(wait) }
            let signer = try await credentials?.current()
            let failure: CallFailure
            let error: PlumbError
            do {
                let answer = try await send(call, to: endpoint, signer: signer, attempt: machine.attempts)
                if (200..<300).contains(answer.status) {
                    lane.refund(machine.cost)
                    return try read(answer, of: call, in: lane)
                }
                let secrets = [signer?.secretAccessKey, signer?.sessionToken].compactMap { $0 }
                let said = AWSError(answer, call: call, region: endpoint.region, hiding: secrets)
                if let home = movedRegion(answer, call: call, from: endpoint) {
                    endpoint = try Endpoint.resolve(call.service, region: home, settings: settings)
                    failure = .mended
                } else {
                    failure = try await judge(said, answer, signer: signer, credentials: credentials)
                }
                error = said.told(credentials: signer, attempts: machine.attempts)
            } catch let fault as TransportFault {
                failure = fault.isTimeout ? .timedOut : .unreachable
                error = unreachable(call, endpoint, fault, attempts: machine.attempts)
            }
            if case .throttled = failure { lane.throttled(at: surroundings.now().timeIntervalSince1970) }
            guard let pause = lane.pause(of: &machine, after: failure, luck: surroundings.luck()) else {
                note(failure, in: lane)
                throw error
            }
            if pause > 0 { try await surroundings.sleep(pause) }
        }
    }

    private func send(
        _ call: Wire, to endpoint: Endpoint, signer: AWSCredentials?, attempt: Int
    ) async throws -> HTTPAnswer {
        var request = try call.request(to: endpoint)
        request.headers.append(("User-Agent", "plumbline"))
        if let signer {
            let name = call.service.signingName
            request = SigV4(credentials: signer, region: endpoint.region, service: name, date: now).signed(request)
        }
        let answer = try await transport.send(request, by: .aws)
        // Neither headers nor bodies: both hold secrets.
        log.debug(
            "AWS call",
            metadata: [
                "service": "\(call.service.id)", "operation": "\(call.operation)", "region": "\(endpoint.region)",
                "status": "\(answer.status)", "attempt": "\(attempt)", "bytes": "\(answer.body.count)",
            ])
        return answer
    }

    private func read(_ answer: HTTPAnswer, of call: Wire, in lane: Lane) throws(PlumbError) -> AWSValue {
        do {
            let output = try call.output(of: answer)
            lane.answered()
            return output
        } catch {
            lane.failed(at: surroundings.now().timeIntervalSince1970)
            throw PlumbError(
                .internalFault, "the answer to \(call.service.id) \(call.operation) cannot be read",
                hint: "HTTPS_PROXY, NO_PROXY and AWS_ENDPOINT_URL say who answers in AWS's place",
                cause: UnreadableAnswer(description: error.message))
        }
    }

    /// Whether the service counts as out for the next calls.
    private func note(_ failure: CallFailure, in lane: Lane) {
        switch failure {
        case .throttled, .transient, .timedOut, .unreachable:
            lane.failed(at: surroundings.now().timeIntervalSince1970)
        case .mended, .final: lane.answered()
        }
    }

    private func refuseOutage(
        of call: Wire, in endpoint: Endpoint, _ lane: Lane, isFirst: Bool
    ) throws(PlumbError) {
        guard isFirst, !lane.mayAsk(at: surroundings.now().timeIntervalSince1970) else { return }
        throw PlumbError(
            .timedOut,
            "\(call.service.id) \(call.operation) in \(endpoint.region) was not asked: the "
                + "\(OutageMachine.failuresMax) calls before it came to nothing",
            hint: "AWS_ENDPOINT_URL, HTTPS_PROXY and NO_PROXY say how AWS is reached",
            cause: TransportFault(isTimeout: false, description: "\(call.service.id) does not answer"))
    }

    private func judge(
        _ said: AWSError, _ answer: HTTPAnswer, signer: AWSCredentials?, credentials: (any CredentialSource)?
    ) async throws -> CallFailure {
        if said.isAboutTime, corrected(by: answer) { return .mended }
        if said.isExpiry, let signer, let credentials, await credentials.reject(signer) { return .mended }
        if said.isThrottling { return .throttled(afterSeconds: Self.wantedPause(answer)) }
        if said.isTransient { return .transient(afterSeconds: Self.wantedPause(answer)) }
        return .final
    }

    private static func wantedPause(_ answer: HTTPAnswer) -> Double? {
        if let milliseconds = answer.headers["x-amz-retry-after"].flatMap(Double.init) {
            return max(0, milliseconds / 1000)
        }
        return answer.headers["retry-after"].flatMap(Double.init).map { max(0, $0) }
    }

    /// Takes over AWS's time if ours is far from it; true when that changes what is signed.
    private func corrected(by answer: HTTPAnswer) -> Bool {
        guard let text = answer.headers["date"], let theirs = HTTPDate.read(text) else { return false }
        let offset = theirs.timeIntervalSince(surroundings.now())
        return state.withLock { state in
            guard abs(offset - state.clockOffset) > Self.skewSecondsMin else { return false }
            state.clockOffset = offset
            return true
        }
    }

    /// The region where a bucket lives, when it is not the one that was asked.
    private func movedRegion(_ answer: HTTPAnswer, call: Wire, from endpoint: Endpoint) -> String? {
        guard call.service == .s3, !endpoint.isCustom, let bucket = call.input["Bucket"].text,
            [301, 307, 400, 403].contains(answer.status), let home = answer.headers["x-amz-bucket-region"],
            home != endpoint.region
        else { return nil }
        do {
            try Endpoint.checkRegion(home)
        } catch {
            return nil  // The answer's own error is told instead.
        }
        state.withLock { state in
            if state.bucketRegions.count < Self.bucketRegionsMax { state.bucketRegions[bucket] = home }
        }
        return home
    }

    private func unreachable(
        _ call: Wire, _ endpoint: Endpoint, _ fault: TransportFault, attempts: Int
    ) -> PlumbError {
        let name = "\(call.service.id) \(call.operation) in \(endpoint.region)"
        let tries = attempts > 1 ? " after \(attempts) attempts" : ""
        return PlumbError(
            .timedOut, "\(name) got no answer\(tries)",
            hint: "HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE and AWS_ENDPOINT_URL say how AWS is reached", cause: fault)
    }
}
