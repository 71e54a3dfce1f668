// What the survey reads out of texts: names in rules and expressions, changes in activities, ARNs.

import PlumbModel
import Testing

@testable import PlumbAWS

struct MeaningTests {
    @Test(arguments: [
        (#"ALARM("a") OR ALARM(b)"#, ["a", "b"]),
        (#"(ALARM("with space") AND NOT (OK(b) OR INSUFFICIENT_DATA( c )))"#, ["with space", "b", "c"]),
        ("ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a:b)", ["a:b"]), ("TRUE", []), ("ALARM(", []),
        (#"ALARM("a(b)")"#, ["a(b)"]),
    ])
    func aCompositeAlarmsRuleNamesItsAlarms(_ rule: String, _ names: [String]) {
        #expect(AlarmRuleNames.read(rule) == names)
    }

    @Test func aRuleOnOneAlarmIsAboutThat() {
        let rule = RuleMeaning(
            pattern: #"{"source": ["aws.cloudwatch"], "detail": {"alarmName": ["a", {"prefix": "digits-"}]}}"#)
        #expect(rule.mayConcernEndpoints)
        #expect(!rule.isAboutAll)
        #expect(rule.texts == ["a"])
        #expect(rule.matches("digits-errors"))
        #expect(!rule.matches("letters-errors"))
    }

    @Test(arguments: [
        #"{"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}"#,
        #"{"source": ["aws.sagemaker"], "detail-type": ["SageMaker Endpoint State Change"]}"#,
        #"{"detail-type": ["CloudWatch Alarm State Change"]}"#, #"{"source": [{"prefix": "aws."}]}"#,
    ])
    func aRuleWithoutANameIsAboutAll(_ pattern: String) {
        #expect(RuleMeaning(pattern: pattern).isAboutAll)
    }

    @Test(arguments: [
        #"{"source": ["aws.ec2"]}"#, #"{"source": ["aws.sagemaker"], "detail-type": ["SageMaker Training Job State"]}"#,
    ])
    func aRuleOnSomethingElseIsLeftOut(_ pattern: String) {
        #expect(!RuleMeaning(pattern: pattern).mayConcernEndpoints)
        #expect(!RuleMeaning(pattern: nil).mayConcernEndpoints)
        #expect(RuleMeaning(pattern: "no JSON").mayConcernEndpoints)
    }

    @Test func countsAreToldFromActivities() {
        func activity(_ time: Double, _ description: String, _ status: String = "Successful") -> AWSValue {
            ["StartTime": .number(time), "Description": .text(description), "StatusCode": .text(status)]
        }
        let changes = [
            activity(7_200, "Setting desired instance count to 4."),
            activity(3_600, "Setting desired instance count to 2."),
            activity(5_000, "Setting min capacity to 1 and max capacity to 8"),
            activity(5_100, "Setting desired instance count to 9.", "Failed"),
        ].compactMap(ScalingChange.init)
        #expect(changes.count == 3)
        let history = ScalingHistory(changes: changes, count: 4, from: 0, to: 10_800)
        // What was before the first change is not known.
        #expect(history.seconds == 7_200)
        #expect(history.percent { $0 <= 2 } == 50)
        #expect(history.percent { $0 >= 4 } == 50)
        #expect(history.changesPerHourMax == 1)
    }

    @Test func manyChangesInAnHourAreCounted() {
        let changes = (0..<10).map { ScalingChange(time: Double($0) * 600, count: Double($0 % 2 + 1)) }
        let history = ScalingHistory(changes: changes, count: 2, from: -600, to: 6_000)
        #expect(history.changesPerHourMax == 6)
    }

    @Test func whatNeverChangedWasAlwaysSo() {
        let history = ScalingHistory(changes: [], count: 3, from: 0, to: 86_400)
        #expect(history.percent { $0 == 3 } == 100)
        #expect(history.seconds == 86_400)
        let before = ScalingHistory(
            changes: [ScalingChange(time: -5, count: 2)], count: 2, from: 0, to: 100)
        #expect(before.percent { $0 == 2 } == 100)
        #expect(ScalingHistory(changes: [], count: 1, from: 5, to: 5).percent { _ in true } == nil)
    }

    @Test func namesWithoutARNsAreFollowed() {
        let found = Wanted.found(in: [
            "EndpointConfigName": "c", "KmsKeyId": "alias/models", "DataCaptureConfig": ["KmsKeyId": ""],
            "ProductionVariants": [["ModelName": "m"]],
        ])
        #expect(
            Set(found) == [
                Wanted("AWS::SageMaker::EndpointConfig", "c"), Wanted("AWS::KMS::Key", "alias/models"),
                Wanted("AWS::SageMaker::Model", "m"),
            ])
    }

    @Test func wordsAreWhatMayBeAName() {
        #expect(Survey.words(of: #"{"EndpointName":"digits-1", "x": [2]}"#) == ["EndpointName", "digits-1", "x", "2"])
        #expect(Survey.words(of: String(repeating: "a", count: 64)).isEmpty)
    }

    @Test func anAnswerIsToldInOtherNames() {
        let told: AWSValue = ["A": 1, "B": nil, "C": [["A": "x"]], "D": true]
        #expect(AccountValue(told, names: ["A": "Z", "D": nil]) == ["Z": 1, "C": [["Z": "x"]]])
        #expect(AccountValue(told, only: "A", "Q") == ["A": 1])
    }
}
