// When a service that does not answer is left alone, and when it is asked again.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

struct OutageTests {
    private func asks(_ machine: inout OutageMachine, at now: Double) -> Bool { machine.mayAsk(at: now) }

    @Test func aServiceIsLeftAloneAfterManyFailuresInARow() {
        var machine = OutageMachine()
        for number in 0..<OutageMachine.failuresMax {
            #expect(asks(&machine, at: Double(number)))
            machine.failed(at: Double(number))
        }
        let last = Double(OutageMachine.failuresMax - 1)
        #expect(!asks(&machine, at: last + 1))
        // One call finds out; the next has to wait again.
        #expect(asks(&machine, at: last + OutageMachine.restSeconds))
        #expect(!asks(&machine, at: last + OutageMachine.restSeconds + 1))
        machine.answered()
        #expect(asks(&machine, at: last + OutageMachine.restSeconds + 1))
    }

    @Test func anAnswerInBetweenForgivesAll() {
        var machine = OutageMachine()
        for number in 0..<100 {
            machine.failed(at: Double(number))
            if number.isMultiple(of: OutageMachine.failuresMax - 1) { machine.answered() }
            #expect(asks(&machine, at: Double(number)))
        }
    }

    @Test(arguments: [
        "", "<html><body>Sign in</body></html>", "<!DOCTYPE html><html></html>", #"{"Endpoints": [{"EndpointNa"#,
    ])
    func anAnswerThatIsNotAWSsIsNoAnswer(_ body: String) {
        let answer = HTTPAnswer(status: 200, headers: [:], body: Data(body.utf8))
        let calls: [(AWSService, String, AWSValue)] = [
            (.sageMaker, "ListEndpoints", [:]), (.iam, "ListRoles", [:]), (.ec2, "DescribeVpcs", [:]),
            (.s3, "GetBucketPolicy", ["Bucket": "models"]), (.s3, "GetBucketVersioning", ["Bucket": "models"]),
            (.lambda, "GetPolicy", ["FunctionName": "stop"]), (.cloudFront, "ListDistributions", [:]),
        ]
        for (service, operation, input) in calls where operation != "GetBucketPolicy" || !body.hasPrefix("{") {
            #expect(throws: PlumbError.self, "\(operation)") {
                _ = try Wire(service: service, operation: operation, input: input).output(of: answer)
            }
        }
    }
}
