// Whether one version of a policy allows anything that another does not: decided by trying every sort of request.
//
// Patterns of actions, resources and principals and the limits in conditions part all requests into finitely many sorts
// (`Glob.regions`, `ContextSpace`). One request of each sort is put to both versions. What is found is shown with its
// request; what there would be too much of, or what only a real request could tell, is undecided and never a no.

public import PlumbModel

extension AccessReview {
    /// What two versions of a policy differ in. Both are of the same kind.
    public static func comparison(of old: PolicyDocument, with new: PolicyDocument) -> AccessComparison {
        var gains = PolicyComparison(wide: new, narrow: old)
        var losses = PolicyComparison(wide: old, narrow: new)
        gains.run()
        losses.run()
        return AccessComparison(
            gained: gains.differences, lost: losses.differences, undecidedGains: gains.undecided,
            undecidedLosses: losses.undecided)
    }
}

/// What `wide` allows and `narrow` does not.
private struct PolicyComparison {
    let wide: PolicyDocument
    let narrow: PolicyDocument
    private(set) var differences: [AccessComparison.Difference] = []
    private(set) var undecided: [String] = []

    /// Sorts of resources and principals that are tried for one sort of action.
    private static let sortsMax = 20_000

    init(wide: PolicyDocument, narrow: PolicyDocument) {
        self.wide = wide
        self.narrow = narrow
    }

    mutating func run() {
        let statements = wide.statements + narrow.statements
        if statements.contains(where: {
            ($0.resources + $0.notResources).contains { $0.contains("${*}") || $0.contains("${?}") }
        }) {
            undecide("a resource has ${*} or ${?} in it")
        }
        guard let candidates = ActionCandidate.all(named: statements.flatMap { $0.actions + $0.notActions }) else {
            undecide("the patterns of actions are too many to be told apart")
            return
        }
        let sorts = Dictionary(grouping: candidates) { candidate in
            Sort(reached: statements.map { $0.reaches(candidate.name) }, isFuture: candidate.isFuture)
        }
        var found: [(example: PolicyRequest, statement: Int, actions: [String])] = []
        var future: [(pattern: String, statement: Int)] = []
        for (sort, actions) in sorts.sorted(by: { ($0.value[0].name) < ($1.value[0].name) }) {
            guard let difference = difference(of: actions[0].name, sort) else { continue }
            if sort.isFuture {
                let pattern = wide.statements[difference.statement].spelling(of: actions[0].name).first ?? "*"
                future.append((pattern, difference.statement))
            } else {
                found.append((difference.example, difference.statement, actions.map(\.name)))
            }
        }
        collect(found)
        for (pattern, statement) in future where !differences.contains(where: { $0.statement == statement }) {
            undecide("\(pattern) takes in actions that AWS may add, which are not named on the other side")
        }
    }

    /// Actions that the same statements reach are alike.
    private struct Sort: Hashable {
        let reached: [Bool]
        let isFuture: Bool
    }

    private mutating func undecide(_ why: String) {
        if !undecided.contains(why) { undecided.append(why) }
    }

    /// Differences of one statement that show by the same resource and context are told as one.
    private mutating func collect(_ found: [(example: PolicyRequest, statement: Int, actions: [String])]) {
        for (example, statement, actions) in found {
            let same = differences.firstIndex {
                $0.statement == statement && $0.example.resource == example.resource
                    && $0.example.context == example.context && $0.example.principal == example.principal
            }
            if let same {
                differences[same].actions = (differences[same].actions + actions).sorted()
                differences[same].example.action = differences[same].actions[0]
            } else {
                let place = wide.statements[statement].place
                differences.append(
                    .init(actions: actions.sorted(), example: example, statement: statement, place: place))
            }
        }
    }

    // MARK: One sort of action

    private mutating func difference(of action: String, _ sort: Sort) -> (example: PolicyRequest, statement: Int)? {
        let mine = wide.statements.indices.filter { sort.reached[$0] }
        let theirs = narrow.statements.indices.filter { sort.reached[wide.statements.count + $0] }
        guard mine.contains(where: { wide.statements[$0].effect == .allow }) else { return nil }
        let (ours, others) = (mine.map { wide.statements[$0] }, theirs.map { narrow.statements[$0] })
        let all = ours + others
        let patterns = Set(all.flatMap { $0.resources + $0.notResources }.map(PolicyStatement.normal)).sorted()
        guard let resources = Glob.regions(of: patterns) else {
            undecide("the patterns of resources for \(action) are too many to be told apart")
            return nil
        }
        let principals = Self.principals(of: all)
        guard resources.count * principals.count <= Self.sortsMax else {
            undecide("the resources and principals for \(action) are too many to be tried")
            return nil
        }
        let shown = patterns.isEmpty ? [""] : resources.map { $0.example.isEmpty ? "*" : $0.example }
        for resource in shown.sorted(by: Self.readsBetter) {
            for principal in principals {
                let request = PolicyRequest(action: action, resource: resource, principal: principal)
                if let context = context(of: request, ours, others) {
                    return answer(request, in: context, mine)
                }
            }
        }
        return nil
    }

