// Fixes for templates that are JSON.

import Foundation
import PlumbModel
import PlumbPolicy
import Testing

@testable import PlumbFormats

@Suite struct TemplateJSONTests {
    @Test func `functions have their long form, numbers stay numbers and quoted ones texts`() throws {
        let yaml = """
              # Change in LatencyAlarm:
              LatencyAlarm:
                Type: AWS::CloudWatch::Alarm
                Properties:
                  Threshold: 500000  # OPS-1.3
                  ActionsEnabled: true
                  Version: '2012-10-17'
                  Code: '123'
                  AlarmActions:
                    - !Ref Topic
                    - !GetAtt Function.Arn
                  Zone: !Select [0, !GetAZs '']
                  Key: !Sub 'arn:${AWS::Partition}:kms:*'

            """
        let text = try #require(TemplateJSON.text(ofYAML: yaml))
        let tree = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let wanted = #"""
            {"LatencyAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
              "Threshold": 500000, "ActionsEnabled": true, "Version": "2012-10-17", "Code": "123",
              "AlarmActions": [{"Ref": "Topic"}, {"Fn::GetAtt": ["Function", "Arn"]}],
              "Zone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
              "Key": {"Fn::Sub": "arn:${AWS::Partition}:kms:*"}}}}
            """#
        let expected = try JSONSerialization.jsonObject(with: Data(wanted.utf8))
        #expect(try #require(tree as? NSDictionary) == expected as? NSDictionary, "\(text)")
    }

    @Test func `a finding in a JSON template brings JSON`() throws {
        let template = #"""
            {"Resources": {
              "Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [
                {"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2}]}},
              "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {
                "EndpointName": "fraud", "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}}}}
            """#
        let day = Day(daysSinceEpoch: 20_781)
        let source = SourceFile(path: "template.json", bytes: Array(template.utf8))
        let graph = try #require(try TemplateReader.read([SourceDocument.read(source).get()], asOf: day).worlds.first)
            .graph
        var rendering = FixRendering(graph)
        let findings = PolicyBook.assess(graph, path: "template.json").findings
        let finding = try #require(findings.first { $0.control == "OPS-1.3" && $0.verdict == .fails })
        let found = rendering.patch(for: finding)
        let patch = try #require(found)
        let tree = try JSONSerialization.jsonObject(with: Data(patch.text.utf8))
        let resources = try #require(tree as? [String: [String: Any]])
        #expect(resources.values.contains { $0["Type"] as? String == "AWS::CloudWatch::Alarm" })
    }
}
