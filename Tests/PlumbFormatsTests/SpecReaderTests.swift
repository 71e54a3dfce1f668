// What is read, what lies over what, and where each thing stands.

import PlumbModel
import Testing

@testable import PlumbFormats

struct SpecReaderTests {
    @Test func fiveKeysAreEnough() throws {
        let reading = SpecReader.read(SpecSamples.least, file: "plumb.yaml")
        #expect(reading.diagnostics.isEmpty)
        let spec = try #require(reading.spec)
        #expect(spec.name == "digits" && spec.team == "vision" && spec.workload == .cpu)
        #expect(spec.model.path == "model.onnx" && spec.example.body == "0,0,5")
        #expect(reading.environment == .production && reading.environmentIsAssumed && reading.environments.isEmpty)
    }

    @Test func everyKeyCanBeWrittenAndHasAPlace() throws {
        let reading = SpecReader.read(SpecSamples.whole, file: "plumb.yaml")
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        let spec = try #require(reading.spec)
        let elsewhere: Set = ["environments", "model.command", "example.file"]
        func check(_ keys: [SpecKeyDescription]) {
            for key in keys where !elsewhere.contains(key.path) {
                let written = key.path.replacing("[]", with: ".0")
                #expect(spec.places[written] != nil, "\(key.path) is not written in the sample")
                check(key.children)
            }
        }
        check(SpecSchema.keys)
        #expect(reading.environments == [.dev, .production] && !reading.environmentIsAssumed)
    }

