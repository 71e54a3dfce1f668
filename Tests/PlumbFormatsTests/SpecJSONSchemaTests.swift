// The JSON Schema, applied: it must take what the reader takes, and refuse the slips that an editor should underline.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct SpecJSONSchemaTests {
    /// As much of JSON Schema as the spec's schema uses; any other keyword is an error of the schema.
    struct Validator {
        let root: [String: Any]

        init() throws {
            let object = try JSONSerialization.jsonObject(with: Data(SpecSchema.jsonSchema().utf8))
            root = try #require(object as? [String: Any])
        }

        func problems(_ value: Any, _ schema: Any?, at path: String = "") throws -> [String] {
            let schema = try #require(schema as? [String: Any], "no schema at \(path)")
            var found: [String] = []
            for (keyword, argument) in schema {
                found += try problems(value, keyword, argument, schema, at: path)
            }
            return found
        }

        private func problems(
            _ value: Any, _ keyword: String, _ argument: Any, _ schema: [String: Any], at path: String
        ) throws -> [String] {
            let number = (value as? NSNumber)?.doubleValue
            let limit = (argument as? NSNumber)?.doubleValue
            let object = value as? [String: Any]
            let isRight: Bool
            switch keyword {
            case "description", "title", "default", "examples", "$schema", "$defs", "then": return []
            case "type":
                let types = argument as? [String] ?? [argument as? String ?? ""]
                isRight = types.contains { isOf($0, value) }
            case "enum": isRight = (argument as? [String] ?? []).contains { $0 == value as? String }
            case "const": isRight = argument as? String == value as? String
            case "minimum": isRight = try number.map { try $0 >= #require(limit) } ?? true
            case "maximum": isRight = try number.map { try $0 <= #require(limit) } ?? true
            case "minLength": isRight = try (value as? String).map { try Double($0.count) >= #require(limit) } ?? true
            case "maxItems": isRight = try (value as? [Any]).map { try Double($0.count) <= #require(limit) } ?? true
            case "maxProperties": isRight = try object.map { try Double($0.count) <= #require(limit) } ?? true
            case "uniqueItems": isRight = (value as? [String]).map { Set($0).count == $0.count } ?? true
            case "pattern":
                let pattern = try #require(argument as? String)
                isRight = (value as? String).map { $0.range(of: pattern, options: .regularExpression) != nil } ?? true
            case "required": isRight = (argument as? [String] ?? []).allSatisfy { object?[$0] != nil }
            case "not": isRight = try !problems(value, argument, at: path).isEmpty
            case "if":
                guard try problems(value, argument, at: path).isEmpty else { return [] }
                return try problems(value, schema["then"], at: path)
            case "anyOf":
                isRight = try (argument as? [Any] ?? []).contains { try problems(value, $0, at: path).isEmpty }
            case "$ref":
                #expect(argument as? String == "#/$defs/overlay")
                return try problems(value, (root["$defs"] as? [String: Any])?["overlay"], at: path)
            case "items":
                return try (value as? [Any] ?? []).enumerated().flatMap {
                    try problems($0.element, argument, at: "\(path).\($0.offset)")
                }
            case "properties":
                let known = argument as? [String: Any] ?? [:]
                return try (object ?? [:]).flatMap { key, value in
                    try known[key].map { try problems(value, $0, at: "\(path).\(key)") } ?? []
                }
            case "additionalProperties":
                let known = schema["properties"] as? [String: Any] ?? [:]
                let extra = (object ?? [:]).filter { known[$0.key] == nil }
                if argument as? Bool == false { return extra.keys.map { "\(path).\($0) is not known" } }
                return try extra.flatMap { try problems($0.value, argument, at: "\(path).\($0.key)") }
            default: return ["the schema uses \(keyword), which no test understands"]
            }
            return isRight ? [] : ["\(path): \(value) against \(keyword) \(argument)"]
        }

        private func isOf(_ type: String, _ value: Any) -> Bool {
            switch type {
            case "object": value is [String: Any]
            case "array": value is [Any]
            case "string": value is String
            case "null": value is NSNull
            case "boolean": value is Bool
            case "number": value is NSNumber
            case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
            default: false
            }
        }
    }

    private func problems(in yaml: String) throws -> [String] {
        let json = SpecSchema.value(of: yaml).rendered()
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        let validator = try Validator()
        return try validator.problems(value, validator.root)
    }

    @Test func takesWhatTheReaderTakes() throws {
        var texts = [SpecSamples.least, SpecSamples.whole]
        texts.append(SpecStarter.text(name: "digits", team: "vision", model: "model.onnx"))
        texts += try SpecSamples.exampleNames.map(SpecSamples.example)
        texts.append(SpecSamples.least + "workingHours: none\nlimits: {requestsPerSecondMax: none, bodyMax: 1048576}\n")
        texts.append(
            SpecSamples.least + "environments: {dev: {model: {path: null, command: [a]}, budget: {alerts: [5]}}}\n")
        for text in texts {
            #expect(!SpecReader.read(text, file: "a.yaml").hasErrors)
            #expect(try problems(in: text) == [])
        }
    }

    @Test(arguments: [
        "enviroments: {}", "instances: {min: 1}", "instances: {minimum: two}", "instances: {minimum: 1.5}",
        "instances: {type: m5.large}", "alarms: {health: {period: 5x}}", "alarms: {health: {missingData: breachin}}",
        "alarms: {notify: [x]}", "rollout: {canaryPercent: 60}", "rollout: {strategy: blueGreen}",
        "capture: {enabled: yes}", "limits: {bodyMax: 6Mb}", "region: Frankfurt", "environments: {prod: {}}",
        "environments: {dev: {environment: dev}}", "environments: {dev: {team: [a]}}", "workingHours: {start: 8am}",
        "waivers: [{control: OPS-1.1, owner: a, reason: b}]", "cache: {ttl: 60}", "benchmark: {modelDigest: abc}",
        "scaling: {scheduled: [{name: a, expression: daily}]}", "summary: ''", "example: x",
    ])
    func refusesWhatTheReaderRefuses(lines: String) throws {
        let text = SpecSamples.least + lines + "\n"
        #expect(SpecReader.read(text, file: "a.yaml").hasErrors)
        #expect(try !problems(in: text).isEmpty)
    }

    @Test func asksForTheRequiredKeysUnlessOverlaysMayBringThem() throws {
        #expect(try !problems(in: "name: digits\nteam: vision\n").isEmpty)
        #expect(try problems(in: "name: digits\nteam: vision\nenvironments: {}\n").isEmpty)
    }
}
