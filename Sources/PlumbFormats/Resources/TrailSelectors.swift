// What a trail records, from basic and from advanced selectors.

import PlumbModel

/// Reads the selectors of a trail; both tongues have the same two forms under other names.
struct TrailSelectors {
    struct Names {
        var management, readWrite, excludedSources, data, type, values: String
        var fields, field, equals, startsWith, notEquals, notStartsWith: String
        /// Tests that narrow a field in ways that are not told apart here.
        var others: [String]
    }
    private let inventory: Inventory
    private let names: Names

    init(_ inventory: Inventory, names: Names) {
        self.inventory = inventory
        self.names = names
    }

    /// Basic and advanced selectors exclude each other; a trail with neither records management events.
    func fill(_ trail: inout Trail, basic: Property, advanced: Property) {
        if let why = basic.whyUnknown ?? advanced.whyUnknown {
            trail.selectors = .unknown(why, at: trail.place)
            return
        }
        if !advanced.items.isEmpty {
            trail.usesAdvancedSelectors = true
            trail.selectors = .known(advanced.items.map(advancedSelector), at: advanced.place)
        } else if !basic.items.isEmpty {
            trail.usesAdvancedSelectors = false
            trail.selectors = .known(basic.items.flatMap(basicSelectors), at: basic.place)
        }
    }

    /// One basic selector stands for management events and for each sort of data resource in it.
    private func basicSelectors(_ item: Property) -> [TrailSelector] {
        var selectors: [TrailSelector] = []
        let takesManagement = item[names.management].bool.defaulting(to: true)
        if takesManagement.value != false {
            var management = TrailSelector()
            management.category = takesManagement.map { _ in "Management" }
            management.readWrite = item[names.readWrite].string
            let sources = item[names.excludedSources].strings
            management.excludedSources = sources
            selectors.append(management)
        }
        for resource in item[names.data].items {
            let values = resource[names.values]
            // An empty list of values records nothing.
            if case .list(let items) = values.state, items.isEmpty { continue }
            var data = TrailSelector()
            data.category = "Data"
            data.resourceType = resource[names.type].string
            data.resources = inventory.canonicalNames(values)
            data.readWrite = item[names.readWrite].string
            selectors.append(data)
        }
        if let why = item[names.data].whyUnknown {
            var data = TrailSelector()
            (data.category, data.resourceType) = ("Data", .unknown(why))
            selectors.append(data)
        }
        return selectors
    }

    private func advancedSelector(_ item: Property) -> TrailSelector {
        var selector = TrailSelector()
        if let why = item.whyUnknown ?? item[names.fields].whyUnknown {
            selector.category = .unknown(why, at: item.place)
            return selector
        }
        var resourceTests: [Property] = []
        for test in item[names.fields].items {
            let field = test[names.field].string
            guard let name = field.value else {
                selector.readWrite = .unknown(field.whyUnknown ?? "a field selector names no field", at: test.place)
                continue
            }
            if name == "resources.ARN" { resourceTests.append(test) } else { take(test, of: name, into: &selector) }
        }
        // What an ARN means hangs on the type of resource.
        for test in resourceTests { takeResources(test, into: &selector) }
        selector.readWrite = selector.readWrite.defaulting(to: "All")
        return selector
    }

    private func take(_ test: Property, of field: String, into selector: inout TrailSelector) {
        let equals = test[names.equals].unlessEmptyList
        switch field {
        case "eventCategory": selector.category = equals.first.string
        case "resources.type": selector.resourceType = equals.first.string
        case "readOnly":
            let isReadOnly = equals.first.bool
            selector.readWrite = isReadOnly.map { $0 ? "ReadOnly" : "WriteOnly" }
        case "eventSource":
            if equals.isAbsent {
                selector.excludedSources = test[names.notEquals].strings
            } else {
                selector.readWrite = .known("some services only", at: test.place)
            }
        // Any other field lets only some of the events through.
        default: selector.readWrite = .known("some events only, by \(field)", at: test.place)
        }
    }

    private func takeResources(_ test: Property, into selector: inout TrailSelector) {
        let starts = inventory.canonicalNames(test[names.startsWith].unlessEmptyList)
        let equals = inventory.canonicalNames(test[names.equals].unlessEmptyList)
        if starts.isAbsent && equals.isAbsent {
            let barred = test[names.notStartsWith].items + test[names.notEquals].items
            if !barred.isEmpty {
                selector.excludedResources = inventory.canonicalNames(Property(.list(barred), at: test.place))
            }
        } else if let why = starts.whyUnknown ?? equals.whyUnknown {
            selector.resources = .unknown(why, at: test.place)
        } else {
            // The ARN of an object goes on behind the bucket's slash, so that an equal one is no object's.
            let isObjects = selector.resourceType.value == "AWS::S3::Object"
            let exact = (equals.value ?? []).map { isObjects && $0.hasSuffix("/") ? "exactly \($0)" : $0 }
            selector.resources = .known((starts.value ?? []) + exact, at: test.place)
        }
        if names.others.contains(where: { !test[$0].items.isEmpty }) {
            selector.readWrite = .known("some resources only", at: test.place)
        }
    }
}
