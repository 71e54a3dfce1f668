// What is told of a spec that is wrong: where it stands, what it is, and what helps.

import PlumbModel
import Testing

@testable import PlumbFormats

/// Lines added to the least spec, which has five lines, and what is told of them.
struct WrongLines: Sendable, CustomTestStringConvertible {
    var lines: String
    var line: Int
    var column: Int
    var message: String
    var hint = ""
    var testDescription: String { lines.replacing("\n", with: " / ") }
}

struct SpecDiagnosticTests {
    static let wrong: [WrongLines] = [
        WrongLines(lines: "enviroments: {}", line: 6, column: 1, message: "unknown key", hint: "`environments`?"),
        WrongLines(lines: "dr: {}", line: 6, column: 1, message: "unknown key", hint: "`recovery`?"),
        WrongLines(lines: "retention_days: 3", line: 6, column: 1, message: "unknown key", hint: "`retentionDays`?"),
        WrongLines(lines: "canaryPercent: 5", line: 6, column: 1, message: "unknown", hint: "belongs to `rollout`"),
        WrongLines(lines: "zzz: 1", line: 6, column: 1, message: "unknown key", hint: "Known keys: `name`, `team`"),
        WrongLines(lines: "<<: {}", line: 6, column: 1, message: "unknown key", hint: "merge keys"),
        WrongLines(
            lines: "instances: {min: 1}", line: 6, column: 13, message: "in `instances`", hint: "`minimum`?"),
        WrongLines(
            lines: "instances: {minimum: two}", line: 6, column: 22,
            message: "`instances.minimum` is `two`; expected: whole number, 0 to 1000"),
        WrongLines(lines: "instances: {minimum: 1.5}", line: 6, column: 22, message: "is `1.5`"),
        WrongLines(lines: "instances: {minimum: '2'}", line: 6, column: 22, message: "is `2`", hint: "without quotes"),
        WrongLines(lines: "instances: [2]", line: 6, column: 12, message: "is a list; expected: a mapping"),
        WrongLines(lines: "instances: 2", line: 6, column: 12, message: "is one value", hint: "`minimum`"),
        WrongLines(lines: "instances: {minimum: 3, maximum: 2}", line: 6, column: 25, message: "is greater than"),
        WrongLines(
            lines: "instances: {maximum: 1}", line: 6, column: 13,
            message: "`instances.minimum` (2, the default here) is greater than `instances.maximum` (1)"),
        WrongLines(
            lines: "instances: {initial: 9}", line: 6, column: 13,
            message: "`instances.initial` (9) is greater than `instances.maximum` (4, the default here)"),
        WrongLines(lines: "instances: {type: m5.large}", line: 6, column: 19, message: "SageMaker instance type"),
        WrongLines(
            lines: "alarms: {errorRate: {thresholdPercent: 5%}}", line: 6, column: 40, message: "is `5%`", hint: "`5`"),
        WrongLines(
            lines: "alarms: {errorRate: {threshold: 5}}", line: 6, column: 22, message: "unknown",
            hint: "`thresholdPercent`?"),
        WrongLines(lines: "alarms: {health: {period: 5x}}", line: 6, column: 27, message: "duration", hint: "`5m`"),
        WrongLines(lines: "alarms: {health: {period: 0.5}}", line: 6, column: 27, message: "1s to 1d"),
        WrongLines(
            lines: "alarms: {health: {missingData: breachin}}", line: 6, column: 32, message: "expected: one of",
            hint: "`breaching`?"),
        WrongLines(
            lines: "alarms: {health: {evaluationPeriods: 2, datapointsToAlarm: 3}}", line: 6, column: 19,
            message: "is greater than"),
        WrongLines(lines: "alarms:\n  notify: [x]", line: 7, column: 12, message: "`alarms.notify.0`"),
        WrongLines(lines: "alarms: {notify: a@b.org}", line: 6, column: 18, message: "expected: list", hint: "[a, b]"),
        WrongLines(lines: "rollout: {canaryPercent: 60}", line: 6, column: 26, message: "1 to 50"),
        WrongLines(lines: "rollout: {stepPercent: 5}", line: 6, column: 24, message: "10 to 50"),
        WrongLines(lines: "rollout: {strategy: blueGreen}", line: 6, column: 21, message: "`canary`, `linear`"),
        WrongLines(lines: "rollout: {warmRollback: 90s}", line: 6, column: 25, message: "is `90s`"),
        WrongLines(lines: "capture: {enabled: yes}", line: 6, column: 20, message: "is `yes`", hint: "`true`"),
        WrongLines(lines: "limits: {bodyMax: 6Mb}", line: 6, column: 19, message: "size", hint: "`6MiB`"),
        WrongLines(lines: "region: Frankfurt", line: 6, column: 9, message: "AWS region"),
        WrongLines(lines: "environment: prod", line: 6, column: 14, message: "is `prod`", hint: "`production`?"),
        WrongLines(
            lines: "environments: {prod: {}}", line: 6, column: 16, message: "unknown environment `prod`",
            hint: "`production`?"),
        WrongLines(lines: "environments: [dev]", line: 6, column: 15, message: "is a list"),
        WrongLines(
            lines: "environments:\n  dev:\n    environment: dev", line: 8, column: 5, message: "cannot stand"),
        WrongLines(lines: "environments:\n  dev:\n    team: [a]", line: 8, column: 11, message: "`team` is a list"),
        WrongLines(
            lines: "workingHours: {start: 20:00, stop: 08:00}", line: 6, column: 30,
            message: "stop (08:00) before they start (20:00)"),
        WrongLines(lines: "workingHours: {start: 8am}", line: 6, column: 23, message: "time such as", hint: "HH:MM"),
        WrongLines(lines: "workingHours: {days: [mon, funday]}", line: 6, column: 22, message: "weekdays"),
        WrongLines(lines: "workingHours: {days: [mon, mon]}", line: 6, column: 22, message: "once"),
        WrongLines(lines: "workingHours: {timezone: +01:00}", line: 6, column: 26, message: "IANA", hint: "Etc/UTC"),
        WrongLines(
            lines: "waivers:\n  - {control: OPS1.1, owner: a, reason: b, expires: 2027-01-31}", line: 7, column: 15,
            message: "control such as OPS-1.1"),
        WrongLines(
            lines: "waivers:\n  - {control: OPS-1.1, owner: a, reason: b, expires: 2027-02-30}", line: 7, column: 54,
            message: "day such as"),
        WrongLines(
            lines: "waivers:\n  - {control: OPS-1.1, owner: a, expires: 2027-01-31}", line: 7, column: 5,
            message: "`waivers.0.reason` is missing", hint: "write `reason:"),
        WrongLines(lines: "cache: {deterministic: false, ttl: 60}", line: 6, column: 31, message: "not determin"),
        WrongLines(lines: "cache: {ttl: 60}", line: 6, column: 8, message: "`cache.deterministic` is missing"),
        WrongLines(lines: "benchmark: {modelDigest: abc}", line: 6, column: 26, message: "64 hex", hint: "sha256sum"),
        WrongLines(
            lines: "scaling: {scheduled: [{name: a, expression: daily, minimum: 1}]}", line: 6, column: 45,
            message: "cron"),
        WrongLines(
            lines: "scaling: {scheduled: [{name: a, expression: rate(1 day)}]}", line: 6, column: 23,
            message: "changes nothing"),
        WrongLines(lines: "budget: {alerts: [50, 50]}", line: 6, column: 10, message: "twice"),
        WrongLines(lines: "summary: a\nsummary: b", line: 6, column: 1, message: "`summary` is written twice"),
        WrongLines(lines: "summary: ''", line: 6, column: 10, message: "is empty"),
        WrongLines(lines: "summary: [", line: 7, column: 1, message: "not YAML"),
        WrongLines(lines: "limits:\n\tqueueMax: 3", line: 7, column: 1, message: "not YAML", hint: "tab"),
        WrongLines(lines: "---\nname: b", line: 7, column: 1, message: "more than one document"),
        WrongLines(lines: "summary: *nobody", line: 6, column: 10, message: "undefined alias"),
        WrongLines(lines: "[a]: 1", line: 6, column: 1, message: "this key is a list"),
    ]

