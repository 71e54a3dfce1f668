// The programs of the detectors: what they read of captured traffic, and what they make of it.

extension AutomationCode {
    /// Compares the inputs of the last whole hour with the baseline, feature by feature.
    ///
    /// A number's distance is the largest gap between the shares of values up to any value (Kolmogorov-Smirnov, right
    /// for values that repeat, too); a word's is the largest gap between shares, words rarer than one in a hundred
    /// counted as one. 1.8 standard steps are taken off it, which chance goes beyond three times in a thousand: so few
    /// rows prove little, and fewer than 200 nothing. A missing value counts as less than every number. The label that
    /// a baseline of training data begins with is in no input and is left out.
    static let drift = "from collections import Counter\nfrom itertools import accumulate\n" + captures + comparison

    /// Holds the answers of the last week to the labels of the last day.
    ///
    /// Three standard errors are taken off the mean loss, so that few labels raise no false alarm; fewer than 100 say
    /// nothing. The limit is the spec's, or else the baseline's first that is known here.
    static let quality = "import time\n" + captures + judgement

    /// The measures of quality that it knows.
    static let qualityMetrics = ["accuracy", "mae", "mse", "rmse"]

    /// Reads captures and labels: JSON lines under hours of UTC. Files come in random order, since a program that has
    /// seen enough stops. Bodies are CSV or JSON: rows by position or by name, one object or columns, inside the
    /// envelopes of TensorFlow, the open inference protocol and SageMaker's own algorithms.
    private static let captures = """
        import base64
        import csv
        import json
        import os
        import random
        from datetime import datetime, timedelta

        import boto3

        ENV = os.environ
        s3 = boto3.client("s3")


        def load(uri):
            bucket, key = uri.split("/", 3)[2:]
            return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


        def records(prefix, event, hours):
            end = datetime.fromisoformat(event["time"])
            first, last = (f"{prefix}{time:%Y/%m/%d/%H}" for time in (end - timedelta(hours=hours), end))
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=ENV["BUCKET"], Prefix=prefix, StartAfter=first)
            keys = [item["Key"] for page in pages for item in page.get("Contents", []) if item["Key"] < last]
            random.shuffle(keys)
            for key in keys:
                for line in s3.get_object(Bucket=ENV["BUCKET"], Key=key)["Body"].iter_lines():
                    yield json.loads(line)


        def rows(value):
            if isinstance(value, dict):
                for key in ("instances", "predictions", "inputs", "outputs", "data"):
                    if key in value:
                        return rows(value[key])
                columns = [item if isinstance(item, list) else [item] for item in value.values()]
                return [dict(zip(value, row)) for row in zip(*columns)]
            items = value if isinstance(value, list) else [value]
            if any(isinstance(item, (dict, list)) for item in items):
                return [row for item in items for row in rows(item)]
            return [items]


        def table(part):
            data = part["data"]
            try:
                if part["encoding"] == "BASE64":
                    data = base64.b64decode(data).decode()
                return rows(json.loads(data))
            except ValueError:
                return list(csv.reader(data.splitlines()))


        def report(value):
            datum = json.loads(ENV["METRIC"]) | {"Value": value}
            boto3.client("cloudwatch").put_metric_data(Namespace=ENV["NAMESPACE"], MetricData=[datum])


        """

