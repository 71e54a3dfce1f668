// One resource of a template or module, before it has a tongue.

import PlumbModel

/// A resource with its properties, and what a reader is told about it.
struct RenderedResource: Sendable, Hashable {
    /// CloudFormation's logical id, in the graph's own words.
    var id: String
    /// CloudFormation's type; nil for what only Terraform has.
    var template: String?
    /// Terraform's type; nil for what only CloudFormation has.
    var plan: String?
    var concern: Concern
    var fields: [RenderedField]
    /// What it is for, in a sentence.
    var note: String?
    /// The controls that ask for the resource itself.
    var controls: [String] = []
    /// Ids of resources that must be there first although no property names them.
    var dependsOn: [String] = []
    /// `Retain` keeps it when it leaves its template; Terraform refuses to destroy it.
    var deletionPolicy: String?
    var updateReplacePolicy: String?
    /// Terraform makes the new one before it removes the old one: what is in use cannot be removed.
    var createsBeforeDestroy = false
    /// Arguments whose changes Terraform leaves alone, because another writer rightly changes them.
    var ignoredChanges: [String] = []
    /// The second region's name; nil in the deployment's own.
    var region: String?

    /// The resource for one of the graph: its region and what becomes of it are taken over.
    init(
        _ element: some Resource, _ template: String?, _ plan: String?, in concern: Concern, note: String? = nil,
        for controls: [String] = [], _ fill: (inout RenderedFields) -> Void
    ) {
        self.init(
            element.id, template, plan, in: concern, region: element.head.region.value, note: note, for: controls, fill)
        deletionPolicy = element.head.deletionPolicy.value
        updateReplacePolicy = element.head.updateReplacePolicy.value
    }

    init(
        _ id: String, _ template: String?, _ plan: String?, in concern: Concern, region: String? = nil,
        note: String? = nil, for controls: [String] = [], _ fill: (inout RenderedFields) -> Void
    ) {
        self.id = id
        self.template = template
        self.plan = plan
        self.concern = concern
        self.region = region
        self.note = note
        self.controls = controls
        fields = RenderedFields(fill).list
    }

    /// The type's name in a tongue; nil where the tongue has no such thing.
    func type(in tongue: Tongue) -> String? { tongue == .template ? template : plan }
}

/// What a part of a deployment is about: a section of a template, a file of a module; in the order in which they are
/// read.
enum Concern: String, Sendable, Hashable, CaseIterable, Comparable {
    case keys, storage, state, backup, network, roles, serving, scaling, monitoring, notification, automation, audit
    case cost, schedule, front, recovery

    /// What a reader is told at its head.
    var title: String {
        switch self {
        case .keys: "Encryption keys"
        case .storage: "Buckets and images"
        case .state: "State of deployments"
        case .backup: "Backups, and restores that prove them"
        case .network: "Private network"
        case .roles: "Roles with least privilege"
        case .serving: "Model, endpoint configuration, guarded endpoint"
        case .scaling: "Autoscaling"
        case .monitoring: "Alarms and dashboard"
        case .notification: "Who is told"
        case .automation: "Probe, late rollback, archive"
        case .audit: "Audit trail, logs, access analysis"
        case .cost: "Budget and unusual spending"
        case .schedule: "Off outside working hours"
        case .front: "Cached front"
        case .recovery: "Second region and failover"
        }
    }

    static func < (left: Concern, right: Concern) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
