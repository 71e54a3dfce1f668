// What changes about one resource so that it satisfies a control, and nothing else.

import PlumbModel

/// One resource of a fix.
struct ResourceFix: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The resource is not there yet.
        case add
        /// These of its properties change.
        case change
        /// The resource as a whole: properties that it has now contradict those that it needs.
        case replace
    }
    var kind: Kind
    var resource: RenderedResource

    /// The resource whole: one to be added, or in place of what is there.
    init(whole resource: RenderedResource, _ kind: Kind) {
        self.kind = kind
        self.resource = resource
    }

    /// What of `wanted` differs from `present` and bears the control; nil where nothing does.
    init?(_ wanted: RenderedResource, from present: RenderedResource, for control: String, in tongue: Tongue) {
        let change = FieldChange(control: control, tongue: tongue)
        var fields = change.changes(wanted.fields, from: present.fields, isMeant: false)
        let keepsState = control == "OPS-3.6" && wanted.deletionPolicy == "Retain"
        let isKept = present.deletionPolicy == "Retain" && present.updateReplacePolicy == "Retain"
        // Nothing that bears the control differs: what asks for the resource itself may rest on any property.
        if fields.isEmpty, !keepsState || isKept, wanted.controls.contains(control) {
            fields = change.changes(wanted.fields, from: present.fields, isMeant: true)
        }
        guard !fields.isEmpty || keepsState && !isKept else { return nil }
        if wanted.template == "AWS::CloudWatch::Alarm", Self.contradict(wanted, present, tongue) {
            self.init(whole: wanted, .replace)
            return
        }
        var reduced = wanted
        reduced.fields = fields
        reduced.note = nil
        reduced.dependsOn = []
        reduced.createsBeforeDestroy = false
        reduced.ignoredChanges = []
        if !keepsState {
            reduced.deletionPolicy = nil
            reduced.updateReplacePolicy = nil
        }
        self.init(whole: reduced, .change)
    }

    /// A single metric and metric math exclude each other, and so do the two sorts of statistic.
    private static func contradict(_ wanted: RenderedResource, _ present: RenderedResource, _ tongue: Tongue) -> Bool {
        let own = Set(wanted.fields.compactMap { $0.key(in: tongue) })
        return present.fields.contains { field in field.key(in: tongue).map { !own.contains($0) } ?? false }
    }
}

/// Finds the properties that differ and bear a control.
struct FieldChange {
    let control: String
    let tongue: Tongue

    /// - Parameter isMeant: Whether the structure that these stand in bears the control, so that all of them count.
    func changes(_ wanted: [RenderedField], from present: [RenderedField], isMeant: Bool) -> [RenderedField] {
        wanted.compactMap { field in
            guard let key = field.key(in: tongue) else { return nil }
            let other = present[key, tongue]
            guard other?.value.bare != field.value.bare, isMeant || bears(field) else { return nil }
            guard let other else { return field }
            return change(field, from: other, isMeant: isMeant || field.controls.contains(control))
        }
    }

    private func bears(_ field: RenderedField) -> Bool {
        if control == "COST-1.2", case .tags = field.value { return true }
        return field.bears(control)
    }

    private func change(_ field: RenderedField, from other: RenderedField, isMeant: Bool) -> RenderedField? {
        var reduced = field
        switch (field.value, other.value) {
        case (.block(let wanted), .block(let present)):
            let changed = changes(wanted, from: present, isMeant: isMeant)
            guard !changed.isEmpty else { return nil }
            reduced.value = .block(changed)
        case (.blocks(let wanted), .blocks(let present)):
            guard let changed = elements(wanted, from: present, isMeant: isMeant) else { return field }
            guard !changed.isEmpty else { return nil }
            reduced.value = .blocks(changed)
        case (.tags(let wanted), .tags(let present)):
            let missing = wanted.filter { present[$0.key] != $0.value }
            guard !missing.isEmpty else { return nil }
            reduced.value = .tags(missing)
        case (.map(let wanted), .map(let present)):
            reduced.value = .map(wanted.filter { present[$0.key]?.bare != $0.value.bare })
        default: break
        }
        return reduced
    }

    /// Elements that are told apart by a name, each reduced to it and what changes; nil where they have none, so that
    /// the list is only right as a whole.
    private func elements(
        _ wanted: [[RenderedField]], from present: [[RenderedField]], isMeant: Bool
    ) -> [[RenderedField]]? {
        let names = wanted.map(name)
        guard names.allSatisfy({ $0 != nil }), wanted.count >= present.count else { return nil }
        var changed: [[RenderedField]] = []
        for (element, name) in zip(wanted, names) {
            guard let name, let other = present.first(where: { self.name($0)?.value == name.value }) else {
                changed.append(element)
                continue
            }
            let fields = changes(element, from: other, isMeant: isMeant)
            if !fields.isEmpty { changed.append([name] + fields) }
        }
        return changed
    }

    private func name(_ element: [RenderedField]) -> RenderedField? {
        element.first { ["VariantName", "AttributeName"].contains($0.template) }
    }
}
