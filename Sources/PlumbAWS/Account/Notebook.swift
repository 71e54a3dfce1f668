// What a survey has found so far, and what it must still look at.

import PlumbModel
import Synchronization

/// One call as it is remembered.
struct Question: Sendable, Hashable {
    let service: AWSService
    let operation: String
    let input: AWSValue
    let region: String
}

/// The notes of one survey, written by many calls at once.
final class Notebook: Sendable {
    private enum Answer {
        case underWay([CheckedContinuation<Seen<AWSValue>, any Error>])
        case told(Seen<AWSValue>)
    }
    private struct Pages {
        var answers: [Question: Answer] = [:]
        var resources: [AccountResource] = []
        var indexByID: [String: Int] = [:]
        /// Everything that a noted resource answers to.
        var names: Set<Wanted> = []
        /// Resources that are noted as soon as one of what they mention is.
        var candidates: [AccountResource?] = []
        var candidatesByMention: [Wanted: [Int]] = [:]
        var candidatesByName: [Wanted: Int] = [:]
        /// What is wanted as soon as a candidate is noted, by its id.
        var followUps: [String: [Wanted]] = [:]
        var evidence: [Evidence] = []
        var gaps: [AccountGap] = []
        var tags: [String: [String: String]]?
        var wanted: [Wanted] = []
        var known: Set<Wanted> = []

        mutating func note(_ resource: AccountResource) {
            var row = [resource]
            while let next = row.popLast() {
                if let index = indexByID[next.id] {
                    resources[index] = next
                } else {
                    indexByID[next.id] = resources.count
                    resources.append(next)
                }
                for name in next.answersTo where names.insert(name).inserted {
                    for index in candidatesByMention.removeValue(forKey: name) ?? [] {
                        if let candidate = candidates[index] { row.append(candidate) }
                        candidates[index] = nil
                    }
                }
                for wanted in Wanted.found(in: next.properties) { want(wanted) }
                for wanted in followUps.removeValue(forKey: next.id) ?? [] { want(wanted) }
            }
        }

        mutating func want(_ thing: Wanted) {
            guard !names.contains(thing), known.insert(thing).inserted else { return }
            if let index = candidatesByName[thing], let candidate = candidates[index] {
                candidates[index] = nil
                note(candidate)
            } else {
                wanted.append(thing)
            }
        }
    }
    private let pages = Mutex(Pages())

    // MARK: - Questions

    /// The answer to a question: the one that is remembered, else the one that is under way, else a new one. An error
    /// ends the survey, so whoever else waits for the answer is told no more than that.
    func once(_ question: Question, _ ask: () async throws -> Seen<AWSValue>) async throws -> Seen<AWSValue> {
        enum Turn {
            case told(Seen<AWSValue>), wait, ask
        }
        let turn = pages.withLock { pages -> Turn in
            switch pages.answers[question] {
            case .told(let answer): return .told(answer)
            case .underWay: return .wait
            case nil:
                pages.answers[question] = .underWay([])
                return .ask
            }
        }
        switch turn {
        case .told(let answer): return answer
        case .wait: return try await withCheckedThrowingContinuation { wait(for: question, with: $0) }
        case .ask:
            do {
                let answer = try await ask()
                for ticket in settle(question, .told(answer)) { ticket.resume(returning: answer) }
                return answer
            } catch {
                for ticket in settle(question, nil) { ticket.resume(throwing: CancellationError()) }
                throw error
            }
        }
    }

    private func wait(for question: Question, with ticket: CheckedContinuation<Seen<AWSValue>, any Error>) {
        let outcome = pages.withLock { pages -> Result<Seen<AWSValue>, any Error>? in
            switch pages.answers[question] {
            case .told(let answer): return .success(answer)
            case .underWay(let tickets):
                pages.answers[question] = .underWay(tickets + [ticket])
                return nil
            case nil: return .failure(CancellationError())
            }
        }
        if let outcome { ticket.resume(with: outcome) }
    }

    private func settle(
        _ question: Question, _ answer: Answer?
    ) -> [CheckedContinuation<Seen<AWSValue>, any Error>] {
        pages.withLock { pages in
            defer { pages.answers[question] = answer }
            if case .underWay(let tickets) = pages.answers[question] { return tickets }
            return []
        }
    }

    // MARK: - Findings

    /// Keeps a resource; one with its id is replaced. What it points to is wanted, and what mentions it is kept too.
    func note(_ resource: AccountResource) {
        pages.withLock { $0.note(resource) }
    }

    /// Changes a resource that is noted; others may change other parts of it at the same time. What it points to now is
    /// wanted as well.
    func amend(_ id: String, _ change: (inout AccountResource) -> Void) {
        pages.withLock { pages in
            guard let index = pages.indexByID[id] else { return }
            var resource = pages.resources[index]
            change(&resource)
            pages.note(resource)
        }
    }

    /// Keeps a resource as soon as one of the things that it mentions is noted or wanted: an alarm for the sake of its
    /// endpoint. Only then are its `followUps` wanted: what costs calls to learn more of it.
    func consider(_ resource: AccountResource, mentioning: [Wanted], followUps: [Wanted] = []) {
        pages.withLock { pages in
            if !followUps.isEmpty { pages.followUps[resource.id] = followUps }
            let isMeant = !pages.known.isDisjoint(with: resource.answersTo)
            if isMeant || !pages.names.isDisjoint(with: mentioning) { return pages.note(resource) }
            let index = pages.candidates.count
            pages.candidates.append(resource)
            for name in mentioning { pages.candidatesByMention[name, default: []].append(index) }
            for name in resource.answersTo { pages.candidatesByName[name] = index }
        }
    }

    /// Asks for a look at something, unless it was asked for before or is known.
    func want(_ wanted: Wanted) {
        pages.withLock { $0.want(wanted) }
    }

    func note(_ evidence: Evidence) { pages.withLock { $0.evidence.append(evidence) } }

    func note(_ gap: AccountGap) {
        pages.withLock { if !$0.gaps.contains(gap) { $0.gaps.append(gap) } }
    }

    /// What is wanted and was not looked at yet, by type; the row is empty afterwards.
    func takeWanted() -> [String: [String]] {
        pages.withLock { pages in
            defer { pages.wanted = [] }
            let open = pages.wanted.filter { !pages.names.contains($0) }
            return Dictionary(grouping: open, by: \.type).mapValues { $0.map(\.identifier) }
        }
    }

    /// The tags of all that has some, by ARN; nil until they are read.
    var tags: [String: [String: String]]? {
        get { pages.withLock { $0.tags } }
        set { pages.withLock { $0.tags = newValue } }
    }

    var resources: [AccountResource] { pages.withLock { $0.resources } }
    var evidence: [Evidence] { pages.withLock { $0.evidence } }
    var gaps: [AccountGap] { pages.withLock { $0.gaps } }
}
