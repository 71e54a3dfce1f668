// `constraints.json`: what a data set should be like.

public import PlumbModel

public enum ConstraintsFile {
    public static func read(
        _ bytes: [UInt8], file: String = "constraints.json"
    ) throws(PlumbError) -> DatasetConstraints {
        let tree = try JSONTree(bytes, file: file)
        var constraints = DatasetConstraints(features: tree["features"].elements.map(feature))
        let config = tree["monitoring_config", "monitoringConfig"]
        constraints.evaluates = config["evaluate_constraints"].isOn ?? true
        constraints.emitsMetrics = config["emit_metrics"].isOn ?? true
        constraints.typeThreshold = config["datatype_check_threshold"].number ?? 1
        constraints.domainThreshold = config["domain_content_threshold"].number ?? 1
        let comparison = config["distribution_constraints"]
        constraints.comparison.isEnabled = comparison["perform_comparison", "enable_comparisons"].isOn ?? true
        constraints.comparison.threshold = comparison["comparison_threshold"].number ?? 0.1
        constraints.comparison.categoricalThreshold =
            comparison["categorical_comparison_threshold"].number ?? constraints.comparison.threshold
        let method = comparison["comparison_method", "comparion_method"].text?.lowercased() ?? "robust"
        constraints.comparison.method = method.hasSuffix("simple") ? .simple : .robust
        if comparison["categorical_drift_method"].text?.lowercased() == "chisquared" {
            constraints.comparison.categoricalMethod = .chiSquared
        }
        for (key, metrics) in tree.members where key.hasSuffix("_constraints") {
            for (metric, limits) in metrics.members {
                guard let threshold = limits["threshold"].number else { continue }
                constraints.quality.append(
                    QualityConstraint(
                        problem: String(key.dropLast("_constraints".count)), metric: metric, threshold: threshold,
                        isBrokenBelow: limits["comparison_operator"].text?.hasPrefix("Less") ?? true))
            }
        }
        guard tree["features"].isPresent || !constraints.quality.isEmpty else {
            throw PlumbError(
                .invalidInput, "there are no constraints in it", hint: "write one with plumb drift baseline DATA",
                at: Place(file: file))
        }
        return constraints
    }

    private static func feature(_ tree: JSONTree) -> FeatureConstraints {
        let domains = tree["string_constraints"]["domains"]
        return FeatureConstraints(
            name: tree["name"].text ?? "",
            inferredType: InferredType(rawValue: tree["inferred_type"].text ?? "") ?? .unknown,
            completeness: tree["completeness"].number ?? 0,
            isNonNegative: tree["num_constraints"]["is_non_negative"].isOn,
            domains: domains.isPresent ? domains.elements.compactMap(\.text) : nil)
    }

    public static func write(_ constraints: DatasetConstraints) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("version")
            json.number(0.0)
            json.key("features")
            json.list { json in
                for feature in constraints.features {
                    json.separate()
                    write(feature, to: &json)
                }
            }
            json.key("monitoring_config")
            writeConfig(constraints, to: &json)
        }
        return json.bytes + [10]
    }

    private static func write(_ feature: FeatureConstraints, to json: inout JSONWriter) {
        json.object { json in
            json.key("name")
            json.text(feature.name)
            json.key("inferred_type")
            json.text(feature.inferredType.rawValue)
            json.key("completeness")
            json.number(feature.completeness)
            if let isNonNegative = feature.isNonNegative {
                json.key("num_constraints")
                json.object {
                    $0.key("is_non_negative"); $0.raw(isNonNegative ? "true" : "false")
                }
            }
            if let domains = feature.domains {
                json.key("string_constraints")
                json.object { json in
                    json.key("domains")
                    json.list { json in
                        for domain in domains {
                            json.separate()
                            json.text(domain)
                        }
                    }
                }
            }
        }
    }

    private static func writeConfig(_ constraints: DatasetConstraints, to json: inout JSONWriter) {
        func state(_ isOn: Bool) -> String { isOn ? "Enabled" : "Disabled" }
        json.object { json in
            json.key("evaluate_constraints")
            json.text(state(constraints.evaluates))
            json.key("emit_metrics")
            json.text(state(constraints.emitsMetrics))
            json.key("datatype_check_threshold")
            json.number(constraints.typeThreshold)
            json.key("domain_content_threshold")
            json.number(constraints.domainThreshold)
            json.key("distribution_constraints")
            json.object { json in
                json.key("perform_comparison")
                json.text(state(constraints.comparison.isEnabled))
                json.key("comparison_threshold")
                json.number(constraints.comparison.threshold)
                json.key("comparison_method")
                json.text(constraints.comparison.method.rawValue)
                json.key("categorical_comparison_threshold")
                json.number(constraints.comparison.categoricalThreshold)
                json.key("categorical_drift_method")
                json.text(constraints.comparison.categoricalMethod.rawValue)
            }
        }
    }
}

/// `constraint_violations.json`: where a data set is not what it should be.
public enum ViolationsFile {
    public static func read(
        _ bytes: [UInt8], file: String = "constraint_violations.json"
    ) throws(PlumbError) -> [ConstraintViolation] {
        try JSONTree(bytes, file: file)["violations"].elements.compactMap { tree in
            guard let check = ConstraintViolation.Check(rawValue: tree["constraint_check_type"].text ?? "") else {
                return nil
            }
            return ConstraintViolation(
                feature: tree["feature_name"].text ?? "", check: check, description: tree["description"].text ?? "")
        }
    }

    public static func write(_ violations: [ConstraintViolation]) -> [UInt8] {
        JSONWriter.violations(
            violations.map {
                [
                    ("feature_name", $0.feature), ("constraint_check_type", $0.check.rawValue),
                    ("description", $0.description),
                ]
            })
    }
}
