// `statistics.json`, `constraints.json` and `constraint_violations.json` of a model's quality.

public import PlumbModel

public enum ModelQualityFile {
    /// Model Monitor's members, and beside each measure the interval that holds it in 95 of 100 cases.
    public static func write(_ quality: ModelQuality) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.beginStatistics(itemCount: quality.itemCount)
            json.key("\(quality.problem.key)_metrics")
            json.object { json in
                if !quality.confusion.isEmpty { write(quality.confusion, to: &json) }
                for metric in quality.metrics { write(metric, to: &json) }
                write(
                    quality.receiverOperating, "receiver_operating_characteristic_curve", "false_positive_rates",
                    "true_positive_rates", to: &json)
                write(quality.precisionRecall, "precision_recall_curve", "precisions", "recalls", to: &json)
            }
        }
        return json.bytes + [10]
    }

    /// By label, then by prediction; each label has a member for each prediction.
    private static func write(_ confusion: [String: [String: Int]], to json: inout JSONWriter) {
        let labels = Set(confusion.keys).union(confusion.values.flatMap(\.keys)).sorted()
        json.key("confusion_matrix")
        json.object { json in
            for label in labels {
                json.key(label)
                json.object { json in
                    for prediction in labels {
                        json.key(prediction)
                        json.number(confusion[label]?[prediction] ?? 0)
                    }
                }
            }
        }
    }

    private static func write(_ metric: QualityMetric, to json: inout JSONWriter) {
        json.key(metric.name)
        json.object { json in
            json.key("value")
            json.number(metric.value)
            json.key("standard_deviation")
            if let deviation = metric.standardDeviation { json.number(deviation) } else { json.text("NaN") }
            if let lower = metric.lower, let upper = metric.upper {
                json.key("lower")
                json.number(lower)
                json.key("upper")
                json.number(upper)
            }
        }
    }

    private static func write(
        _ curve: ModelQuality.Curve, _ name: String, _ first: String, _ second: String, to json: inout JSONWriter
    ) {
        guard !curve.first.isEmpty else { return }
        json.key(name)
        json.object { json in
            for (name, values) in [(first, curve.first), (second, curve.second)] {
                json.key(name)
                json.list { json in
                    for value in values {
                        json.separate()
                        json.number(value)
                    }
                }
            }
        }
    }

    /// The constraints of one sort of problem; `ConstraintsFile` reads them.
    public static func write(_ constraints: [QualityConstraint], of problem: QualityProblem) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("version")
            json.number(0.0)
            json.key("\(problem.key)_constraints")
            json.object { json in
                for constraint in constraints where constraint.problem == problem.key {
                    json.key(constraint.metric)
                    json.object { json in
                        json.key("threshold")
                        json.number(constraint.threshold)
                        json.key("comparison_operator")
                        json.text(constraint.isBrokenBelow ? "LessThanThreshold" : "GreaterThanThreshold")
                    }
                }
            }
        }
        return json.bytes + [10]
    }

    public static func write(_ violations: [QualityViolation]) -> [UInt8] {
        JSONWriter.violations(
            violations.map {
                [("constraint_check_type", $0.check), ("description", $0.description), ("metric_name", $0.metric)]
            })
    }
}
