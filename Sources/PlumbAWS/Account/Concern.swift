// What a survey is made of: one concern a file, each with the calls that it makes.

public import PlumbModel

/// One call that a concern makes; the least policy is printed from all of them.
struct Read: Sendable, Hashable {
    let service: AWSService
    let operation: String

    init(_ service: AWSService, _ operation: String) {
        self.service = service
        self.operation = operation
    }
}

/// A part of a survey: which resources there are, what those look like that others point to, what was measured.
struct Concern: Sendable {
    let name: String
    /// Every call of the functions below, and no other.
    let reads: [Read]
    /// Lists what there is in the region, and notes it, considers it, or wants it.
    var list: @Sendable (Survey) async throws -> Void = { _ in }
    /// The CloudFormation types that `look` knows.
    var types: Set<String> = []
    /// Looks at things of one type that were wanted, by name, id or ARN. What does not exist is left out.
    var look: @Sendable (_ survey: Survey, _ type: String, _ identifiers: [String]) async throws -> Void = { _, _, _ in
    }
    /// Completes what was found, as soon as nothing more is wanted; afterwards there may be more to look at.
    var settle: @Sendable (Survey, [AccountResource]) async throws -> Void = { _, _ in }
    /// Measures what the resources that were found have done; called once, last.
    var measure: @Sendable (Survey, [AccountResource]) async throws -> Void = { _, _ in }

    static let all: [Concern] = [
        tags, serving, monitors, scaling, alarms, metrics, topics, rules, schedules, functions, logGroups, canaries,
        buckets, keys, tables, repositories, backup, roles, analyzers, trails, network, fronts, distributions, paying,
        stacks, recording,
    ]
}

extension Survey {
    /// Rounds of looking at what the round before has pointed to; the longest chain in practice is six long.
    private static let roundsMax = 20

    /// Goes through the concerns: lists, looks as long as something new is wanted, then measures.
    func run(_ concerns: [Concern] = Concern.all, progress: @Sendable (String) -> Void = { _ in }) async throws {
        progress("listing")
        try await inParallel(concerns) { try await $0.list(self) }
        var isSettled = false
        for _ in 0..<Self.roundsMax {
            let wanted = notebook.takeWanted()
            if wanted.isEmpty {
                if isSettled { break }
                let found = notebook.resources
                try await inParallel(concerns) { try await $0.settle(self, found) }
                isSettled = true
                continue
            }
            isSettled = false
            progress("looking at \(wanted.values.reduce(0) { $0 + $1.count }) more resources")
            try await inParallel(Array(wanted)) { type, identifiers in
                guard let concern = concerns.first(where: { $0.types.contains(type) }) else { return }
                try await concern.look(self, type, identifiers)
            }
        }
        progress("reading measurements")
        let resources = notebook.resources
        try await inParallel(concerns) { try await $0.measure(self, resources) }
    }

    /// Does the same for each item, all at once: the client itself limits how many calls are under way.
    func inParallel<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for item in items { group.addTask { try await body(item) } }
            try await group.waitForAll()
        }
    }
}

extension AWSClient {
    /// Looks at a region of the caller's account.
    ///
    /// Throws `PlumbError` when the credentials are no good or AWS cannot be reached; what single calls refuse is a gap
    /// of the inventory.
    public func survey(
        _ scope: AccountScope = AccountScope(), region: String? = nil,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> AccountInventory {
        let region = try region ?? self.region
        let notebook = Notebook()
        let account = try await caller().account
        let survey = Survey(client: self, account: account, region: region, scope: scope, notebook: notebook)
        var inventory = AccountInventory(account: account, region: region)
        try await survey.run(progress: progress)
        inventory.resources = notebook.resources
        inventory.evidence = notebook.evidence
        inventory.gaps = notebook.gaps
        return inventory
    }

    /// The actions that a survey needs, as IAM names them, in order.
    public static func surveyActions(of scope: AccountScope = AccountScope()) -> [String] {
        let reads =
            Concern.all.flatMap(\.reads) + [Read(.sts, "GetCallerIdentity")]
            + (scope.detectsDrift ? Concern.driftReads : [])
        return Set(reads.map { IAMAction.name(service: $0.service.id, operation: $0.operation) }).sorted()
    }
}
