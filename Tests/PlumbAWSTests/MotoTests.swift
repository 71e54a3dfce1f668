// The client against moto, which computes every signature anew and speaks every protocol.

import Foundation
import Logging
import PlumbModel
import PlumbTesting
import Subprocess
import Synchronization
import SystemPackage
import Testing

@testable import PlumbAWS

/// The double of AWS that is tested against, if there is one.
enum Moto {
    /// `PLUMB_MOTO`, or the pinned one that scripts/aws-tools.sh installs; another version reads paths in its own way.
    static let program = ProcessInfo.processInfo.environment["PLUMB_MOTO"] ?? AWSTools.program("moto_server")
}

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: Moto.program != nil, "scripts/aws-tools.sh installs moto_server; PLUMB_MOTO names another"))
struct MotoTests {
    /// Runs moto on a port of its own for the length of `body`; over TLS with a certificate that signs itself.
    func withMoto(
        certificate: String? = nil, _ body: @escaping @Sendable (_ url: String) async throws -> Void
    ) async throws {
        let program = try #require(Moto.program)
        // A port that was free a moment ago.
        let port = try await TestServer.with({ _, _ in nil }, { $0.port })
        let tls = certificate.map { ["-c", $0, "-k", $0] } ?? []
        let url = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)"
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(["-H", "127.0.0.1", "-p", "\(port)"] + tls),
                    input: .none, output: .discarded, error: .sequence
                ) { execution in
                    // It says where it listens, and then goes on to tell of each request.
                    var said = ""
                    for try await buffer in execution.standardError {
                        guard !said.contains("Running on") else { continue }
                        said += unsafe buffer.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
                        if said.contains("Running on") { isListening.finish() }
                    }
                    isListening.finish()
                }
            }
            group.addTask {
                for await _ in listening {}
                try await body(url)
            }
            // Whichever ends first ends the other: moto by a signal, or the test by moto's own end.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    static func client<Result: Sendable>(
        _ url: String, _ environment: [String: String] = testKeys, _ body: (AWSClient) async throws -> Result
    ) async throws -> Result {
        let home = ["AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-central-1"]
        var surroundings = Surroundings.machine()
        surroundings.environment = environment.merging(home) { $1 }
        surroundings.home = "/nonexistent"
        return try await AWSClient.with(surroundings: surroundings, log: .silent, body)
    }

    @Test func everyProtocolIsSpoken() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                // JSON 1.1 and 1.0.
                let key = try await client.call(.kms, "CreateKey", ["Description": "ü \"quoted\""])
                #expect(key["KeyMetadata"]["Description"] == "ü \"quoted\"")
                #expect(key["KeyMetadata"]["CreationDate"].date != nil)
                _ = try await client.call(
                    .dynamoDB, "CreateTable",
                    [
                        "TableName": "t", "BillingMode": "PAY_PER_REQUEST",
                        "AttributeDefinitions": [["AttributeName": "id", "AttributeType": "S"]],
                        "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
                    ])
                #expect(try await client.items(.dynamoDB, "ListTables", in: "TableNames") == ["t"])
                _ = try await client.call(
                    .cloudWatch, "PutMetricAlarm",
                    [
                        "AlarmName": "a", "MetricName": "m", "Namespace": "n", "EvaluationPeriods": 1, "Period": 60,
                        "Threshold": 0.5, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum",
                        "Dimensions": [["Name": "EndpointName", "Value": "e"]],
                    ])
                let alarm = try await client.items(.cloudWatch, "DescribeAlarms", in: "MetricAlarms")
                #expect(alarm.map { $0["Threshold"].number } == [0.5])
                // Query.
                _ = try await client.call(
                    .sns, "CreateTopic", ["Name": "topic", "Tags": [["Key": "k", "Value": "v&w"]]])
                #expect(try await client.items(.sns, "ListTopics", in: "Topics").count == 1)
                // EC2.
                let vpc = try await client.call(.ec2, "CreateVpc", ["CidrBlock": "10.1.0.0/16"])["vpc"]["vpcId"]
                let vpcs = try await client.items(
                    .ec2, "DescribeVpcs", ["Filter": [["Name": "vpc-id", "Value": .list([vpc])]]], in: "vpcSet")
                #expect(vpcs.map { $0["cidrBlock"].text } == ["10.1.0.0/16"])
                try await Self.speakREST(client)
            }
        }
    }

    private static func speakREST(_ client: AWSClient) async throws {
        _ = try await client.call(
            .s3, "CreateBucket",
            ["Bucket": "plumb-test", "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"]])
        let location = try await client.call(.s3, "GetBucketLocation", ["Bucket": "plumb-test"])
        #expect(location["LocationConstraint"] == "eu-central-1")
        let key = "a//b/../c d+ü=%/~"
        let bytes = Data((0...255).map { UInt8($0) })
        _ = try await client.call(.s3, "PutObject", ["Bucket": "plumb-test", "Key": .text(key), "Body": .data(bytes)])
        let object = try await client.call(.s3, "GetObject", ["Bucket": "plumb-test", "Key": .text(key)])
        #expect(object["Body"].data == bytes)
        for number in 0..<5 {
            _ = try await client.call(
                .s3, "PutObject", ["Bucket": "plumb-test", "Key": "p/\(number)", "Body": "x"])
        }
        let keys = try await client.items(
            .s3, "ListObjectsV2", ["Bucket": "plumb-test", "Prefix": "p/", "MaxKeys": 2], in: "Contents")
        #expect(keys.compactMap { $0["Key"].text } == (0..<5).map { "p/\($0)" })
        _ = try await client.call(
            .s3, "PutBucketVersioning",
            ["Bucket": "plumb-test", "VersioningConfiguration": ["Status": "Enabled"]])
        let versioning = try await client.call(.s3, "GetBucketVersioning", ["Bucket": "plumb-test"])
        #expect(versioning["Status"] == "Enabled")
        let error = await #expect(throws: PlumbError.self) {
            _ = try await client.call(.s3, "GetBucketPolicy", ["Bucket": "plumb-test"])
        }
        #expect((error?.cause as? AWSError)?.code == "NoSuchBucketPolicy")
        #expect(error?.kind == .notFound)
        let missing = await #expect(throws: PlumbError.self) {
            _ = try await client.call(.s3, "HeadBucket", ["Bucket": "no-such-bucket-here"])
        }
        #expect(missing?.kind == .notFound)
        // REST-JSON and REST-XML of other services.
        _ = try await client.call(
            .scheduler, "CreateSchedule",
            [
                "Name": "s", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": ["Mode": "OFF"],
                "Target": [
                    "Arn": "arn:aws:sqs:eu-central-1:123456789012:q", "RoleArn": "arn:aws:iam::123456789012:role/r",
                ],
            ])
        #expect(try await client.items(.scheduler, "ListSchedules", in: "Schedules").count == 1)
        _ = try await client.call(.backup, "CreateBackupVault", ["BackupVaultName": "vault"])
        #expect(try await client.items(.backup, "ListBackupVaults", in: "BackupVaultList").count == 1)
        let distributions = try await client.call(.cloudFront, "ListDistributions")
        #expect(distributions["DistributionList"]["Quantity"].integer == 0)
    }

    @Test func pagesOfSageMakerAreWhole() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                let role = "arn:aws:iam::123456789012:role/r"
                _ = try await client.call(
                    .sageMaker, "CreateModel",
                    ["ModelName": "m", "ExecutionRoleArn": .text(role), "PrimaryContainer": ["Image": "i"]])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<25 {
                        group.addTask {
                            _ = try await client.call(
                                .sageMaker, "CreateEndpointConfig",
                                [
                                    "EndpointConfigName": "c\(number)",
                                    "ProductionVariants": [
                                        [
                                            "VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large",
                                            "InitialInstanceCount": 1,
                                        ]
                                    ],
                                ])
                        }
                    }
                    try await group.waitForAll()
                }
                var pages = 0
                var names: Set<String> = []
                for try await page in client.pages(.sageMaker, "ListEndpointConfigs", ["MaxResults": 10]) {
                    pages += 1
                    names.formUnion(page["EndpointConfigs"].items.compactMap { $0["EndpointConfigName"].text })
                }
                #expect(pages == 3)
                #expect(names.count == 25)
            }
        }
    }

    @Test func signaturesAreAccepted() async throws {
        try await withMoto { url in
            let keys = try await Self.client(url) { client in
                _ = try await client.call(.iam, "CreateUser", ["UserName": "u"])
                let policy =
                    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["kms:*","s3:*","#
                    // To moto CloudWatch's actions begin as its host does.
                    + #""monitoring:*","iam:ListUsers"],"Resource":"*"}}"#
                _ = try await client.call(
                    .iam, "PutUserPolicy",
                    ["UserName": "u", "PolicyName": "p", "PolicyDocument": .text(policy)])
                let made = try await client.call(.iam, "CreateAccessKey", ["UserName": "u"])["AccessKey"]
                return (made["AccessKeyId"].text ?? "", made["SecretAccessKey"].text ?? "")
            }
            try await Self.checkSignatures(at: url)
            let good = ["AWS_ACCESS_KEY_ID": keys.0, "AWS_SECRET_ACCESS_KEY": keys.1]
            try await Self.client(url, good) { client in
                _ = try await client.call(.kms, "ListKeys")
                _ = try await client.call(.cloudWatch, "DescribeAlarms", ["MaxRecords": 10])
                _ = try await client.call(.iam, "ListUsers")
                _ = try await client.call(.s3, "CreateBucket", ["Bucket": "signed"], region: "us-east-1")
                for key in ["plain", "a b/ü+", "x//y"] {
                    _ = try await client.call(.s3, "PutObject", ["Bucket": "signed", "Key": .text(key), "Body": "1"])
                    let object = try await client.call(.s3, "GetObject", ["Bucket": "signed", "Key": .text(key)])
                    #expect(object["Body"].data == Data("1".utf8), "\(key)")
                }
                let denied = await #expect(throws: PlumbError.self) {
                    _ = try await client.call(.sageMaker, "ListModels")
                }
                #expect(denied?.kind == .refused)
                #expect(denied?.message.contains("sagemaker:ListModels") == true)
            }
            // One of sixty-four secrets ends in X.
            let last = keys.1.hasSuffix("X") ? "Y" : "X"
            let bad = ["AWS_ACCESS_KEY_ID": keys.0, "AWS_SECRET_ACCESS_KEY": keys.1.dropLast() + last]
            for (service, operation) in [(AWSService.kms, "ListKeys"), (.s3, "ListBuckets"), (.iam, "ListUsers")] {
                let refused = await #expect(throws: PlumbError.self) {
                    try await Self.client(url, bad) { _ = try await $0.call(service, operation) }
                }
                #expect(refused?.kind == .refused)
                #expect((refused?.cause as? AWSError)?.code == "SignatureDoesNotMatch")
            }
        }
    }

    /// From now on moto refuses what is not signed or not allowed.
    private static func checkSignatures(at url: String) async throws {
        let settings = try AWSSettings(options: AWSOptions(), surroundings: TestMachine().surroundings)
        let transport = try HTTPTransport(settings: settings)
        var request = HTTPRequest(method: "POST", origin: url, path: "/moto-api/reset-auth")
        request.headers = [("Content-Type", "application/octet-stream")]
        request.body = Data("0".utf8)
        let answer = try await transport.send(request, by: .aws)
        try await transport.shutDown()
        #expect(answer.status == 200)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "openssl is not installed"))
    func onlyACertificateThatIsTrustedIsSpokenTo() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // The system clears it away too.
        let file = folder.appending(path: "moto.pem").path
        let made = try await Subprocess.run(
            .path("/usr/bin/openssl"),
            arguments: Arguments([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file,
                "-out", file + ".crt",
            ]), output: .discarded, error: .discarded)
        #expect(made.terminationStatus.isSuccess)
        let both = try Data(contentsOf: URL(filePath: file)) + Data(contentsOf: URL(filePath: file + ".crt"))
        try both.write(to: URL(filePath: file))
        try await withMoto(certificate: file) { url in
            let trusting = testKeys.merging(["AWS_CA_BUNDLE": file]) { $1 }
            let keys = try await Self.client(url, trusting) { try await $0.call(.kms, "ListKeys") }
            #expect(keys["Keys"] == .list([]))
            let error = await #expect(throws: PlumbError.self) {
                try await Self.client(url) { _ = try await $0.call(.kms, "ListKeys") }
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.hint?.contains("AWS_CA_BUNDLE") == true)
        }
    }

    @Test func aRoleIsAssumedInAnotherAccount() async throws {
        try await withMoto { url in
            let role = "arn:aws:iam::210987654321:role/reader"
            var surroundings = TestMachine(
                ["AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-central-1"],
                files: [
                    "/home/test/.aws/config": "[default]\nrole_arn = \(role)\nsource_profile = default\n"
                        + "external_id = e\naws_access_key_id = A\naws_secret_access_key = x\n"
                ]
            ).surroundings
            surroundings.now = { Date.now }
            try await AWSClient.with(surroundings: surroundings, log: .silent) { client in
                let caller = try await client.caller()
                #expect(caller.account == "210987654321")
                #expect(caller.arn.contains("assumed-role/reader"))
                #expect(caller.source == "profile default (role \(role))")
            }
        }
    }
}
