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
            guard let said = error.cause as? AWSError else { throw error }
            if absentCodes.contains(said.code) { return .absent }
            let action = IAMAction.name(service: question.service.id, operation: question.operation)
            if said.isDenial {
                notebook.note(AccountGap(type: nil, action: action, reason: "\(action) is denied"))
                return .unseen("\(action) is denied")
            }
            // Credentials that are no good fail every other call as well.
            if said.kind == .refused { throw error }
            return .unseen("\(action) failed: \(said.code): \(said.message)")
        }
    }
}