    private static let comparison = """

        MISSING = -1e999


        def number(value):
            try:
                return max(MISSING, float(value))
            except (TypeError, ValueError):
                return MISSING


        def drift(feature, values):
            numeric, gaps = feature.get("numerical_statistics"), Counter()
            if numeric:
                gaps[MISSING] = numeric["common"]["num_missing"]
                for level, items in enumerate(numeric["distribution"]["kll"]["sketch"]["data"]):
                    for item in items:
                        gaps[item] += 2 ** level
                values = list(map(number, values))
            else:
                stats = feature["string_statistics"]
                size = sum(stats["common"].values())
                for bucket in stats["distribution"]["categorical"]["buckets"]:
                    if bucket["count"] > size / 100:
                        gaps[bucket["value"].lower()] += bucket["count"]
                gaps[None] = size - gaps.total()
                texts = (str(value).lower() for value in values)
                values = [text if text in gaps else None for text in texts]
            size = gaps.total()
            for value in values:
                gaps[value] -= size / len(values)
            found = accumulate(map(gaps.get, sorted(gaps))) if numeric else gaps.values()
            return max(0, max(map(abs, found)) / size - 1.8 * (1 / len(values) + 1 / size) ** 0.5)


        def handler(event, context):
            features = {item["name"]: item for item in load(ENV["STATISTICS"])["features"]}
            limit = load(ENV["CONSTRAINTS"])["monitoring_config"]["distribution_constraints"]["comparison_threshold"]
            names, read, found = list(features), [], {}
            for record in records(ENV["CAPTURES"], event, 1):
                for row in table(record["captureData"]["endpointInput"]):
                    if isinstance(row, list):
                        row = dict(zip(names[-len(row):], row)) if len(names) - len(row) in (0, 1) else {}
                    read += [row] if row.keys() & features.keys() else []
                if len(read) * len(names) > 1e6:
                    break
            for name in set().union(*read) & features.keys():
                if len(read) >= 200 and len(features[name]) > 2:
                    found[name] = drift(features[name], [row.get(name) for row in read]) / limit
            print(len(read), "rows:", found)
            if found:
                report(max(found.values()))

        """

    private static let judgement = """

        LOSSES = {
            "accuracy": lambda answer, truth: answer != truth,
            "mae": lambda answer, truth: abs(answer - truth),
            "mse": lambda answer, truth: (answer - truth) ** 2,
        }
        LOSSES["rmse"] = LOSSES["mse"]


        def rule():
            if "LIMIT" in ENV:
                return ENV["QUALITY"], float(ENV["LIMIT"])
            for kind, metrics in load(ENV["CONSTRAINTS"]).items():
                for name in metrics if kind.endswith("_constraints") else ():
                    if name in LOSSES and name == ENV.get("QUALITY", name):
                        return name, float(metrics[name]["threshold"])
            raise ValueError("neither spec nor baseline limit the quality")


        def answer(row, metric):
            if isinstance(row, dict):
                row = [row["predicted_label"]] if "predicted_label" in row else list(row.values())
            try:
                scores = [float(score) for score in row]
            except ValueError:
                return row[0]
            if len(scores) > 1:
                return scores.index(max(scores))
            return round(scores[0]) if metric == "accuracy" and 0 < scores[0] < 1 else scores[0]


        def handler(event, context):
            metric, limit = rule()
            labels, losses, deadline = {}, [], time.monotonic() + 600
            for record in records(ENV["LABELS"], event, 24):
                labels[record["eventMetadata"]["eventId"]] = record["groundTruthData"]
                if len(labels) == 200_000:
                    break
            for record in records(ENV["CAPTURES"], event, 168) if labels else ():
                ids = record["eventMetadata"]
                label = labels.pop(ids["eventId"], None) or labels.pop(ids.get("inferenceId"), None)
                if label:
                    pairs = zip(table(record["captureData"]["endpointOutput"]), table(label))
                    losses += [LOSSES[metric](answer(row, metric), answer(truth, metric)) for row, truth in pairs]
                if not labels or len(losses) >= 10_000 or time.monotonic() > deadline:
                    break
            print(len(losses), "answers with labels, held to", metric, limit)
            if len(losses) < 100:
                return
            mean = sum(losses) / len(losses)
            spread = sum((loss - mean) ** 2 for loss in losses) ** 0.5 / len(losses)
            found = max(0, mean - 3 * spread)
            report((found ** 0.5 if metric == "rmse" else found) / (1 - limit if metric == "accuracy" else limit))

        """
}
