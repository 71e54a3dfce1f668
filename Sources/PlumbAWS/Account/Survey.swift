// One look at an account: every call made once, what was refused noted, what others point to looked at next.

import Foundation
import PlumbModel

/// What a question to AWS has brought.
enum Seen<Value: Sendable>: Sendable {
    case seen(Value)
    /// AWS says that there is none.
    case absent
    /// It was not told; the text is a clause that names the permission or the trouble.
    case unseen(String)

    var value: Value? {
        if case .seen(let value) = self { value } else { nil }
    }

    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Seen<Other> {
        switch self {
        case .seen(let value): .seen(transform(value))
        case .absent: .absent
        case .unseen(let why): .unseen(why)
        }
    }
}

/// A look at one region of one account.
///
/// A concern (`Survey+Serving.swift`, `Survey+Buckets.swift`, …) is an extension with functions that ask and note. Each
/// call that it makes stands in its `…Reads` list, from which the least policy is printed.
struct Survey: Sendable {
    let client: AWSClient
    /// Twelve digits.
    let account: String
    let region: String
    let scope: AccountScope
    let notebook: Notebook

    /// AWS's time, in seconds since 1970-01-01 UTC.
    var now: Double { client.now.timeIntervalSince1970 }
    var today: Day { Day(secondsSinceEpoch: now) }
    /// `aws`, `aws-cn`, …: what ARNs of this account begin with.
    var partition: String { Partition.of(region: region).id }

    /// One answer; the same question is never asked twice. `absentCodes` are the errors by which AWS says that there is
    /// none.
    func answer(
        _ service: AWSService, _ operation: String, _ input: AWSValue = [:], region: String? = nil,
        absentCodes: Set<String> = []
    ) async throws -> Seen<AWSValue> {
        let question = Question(service: service, operation: operation, input: input, region: region ?? self.region)
        return try await notebook.once(question) {
            try await seen(question, absentCodes) {
                try await client.call(service, operation, input, region: question.region)
            }
        }
    }

    /// An answer to a question that may have another one a moment later.
    func fresh(_ service: AWSService, _ operation: String, _ input: AWSValue) async throws -> Seen<AWSValue> {
        let question = Question(service: service, operation: operation, input: input, region: region)
        return try await seen(question, []) { try await client.call(service, operation, input, region: region) }
    }

    /// All items of all pages.
    func items(
        _ service: AWSService, _ operation: String, _ input: AWSValue = [:], in member: String, region: String? = nil,
        absentCodes: Set<String> = []
    ) async throws -> Seen<[AWSValue]> {
        let question = Question(service: service, operation: operation, input: input, region: region ?? self.region)
        let pages = try await notebook.once(question) {
            try await seen(question, absentCodes) {
                .list(
                    try await client.items(service, operation, input, in: member, region: question.region))
            }
        }
        return pages.map(\.items)
    }

    /// The items of a list that shows which resources of a type there are; a refusal is noted as a gap of the type.
    func listed(
        _ type: String, _ service: AWSService, _ operation: String, _ input: AWSValue = [:], in member: String,
        region: String? = nil
    ) async throws -> [AWSValue] {
        switch try await items(service, operation, input, in: member, region: region) {
        case .seen(let items): return items
        case .absent: return []
        case .unseen(let why):
            notebook.note(
                AccountGap(type: type, action: IAMAction.name(service: service.id, operation: operation), reason: why))
            return []
        }
    }

    private func seen(
        _ question: Question, _ absentCodes: Set<String>, _ ask: () async throws -> AWSValue
    ) async throws -> Seen<AWSValue> {
        do {
            return .seen(try await ask())
        } catch let error as PlumbError {
            let action = IAMAction.name(service: question.service.id, operation: question.operation)
            let why: String
            if let said = error.cause as? AWSError {
                if absentCodes.contains(said.code) { return .absent }
                if said.isDenial {
                    why = "\(action) is denied"
                } else if said.isThrottling || said.isTransient {
                    why = "\(action) failed: \(question.service.id) answers only \(said.code) (status \(said.status))"
                } else if said.kind == .refused {
                    try await requireCredentials(after: question.service, error)
                    why = "\(action) failed: \(question.service.id) answers \(said.code) to good credentials"
                } else {
                    return .unseen("\(action) failed: \(said.code): \(said.message)")
                }
            } else if error.cause is TransportFault {
                why = "\(action) failed: \(question.service.id) does not answer"
            } else if error.cause is UnreadableAnswer {
                why = "\(action) failed: what answers for \(question.service.id) is not AWS"
            } else {
                throw error
            }
            notebook.note(AccountGap(type: nil, action: action, reason: why))
            return .unseen(why)
        }
    }

    /// Throws where the credentials are no good for anything any more. Asked once for each service that refuses them.
    private func requireCredentials(after service: AWSService, _ refusal: PlumbError) async throws {
        let question = Question(
            service: .sts, operation: "GetCallerIdentity", input: ["For": .text(service.id)], region: region)
        _ = try await notebook.once(question) {
            do {
                return .seen(.text(try await client.caller().account))
            } catch let error as PlumbError where (error.cause as? AWSError)?.kind == .refused {
                throw refusal
            } catch let error as PlumbError {
                return .unseen(error.message)
            }
        }
    }
}
