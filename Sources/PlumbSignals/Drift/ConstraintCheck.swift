// Holds a data set to its constraints and to its baseline, as Model Monitor does.

import Foundation
public import PlumbModel

public enum ConstraintCheck {
    /// Texts of which there are more are no domain.
    private static let domainMax = 100

    /// What may be asked of data that is like this.
    public static func suggest(_ statistics: DatasetStatistics) -> DatasetConstraints {
        DatasetConstraints(
            features: statistics.features.map { feature in
                var constraint = FeatureConstraints(
                    name: feature.name, inferredType: feature.inferredType, completeness: feature.completeness)
                if let numbers = feature.numerical { constraint.isNonNegative = numbers.minimum >= 0 }
                if let text = feature.text, text.distinctCount <= Double(min(domainMax, text.categories.count)) {
                    constraint.domains = text.categories.map(\.value)
                }
                return constraint
            })
    }

    public static func violations(
        of statistics: DatasetStatistics, against constraints: DatasetConstraints, baseline: DatasetStatistics?,
        ties: TieRule = .fixed
    ) -> [ConstraintViolation] {
        guard constraints.evaluates else { return [] }
        var found: [ConstraintViolation] = []
        let observed = Dictionary(statistics.features.map { ($0.name, $0) }) { first, _ in first }
        let before = Dictionary((baseline?.features ?? []).map { ($0.name, $0) }) { first, _ in first }
        for constraint in constraints.features {
            guard let feature = observed[constraint.name] else {
                found.append(
                    ConstraintViolation(
                        feature: constraint.name, check: .missingColumn,
                        description: "There are missing columns in current dataset. Number of columns in current "
                            + "dataset: \(statistics.features.count), Number of columns in baseline constraints: "
                            + "\(constraints.features.count)"))
                continue
            }
            found += violations(of: feature, constraint, constraints)
            if constraints.comparison.isEnabled, let baseline = before[constraint.name],
                let violation = drift(of: feature, from: baseline, constraints.comparison, ties)
            {
                found.append(violation)
            }
        }
        let known = Set(constraints.features.map(\.name))
        for feature in statistics.features where !known.contains(feature.name) {
            found.append(
                ConstraintViolation(
                    feature: feature.name, check: .extraColumn,
                    description: "There are extra columns in current dataset. Number of columns in current dataset: "
                        + "\(statistics.features.count), Number of columns in baseline constraints: "
                        + "\(constraints.features.count)"))
        }
        return found
    }

    private static func violations(
        of feature: FeatureStatistics, _ constraint: FeatureConstraints, _ constraints: DatasetConstraints
    ) -> [ConstraintViolation] {
        var found: [ConstraintViolation] = []
        func add(_ check: ConstraintViolation.Check, _ text: String) {
            found.append(ConstraintViolation(feature: feature.name, check: check, description: text))
        }
        let matching = matchingPart(feature, constraint.inferredType)
        if feature.present > 0, matching < constraints.typeThreshold {
            let type = constraint.inferredType.rawValue
            add(
                .dataType,
                "Data type match requirement is not met. Expected data type: \(type), Expected match: "
                    + "\(constraints.typeThreshold * 100)%. Observed: Only \(matching * 100)% of data is \(type).")
        }
        if feature.completeness < constraint.completeness {
            add(
                .completeness,
                "Data completeness requirement is not met. Expected completeness: \(constraint.completeness * 100)%. "
                    + "Observed: Only \(feature.completeness * 100)% of data is complete.")
        }
        if let domains = constraint.domains, let text = feature.text, feature.present > 0 {
            let known = Set(domains)
            let inside = text.categories.reduce(0) { $0 + (known.contains($1.value) ? $1.count : 0) }
            let part = Double(inside) / Double(feature.present)
            if part < constraints.domainThreshold {
                add(
                    .categories,
                    "Categorical values requirement is not met. Expected match: "
                        + "\(constraints.domainThreshold * 100)%. Observed: Only \(part * 100)% of data is in the "
                        + "known domain.")
            }
        }
        return found
    }

    /// The part of the values that is of a type; a whole number is a fractional one as well.
    private static func matchingPart(_ feature: FeatureStatistics, _ type: InferredType) -> Double {
        guard feature.present > 0, !feature.typeCounts.isEmpty else {
            return type == .unknown || feature.inferredType == type ? 1 : 0
        }
        let counts = feature.typeCounts
        let matching =
            switch type {
            case .integral: counts[.integral] ?? 0
            case .fractional: (counts[.integral] ?? 0) + (counts[.fractional] ?? 0)
            case .string, .unknown: feature.present
            }
        return Double(matching) / Double(feature.present)
    }

    private static func drift(
        of feature: FeatureStatistics, from baseline: FeatureStatistics, _ comparison: DistributionComparison,
        _ ties: TieRule
    ) -> ConstraintViolation? {
        let isRobust = comparison.method == .robust
        var (distance, threshold) = (0.0, comparison.threshold)
        if let now = feature.numerical, let before = baseline.numerical {
            let (one, other) = (QuantileSketch(now.sketch), QuantileSketch(before.sketch))
            distance =
                isRobust
                ? SketchDistance.robust(one, other, ties: ties) : SketchDistance.simple(one, other, ties: ties)
        } else if let now = feature.text, let before = baseline.text {
            threshold = comparison.categoricalThreshold
            let (one, other) = (counts(now), counts(before))
            if comparison.categoricalMethod == .chiSquared {
                let keys = Set(one.keys).union(other.keys).sorted()
                let chance = WindowDistance.chance(
                    ofCounts: keys.map { Double(one[$0] ?? 0) }, keys.map { Double(other[$0] ?? 0) })
                guard chance < threshold else { return nil }
                return ConstraintViolation(
                    feature: feature.name, check: .drift,
                    description: "Baseline drift p-value: \(chance) is below threshold: \(threshold)")
            }
            distance = isRobust ? SketchDistance.robust(one, other) : SketchDistance.simple(one, other)
        }
        guard distance > threshold else { return nil }
        return ConstraintViolation(
            feature: feature.name, check: .drift,
            description: "Baseline drift distance: \(distance) exceeds threshold: \(threshold)")
    }

    private static func counts(_ text: TextStatistics) -> [String: Int] {
        Dictionary(text.categories.map { ($0.value, $0.count) }) { $0 + $1 }
    }
}
