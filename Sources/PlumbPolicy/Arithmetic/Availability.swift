// How available an endpoint can be, from its instances and zones.

/// The availability that a number of instances in a number of zones can reach.
///
///     one zone or one instance : a                          = 99.5 %,    43.8 hours a year
///     n >= 2 in k >= 2 zones   : s x (1 - (1 - a)^k)        = 99.9475 %,  4.6 hours a year at k = 2
///
/// `a` is EC2's service level for a single instance, `s` SageMaker's for endpoints "supported by more than one
/// instance". Both are promises of credit rather than measurements: what is computed here is a ceiling.
struct Availability {
    static let instance = 0.995
    static let service = 0.9995
    /// The seed's 99.9 %, less than 8.76 hours a year.
    static let target = 0.999
    static let hoursPerYear = 8760.0
    /// Fewer measured requests cannot tell 99.9 % from 99 %: one error among them is too many.
    static let requestsMin = 1000.0

    /// Instances at the least busy moment.
    var instances: Int
    /// Zones those instances lie in; more zones than instances do not help.
    var zones: Int

    var value: Double {
        let failureDomains = min(instances, zones)
        guard failureDomains >= 2 else { return Self.instance }
        return Self.service * (1 - (0..<failureDomains).reduce(1.0) { odds, _ in odds * (1 - Self.instance) })
    }

    var hoursDownPerYear: Double { (1 - value) * Self.hoursPerYear }

    /// The load on the instances that are left when one of the zones goes, in percent, from `percent` before.
    func loadAfterZoneLoss(from percent: Double) -> Double {
        let zonesInUse = max(2, min(instances, zones))
        return percent * Double(zonesInUse) / Double(zonesInUse - 1)
    }
}
