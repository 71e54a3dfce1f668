// Whole calls against a server of the test's own: retries, throttling, clocks, pages, errors.

import Foundation
import PlumbModel
import PlumbTesting
import Synchronization
import Testing

@testable import PlumbAWS

@Suite(.timeLimit(.minutes(20)))
struct CallTests {
    private func fault(
        _ machine: TestMachine = TestMachine(testKeys), _ service: AWSService = .sageMaker,
        _ operation: String = "ListEndpoints", _ answer: @escaping TestServer.Answer
    ) async throws -> (error: PlumbError, asked: [Asked]) {
        try await TestServer.with(answer) { server in
            let error = await #expect(throws: PlumbError.self) {
                try await machine.withClient(server) { _ = try await $0.call(service, operation) }
            }
            return (try #require(error), server.asked)
        }
    }

    @Test func aCallIsSignedAndAnswered() async throws {
        try await TestServer.with { _, _ in
            .json(#"{"Endpoints": [{"EndpointName": "a"}]}"#)
        } _: { server in
            let answer = try await TestMachine(testKeys).withClient(server) {
                try await $0.call(.sageMaker, "ListEndpoints", ["MaxResults": 5])
            }
            #expect(answer["Endpoints"].items.map { $0["EndpointName"].text } == ["a"])
            let asked = try #require(server.asked.first)
            #expect(asked.isSigned)
            #expect(asked.target == "SageMaker.ListEndpoints")
            #expect(asked.body == #"{"MaxResults":5}"#)
            #expect(asked.header("content-type") == "application/x-amz-json-1.1")
            #expect(asked.header("x-amz-date") == "20270115T080000Z")
            #expect(asked.header("authorization")?.contains("/20270115/eu-central-1/sagemaker/aws4_request") == true)
        }
    }

    @Test func whatFailsOnAWSsSideIsTriedThreeTimes() async throws {
        let machine = TestMachine(testKeys)
        let (error, asked) = try await fault(machine) { _, _ in .error("InternalFailure", status: 500) }
        #expect(asked.count == 3)
        #expect(machine.slept == [0.5, 1])
        #expect(error.kind == .internalFault)
        #expect(error.message == "SageMaker ListEndpoints in eu-central-1 failed after 3 attempts")
        #expect((error.cause as? AWSError)?.code == "InternalFailure")
    }

    @Test func howOftenIsTriedCanBeSaid() async throws {
        let (_, asked) = try await fault(TestMachine(testKeys.merging(["AWS_MAX_ATTEMPTS": "1"]) { $1 })) { _, _ in
            Told(status: 503, body: "<html>busy</html>")
        }
        #expect(asked.count == 1)
    }

    @Test func whatIsWrongWithTheRequestIsTriedOnce() async throws {
        let machine = TestMachine(testKeys)
        let (error, asked) = try await fault(machine) { _, _ in .error("com.amazon#ValidationException", "bad name") }
        #expect(asked.count == 1)
        #expect(error.kind == .invalidInput)
        #expect("\(error)".contains("ValidationException: bad name"))
    }

    @Test func aBrokenConnectionIsTriedAgain() async throws {
        let answer = try await TestServer.with { _, number in
            number == 0 ? nil : .json("{}")
        } _: { server in
            try await TestMachine(testKeys).withClient(server) { try await $0.call(.sageMaker, "ListEndpoints") }
        }
        #expect(answer == [:])
    }

    @Test func whereNobodyListensTheErrorSaysHowAWSIsReached() async throws {
        let machine = TestMachine(testKeys.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:1"]) { $1 })
        let error = try #require(
            await #expect(throws: PlumbError.self) {
                try await machine.withClient { _ = try await $0.call(.sageMaker, "ListEndpoints") }
            })
        #expect(error.kind == .timedOut)
        #expect(error.hint?.contains("HTTPS_PROXY") == true)
        #expect(machine.slept.count == 2)
    }

