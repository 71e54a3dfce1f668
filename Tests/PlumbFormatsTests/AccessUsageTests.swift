// CloudTrail's records and the AWS CLI's debug log, read as calls.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct AccessUsageTests {
    private func file(_ text: String) -> SourceFile { SourceFile(path: "calls", bytes: Array(text.utf8)) }

    private static let record = #"""
        {"eventVersion": "1.08", "eventSource": "sagemaker.amazonaws.com", "eventName": "CreateModel",
         "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "eventType": "AwsApiCall",
         "userIdentity": {"type": "AssumedRole", "accountId": "111122223333"},
         "requestParameters": {"modelName": "m", "enableNetworkIsolation": true,
           "vpcConfig": {"subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]},
           "tags": [{"key": "team", "value": "risk"}]}}
        """#
    private static let refused = #"""
        {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied",
         "awsRegion": "eu-west-1"}
        """#
    private static let signIn = #"""
        {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn"}
        """#

    private func check(_ usage: AccessUsage) throws {
        let call = try #require(usage.calls.first)
        #expect(usage.calls.count == 1 && usage.refused == 1 && usage.others == 1)
        #expect(call.service == "sagemaker" && call.operation == "CreateModel" && call.region == "eu-west-1")
        #expect(call.account == "111122223333" && call.madeBy == nil)
        #expect(call.parameters["modelName"] == ["m"] && call.parameters["subnets"] == ["subnet-1"])
        #expect(call.parameters["tag:team"] == ["risk"] && call.parameters["enableNetworkIsolation"] == ["true"])
    }

    @Test func readsALogFile() throws {
        try check(try CloudTrailReader.read(file("{\"Records\": [\(Self.record), \(Self.refused), \(Self.signIn)]}")))
    }

    @Test func readsARecordALine() throws {
        let lines = [Self.record, Self.refused, Self.signIn].map { $0.replacing("\n", with: " ") }
        try check(try CloudTrailReader.read(file(lines.joined(separator: "\n"))))
    }

    @Test func readsWhatLookupEventsAnswers() throws {
        let events = [Self.record, Self.refused, Self.signIn].map { record in
            let text = record.replacing("\n", with: " ").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "{\"EventName\": \"x\", \"CloudTrailEvent\": \"\(text)\"}"
        }
        try check(try CloudTrailReader.read(file("{\"Events\": [\(events.joined(separator: ", "))]}")))
    }

    @Test func saysThatALogIsCompressed() {
        #expect(throws: PlumbError.self) {
            try CloudTrailReader.read(SourceFile(path: "log.json.gz", bytes: [0x1F, 0x8B, 8, 0]))
        }
        #expect(throws: PlumbError.self) { try CloudTrailReader.read(file(#"{"Statement": []}"#)) }
    }

    private static let time = "2026-11-29 01:07:11,737 - MainThread - "
    private static func sent(_ operation: String, _ said: String) -> String {
        time + "botocore.endpoint - DEBUG - Making request for OperationModel(name=\(operation)) with params: {\(said)}"
    }
    private static func answered(_ status: Int) -> String {
        time + "urllib3.connectionpool - DEBUG - https://host:443 \"POST / HTTP/1.1\" \(status) 84"
    }
    private static let model =
        #"{"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/e", "#
        + #""VpcConfig": {"Subnets": ["subnet-1"]}}"#
    private static let log = [
        sent("CreateModel", "'url_path': '/', 'body': b'\(model)', 'url': 'https://host/'"),
        "20261129/eu-west-1/sagemaker/aws4_request",
        answered(200),
        sent("GetObject", "'url_path': '/k/x', 'body': b'', 'auth_path': '/b/k/x', 'url': 'https://host/k/x'"),
        "20261129/eu-west-1/s3/aws4_request",
        answered(403),
        sent(
            "Publish",
            "'body': {'Action': 'Publish', 'TopicArn': 'arn:aws:sns:eu-west-1:111122223333:t'}, 'url': ''"),
        "20261129/eu-west-1/sns/aws4_request",
    ].joined(separator: "\n")

    @Test func readsTheCommandLinesDebugLog() throws {
        let usage = try DebugLogReader.read(file(Self.log))
        #expect(usage.calls.map(\.operation) == ["CreateModel", "Publish"] && usage.refused == 1)
        let model = try #require(usage.calls.first)
        #expect(model.service == "sagemaker" && model.region == "eu-west-1")
        #expect(model.parameters["executionRoleArn"] == ["arn:aws:iam::111122223333:role/e"])
        #expect(model.parameters["subnets"] == ["subnet-1"])
        #expect(usage.calls.last?.parameters["topicArn"] == ["arn:aws:sns:eu-west-1:111122223333:t"])
        #expect(throws: PlumbError.self) { try DebugLogReader.read(file("nothing of the kind")) }
    }
}
