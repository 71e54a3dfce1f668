// Which region each provider of a plan works in.

import PlumbModel

/// The regions of a plan's providers, by the key that resources name them with.
struct PlanRegions {
    private var regions: [String: Fact<String>] = [:]
    /// The region of the provider without alias.
    private(set) var main: Fact<String> = .absent

    init(_ plan: Plan) {
        let resolver = PlanResolver(plan: plan)
        for provider in plan.providers where provider.value["name"]?.text == "aws" {
            regions[provider.key] = Self.region(of: provider.value, resolver) ?? Self.evidence(of: provider.key, plan)
        }
        main = regions["aws"] ?? .absent
    }

    /// The region of a resource, where it is another than the main one.
    func region(of resource: PlanResource) -> Fact<String> {
        guard let key = resource.configuration?["provider_config_key"]?.text, key != "aws", let region = regions[key],
            region != main
        else { return .absent }
        return region
    }

    private static func region(of provider: DocumentNode, _ resolver: PlanResolver) -> Fact<String>? {
        guard let expression = provider["expressions"]?["region"] else { return nil }
        if let constant = expression["constant_value"]?.text {
            return .known(constant, at: expression.mark.place(in: resolver.plan.file))
        }
        let references = PlanResolver.references(of: expression)
        guard references.count == 1 else { return nil }
        let scope = PlanResolver.Scope(module: resolver.plan.root, key: nil, owner: nil)
        let place = expression.mark.place(in: resolver.plan.file)
        return resolver.value(of: references[0], for: "region", among: references, scope, place: place, depth: 0).string
            .value.map { .known($0, at: place) }
    }

    /// Locals are not shown: a zone or a service name of the provider's resources tells its region as well.
    private static func evidence(of key: String, _ plan: Plan) -> Fact<String> {
        for resource in plan.resources where resource.configuration?["provider_config_key"]?.text == key {
            if let zone = resource.after?["availability_zone"]?.text, LiteralScan.isZone(zone) {
                return .known(String(zone.dropLast()))
            }
            if let service = resource.after?["service_name"]?.text, service.hasPrefix("com.amazonaws.") {
                let parts = service.split(separator: ".")
                if parts.count > 3 { return .known(String(parts[2])) }
            }
        }
        return .unknown("the region of the provider \(key) is not shown in the plan")
    }
}
