// What a deployment is made of: the waist of the hourglass. Readers fill it, policies question it, renderers print it,
// engines make it live.

/// Where a graph came from; decides what it can prove.
public enum SourceKind: String, Sendable, Codable, Hashable, CaseIterable {
    case spec, cloudformation, terraform, live, engine

    /// The catalogue's letter for this sort of input.
    public var letter: Character {
        switch self {
        case .spec: "S"
        case .cloudformation: "C"
        case .terraform: "T"
        case .live: "L"
        case .engine: "R"
        }
    }
}

/// Where a deployment runs, and so which rules it is held to.
public enum Environment: String, Sendable, Codable, Hashable, CaseIterable {
    case dev, staging, production
}

/// How one resource names another: by its id in the same graph, or by a name or ARN outside it.
public enum Reference: Sendable, Hashable, Codable {
    /// The `id` of a resource of this graph.
    case resource(String)
    /// A name or ARN in normal form; nothing in this graph answers to it.
    case external(String)
}

/// What every resource has: its id in the source, its place, its physical name, tags and region.
public struct ResourceHead: Sendable, Hashable, Codable {
    /// Unique in its graph: CloudFormation's logical id, Terraform's address, or the compiler's own.
    public var id: String
    public var place: Place?
    public var name: Fact<String> = .absent
    public var tags: Fact<[String: String]> = .absent
    /// Absent means the graph's own region.
    public var region: Fact<String> = .absent
    /// What happens to the thing when it leaves the template: `Retain`, `Delete`, `Snapshot`.
    public var deletionPolicy: Fact<String> = .absent
    public var updateReplacePolicy: Fact<String> = .absent

    public init(id: String, at place: Place? = nil) {
        self.id = id
        self.place = place
    }

    public static func == (left: ResourceHead, right: ResourceHead) -> Bool {
        left.id == right.id && left.name == right.name && left.tags == right.tags && left.region == right.region
            && left.deletionPolicy == right.deletionPolicy && left.updateReplacePolicy == right.updateReplacePolicy
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(name)
    }
}

/// A typed resource of the graph.
public protocol Resource: Sendable, Hashable, Codable {
    /// CloudFormation's type name, such as `AWS::SageMaker::Endpoint`.
    static var type: String { get }
    var head: ResourceHead { get set }
    init(head: ResourceHead)
}

extension Resource {
    public var id: String { head.id }
    public var place: Place? { head.place }
    public var name: Fact<String> { head.name }

    /// A resource whose fields `configure` fills; what it leaves out is absent.
    public init(_ id: String, at place: Place? = nil, _ configure: (inout Self) -> Void = { _ in }) {
        self.init(head: ResourceHead(id: id, at: place))
        configure(&self)
    }
}

/// All resources of one type, in source order, found by id without searching.
public struct ResourceTable<Element: Resource>: Sendable, Hashable, Codable, RandomAccessCollection,
    MutableCollection, ExpressibleByArrayLiteral
{
    // Inlinable, because every control reads tables and a generic copy of a resource takes several times as long.
    @usableFromInline var items: [Element] = []
    @usableFromInline var indexById: [String: Int] = [:]

    public init() {}
    public init(arrayLiteral elements: Element...) {
        for element in elements { append(element) }
    }
    public init(from decoder: any Decoder) throws {
        for element in try [Element](from: decoder) { append(element) }
    }
    public func encode(to encoder: any Encoder) throws { try items.encode(to: encoder) }

    @inlinable public var startIndex: Int { items.startIndex }
    @inlinable public var endIndex: Int { items.endIndex }
    @inlinable public subscript(position: Int) -> Element {
        get { items[position] }
        set {
            indexById[items[position].id] = nil
            items[position] = newValue
            indexById[newValue.id] = position
        }
    }

    /// Adds a resource; one with the same id is replaced.
    public mutating func append(_ element: Element) {
        if let index = indexById[element.id] {
            items[index] = element
        } else {
            indexById[element.id] = items.count
            items.append(element)
        }
    }

    /// Removes every resource for which `shouldRemove` answers true.
    public mutating func removeAll(where shouldRemove: (Element) -> Bool) {
        let kept = items.filter { !shouldRemove($0) }
        self = ResourceTable()
        for element in kept { append(element) }
    }

    /// Changes every resource in place.
    public mutating func mutateEach(_ change: (inout Element) -> Void) {
        for index in items.indices { change(&self[index]) }
    }

    /// The resource with this id.
    @inlinable public subscript(id id: String) -> Element? {
        get {
            guard let index = indexById[id] else { return nil }
            return items[index]
        }
        set {
            if let newValue { append(newValue) } else { removeAll { $0.id == id } }
        }
    }

    /// The resource a reference points to; nil for an external or absent one.
    @inlinable public subscript(reference: Fact<Reference>) -> Element? {
        guard case .resource(let id)? = reference.value else { return nil }
        return self[id: id]
    }
    @inlinable public subscript(reference: Reference) -> Element? {
        guard case .resource(let id) = reference else { return nil }
        return self[id: id]
    }
}

