// A spec's declarations as facts, each with its place: the same for the compiled architecture and the running engine.

extension Declaration {
    /// Everything the spec says of its endpoint; what it does not say is absent.
    public init(_ spec: Spec) {
        self.init(endpointName: spec.name, at: spec.place(of: "name"))
        func fact<Value>(_ value: Value?, _ key: String) -> Fact<Value> {
            value.map { .known($0, at: spec.place(of: key)) } ?? .absent(at: spec.place(of: key))
        }
        team = fact(spec.team, "team")
        owner = fact(spec.owner, "owner")
        workload = fact(spec.workload, "workload")
        isCritical = fact(spec.isCritical, "critical")
        modelSize = fact(spec.model.size, "model.size")
        modelDigest = fact(spec.model.digest, "model.digest")
        peakRequestsPerSecond = fact(spec.peakRequestsPerSecond, "peakRequestsPerSecond")
        workingHours = fact(spec.workingHours, "workingHours")
        monthlyBudgetUSD = fact(spec.budget.monthlyUSD, "budget.monthlyUSD")
        stopsAtBudget = fact(spec.budget.stopsAtLimit, "budget.stopAtLimit")
        cache = fact(spec.cache, "cache")
        optimization = fact(spec.optimization, "optimization")
        benchmark = fact(spec.benchmark, "benchmark")
        provenance = fact(spec.provenance, "provenance")
        recovery = fact(spec.recovery, "recovery")
        rollbackDrill = fact(spec.rollbackDrill, "rollbackDrill")
        personalData = fact(spec.personalData, "personalData")
        regimes = fact(spec.regimes, "regimes")
        costReview = fact(spec.costReview, "costReview")
        keptRevisions = fact(spec.rollout.keptRevisions, "rollout.keptRevisions")
        warmRollbackMinutes = fact(spec.rollout.warmRollbackMinutes, "rollout.warmRollback")
        deploymentsPerMonth = fact(spec.deploymentsPerMonth, "deploymentsPerMonth")
        waivers = spec.waivers
        attestations = spec.attestations
    }
}

extension Declaration {
    /// This declaration with what another knows wherever it knows nothing itself: tags say little, a spec says the rest.
    public func completed(by other: Declaration) -> Declaration {
        var whole = self
        func complete<Value>(_ path: WritableKeyPath<Declaration, Fact<Value>>) {
            if !whole[keyPath: path].isKnown { whole[keyPath: path] = other[keyPath: path] }
        }
        complete(\.team)
        complete(\.owner)
        complete(\.workload)
        complete(\.isCritical)
        complete(\.modelSize)
        complete(\.modelDigest)
        complete(\.peakRequestsPerSecond)
        complete(\.workingHours)
        complete(\.monthlyBudgetUSD)
        complete(\.stopsAtBudget)
        complete(\.cache)
        complete(\.optimization)
        complete(\.benchmark)
        complete(\.provenance)
        complete(\.recovery)
        complete(\.rollbackDrill)
        complete(\.personalData)
        complete(\.regimes)
        complete(\.costReview)
        complete(\.keptRevisions)
        complete(\.warmRollbackMinutes)
        complete(\.deploymentsPerMonth)
        whole.waivers += other.waivers
        whole.attestations += other.attestations
        return whole
    }
}
