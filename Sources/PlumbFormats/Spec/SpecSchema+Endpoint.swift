// The top level of the file, and what serves: model, example, instances, scaling, hours, budget.

import PlumbModel

extension SpecSchema {
    static let topKeys: [SpecKey<Spec>] = identityKeys + servingKeys + watchingKeys + recordKeys

    private static let identityKeys: [SpecKey<Spec>] = [
        SpecKey(
            "name", \.name, SpecForms.endpointName, "The endpoint's name, as callers use it.", required: true,
            example: "digits"),
        SpecKey(
            "team", \.team, SpecForms.tag, "The team that pays and is told; the cost tag `ml:team`.", required: true,
            example: "vision"),
        SpecKey(optional: "owner", \.owner, .text, "Who answers for it.", example: "vision@example.org"),
        SpecKey(optional: "summary", \.summary, .text, "What it does, in a sentence."),
        SpecKey(
            "environment", \.environment, environment,
            "Which rules and defaults hold when none is named on the command line; production when absent."),
        SpecKey(
            "environments", \.overlays, SpecForms.overlays,
            "What differs in an environment, laid over the rest: mappings merge, everything else replaces."),
        SpecKey("region", \.region, SpecForms.region, "The AWS region; the price table is us-east-1's."),
        SpecKey(
            "workload", \.workload, .choice,
            "What bounds the model's speed (PERF-1.1); it decides the default instance type.", required: true,
            example: "cpu"),
        SpecKey("critical", \.isCritical, .flag, "Whether it must survive the loss of a region (REL-3.7)."),
    ]

    /// Shown without a default: what holds depends on the command line.
    private static let environment: SpecType<Environment> = {
        let choice = SpecType<Environment>.choice
        return SpecType(choice.name, choice.shape, read: choice.read)
    }()

    private static let servingKeys: [SpecKey<Spec>] = [
        SpecKey("model", \.model, model, "What answers the requests.", required: true),
        SpecKey(
            "example", \.example, example, "A real request, used for probes, benchmarks and documentation.",
            required: true),
        SpecKey("instances", \.instances, instances, "How many instances of what."),
        SpecKey("scaling", \.scaling, scaling, "When capacity is added and removed."),
        SpecKey(
            optional: "workingHours", \.workingHours, workingHours,
            "Hours in which the endpoint runs; outside it is off and costs nothing (COST-2.2).", none: true),
        SpecKey("budget", \.budget, budget, "The monthly limit and its alerts."),
    ]

    private static let model = SpecType<ModelSource>.record(
        { SpecDefaults.model },
        [
            SpecKey(
                optional: "path", \.path, .text,
                "The ONNX file or model folder, relative to this file, or an `s3://` address; this or `command`.",
                example: "model.onnx"),
            SpecKey(
                optional: "command", \.command, .list(of: .text, countMax: 256),
                "A program that obeys the SageMaker container contract, with its arguments; this or `path`.",
                example: "[python3, server.py]"),
            SpecKey(
                "environment", \.environment, .dictionary(countMax: 128), "Environment variables of the model server.",
                example: "{OMP_NUM_THREADS: 1}"),
            SpecKey(
                optional: "image", \.image, .text, "The container image for SageMaker, by `@sha256:` digest (OPS-3.3).",
                example: "111122223333.dkr.ecr.us-east-1.amazonaws.com/digits@sha256:…"),
            SpecKey(
                optional: "name", \.name, SpecForms.endpointName, "The model's name, where it is not the endpoint's."),
            SpecKey(
                optional: "digest", \.digest, .sha256,
                "SHA-256 of the artefact; reckoned from the file when it lies here."),
            SpecKey(
                "multiModel", \.isMultiModel, .flag,
                "Whether the container holds many models behind one endpoint; excludes Model Monitor (T-8)."),
            SpecKey(optional: "size", \.size, modelSize, "How large the model is (PERF-1.3)."),
            SpecKey(
                "concurrencyMax", \.concurrencyMax, .integer(1...1024), "Requests that one instance works on at a time."
            ),
            SpecKey(
                "startupTimeout", \.startupTimeoutSeconds, .wholeDuration(1...3600),
                "How long a container may take to answer `/ping`; 60s to 1h on AWS, part of the recovery time (A-4)."
            ),
            SpecKey(
                "downloadTimeout", \.downloadTimeoutSeconds, .wholeDuration(1...3600),
                "How long the model's download may take; 60s to 1h on AWS, part of the recovery time (A-4)."),
        ])

    private static let modelSize = SpecType<ModelSize>.record(
        { ModelSize() },
        [
            SpecKey(
                optional: "parametersMillions", \.parametersMillions, .number(0...10_000_000),
                "Parameters, in millions.", example: "7000"),
            SpecKey(
                optional: "bytesPerParameter", \.bytesPerParameter, .number(0.125...16),
                "Bytes of one: 4 for fp32, 2 for fp16 and bf16, 1 for int8.", example: "2"),
            SpecKey(
                optional: "activationsGiB", \.activationsGiB, .number(0...100_000),
                "Activations and key-value cache at the declared batch, in GiB."),
            SpecKey(
                optional: "runtimeGiB", \.runtimeGiB, .number(0...100_000), "What the process itself needs, in GiB."),
            SpecKey(optional: "batch", \.batch, .integer(1...1_000_000), "Requests, or rows, worked on together."),
        ])

