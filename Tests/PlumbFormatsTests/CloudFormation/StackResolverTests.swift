// The functions of a template, one by one, in both of its tongues.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct StackResolverTests {
    /// The resolved property `P` of the resource `R` in a template with these lines under it.
    private func resolved(
        _ value: String, parameters: String = "", extra: String = "", given: [String: String] = [:]
    ) throws -> Property {
        let text = """
            Parameters:
              Stage: {Type: String, Default: prod}
              Open: {Type: String}
              Names: {Type: CommaDelimitedList, Default: "a, b,c"}
            \(parameters)
            Mappings:
              Sizes:
                prod: {count: 4}
                dev: {count: 1}
              Regions:
                eu-central-1: {image: same}
                eu-west-1: {image: same}
            Conditions:
              IsProd: !Equals [!Ref Stage, prod]
              IsDev: !Not [{Condition: IsProd}]
              IsBoth: !And [!Condition IsProd, !Or [!Condition IsDev, !Equals [a, a]]]
            Resources:
              Bucket: {Type: AWS::S3::Bucket}
              Named: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "models-${Stage}"}}
              Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: errors}}
              Endpoint: {Type: AWS::SageMaker::Endpoint, Properties: {EndpointName: !Ref Open}}
              Key: {Type: AWS::KMS::Key}
            \(extra)
              R:
                Type: AWS::X::Y
                Properties:
                  P: \(value)
            """
        let document = try SourceDocument.read(SourceFile(path: "t.yaml", bytes: Array(text.utf8))).get()
        let template = Template(document.root, file: "t.yaml")
        let errors = template.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty)
        let deployment = StackDeployment([template], library: TemplateLibrary(), parameters: given, world: [:])
        return try #require(Inventory(deployment)[id: "R"])["P"]
    }

    @Test(arguments: [
        ("!Ref Stage", "prod"),
        ("{Ref: Stage}", "prod"),
        ("!Ref Bucket", "${Bucket}"),
        ("!Ref Named", "models-prod"),
        ("!GetAtt Named.Arn", "${Named.Arn}"),
        ("!GetAtt [Named, Arn]", "${Named.Arn}"),
        ("{\"Fn::GetAtt\": [Endpoint, EndpointName]}", "${Open}"),
        ("!Ref Endpoint", "${Endpoint.Arn}"),
        ("!Ref Alarm", "errors"),
        ("!Ref Key", "${Key}"),
        ("!GetAtt Key.KeyId", "${Key}"),
        ("!Sub \"${AWS::Region}-${Stage}-${Key.Arn}\"", "${AWS::Region}-prod-${Key.Arn}"),
        ("!Sub \"home/${!aws:username}\"", "home/${aws:username}"),
        ("!Sub [\"${X}/${Stage}\", {X: !Ref Bucket}]", "${Bucket}/prod"),
        ("!Join ['-', [a, !Ref Stage, !Ref AWS::Region]]", "a-prod-${AWS::Region}"),
        ("!Join [',', !Ref Names]", "a,b,c"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select [0, !GetAZs '']", "${AZ.0}"),
        ("!Select [2, !Split ['/', a/b/c]]", "c"),
        ("!Select [5, !Split [':', !GetAtt Key.Arn]]", "${Select}"),
        ("!If [IsProd, !If [IsDev, x, y], z]", "y"),
        ("!If [IsBoth, yes-both, no]", "yes-both"),
        ("!FindInMap [Sizes, !Ref Stage, count]", "4"),
        ("!FindInMap [Regions, !Ref AWS::Region, image]", "same"),
        ("!ImportValue shared-topic", "${Import:shared-topic}"),
        ("!Base64 hello", "hello"),
        ("{\"Fn::Length\": !Ref Names}", "3"),
    ])
    func `each function gives its normal form`(value: String, expected: String) throws {
        let property = try resolved(value)
        if expected == "${Select}" {
            #expect(property.isUnknown || property.name.value?.hasPrefix("${") == true)
        } else {
            #expect(property.name.value == expected)
        }
    }

    @Test func `a parameter without value can be compared but not judged`() throws {
        let property = try resolved("!Sub \"x-${Open}\"")
        #expect(property.name.value == "x-${Open}")
        #expect(property.string.whyUnknown?.contains("Open") == true)
        #expect(try resolved("!Sub \"x-${Open}\"", given: ["Open": "1"]).string.value == "x-1")
    }

    @Test func `NoValue takes keys and items away`() throws {
        let map = try resolved("{a: 1, b: !Ref AWS::NoValue, c: !If [IsDev, 2, !Ref AWS::NoValue]}")
        #expect(map.fields.map(\.key) == ["a"])
        let list = try resolved("[x, !If [IsProd, !Ref AWS::NoValue, y], z]")
        #expect(list.strings.value == ["x", "z"])
    }

    @Test func `a looked-up parameter is never its default`() throws {
        let property = try resolved(
            "!Ref Image", parameters: "  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/latest}")
        #expect(property.string.isUnknown)
        #expect(property.name.value == "${Image}")
    }

    @Test func `names that go round in a circle end`() throws {
        let property = try resolved(
            "!Ref A",
            extra: """
                  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${B}-a"}}
                  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}
                """)
        #expect(property.name.value?.contains("${A}") == true)
    }

    @Test func `a map, a number and a text where something else is meant are unknown`() throws {
        #expect(try resolved("{a: 1}").int.isUnknown)
        #expect(try resolved("ten").int.isUnknown)
        #expect(try resolved("[1, 2]").bool.isUnknown)
        #expect(try resolved("12").int.value == 12)
        #expect(try resolved("'12'").int.value == 12)
        #expect(try resolved("99999999999999999999").int.isUnknown)
        #expect(try resolved("1e999").double.isUnknown)
    }

    @Test func `a loop makes one resource for each value`() throws {
        let property = try resolved(
            "!Ref Loopb",
            extra: """
                  Fn::ForEach::Loop:
                    - Name
                    - !Ref Names
                    - Loop${Name}: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "data-${Name}"}}
                """)
        #expect(property.name.value == "data-b")
    }
}