    @Test func whoeverIsSilentIsGivenUp() async throws {
        try await TestServer.with { _, _ in
            .silence
        } _: { server in
            var options = AWSOptions()
            options.readSeconds = 0.1
            options.connectSeconds = 0.1
            options.attemptsMax = 2
            let machine = TestMachine(testKeys)
            let error = try #require(
                await #expect(throws: PlumbError.self) {
                    try await machine.withClient(server, options) { _ = try await $0.call(.sageMaker, "ListEndpoints") }
                })
            #expect(error.kind == .timedOut)
            #expect((error.cause as? TransportFault)?.isTimeout == true)
        }
    }

    @Test(arguments: [
        ("ThrottlingException", 400), ("RequestLimitExceeded", 503), ("TooManyRequestsException", 429),
        ("SlowDown", 503),
    ])
    func throttlingIsWaitedFor(_ code: String, _ status: Int) async throws {
        let machine = TestMachine(testKeys)
        try await TestServer.with { _, number in
            number < 2 ? .error(code, status: status) : .json("{}")
        } _: { server in
            _ = try await machine.withClient(server) { try await $0.call(.sageMaker, "ListEndpoints") }
            #expect(server.asked.count == 3)
        }
        #expect(machine.slept.reduce(0, +) >= 1.5)
    }

    @Test func throttlingSlowsAllCallsToThatServiceDown() async throws {
        let machine = TestMachine(testKeys)
        try await TestServer.with { _, number in
            number == 10 ? .error("ThrottlingException") : .json("{}")
        } _: { server in
            try await machine.withClient(server) { client in
                for _ in 0..<10 { _ = try await client.call(.sageMaker, "ListEndpoints") }
                #expect(machine.slept.isEmpty)
                for _ in 0..<10 { _ = try await client.call(.sageMaker, "ListEndpoints") }
                let slowed = machine.slept.count
                #expect(slowed > 5)
                for _ in 0..<5 { _ = try await client.call(.kms, "ListKeys") }
                #expect(machine.slept.count == slowed)
            }
        }
    }

    @Test func aRetryAfterHeaderIsObeyed() async throws {
        let machine = TestMachine(testKeys)
        try await TestServer.with { _, number in
            number == 0 ? Told(status: 503, headers: [("x-amz-retry-after", "7000")]) : .json("{}")
        } _: { server in
            _ = try await machine.withClient(server) { try await $0.call(.sageMaker, "ListEndpoints") }
        }
        #expect(machine.slept == [7])
    }

    @Test(arguments: ["InvalidSignatureException", "RequestTimeTooSkewed", "SignatureDoesNotMatch"])
    func aWrongClockIsCorrectedByAWSsAndStaysSo(_ code: String) async throws {
        // This machine's clock is an hour ahead of the server's.
        let date = ("Date", "Fri, 15 Jan 2027 07:00:00 GMT")
        try await TestServer.with { asked, _ in
            if asked.header("x-amz-date")?.hasPrefix("20270115T07") == true { return .json("{}") }
            var told = Told.error(code, "Signature expired", status: 403)
            told.headers.append(date)
            return told
        } _: { server in
            try await TestMachine(testKeys).withClient(server) { client in
                _ = try await client.call(.sageMaker, "ListEndpoints")
                _ = try await client.call(.sageMaker, "ListEndpoints")
            }
            #expect(
                server.asked.map { $0.header("x-amz-date") ?? "" } == [
                    "20270115T080000Z", "20270115T070000Z", "20270115T070000Z",
                ])
        }
    }

    @Test func aWrongSecretIsNoWrongClock() async throws {
        let (error, asked) = try await fault { _, _ in
            var told = Told.error(
                "SignatureDoesNotMatch", #"does not match.\nThe Canonical String: hunter2"#, status: 403)
            told.headers.append(("Date", "Fri, 15 Jan 2027 08:00:30 GMT"))
            return told
        }
        #expect(asked.count == 1)
        #expect(error.kind == .refused)
        #expect(error.message.contains("the credentials from the environment"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func whatIsNotAllowedNamesTheMissingAction() async throws {
        let (error, asked) = try await fault { _, _ in
            .error(
                "AccessDeniedException",
                "User: arn:aws:iam::1:user/a is not authorized to perform: sagemaker:ListEndpoints on resource: "
                    + "arn:aws:sagemaker:eu-central-1:1:endpoint/* because no identity-based policy allows it")
        }
        #expect(asked.count == 1)
        #expect(error.kind == .refused)
        #expect(error.message == "AWS does not allow sagemaker:ListEndpoints")
        #expect(
            error.hint == #"allow it: {"Effect": "Allow", "Action": "sagemaker:ListEndpoints", "#
                + #""Resource": "arn:aws:sagemaker:eu-central-1:1:endpoint/*"}"#)
    }

    @Test func anActionThatAWSDoesNotNameIsKnownFromTheOperation() async throws {
        let answer: TestServer.Answer = { _, _ in
            Told(status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
        }
        #expect(
            try await fault(TestMachine(testKeys), .s3, "ListBuckets", answer).error.message.hasSuffix(
                "s3:ListAllMyBuckets"))
        #expect(
            try await fault(TestMachine(testKeys), .cloudWatch, "DescribeAlarms", answer).error.message.hasSuffix(
                "cloudwatch:DescribeAlarms"))
    }

    @Test(arguments: [
        (#"{"__type":"ResourceNotFound","message":"m"}"#, [], "ResourceNotFound", PlumbError.Kind.notFound),
        (#"{"message":"m"}"#, [("x-amzn-ErrorType", "ConflictException:http://x")], "ConflictException", .conflict),
        (
            "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>", [],
            "NoSuchEntity", .notFound
        ),
        (
            "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>",
            [], "InvalidVpcID.NotFound", .notFound
        ),
        ("<html>gone</html", [], "HTTP 400", .invalidInput),
    ])
    func errorsAreReadInEveryForm(
        _ body: String, _ headers: [(String, String)], _ code: String, _ kind: PlumbError.Kind
    ) async throws {
        let (error, _) = try await fault { _, _ in Told(status: 400, headers: headers, body: body) }
        let said = try #require(error.cause as? AWSError)
        #expect(said.code == code)
        #expect(error.kind == kind)
    }

    @Test func expiredCredentialsAreFetchedAnewOnce() async throws {
        let roles = Peak()
        try await TestServer.with { asked, _ in
            if asked.body.contains("AssumeRole") {
                roles.enter()
                let told = CredentialTests.sts(asked)
                return Told(headers: told.headers, body: told.body.replacing("ASIA-", with: "ASIA\(roles.count)-"))
            }
            let isFresh = asked.header("authorization")?.contains("ASIA2-") == true
            return isFresh ? .json("{}") : .error("ExpiredTokenException")
        } _: { server in
            let machine = TestMachine(files: [
                "/home/test/.aws/config": "[default]\nrole_arn = x/r\nsource_profile = default\n"
                    + "aws_access_key_id = A\naws_secret_access_key = x"
            ])
            try await machine.withClient(server) { client in
                _ = try await client.call(.sageMaker, "ListEndpoints")
                // Ten minutes before the hour is over they still serve, one minute before it they do not.
                machine.clock.advance(by: 3000)
                _ = try await client.call(.sageMaker, "ListEndpoints")
                #expect(roles.count == 2)
                machine.clock.advance(by: 540)
                await #expect(throws: PlumbError.self) { _ = try await client.call(.sageMaker, "ListEndpoints") }
                #expect(roles.count > 2)
            }
        }
    }

    @Test func manyCallsAtOnceFetchCredentialsOnce() async throws {
        let roles = Peak()
        let busy = Peak()
        try await TestServer.with { asked, _ in
            if asked.body.contains("AssumeRole") {
                roles.enter()
                return CredentialTests.sts(asked)
            }
            busy.enter()
            return Told(body: "<GetCallerIdentityResponse/>")
        } _: { server in
            let machine = TestMachine(files: [
                "/home/test/.aws/config": "[default]\nrole_arn = x/r\nsource_profile = default\n"
                    + "aws_access_key_id = A\naws_secret_access_key = x"
            ])
            try await machine.withClient(server) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 { group.addTask { _ = try await client.call(.sts, "GetCallerIdentity") } }
                    try await group.waitForAll()
                }
            }
            #expect(roles.count == 1)
            #expect(busy.count == 50)
        }
    }

    @Test func noMoreCallsAreUnderWayThanAllowed() async throws {
        let peak = Peak()
        var options = AWSOptions()
        options.concurrencyMax = 3
        var machine = TestMachine(testKeys).surroundings
        options.region = "eu-central-1"
        let transport = SlowTransport(peak: peak)
        machine.environment["AWS_ENDPOINT_URL"] = "http://localhost"
        let settings = try AWSSettings(options: options, surroundings: machine)
        let client = AWSClient(settings: settings, transport: transport, log: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 { group.addTask { _ = try await client.call(.kms, "ListKeys") } }
            try await group.waitForAll()
        }
        #expect(peak.count == 60)
        #expect(peak.peak <= 3)
    }

    @Test func aBucketIsFollowedToItsRegion() async throws {
        let transport = BucketTransport()
        var surroundings = TestMachine(testKeys).surroundings
        surroundings.environment["AWS_REGION"] = "eu-central-1"
        let settings = try AWSSettings(options: AWSOptions(), surroundings: surroundings)
        let client = AWSClient(settings: settings, transport: transport, log: .silent)
        for _ in 0..<2 {
            let answer = try await client.call(.s3, "GetBucketLocation", ["Bucket": "b"])
            #expect(answer["LocationConstraint"] == "us-west-2")
        }
        #expect(
            transport.origins == [
                "https://b.s3.eu-central-1.amazonaws.com", "https://b.s3.us-west-2.amazonaws.com",
                "https://b.s3.us-west-2.amazonaws.com",
            ])
    }
}

private struct SlowTransport: Transport {
    let peak: Peak

    func send(_ request: HTTPRequest, by route: Route) async throws -> HTTPAnswer {
        peak.enter()
        for _ in 0..<10 { await Task.yield() }
        peak.leave()
        return HTTPAnswer(status: 200, headers: [:], body: Data("{}".utf8))
    }
}

private final class BucketTransport: Transport {
    private let asked = Mutex<[String]>([])
    var origins: [String] { asked.withLock { $0 } }

    func send(_ request: HTTPRequest, by route: Route) async throws -> HTTPAnswer {
        asked.withLock { $0.append(request.origin) }
        let home = ["x-amz-bucket-region": "us-west-2"]
        guard request.origin.contains("us-west-2") else { return HTTPAnswer(status: 301, headers: home, body: Data()) }
        return HTTPAnswer(
            status: 200, headers: home, body: Data("<LocationConstraint>us-west-2</LocationConstraint>".utf8))
    }
}
