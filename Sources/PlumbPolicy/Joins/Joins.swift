// What controls look up instead of searching: who bears which name, tag or reference.
//
// Each join is made once for a graph under judgement (`GraphJoin`); without them every endpoint would search all
// resources, and judging would take a time that grows with the square of the template.

import PlumbModel

/// Positions in a table by a text, in source order.
struct PositionsByText: Sendable {
    private var positions: [String: [Int]] = [:]

    /// Where the text stands.
    subscript(text: String) -> [Int] { positions[text] ?? [] }

    mutating func add(_ text: String, _ position: Int) {
        // A resource that says a text twice still stands there once.
        if positions[text]?.last != position { positions[text, default: []].append(position) }
    }
}

extension ResourceTable {
    /// The resources at these positions.
    subscript(positions: [Int]) -> [Element] { positions.map { self[$0] } }
}

/// Two ascending lists of positions as one, each position once.
func merged(_ left: [Int], _ right: [Int]) -> [Int] {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return Set(left).union(right).sorted()
}

/// Endpoints by their names, and whether there are some whose name is not known.
struct EndpointsByName: GraphJoin {
    private(set) var positions = PositionsByText()
    /// The first name of each spelling in lower case.
    private(set) var anyCase: [String: String] = [:]
    private(set) var names: Set<String> = []
    private(set) var isAnyNameOpen = false
    /// Ids of all endpoints, and their names in lower case, as SageMaker writes them in ARNs.
    private(set) var ids: Set<String> = []

    init(_ graph: Graph) {
        for (position, endpoint) in graph.endpoints.enumerated() {
            ids.insert(endpoint.id)
            guard let name = endpoint.name.value else {
                isAnyNameOpen = true
                continue
            }
            positions.add(name, position)
            names.insert(name)
            let lowered = name.lowercased()
            if anyCase[lowered] == nil { anyCase[lowered] = name }
        }
    }
}

extension Graph {
    /// The first endpoint of this name.
    func endpoint(named name: String) -> Endpoint? {
        joined(EndpointsByName.self).positions[name].first.map { endpoints[$0] }
    }
}

/// Scalable targets by resource id, the policies that move them, and the alarms that start those.
struct ScalingJoin: GraphJoin {
    private(set) var targetsByResource = PositionsByText()
    /// The first target whose resource id is not there, and the first whose id cannot be told.
    private(set) var firstWithoutResource: Int?
    private(set) var firstUnknownResource: Int?
    private(set) var policiesByTarget = PositionsByText()
    /// Policies that name no target, by the resource id they name instead.
    private(set) var policiesByResource = PositionsByText()
    /// Alarms by the ids of the resources they act on.
    private(set) var alarmsByAction = PositionsByText()
    private(set) var isAnyActionOpen = false

    init(_ graph: Graph) {
        for (position, target) in graph.scalableTargets.enumerated() {
            if let resource = target.resourceID.value {
                targetsByResource.add(resource, position)
            } else {
                firstWithoutResource = firstWithoutResource ?? position
                if target.resourceID.isUnknown { firstUnknownResource = firstUnknownResource ?? position }
            }
        }
        for (position, policy) in graph.scalingPolicies.enumerated() {
            switch policy.target.value {
            case .resource(let id)?: policiesByTarget.add(id, position)
            case .external?: break
            case nil: if let resource = policy.resourceID.value { policiesByResource.add(resource, position) }
            }
        }
        for (position, alarm) in graph.alarms.enumerated() {
            if alarm.actions.isUnknown { isAnyActionOpen = true }
            for action in alarm.actions.value ?? [] {
                if action.isUnknown { isAnyActionOpen = true }
                if case .resource(let id)? = action.value { alarmsByAction.add(id, position) }
            }
        }
    }
}

