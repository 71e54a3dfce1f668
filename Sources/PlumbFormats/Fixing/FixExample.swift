// What satisfies a control, shown on an endpoint that nobody has: for `plumb explain`.

public import PlumbModel

extension FixRendering {
    /// The resources and properties of the compiled architecture that rest on a control, or the keys of a spec where no
    /// resource does.
    ///
    /// - Returns: nil where neither decides it, such as for a control that needs a running system.
    public static func example(of control: String, as format: Rendering.Format, asOf day: Day) -> Patch? {
        let tongue: Tongue = format == .cloudformation ? .template : .plan
        // Dev and staging have controls of their own.
        for environment in [Environment.production, .dev, .staging] {
            let index = ResourceIndex(Graph(source: .spec, environment: environment, asOf: day))
            var spec = FixSpec(index: index, endpoint: nil, asOf: day)
            spec.servesSeveralModels = control == "PERF-3.2"
            guard let plan = spec.blueprint(spec.text(named: spec.name, keepingType: false)) else { continue }
            let architecture = FixArchitecture(plan, standIn: nil, asOf: day, in: tongue)
            let deployment = FixDeployment(spec, architecture)
            let fixes = deployment.items.filter { $0.wanted.bears(control) }.prefix(exampleResourcesMax).map { item in
                ResourceFix(whole: item.wanted.bearing(control), .change)
            }
            if !fixes.isEmpty {
                let text = FixText(deployment, region: nil)
                return Patch(format == .cloudformation ? .cloudformation : .terraform, text.example(fixes))
            }
        }
        return SpecFixes.text(for: control, in: .production).map { Patch(.spec, $0) }
    }

    /// More than this shows nothing new.
    private static let exampleResourcesMax = 6
}

extension RenderedResource {
    /// The resource with nothing in it but what bears the control; whole where no property does.
    fileprivate func bearing(_ control: String) -> RenderedResource {
        var reduced = self
        let own = Self.bearing(control, in: fields)
        reduced.dependsOn = []
        if !own.isEmpty { reduced.fields = own }
        return reduced
    }

    private static func bearing(_ control: String, in fields: [RenderedField]) -> [RenderedField] {
        fields.filter { $0.bears(control) }.map { field in
            guard !field.controls.contains(control) else { return field }
            var reduced = field
            switch field.value {
            case .block(let inner): reduced.value = .block(bearing(control, in: inner))
            case .blocks(let blocks): reduced.value = .blocks(blocks.map { bearing(control, in: $0) })
            default: break
            }
            return reduced
        }
    }
}
