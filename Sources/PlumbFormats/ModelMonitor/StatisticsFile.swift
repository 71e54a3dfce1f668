// `statistics.json`: what a data set is like.

public import PlumbModel

public enum StatisticsFile {
    public static func read(_ bytes: [UInt8], file: String = "statistics.json") throws(PlumbError) -> DatasetStatistics
    {
        let tree = try JSONTree(bytes, file: file)
        guard tree["features"].isPresent else {
            throw PlumbError(
                .invalidInput, "there are no features in it", hint: "write one with plumb drift baseline DATA",
                at: Place(file: file))
        }
        return DatasetStatistics(
            itemCount: tree["dataset"]["item_count"].count ?? 0, features: tree["features"].elements.map(feature))
    }

    private static func feature(_ tree: JSONTree) -> FeatureStatistics {
        let (numbers, texts) = (tree["numerical_statistics"], tree["string_statistics"])
        let common = numbers.isPresent ? numbers["common"] : texts["common"]
        var feature = FeatureStatistics(
            name: tree["name"].text ?? "",
            inferredType: InferredType(rawValue: tree["inferred_type"].text ?? "") ?? .unknown,
            present: common["num_present"].count ?? 0, missing: common["num_missing"].count ?? 0)
        if numbers.isPresent {
            let kll = numbers["distribution"]["kll"]
            let parameters = kll["sketch"]["parameters"]
            feature.numerical = NumericalStatistics(
                mean: numbers["mean"].number ?? 0, sum: numbers["sum"].number ?? 0,
                standardDeviation: numbers["std_dev"].number ?? 0, minimum: numbers["min"].number ?? 0,
                maximum: numbers["max"].number ?? 0,
                buckets: kll["buckets"].elements.map {
                    NumericalStatistics.Bucket(
                        lowerBound: $0["lower_bound"].number ?? 0, upperBound: $0["upper_bound"].number ?? 0,
                        count: $0["count"].number ?? 0)
                },
                sketch: SketchItems(
                    shrinkingFactor: parameters["c"].number ?? 0.64, size: parameters["k"].number ?? 2048,
                    levels: kll["sketch"]["data"].elements.map(\.numbers)))
        }
        if texts.isPresent {
            feature.text = TextStatistics(
                distinctCount: texts["distinct_count"].number ?? 0,
                categories: texts["distribution"]["categorical"]["buckets"].elements.compactMap { bucket in
                    bucket["value"].text.map {
                        TextStatistics.Category(value: $0, count: bucket["count"].count ?? 0)
                    }
                })
        }
        return feature
    }

    public static func write(_ statistics: DatasetStatistics) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.beginStatistics(itemCount: statistics.itemCount)
            json.key("features")
            json.list { json in
                for feature in statistics.features {
                    json.separate()
                    write(feature, to: &json)
                }
            }
        }
        return json.bytes + [10]
    }

    private static func write(_ feature: FeatureStatistics, to json: inout JSONWriter) {
        json.object { json in
            json.key("name")
            json.text(feature.name)
            json.key("inferred_type")
            json.text(feature.inferredType.rawValue)
            if let numbers = feature.numerical {
                json.key("numerical_statistics")
                write(numbers, of: feature, to: &json)
            } else {
                json.key("string_statistics")
                write(feature.text ?? TextStatistics(distinctCount: 0, categories: []), of: feature, to: &json)
            }
        }
    }

    private static func writeCommon(_ feature: FeatureStatistics, to json: inout JSONWriter) {
        json.key("common")
        json.object { json in
            json.key("num_present")
            json.number(feature.present)
            json.key("num_missing")
            json.number(feature.missing)
        }
    }

    private static func write(
        _ numbers: NumericalStatistics, of feature: FeatureStatistics, to json: inout JSONWriter
    ) {
        json.object { json in
            writeCommon(feature, to: &json)
            for (name, value) in [
                ("mean", numbers.mean), ("sum", numbers.sum), ("std_dev", numbers.standardDeviation),
                ("min", numbers.minimum), ("max", numbers.maximum),
            ] {
                json.key(name)
                json.number(value)
            }
            json.key("distribution")
            json.object { json in
                json.key("kll")
                json.object { json in
                    json.key("buckets")
                    json.list { json in
                        for bucket in numbers.buckets {
                            json.separate()
                            json.object { json in
                                json.key("lower_bound")
                                json.number(bucket.lowerBound)
                                json.key("upper_bound")
                                json.number(bucket.upperBound)
                                json.key("count")
                                json.number(bucket.count)
                            }
                        }
                    }
                    json.key("sketch")
                    write(numbers.sketch, to: &json)
                }
            }
        }
    }

    private static func write(_ sketch: SketchItems, to json: inout JSONWriter) {
        json.object { json in
            json.key("parameters")
            json.object { json in
                json.key("c")
                json.number(sketch.shrinkingFactor)
                json.key("k")
                json.number(sketch.size)
            }
            json.key("data")
            json.list { json in
                for level in sketch.levels {
                    json.separate()
                    json.list { json in
                        for value in level {
                            json.separate()
                            json.number(value)
                        }
                    }
                }
            }
        }
    }

    private static func write(_ text: TextStatistics, of feature: FeatureStatistics, to json: inout JSONWriter) {
        json.object { json in
            writeCommon(feature, to: &json)
            json.key("distinct_count")
            json.number(text.distinctCount)
            json.key("distribution")
            json.object { json in
                json.key("categorical")
                json.object { json in
                    json.key("buckets")
                    json.list { json in
                        for category in text.categories {
                            json.separate()
                            json.object { json in
                                json.key("value")
                                json.text(category.value)
                                json.key("count")
                                json.number(category.count)
                            }
                        }
                    }
                }
            }
        }
    }
}
