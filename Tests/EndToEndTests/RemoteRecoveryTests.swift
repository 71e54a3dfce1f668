// The state and the proofs of it in S3, and whoever is called, against the double of AWS.

import Foundation
import PlumbTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs the AWS command line and moto"))
struct RemoteRecoveryTests {
    private let double: AWSDouble
    private let command: Command
    private let environment: [String: String]

    init() throws {
        double = try AWSDouble()
        command = try Command()
        environment = [
            "AWS_ENDPOINT_URL": double.address, "AWS_ACCESS_KEY_ID": "offline", "AWS_SECRET_ACCESS_KEY": "offline",
            "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "",
        ]
    }

    private func plumb(_ arguments: String...) throws -> Command.Result {
        try command.start(arguments, environment: environment)()
    }

    private func json(_ arguments: String...) throws -> [String: Any] {
        let result = try command.start(arguments, environment: environment)()
        return try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.errors)")
    }

    /// Runs a program of one of AWS's own tools; answers what it printed.
    private func tool(_ name: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: try #require(AWSTools.program(name)))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let path = "\(command.home)/\(UUID().uuidString).out"
        try Data().write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        (process.standardOutput, process.standardError) = (file, file)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: path, encoding: .utf8))
    }

    private func python(_ program: String, _ arguments: String...) throws -> String {
        let lines = "import boto3, json, os, sys, urllib.request\ns3 = boto3.client('s3')\n" + program
        let path = "\(command.home)/\(UUID().uuidString).py"
        try lines.write(toFile: path, atomically: true, encoding: .utf8)
        let run = try tool("python", path, arguments.first ?? "", arguments.dropFirst().first ?? "")
        #expect(run.status == 0, "\(run.output)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func deny(_ operations: String) throws {
        _ = try python(
            """
            body = json.dumps(sys.argv[1].split()).encode()
            urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/double/denied", data=body)
            """, operations)
    }

    private func until(_ what: String, _ isSo: () throws -> Bool) async throws {
        try #require(try await soon { try isSo() ? () : nil } != nil, "not within a minute: \(what)")
    }

    /// Two buckets, one encrypted with a key of its own and one with Object Lock, and a topic whose news are queued.
    private static let account = """
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        place = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket="elsewhere", CreateBucketConfiguration=place)
        s3.put_bucket_encryption(Bucket="elsewhere", ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]})
        s3.create_bucket(Bucket="locked", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
        topic = boto3.client("sns").create_topic(Name="pager")["TopicArn"]
        queue = boto3.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
        boto3.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-central-1:123456789012:heard")
        print(topic)
        """

    @Test func theStateIsInS3ThroughAnOutageAndATakeover() async throws {
        let topic = try python(Self.account)
        let backup = "s3://elsewhere/engine"
        let up = try plumb(
            "up", "--detach", "--no-restart", "--port", "0", "--backup", backup, "--anchor", "s3://locked/proofs",
            "--anchor-minutes", "0.1", "--anchor-lock", "governance", "--anchor-days", "30", "--alarm-topic", topic,
            try command.spec("model.onnx"))
        try #require(up.status == 0, "\(up.errors)")
        try await until("everything is shipped") {
            try json("backup", "status", "--format", "json")["entriesBehind"] as? Int == 0
        }
        #expect(try plumb("backup", "status").output.contains("in \(backup)"))

        // S3 is out: loud, and nobody outside feels it.
        try deny("s3:GetObject s3:PutObject")
        #expect(try plumb("access", "break-glass", "--reason", "the pager says so, INC-17").status == 0)
        try await until("the outage is in the status") { try plumb("status").output.contains("NOT in its backup") }
        #expect(try plumb("invoke", "digits").status == 0)
        try deny("")
        try await until("the outage is over") { try !plumb("status").output.contains("NOT in its backup") }
        try await until("it has caught up") {
            try json("backup", "status", "--format", "json")["entriesBehind"] as? Int == 0
        }
        // Whoever carries the pager has heard of the glass.
        let heard = try python(
            """
            queue = boto3.client("sqs").get_queue_url(QueueName="heard")["QueueUrl"]
            print(boto3.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20))
            """)
        #expect(heard.contains("INC-17") && heard.contains("break-glass"), "\(heard)")

        let drill = try json("drill", "dr", "--record", "--format", "json")
        #expect(drill["succeeded"] as? Bool == true && drill["rpoSeconds"] as? Double ?? 99 < 60, "\(drill)")
        let kept = try plumb("audit", "verify", "--anchor", "s3://locked/proofs")
        #expect(kept.status == 0 && kept.output.contains("grew out of"), "\(kept.output) \(kept.errors)")
        #expect(try python(Self.objects) == "aws:kms GOVERNANCE AccessDenied")

        // The state is brought back elsewhere and takes over; the old engine ends.
        let key = "\(command.home)/backup/keyring.json"
        let dry = try plumb("restore", "--from", backup, "--key", key, "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("would restore"), "\(dry.errors)")
        let second = "\(command.home)-second"
        defer { try? FileManager.default.removeItem(atPath: second) }  // A temporary folder.
        let restored = try plumb("restore", "--from", backup, "--key", key, "--to", second)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try plumb("audit", "verify", "--home", second, "--anchor", "s3://locked/proofs").status == 0)
        let next = try plumb("up", "--detach", "--no-restart", "--port", "0", "--home", second, "--backup", backup)
        #expect(next.status == 0, "\(next.errors)")
        try await until("the old engine has ended") { try plumb("status").status != 0 }
        try await until("it is told why it does not start") {
            try plumb("up", "--detach", "--port", "0").errors.contains("taken over")
        }
        #expect(try plumb("invoke", "digits", "--home", second).status == 0)
        #expect(try plumb("down", "--home", second).status == 0)
    }

    /// The same topic hears of budgets, in words that people read.
    @Test func aBudgetIsToldThroughATopic() async throws {
        let topic = try python(Self.account)
        let path = try command.spec("model.onnx")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "workingHours: none\nbudget: {monthlyUSD: 0.0001}\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let up = try plumb("up", "--detach", "--no-restart", "--port", "0", "-e", "dev", "--alarm-topic", topic, path)
        try #require(up.status == 0, "\(up.errors)")
        let heard = try python(
            """
            sqs, found = boto3.client("sqs"), []
            queue = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
            for _ in range(20):
                for message in sqs.receive_message(
                        QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", []):
                    news = json.loads(message["Body"])
                    found.append((news["Subject"], news["Message"]))
                    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                if len(found) >= 14: break
            print(json.dumps(found))
            """)
        let news = try #require(try JSONSerialization.jsonObject(with: Data(heard.utf8)) as? [[String]])
        #expect(news.count == 14)
        #expect(news.count { $0[0] == "plumb: budget.alert of endpoint digits" } == 6)
        #expect(news.contains { $0[0] == "plumb: budget.stopped of team vision in dev" }, "\(news)")
        #expect(try plumb("down").status == 0)
    }

    /// How a shipment is encrypted, how a checkpoint is locked, and what becomes of whoever removes one.
    private static let objects = """
        def newest(bucket, prefix):
            key = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"][-1]["Key"]
            return key, s3.head_object(Bucket=bucket, Key=key)
        key, checkpoint = newest("locked", "proofs/")
        try:
            s3.delete_object(Bucket="locked", Key=key, VersionId=checkpoint["VersionId"])
            said = "removed"
        except Exception as error:
            said = error.response["Error"]["Code"]
        shipment = newest("elsewhere", "engine/shipments/")[1]
        print(shipment["ServerSideEncryption"], checkpoint["ObjectLockMode"], said)
        """

    /// AWS's own command line validates the audit log as a trail, and finds the file that was changed.
    @Test func awsOwnToolValidatesTheLogAsATrail() throws {
        for name in ["ann", "ben"] {
            // Nothing has to be deployed for a log.
            #expect(try name == "ben" || plumb("up", "--detach", "--no-restart", "--port", "0").status == 0)
            #expect(try plumb("access", "user", "add", name).status == 0)
        }
        #expect(try plumb("down").status == 0)
        let output = "\(command.home)/trail"
        let report = try json(
            "audit", "cloudtrail", "-o", output, "--bucket", "audit-eu", "--prefix", "plumb", "--account",
            "123456789012", "--region", "eu-central-1", "--format", "json")
        #expect(report["entries"] as? Int ?? 0 >= 3 && report["digests"] as? Int ?? 0 >= 1, "\(report)")
        _ = try python(
            """
            s3.create_bucket(
                Bucket="audit-eu", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            for folder, _, names in os.walk(sys.argv[1]):
                for name in names:
                    path = os.path.join(folder, name)
                    if not name.endswith(".json.gz"): continue
                    metadata = json.load(open(path + ".metadata")) if "CloudTrail-Digest" in name else {}
                    s3.put_object(
                        Bucket="audit-eu", Key=os.path.relpath(path, sys.argv[1]), Body=open(path, "rb").read(),
                        Metadata=metadata)
            keys = json.load(open(sys.argv[1] + "/public-keys.json"))["PublicKeyList"]
            said = {"region": "eu-central-1", "store": "publicKeys",
                "entries": {key["Fingerprint"]: key["Value"] for key in keys}}
            urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/double/kept", data=json.dumps(said).encode())
            """, output)
        func validate() throws -> (status: Int32, output: String) {
            try tool(
                "aws", "cloudtrail", "validate-logs", "--start-time", "2026-01-01T00:00:00Z", "--s3-bucket",
                "audit-eu", "--s3-prefix", "plumb", "--trail-arn", report["trail"] as? String ?? "", "--verbose")
        }
        let valid = try validate()
        let (logs, digests) = (report["logFiles"] as? Int ?? 0, report["digests"] as? Int ?? 0)
        #expect(valid.status == 0, "\(valid.output)")
        #expect(valid.output.contains("\(digests)/\(digests) digest files valid"), "\(valid.output)")
        #expect(valid.output.contains("\(logs)/\(logs) log files valid"), "\(valid.output)")
        _ = try python(
            """
            import gzip
            key = s3.list_objects_v2(Bucket="audit-eu", Prefix="plumb/AWSLogs/123456789012/CloudTrail/")
            key = key["Contents"][0]["Key"]
            text = gzip.decompress(s3.get_object(Bucket="audit-eu", Key=key)["Body"].read())
            assert b"Records" in text and b"access" in text
            s3.put_object(Bucket="audit-eu", Key=key, Body=gzip.compress(text.replace(b"ann", b"eve")))
            """)
        let changed = try validate()
        #expect(changed.status != 0 && changed.output.contains("hash value doesn't match"), "\(changed.output)")
    }
}