    @Test func valuesArriveInTheirUnits() throws {
        let spec = try #require(SpecReader.read(SpecSamples.whole, file: "plumb.yaml").spec)
        #expect(spec.model.startupTimeoutSeconds == 120 && spec.model.downloadTimeoutSeconds == 600)
        #expect(spec.model.digest == SpecSamples.digest)
        #expect(spec.model.environment == ["OMP_NUM_THREADS": "1", "MODE": "fast"])
        #expect(spec.alarms.probeIntervalSeconds == 2.5 && spec.alarms.probeTimeoutSeconds == 0.5)
        #expect(
            spec.alarms.latencyP99
                == AlarmPlan.Rule(
                    threshold: 250, periodSeconds: 120, evaluationPeriods: 5, datapointsToAlarm: 4,
                    missingData: .missing))
        #expect(spec.rollout.strategy == .linear && spec.rollout.warmRollbackMinutes == 90)
        #expect(spec.rollout.timeoutSeconds == 7200)
        #expect(spec.limits.bodyBytesMax == 2 << 20 && spec.limits.requestsPerSecondMax == 100)
        #expect(spec.benchmark?.durationSeconds == 900 && spec.benchmark?.day == Day("2026-11-20"))
        #expect(spec.workingHours?.days == ["mon", "tue", "wed", "thu", "fri", "sat"])
        #expect(spec.workingHours?.start == "07:30" && spec.workingHours?.stop == "24:00")
        #expect(spec.cache?.ttlSeconds == 300 && spec.recovery?.drill?.rtoMinutes == 41)
        #expect(spec.scaling.scheduled.first?.expression == "cron(0 7 ? * MON-FRI *)")
        #expect(spec.waivers.first?.expires == Day("2027-01-31"))
    }

    @Test func placesAreThoseOfTheKeys() throws {
        let text =
            SpecSamples.least + """
                alarms:
                  errorRate: {period: 30s, thresholdPercent: 5}
                waivers:
                  - {control: OPS-1.2, owner: ada, reason: a test, expires: 2027-01-31}
                environments:
                  production:
                    budget: {monthlyUSD: 3000}
                """
        let spec = try #require(SpecReader.read(text, file: "a.yaml").spec)
        #expect(spec.place(of: "name") == Place(file: "a.yaml", line: 1, column: 1))
        #expect(spec.place(of: "model.path") == Place(file: "a.yaml", line: 4, column: 9))
        #expect(spec.place(of: "alarms.errorRate.thresholdPercent") == Place(file: "a.yaml", line: 7, column: 28))
        #expect(spec.place(of: "alarms.errorRate.missingData") == Place(file: "a.yaml", line: 7, column: 3))
        #expect(spec.place(of: "budget.monthlyUSD") == Place(file: "a.yaml", line: 12, column: 14))
        #expect(spec.place(of: "capture.ttlDays") == Place(file: "a.yaml", line: 1, column: 1))
        #expect(spec.waivers.first?.place == Place(file: "a.yaml", line: 9, column: 5))
    }

    @Test func overlaysMergeMappingsAndReplaceTheRest() throws {
        let text =
            SpecSamples.least + """
                instances: {type: ml.m5.2xlarge, zones: 3}
                budget: {alerts: [50, 80, 100], monthlyUSD: 3000}
                environments:
                  staging:
                    model: {path: null, command: [serve]}
                    instances: {zones: 1}
                    budget: {alerts: [70], monthlyUSD: 400}
                    workingHours: none
                """
        let staging = try #require(SpecReader.read(text, file: "a.yaml", environment: .staging).spec)
        #expect(staging.environment == .staging)
        #expect(staging.model.command == ["serve"] && staging.model.path == nil)
        #expect(staging.instances.zones == 1 && staging.instances.type == "ml.m5.2xlarge")
        #expect(staging.budget.alertPercents == [70] && staging.budget.monthlyUSD == 400)
        #expect(staging.workingHours == nil)
        let production = try #require(SpecReader.read(text, file: "a.yaml").spec)
        #expect(production.model.path == "model.onnx" && production.instances.zones == 3)
        #expect(production.budget.alertPercents == [50, 80, 100] && production.budget.monthlyUSD == 3000)
    }

    @Test func anOverlayMayBringARequiredKey() throws {
        let text =
            SpecSamples.least.replacing("model: {path: model.onnx}\n", with: "") + """
                environments:
                  dev: {model: {path: small.onnx}}
                  production: {model: {path: large.onnx}}
                """
        #expect(SpecReader.read(text, file: "a.yaml", environment: .dev).spec?.model.path == "small.onnx")
        #expect(SpecReader.read(text, file: "a.yaml").spec?.model.path == "large.onnx")
        #expect(SpecReader.read(text, file: "a.yaml", environment: .staging).hasErrors)
    }

    @Test(arguments: [
        ("", Environment?.none, Environment.production, true), ("environment: dev\n", nil, .dev, false),
        ("environment: dev\n", .staging, .staging, false), ("", .dev, .dev, false),
    ])
    func environmentComesFromTheCallerThenTheFileThenIsProduction(
        line: String, asked: Environment?, expected: Environment, isAssumed: Bool
    ) {
        let reading = SpecReader.read(SpecSamples.least + line, file: "a.yaml", environment: asked)
        #expect(reading.environment == expected && reading.spec?.environment == expected)
        #expect(reading.environmentIsAssumed == isAssumed)
    }

    @Test func whatIsWrongInAnotherEnvironmentIsToldToo() {
        let text = SpecSamples.least + "environments:\n  dev: {retentionDays: long}\n"
        let reading = SpecReader.read(text, file: "a.yaml")
        #expect(reading.diagnostics.map(\.place) == [Place(file: "a.yaml", line: 7, column: 24)])
        #expect(reading.spec == nil)
    }

    @Test func aliasesStandForWhatTheyName() throws {
        let text =
            SpecSamples.least + """
                alarms:
                  errorRate: &quick {period: 10s, evaluationPeriods: 3}
                  latencyP99: *quick
                """
        let spec = try #require(SpecReader.read(text, file: "a.yaml").spec)
        #expect(spec.alarms.latencyP99.periodSeconds == 10 && spec.alarms.latencyP99.threshold == 500)
    }

    @Test func bytesAreReadAsUTF8WithOrWithoutMark() {
        let bytes = Array(SpecSamples.least.utf8)
        #expect(SpecReader.read(bytes: bytes, file: "a.yaml").spec != nil)
        #expect(SpecReader.read(bytes: [0xEF, 0xBB, 0xBF] + bytes, file: "a.yaml").spec?.name == "digits")
        let broken = SpecReader.read(bytes: Array("name: a\nteam: é".utf8) + [0xFF, 0x41], file: "a.yaml")
        #expect(broken.diagnostics.map(\.message) == ["the file is not UTF-8"])
        #expect(broken.diagnostics.first?.place == Place(file: "a.yaml", line: 2, column: 8))
    }

    @Test(arguments: SpecSamples.exampleNames)
    func theExampleReadsClean(name: String) throws {
        let reading = SpecReader.read(try SpecSamples.example(name), file: name)
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        var spec = try #require(reading.spec)
        var first = try #require(SpecReader.read(try SpecSamples.example("plumb.yaml"), file: name).spec)
        let suffix = name.dropFirst("plumb".count).prefix { $0 != "." }
        #expect(spec.model.path == "model\(suffix).onnx")
        // Apart from the model and the places the five are one.
        for index in spec.waivers.indices { spec.waivers[index].place = nil }
        for index in first.waivers.indices { first.waivers[index].place = nil }
        (spec.model.path, spec.places) = (nil, [:])
        (first.model.path, first.places) = (nil, [:])
        #expect(spec == first)
    }

    @Test func unitsAreReadExactly() {
        #expect(SpecUnits.seconds("250ms") == 0.25 && SpecUnits.seconds("1h30m") == 5400)
        #expect(SpecUnits.seconds("2d") == 172_800 && SpecUnits.seconds("0.5") == 0.5)
        for text in ["", "m", "5 m", "5m1h", "-5s", "1e3", "5x", "1.2.3s", "٣s"] {
            #expect(SpecUnits.seconds(text) == nil, "\(text)")
        }
        #expect(SpecUnits.bytes("1.5KiB") == 1536 && SpecUnits.bytes("6 MiB") == 6 << 20)
        #expect(SpecUnits.bytes("10MB") == 10_000_000 && SpecUnits.bytes("0.3B") == nil && SpecUnits.bytes("x") == nil)
        for seconds in [0.25, 1, 59, 60, 90, 3600, 5400, 86_400] {
            #expect(SpecUnits.seconds(SpecUnits.durationText(seconds)) == seconds)
        }
    }
}