/// Budgets by what their tag filters count, and endpoints by the tags they bear.
struct BudgetJoin: GraphJoin {
    /// Budgets whose filters may mean the endpoint of this name.
    private(set) var byEndpointName = PositionsByText()
    /// Budgets whose filters are on a tag that the endpoint with this id bears alone.
    private(set) var byEndpointID = PositionsByText()
    /// Budgets by the values of their filters, those on single endpoints left out.
    private(set) var byValue = PositionsByText()
    private(set) var firstUnknown: Int?
    private var bearers: [TagFilter: (id: String, count: Int)] = [:]

    init(_ graph: Graph) {
        for endpoint in graph.endpoints {
            for (key, value) in endpoint.head.tags.value ?? [:] {
                let count = bearers[TagFilter(key: key, value: value)]?.count ?? 0
                bearers[TagFilter(key: key, value: value)] = (endpoint.id, count + 1)
            }
        }
        for (position, budget) in graph.budgets.enumerated() {
            if budget.tagFilters.isUnknown { firstUnknown = firstUnknown ?? position }
            for text in budget.tagFilters.value ?? [] { add(text, position) }
        }
    }

    private mutating func add(_ text: String, _ position: Int) {
        guard let filter = TagFilter(text) else {
            // Filters in a wrong form are taken for the endpoint that they end with.
            for mark in text.indices where ["$", ":", "="].contains(text[mark]) {
                byEndpointName.add(String(text[text.index(after: mark)...]), position)
            }
            return
        }
        if filter.key != CostTag.endpoint { byValue.add(filter.value, position) }
        byEndpointName.add(filter.value, position)
        if let bearer = bearers[filter], bearer.count == 1 { byEndpointID.add(bearer.id, position) }
    }

    /// Whether the endpoint with this id bears the tag, and no other does.
    func isAlone(_ id: String, bearing filter: TagFilter) -> Bool {
        bearers[filter].map { $0.count == 1 && $0.id == id } ?? false
    }
}

/// Which duties have a role.
struct RolesByDuty: GraphJoin {
    private(set) var purposes: Set<Role.Purpose> = []
    /// Whether a role may be for any duty, or there is none at all.
    private(set) var isUndecided: Bool
    /// Roles that a model runs under.
    private let executing: Set<String>

    init(_ graph: Graph) {
        executing = Set(graph.models.compactMap { graph.roles[$0.role]?.id })
        isUndecided = graph.roles.isEmpty
        for role in graph.roles {
            let duty = Self.duty(byRightsOf: role)
            // A function's role has its duty beside its purpose: that of a rollback operates, that of a probe invokes.
            if role.purpose.value == .automation, let duty { purposes.insert(duty) }
            if let purpose = purpose(of: role) {
                purposes.insert(purpose)
            } else if role.purpose.isUnknown || role.whyUndecided != nil {
                isUndecided = true
            }
        }
    }

    /// What a role is for: its own word, that a model runs under it, or what its rights are good for.
    func purpose(of role: Role) -> Role.Purpose? {
        role.purpose.value ?? (executing.contains(role.id) ? .execution : Self.duty(byRightsOf: role))
    }

    /// The duty that needs the rights a role has; the weightiest one where it has those of several.
    private static func duty(byRightsOf role: Role) -> Role.Purpose? {
        let duties: [(Role.Purpose, [String])] = [
            (.deploy, ["sagemaker:CreateEndpoint", "sagemaker:CreateEndpointConfig"]),
            (.operate, ["sagemaker:UpdateEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"]),
            (.approve, ["sagemaker:UpdateModelPackage"]),
            (.invoke, ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync"]),
            (
                .audit,
                [
                    "cloudtrail:LookupEvents", "cloudtrail:GetTrailStatus", "access-analyzer:ListFindings",
                    "access-analyzer:ListFindingsV2",
                ]
            ),
        ]
        return duties.first { duty in duty.1.contains { !role.grants(of: $0).isEmpty } }?.0
    }
}

/// Functions by their names.
struct FunctionsByName: GraphJoin {
    private(set) var positions = PositionsByText()

    init(_ graph: Graph) {
        for (position, function) in graph.functions.enumerated() {
            if let name = function.name.value { positions.add(name, position) }
        }
    }
}