    @Test(arguments: wrong)
    func toldWhereItStands(_ sample: WrongLines) throws {
        let reading = SpecReader.read(SpecSamples.least + sample.lines + "\n", file: "a.yaml")
        try #require(reading.diagnostics.count == 1, "\(reading.diagnostics)")
        let told = reading.diagnostics[0]
        #expect(told.place == Place(file: "a.yaml", line: sample.line, column: sample.column), "\(told.message)")
        #expect(told.message.contains(sample.message), "\(told.message)")
        #expect(sample.hint.isEmpty || told.hint?.contains(sample.hint) == true, "\(told.hint ?? "no hint")")
        #expect(told.severity == .error && reading.spec == nil)
    }

    @Test(arguments: [
        ("", "the file is empty"), ("# nothing\n", "the file is empty"), ("---\n", "the file is empty"),
        ("hello", "the file is one value; expected: a mapping"), ("- a\n- b\n", "the file is a list"),
        ("~\n", "the file is empty"),
    ])
    func whatIsNoMappingIsRefused(text: String, message: String) {
        let reading = SpecReader.read(text, file: "a.yaml")
        #expect(reading.spec == nil && reading.diagnostics.count == 1)
        #expect(reading.diagnostics.first?.message.contains(message) == true, "\(reading.diagnostics)")
    }

