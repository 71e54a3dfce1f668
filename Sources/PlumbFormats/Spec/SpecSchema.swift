// The keys of the file, in the order in which the reference tells them.
//
// One declaration a key gives its reading, its diagnostics, the JSON Schema, the reference and the starter's comments.

import PlumbModel

/// What may stand in a spec.
public enum SpecSchema {
    /// Every key of the file, with its defaults for a CPU-bound model in each environment.
    public static var keys: [SpecKeyDescription] { described }

    /// The key at a dotted path (`alarms.errorRate.period`, `waivers[].control`), or nil when there is none.
    public static func key(at path: String) -> SpecKeyDescription? { byPath[path] }

    /// Paths that resemble `path`, for "did you mean".
    public static func nearest(to path: String) -> String? {
        Spelling.nearest(to: path, in: byPath.keys.sorted()) ?? Self.path(endingIn: path)
    }

    /// The record above the only keys of this name, such as `rollout` for `canaryPercent`; nil when there are several.
    static func path(endingIn name: String) -> String? {
        let parents = Set(byPath.values.filter { $0.name == name }.map { $0.path.dropLast(name.count + 1) })
        guard parents.count == 1, let parent = parents.first, !parent.isEmpty else { return nil }
        return String(parent)
    }

    static let root = SpecType<Spec>.record({ SpecDefaults.start(in: .production) }, topKeys)

    private static let described: [SpecKeyDescription] = {
        let defaults = Environment.allCases.map { environment -> Spec? in
            var spec = SpecDefaults.start(in: environment)
            SpecDefaults.settle(&spec) { _ in false }
            return spec
        }
        return root.children(defaults, "")
    }()

    private static let byPath: [String: SpecKeyDescription] = {
        var found: [String: SpecKeyDescription] = [:]
        func add(_ keys: [SpecKeyDescription]) {
            for key in keys {
                found[key.path] = key
                add(key.children)
            }
        }
        add(described)
        return found
    }()
}
