// Which messages of a queue ask for a look.

import Foundation
import Testing

@testable import PlumbAWS

@Suite struct AccountEventTests {
    private func event(_ kind: String, _ detail: String = "{}") -> String {
        #"{"version":"0","id":"1","detail-type":"\#(kind)","source":"aws.sagemaker","detail":\#(detail)}"#
    }

    @Test func changesAskForALook() {
        #expect(
            AccountEvent(event("SageMaker Endpoint State Change")) == .change("SageMaker Endpoint State Change"))
        #expect(AccountEvent(event("CloudWatch Alarm State Change")) == .change("CloudWatch Alarm State Change"))
        #expect(
            AccountEvent(
                event(
                    "AWS API Call via CloudTrail",
                    #"{"eventSource":"kms.amazonaws.com","eventName":"DisableKeyRotation","readOnly":false}"#))
                == .change("kms.amazonaws.com DisableKeyRotation"))
    }

    @Test func whatALookItselfCausesDoesNot() {
        for detail in [
            #"{"eventSource":"sagemaker.amazonaws.com","eventName":"DescribeEndpoint","readOnly":true}"#,
            #"{"eventSource":"sagemaker.amazonaws.com","eventName":"ListEndpoints","readOnly":"true"}"#,
            #"{"eventSource":"securityhub.amazonaws.com","eventName":"BatchImportFindings","readOnly":false}"#,
            #"{"eventSource":"kms.amazonaws.com","eventName":"DeleteAlias","errorCode":"AccessDenied"}"#,
        ] {
            #expect(AccountEvent(event("AWS API Call via CloudTrail", detail)) == .harmless, "\(detail)")
        }
    }

    @Test func aTopicBetweenIsLookedThrough() throws {
        let wrapped: [String: Any] = ["Type": "Notification", "Message": event("Scheduled Event")]
        let body = String(decoding: try JSONSerialization.data(withJSONObject: wrapped), as: UTF8.self)
        #expect(AccountEvent(body) == .change("Scheduled Event"))
        let alarm: [String: Any] = ["Type": "Notification", "Message": #"{"AlarmName":"a","NewStateValue":"ALARM"}"#]
        let told = String(decoding: try JSONSerialization.data(withJSONObject: alarm), as: UTF8.self)
        #expect(AccountEvent(told) == .change("CloudWatch Alarm"))
    }

    @Test(arguments: ["", "hello", "[]", "1", "{}", "{\"Type\":\"Notification\",\"Message\":\"x\"}", "{\"detail\":{}}"])
    func whatIsNoEventIsUnreadable(_ body: String) {
        #expect(AccountEvent(body) == .unreadable)
    }
}