    @Test func allErrorsAreToldAtOnceInTheOrderOfTheFile() {
        let text = """
            name: -digits
            workload: tpu
            model: {path: a.onnx, command: [serve]}
            exmaple: {body: x}
            instances: {minimum: x, zones: 0}
            """
        let reading = SpecReader.read(text, file: "a.yaml")
        let lines = reading.diagnostics.compactMap(\.place?.line)
        #expect(lines == [1, 1, 1, 2, 3, 4, 5, 5])
        let missing = reading.diagnostics.filter { $0.message.contains("is missing") }.map(\.message)
        #expect(missing == ["`team` is missing", "`example` is missing"])
    }

    @Test func eitherOfTwoKeysIsNeeded() {
        let neither = SpecReader.read(SpecSamples.least.replacing("{path: model.onnx}", with: "{name: a}"), file: "a")
        #expect(neither.diagnostics.map(\.message) == ["`model` has neither `path` nor `command`"])
        let both = SpecReader.read(SpecSamples.least.replacing("{body:", with: "{file: a.csv, body:"), file: "a")
        #expect(both.diagnostics.map(\.message) == ["`example` has both `body` and `file`"])
    }

    @Test func breachesOfPolicyAreNoErrors() {
        let text =
            SpecSamples.least + """
                instances: {minimum: 1, maximum: 40, type: ml.p5.48xlarge, zones: 1}
                alarms: {errorRate: {thresholdPercent: 50}, latencyP99: {thresholdMilliseconds: 9000}}
                rollout: {strategy: allAtOnce, wait: 0, terminationWait: 0}
                budget: {monthlyUSD: 100000, alerts: []}
                capture: {enabled: false}
                scaling: {enabled: false}
                """
        let reading = SpecReader.read(text, file: "a.yaml")
        #expect(reading.diagnostics.isEmpty && reading.spec?.instances.maximum == 40)
    }

    @Test func nothingWrittenIsAsIfTheKeyWereNotThere() {
        let text = SpecSamples.least + "alarms:\nbudget: {monthlyUSD: ~}\nowner: null\n"
        let reading = SpecReader.read(text, file: "a.yaml")
        #expect(reading.diagnostics.isEmpty && reading.spec?.budget.monthlyUSD == 2000)
        let empty = SpecReader.read(SpecSamples.least.replacing("team: vision", with: "team:"), file: "a.yaml")
        #expect(empty.diagnostics.map(\.message) == ["`team` is missing"])
    }

    @Test(arguments: [
        ("environments", "enviroments"), ("minimum", "minimun"), ("errorRate", "error_rate"), ("wait", "wiat"),
        ("timezone", "tz"), ("thresholdPercent", "threshold"),
    ])
    func nearWordsAreFound(meant: String, written: String) {
        let known = ["environments", "minimum", "maximum", "errorRate", "wait", "timezone", "thresholdPercent"]
        #expect(Spelling.nearest(to: written, in: known) == meant)
    }

    @Test func farWordsAreNot() {
        for word in ["", "xyz", "replicaCountOfEverything", "😀"] {
            #expect(Spelling.nearest(to: word, in: ["name", "team", "rollout"]) == nil, "\(word)")
        }
        #expect(Spelling.distance("kitten", "sitting") == 3 && Spelling.distance("ab", "ba") == 1)
    }
}
