// Whole templates: conditions that are open, stacks that meet, and every sort of bad input.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct TemplateReaderTests {
    private func document(_ text: String, _ path: String = "t.yaml") throws -> SourceDocument {
        try SourceDocument.read(SourceFile(path: path, bytes: Array(text.utf8))).get()
    }

    @Test func `an open condition makes two worlds, and a parameter closes it`() throws {
        let template = try document(
            """
            Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
            Conditions: {IsProd: !Equals [!Ref Stage, prod], IsDev: !Equals [!Ref Stage, dev]}
            Resources: {A: {Type: AWS::S3::Bucket, Condition: IsProd}, B: {Type: AWS::S3::Bucket}}
            """)
        let open = TemplateReader.read([template], asOf: Day(daysSinceEpoch: 20_781))
        #expect(open.worlds.map(\.assumptions) == [["${Stage} is 'dev'"], ["${Stage} is 'prod'"]])
        let closed = TemplateReader.read(
            [template], parameters: ["Stage": "prod"], asOf: Day(daysSinceEpoch: 20_781))
        #expect(closed.worlds.count == 1)
        #expect(closed.worlds[0].assumptions.isEmpty)
    }

    @Test func `conditions without end are judged in a bounded number of worlds, and that is said`() throws {
        let parameters = (0..<40).map { "P\($0): {Type: String}" }.joined(separator: ", ")
        let conditions = (0..<40).map { "C\($0): !Equals [!Ref P\($0), x]" }.joined(separator: ", ")
        let template = try document(
            "Parameters: {\(parameters)}\nConditions: {\(conditions)}\nResources: {A: {Type: AWS::S3::Bucket}}")
        let reading = TemplateReader.read([template], asOf: Day(daysSinceEpoch: 20_781))
        #expect(reading.worlds.count == TemplateReader.worldsMax)
        #expect(reading.diagnostics.contains { $0.message.contains("of them were judged") })
    }

    @Test func `a stack finds what another one exports, and what it nests`() throws {
        let shared = try document(
            """
            Resources: {Topic: {Type: AWS::SNS::Topic}}
            Outputs: {T: {Value: !Ref Topic, Export: {Name: !Sub "${AWS::StackName}-topic"}}}
            """, "shared.yaml")
        let child = try document(
            """
            Parameters: {Name: {Type: String}}
            Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}}
            Outputs: {Arn: {Value: !GetAtt Bucket.Arn}}
            """, "parts/child.yaml")
        let root = try document(
            """
            Resources:
              Child:
                Type: AWS::CloudFormation::Stack
                Properties: {TemplateURL: ./child.yaml, Parameters: {Name: data}}
              R:
                Type: AWS::X::Y
                Properties:
                  P: !GetAtt Child.Outputs.Arn
                  Q: !ImportValue {"Fn::Sub": "${AWS::StackName}-topic"}
            """, "parts/root.yaml")
        let templates = [shared, child, root].map { Template($0.root, file: $0.path) }
        var library = TemplateLibrary()
        for template in templates { library.templates[template.file] = template }
        let deployment = StackDeployment(
            [templates[0], templates[2]], library: library, parameters: [:], world: [:])
        let inventory = Inventory(deployment)
        let resource = try #require(inventory[id: "R"])
        #expect(resource["P"].name.value == "${Child/Bucket.Arn}")
        #expect(resource["Q"].name.value == "${Topic.Arn}")
        #expect(inventory[id: "Child/Bucket"]?.head.name.value == "data")
    }

    @Test(arguments: [
        "Resources: {}", "Resources: []", "Resources: {A: 1}", "Resources: {A: {Typ: x}}",
        "AWSTemplateFormatVersion: x",
        "Resources: {A: {Type: AWS::S3::Bucket, Properties: [1]}}",
    ])
    func `what is no template says where and why`(text: String) throws {
        let file = SourceFile(path: "t.yaml", bytes: Array(text.utf8))
        let document = try SourceDocument.read(file).get()
        let reading = TemplateReader.read([document], asOf: Day(daysSinceEpoch: 20_781))
        #expect(reading.hasErrors)
        #expect(reading.diagnostics.allSatisfy { $0.place != nil })
    }

    @Test(arguments: [
        "", "\u{0}", "{", "[", "{\"a\":", "{\"a\" 1}", "a: b: c", "- - -\n\t- x", "&a [*a]", "*x", "{\"a\":1}}",
        "\"\\ud800", "{\"a\": 01}", "{\"a\": \"\u{1}\"}", "? [a]\n: b",
    ])
    func `a text that is broken is refused with its place`(text: String) {
        let file = SourceFile(path: "t", bytes: Array(text.utf8))
        // YAML reads some of what JSON refuses.
        guard case .failure(let error) = SourceDocument.read(file) else { return }
        #expect(error.place?.line != nil)
        #expect(error.kind == .invalidInput)
    }

    @Test func `nesting without end, alias bombs and bytes that are no text are refused`() {
        let deep = String(repeating: "[", count: 100_000)
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        for bytes in [Array(deep.utf8), Array(bomb.utf8), [0xFF, 0xFE, 0x00], [0x61, 0x3A, 0x20, 0xC3, 0x28]] {
            guard case .failure = SourceDocument.read(SourceFile(path: "t", bytes: bytes)) else {
                Issue.record("read what nobody can read: \(bytes.prefix(8))")
                continue
            }
        }
    }
}