    private static let example = SpecType<ExampleRequest>.record(
        { ExampleRequest(contentType: "application/json") },
        [
            SpecKey(
                "contentType", \.contentType, SpecForms.contentType,
                "The request's media type; `text/csv` when `file` ends in `.csv`."),
            SpecKey(
                optional: "body", \.body, .text, "The request's body; this or `file`.",
                example: "'{\"instances\": [[0, 1, 2]]}'"),
            SpecKey(
                optional: "file", \.file, .text, "A file that holds the body, relative to this file; this or `body`."),
        ])

    private static let instances = SpecType<Instances>.record(
        { SpecDefaults.start(in: .production).instances },
        [
            SpecKey(
                "type", \.type, SpecForms.instanceType,
                "Prescribed in dev and staging (COST-2.1); in production by workload (PERF-1.2): ml.g5.xlarge for gpu, "
                    + "ml.g5.2xlarge for memory, the largest of which four fit into $5,000 a month (T-5)."
            ),
            SpecKey(
                "minimum", \.minimum, .integer(0...1000),
                "Never fewer than this; two in production, so that one may fail (T-1)."),
            SpecKey(
                "maximum", \.maximum, .integer(1...1000),
                "Never more than this: four, or as many as the cap of dev or staging pays for in working hours (T-17)."
            ),
            SpecKey("initial", \.initial, .integer(0...1000), "How many it starts with; the minimum when absent."),
            SpecKey(
                "zones", \.zones, .integer(1...6),
                "Availability Zones, or failure domains, they are spread over (REL-1.3)."),
        ])

    private static let scaling = SpecType<Scaling>.record(
        { SpecDefaults.start(in: .production).scaling },
        [
            SpecKey("enabled", \.isEnabled, .flag, "Whether the number of instances follows the load."),
            SpecKey(
                "targetPercent", \.targetPercent, .number(1...100), "The set point, in percent of capacity (REL-2.3)."),
            SpecKey(
                "scaleOutAbovePercent", \.scaleOutAbovePercent, .number(1...100),
                "Above this capacity is added at once (REL-2.4)."),
            SpecKey(
                "scaleInBelowPercent", \.scaleInBelowPercent, .number(0...100),
                "Below this it is removed: target x m / (m + 1) for a minimum of m, at most 50, so that one fewer "
                    + "does not call for one more (T-3)."
            ),
            SpecKey(
                "scaleInCooldown", \.scaleInCooldownSeconds, .wholeDuration(0...86_400),
                "Rest after a removal (REL-2.5)."),
            SpecKey(
                "scaleOutCooldown", \.scaleOutCooldownSeconds, .wholeDuration(0...86_400), "Rest after an addition."),
            SpecKey(
                "period", \.periodSeconds, .duration(0.1...60),
                "One look of the embedded engine at its load: three above `scaleOutAbovePercent` add, six whose "
                    + "average is above the target add, sixty quiet ones remove."),
            SpecKey(
                "cores", \.coresPerInstance, .number(0.01...256),
                "Cores that one instance of the embedded engine is allotted, where nothing limits it; its load is "
                    + "measured against them."),
            SpecKey(
                "scheduled", \.scheduled, .list(of: scheduledAction, countMax: 100),
                "Changes of the bounds at set times."),
        ])

    private static let scheduledAction = SpecType<Scaling.Action>.record(
        { Scaling.Action(name: "", expression: "", timezone: nil, minimum: nil, maximum: nil) },
        [
            SpecKey("name", \.name, .text, "The action's name.", required: true, example: "morning"),
            SpecKey(
                "expression", \.expression, SpecForms.scheduleExpression,
                "When, as Application Auto Scaling spells it.", required: true,
                example: "cron(0 7 ? * MON-FRI *)"),
            SpecKey(
                optional: "timezone", \.timezone, SpecForms.timezone, "In which the time is meant; UTC when absent."),
            SpecKey(optional: "minimum", \.minimum, .integer(0...1000), "The new minimum; unchanged when absent."),
            SpecKey(optional: "maximum", \.maximum, .integer(0...1000), "The new maximum; unchanged when absent."),
        ])

    private static let workingHours = SpecType<WorkingHours>.record(
        { SpecDefaults.workingHours },
        [
            SpecKey("timezone", \.timezone, SpecForms.timezone, "An IANA name such as `Europe/Berlin`."),
            SpecKey("days", \.days, SpecForms.weekdays, "Days of the week, or a range such as `mon-fri`."),
            SpecKey("start", \.start, SpecForms.timeOfDay, "When it starts, local time."),
            SpecKey("stop", \.stop, SpecForms.timeOfDay, "When it stops, local time, later the same day."),
        ])

    private static let budget = SpecType<BudgetPlan>.record(
        { SpecDefaults.start(in: .production).budget },
        [
            SpecKey(
                "monthlyUSD", \.monthlyUSD, .number(0...10_000_000),
                "Dollars a month. In dev and staging under the caps of $100 and $500, so that the alert at 100 % comes "
                    + "before the breach (COST-2.4); in production the worst case (A-2) within 2,000 to 5,000."
            ),
            SpecKey(
                "alerts", \.alertPercents, .list(of: .number(1...1000), countMax: 10),
                "Percentages at which people are told (COST-3.3); AWS Budgets takes ten at most."),
            SpecKey("stopAtLimit", \.stopsAtLimit, .flag, "Whether the endpoint stops when the money is spent."),
        ])
}
