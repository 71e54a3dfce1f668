// Holds a model's quality to its constraints, as Model Monitor does.

public import PlumbModel

public enum QualityCheck {
    /// What was broken, and which constraints are on measures that are not there: unknown is no pass.
    public static func judge(
        _ quality: ModelQuality, by constraints: [QualityConstraint]
    ) -> (violations: [QualityViolation], unknown: [String]) {
        var violations: [QualityViolation] = []
        var unknown: [String] = []
        for constraint in constraints {
            guard constraint.problem == quality.problem.key, let metric = quality[constraint.metric] else {
                unknown.append(constraint.metric)
                continue
            }
            let isBroken =
                constraint.isBrokenBelow ? metric.value < constraint.threshold : metric.value > constraint.threshold
            if isBroken {
                violations.append(
                    QualityViolation(metric: metric.name, value: metric.value, constraint: constraint))
            }
        }
        return (violations, unknown)
    }

    /// That it may not get worse than it is. What a constant classifier would do is no aim.
    public static func suggest(_ quality: ModelQuality) -> [QualityConstraint] {
        quality.metrics.filter { !$0.name.hasSuffix("_best_constant_classifier") }.map {
            QualityConstraint(
                problem: quality.problem.key, metric: $0.name, threshold: $0.value,
                isBrokenBelow: !QualityMetric.isError($0.name))
        }
    }
}
