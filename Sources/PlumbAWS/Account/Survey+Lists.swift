// One list asked for in several ways at once.

import PlumbModel

extension Survey {
    /// The items of all inputs, in their order; unseen as soon as one is.
    func items(
        _ service: AWSService, _ operation: String, each inputs: [AWSValue], in member: String,
        absentCodes: Set<String> = []
    ) async throws -> Seen<[AWSValue]> {
        let answers = try await withThrowingTaskGroup(of: (Int, Seen<[AWSValue]>).self) { group in
            for (index, input) in inputs.enumerated() {
                group.addTask {
                    (index, try await items(service, operation, input, in: member, absentCodes: absentCodes))
                }
            }
            var answers: [Int: Seen<[AWSValue]>] = [:]
            for try await (index, answer) in group { answers[index] = answer }
            return answers
        }
        var found: [AWSValue] = []
        for index in inputs.indices {
            switch answers[index] {
            case .seen(let items): found += items
            case .unseen(let why): return .unseen(why)
            case .absent, nil: break
            }
        }
        return .seen(found)
    }

    /// The same for a list that shows which resources of a type there are; a refusal is noted as a gap of the type.
    func listed(
        _ type: String, _ service: AWSService, _ operation: String, each inputs: [AWSValue], in member: String
    ) async throws -> [AWSValue] {
        let answer = try await items(service, operation, each: inputs, in: member)
        if case .unseen(let why) = answer {
            let action = IAMAction.name(service: service.id, operation: operation)
            notebook.note(AccountGap(type: type, action: action, reason: why))
        }
        return answer.value ?? []
    }
}