/// The typed resources of one or more deployments, what was declared about them, and the evidence at hand.
public struct Graph: Sendable, Hashable, Codable {
    public var source: SourceKind
    /// The environment, known or assumed; `environmentIsAssumed` says which.
    public var environment: Environment
    public var environmentIsAssumed = false
    /// The region of everything that does not say otherwise.
    public var region: Fact<String> = .absent
    /// The day the graph is judged on: ages of evidence and expiry of waivers are reckoned from it.
    public var asOf: Day
    /// What people declared about each endpoint: workload class, criticality, personal data, plans, records.
    public var declarations: [Declaration] = []
    public var evidence: [Evidence] = []
    /// The numbers that controls hold this deployment to.
    public var thresholds = Thresholds()
    /// What the source's text shows beside its resources.
    public var notes = SourceNotes()
    /// What only an account shows of its resources.
    public var live = LiveFacts()
    /// The prices that count; nil for the embedded ones.
    public var prices: PriceBook?

    // Serving
    public var endpoints: ResourceTable<Endpoint> = []
    public var endpointConfigs: ResourceTable<EndpointConfig> = []
    public var models: ResourceTable<Model> = []
    public var monitoringSchedules: ResourceTable<MonitoringSchedule> = []
    public var scalableTargets: ResourceTable<ScalableTarget> = []
    public var scalingPolicies: ResourceTable<ScalingPolicy> = []
    // Watching
    public var alarms: ResourceTable<Alarm> = []
    public var compositeAlarms: ResourceTable<CompositeAlarm> = []
    public var alarmMuteRules: ResourceTable<AlarmMuteRule> = []
    public var dashboards: ResourceTable<Dashboard> = []
    public var topics: ResourceTable<Topic> = []
    public var eventRules: ResourceTable<EventRule> = []
    public var functions: ResourceTable<Function> = []
    public var canaries: ResourceTable<SyntheticsCanary> = []
    // Keeping
    public var keys: ResourceTable<Key> = []
    public var buckets: ResourceTable<Bucket> = []
    public var tables: ResourceTable<Table> = []
    public var repositories: ResourceTable<Repository> = []
    public var streamConsumers: ResourceTable<StreamConsumer> = []
    public var backupVaults: ResourceTable<BackupVault> = []
    public var backupPlans: ResourceTable<BackupPlan> = []
    public var backupSelections: ResourceTable<BackupSelection> = []
    public var restoreTestingPlans: ResourceTable<RestoreTestingPlan> = []
    // Guarding
    public var roles: ResourceTable<Role> = []
    public var analyzers: ResourceTable<Analyzer> = []
    public var trails: ResourceTable<Trail> = []
    public var logGroups: ResourceTable<LogGroup> = []
    public var vpcs: ResourceTable<VPC> = []
    public var subnets: ResourceTable<Subnet> = []
    public var routeTables: ResourceTable<RouteTable> = []
    public var securityGroups: ResourceTable<SecurityGroup> = []
    public var vpcEndpoints: ResourceTable<VPCEndpoint> = []
    // Reaching
    public var entryPoints: ResourceTable<EntryPoint> = []
    public var distributions: ResourceTable<Distribution> = []
    public var cachePolicies: ResourceTable<CachePolicy> = []
    public var healthChecks: ResourceTable<HealthCheck> = []
    public var recordSets: ResourceTable<RecordSet> = []
    // Paying
    public var budgets: ResourceTable<Budget> = []
    public var anomalyMonitors: ResourceTable<AnomalyMonitor> = []
    public var anomalySubscriptions: ResourceTable<AnomalySubscription> = []
    public var costAllocationTags: ResourceTable<CostAllocationTag> = []
    public var schedules: ResourceTable<Schedule> = []
    var joins = KeptJoins()

    public init(source: SourceKind, environment: Environment, asOf day: Day) {
        self.source = source
        self.environment = environment
        asOf = day
    }

    /// Every resource, in the order of the tables above.
    public var resources: [any Resource] {
        let serving: [[any Resource]] = [
            Array(endpoints), Array(endpointConfigs), Array(models), Array(monitoringSchedules),
            Array(scalableTargets), Array(scalingPolicies),
        ]
        let watching: [[any Resource]] = [
            Array(alarms), Array(compositeAlarms), Array(alarmMuteRules), Array(dashboards), Array(topics),
            Array(eventRules), Array(functions), Array(canaries),
        ]
        let keeping: [[any Resource]] = [
            Array(keys), Array(buckets), Array(tables), Array(repositories), Array(streamConsumers),
            Array(backupVaults), Array(backupPlans), Array(backupSelections), Array(restoreTestingPlans),
        ]
        let guarding: [[any Resource]] = [
            Array(roles), Array(analyzers), Array(trails), Array(logGroups), Array(vpcs), Array(subnets),
            Array(routeTables), Array(securityGroups), Array(vpcEndpoints),
        ]
        let reachingAndPaying: [[any Resource]] = [
            Array(entryPoints), Array(distributions), Array(cachePolicies), Array(healthChecks), Array(recordSets),
            Array(budgets), Array(anomalyMonitors), Array(anomalySubscriptions), Array(costAllocationTags),
            Array(schedules),
        ]
        return (serving + watching + keeping + guarding + reachingAndPaying).flatMap { $0 }
    }
}