    /// What looks like an ARN makes a better example than a string of letters.
    private static func readsBetter(_ one: String, _ other: String) -> Bool {
        (one.hasPrefix("arn:") ? 0 : 1, one.utf8.count, one) < (
            other.hasPrefix("arn:") ? 0 : 1, other.utf8.count, other
        )
    }

    /// A context in which only the wide policy allows the request.
    private mutating func context(
        of request: PolicyRequest, _ ours: [PolicyStatement], _ others: [PolicyStatement]
    ) -> [String: [String]]? {
        func reaching(_ statements: [PolicyStatement]) -> [PolicyStatement] {
            statements.filter { $0.speaksOf(resource: request.resource) && $0.names(request.principal) }
        }
        let (ours, others) = (reaching(ours), reaching(others))
        guard ours.contains(where: { $0.effect == .allow }),
            !ours.contains(where: { $0.effect == .deny && $0.conditions.isEmpty }),
            !others.contains(where: { $0.effect == .allow && $0.conditions.isEmpty })
                || others.contains(where: { $0.effect == .deny })
        else { return nil }
        let space = ContextSpace((ours + others).flatMap(\.conditions))
        let context = space.first { context in
            Self.allows(ours, context) && !Self.allows(others, context)
        }
        if context == nil, let why = space.cutOff { undecide("\(request.action): \(why)") }
        guard let context else { return nil }
        // One condition that is not understood may be met or not. How several of them go together is not known.
        let opaque = context.keys.filter { $0.contains(" ") }.sorted()
        if opaque.count > 1, let opaque = opaque.first {
            undecide("\(request.action): whether the condition “\(opaque)” is met is not known here")
            return nil
        }
        if let root = rootOfSamePrincipal(request, others) {
            undecide("\(request.action): \(root) may have let \(request.principal?.id ?? "it") in by its own policies")
            return nil
        }
        return context
    }

    private static func allows(_ statements: [PolicyStatement], _ context: [String: [String]]) -> Bool {
        let applying = statements.filter { $0.conditions.allSatisfy { $0.holds(in: context) } }
        return applying.contains { $0.effect == .allow } && !applying.contains { $0.effect == .deny }
    }

    /// The account of the principal, where the other side let in the account as a whole.
    private func rootOfSamePrincipal(_ request: PolicyRequest, _ others: [PolicyStatement]) -> String? {
        guard let principal = request.principal, !principal.isAccountRoot, let account = principal.account else {
            return nil
        }
        let roots = narrow.statements.filter { $0.effect == .allow && $0.reaches(request.action) }.flatMap(\.principals)
        return roots.first { $0.isAccountRoot && ($0.account == account || $0.id == account) }?.id
    }

    private func answer(
        _ request: PolicyRequest, in context: [String: [String]], _ mine: [Int]
    ) -> (example: PolicyRequest, statement: Int)? {
        var request = request
        request.context = context
        let statement = mine.first { wide.statements[$0].effect == .allow && wide.statements[$0].applies(to: request) }
        return statement.map { (request, $0) }
    }

    /// Everyone who is named, and somebody who is not; nil alone where the policy names nobody.
    private static func principals(of statements: [PolicyStatement]) -> [PolicyPrincipal?] {
        let named = Set(statements.flatMap { $0.principals + $0.notPrincipals })
        guard !named.isEmpty else { return [nil] }
        let known = named.filter { !$0.isAnyone && $0.id != "*" }.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
        let stranger = PolicyPrincipal("AWS", "arn:aws:iam::000000000000:role/somebody-else")
        return known + [stranger]
    }
}

/// An action that is put to both policies.
private struct ActionCandidate {
    let name: String
    /// It stands for actions of a listed service that are not in the list.
    let isFuture: Bool

    /// Every action of the listed services that some pattern reaches, and one of each sort that no list has.
    static func all(named patterns: [String]) -> [ActionCandidate]? {
        let patterns = Array(Set(patterns.map { $0.lowercased() })).sorted()
        var known: [String: ActionCandidate] = [:]
        for prefix in ServiceReference.tabledPrefixes {
            guard patterns.contains(where: { Glob.overlap($0, prefix + ":*") }),
                let service = ServiceReference.service(prefix)
            else { continue }
            for action in service.actions.values {
                let name = "\(prefix):\(action.name)"
                known[name.lowercased()] = ActionCandidate(name: name, isFuture: false)
            }
        }
        guard let regions = Glob.regions(of: patterns + ["?*:?*"]) else { return nil }
        let unlisted = regions.compactMap { region -> ActionCandidate? in
            guard region.matches.contains(patterns.count), known[region.example] == nil else { return nil }
            let prefix = String(region.example.prefix { $0 != ":" })
            return ActionCandidate(name: region.example, isFuture: ServiceReference.service(prefix) != nil)
        }
        return known.values.sorted { $0.name < $1.name } + unlisted
    }
}
