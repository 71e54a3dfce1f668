// Where credentials are found, case by case; STS, SSO, containers and instances are a server of the test's own.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

@Suite(.timeLimit(.minutes(20)))
struct CredentialTests {
    private static let config = "/home/test/.aws/config"
    private static let shared = "/home/test/.aws/credentials"
    /// What STS answers; the key's name tells which role was assumed.
    static func sts(_ asked: Asked) -> Told {
        let fields = Dictionary(
            asked.body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }, uniquingKeysWith: { first, _ in first })
        let operation = fields["Action"] ?? ""
        let role = fields["RoleArn"]?.split(separator: "/").last.map(String.init) ?? ""
        return Told(
            headers: [("Content-Type", "text/xml")],
            body: """
                <\(operation)Response xmlns="https://sts.amazonaws.com/"><\(operation)Result><Credentials>
                <AccessKeyId>ASIA-\(role)</AccessKeyId><SecretAccessKey>secret-\(role)</SecretAccessKey>
                <SessionToken>token-\(role)</SessionToken><Expiration>2027-01-15T09:00:00Z</Expiration>
                </Credentials></\(operation)Result></\(operation)Response>
                """)
    }

    /// Which key signed a request.
    private func signer(of asked: Asked) -> String? {
        asked.header("authorization")?.split(separator: "Credential=").last?.split(separator: "/").first
            .map(String.init)
    }

    private func fault(_ machine: TestMachine, _ options: AWSOptions = AWSOptions()) async throws -> PlumbError {
        try #require(await #expect(throws: PlumbError.self) { try await machine.credentials(nil, options) })
    }

    @Test func theEnvironmentGoesFirst() async throws {
        let machine = TestMachine(
            testKeys.merging(["AWS_SESSION_TOKEN": "T"]) { $1 },
            files: [Self.shared: "[default]\naws_access_key_id = OTHER\naws_secret_access_key = x"])
        let found = try await machine.credentials()
        #expect(found.accessKeyID == "AKIDEXAMPLE")
        #expect(found.sessionToken?.revealed == "T")
        #expect(found.source == "the environment")
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    func oneOfTheTwoVariablesAloneIsAnError(_ name: String) async throws {
        let machine = TestMachine(
            [name: "value"], files: [Self.shared: "[default]\naws_access_key_id = OTHER\naws_secret_access_key = x"])
        let error = try await fault(machine)
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasPrefix("\(name) is set"))
        #expect(!error.description.contains("value"))
    }

    @Test func aProfileOfTheCommandLineGoesBeforeTheEnvironment() async throws {
        let machine = TestMachine(
            testKeys, files: [Self.shared: "[work]\naws_access_key_id = WORK\naws_secret_access_key = x"])
        #expect(try await machine.credentials(nil, AWSOptions(profile: "work")).accessKeyID == "WORK")
    }

    @Test func theCredentialsFileGoesBeforeTheConfigFile() async throws {
        let machine = TestMachine(
            ["AWS_PROFILE": "work"],
            files: [
                Self.config:
                    "[profile work]\naws_access_key_id = CONFIG\naws_secret_access_key = x\nregion = eu-west-1",
                Self.shared: "# mine\n[work]\naws_access_key_id=SHARED\naws_secret_access_key=a=b",
            ])
        let found = try await machine.credentials()
        #expect(found.accessKeyID == "SHARED")
        #expect(found.secretAccessKey.revealed == "a=b")
    }

    @Test func otherFilesCanBeNamed() async throws {
        let machine = TestMachine(
            ["AWS_SHARED_CREDENTIALS_FILE": "~/c", "AWS_CONFIG_FILE": "/etc/aws"],
            files: [
                "/home/test/c": "[default]\naws_access_key_id = A\naws_secret_access_key = x",
                "/etc/aws": "[default]\nregion = eu-west-3",
            ])
        #expect(try await machine.credentials().accessKeyID == "A")
        let settings = try AWSSettings(options: AWSOptions(), surroundings: machine.surroundings)
        #expect(settings.region == "eu-west-3")
    }

    @Test func aProfileThatIsNotThereIsAnErrorThatNamesTheOthers() async throws {
        let machine = TestMachine(
            ["AWS_PROFILE": "wrk"], files: [Self.config: "[default]\n[profile work]\nregion = eu-west-1\n"])
        let error = try await fault(machine)
        #expect(error.kind == .notFound)
        #expect(error.message.contains("'wrk', which AWS_PROFILE names; known are default, work"))
    }

    @Test func halfAProfileIsAnError() async throws {
        let machine = TestMachine(files: [Self.shared: "[default]\naws_secret_access_key = hunter2"])
        let error = try await fault(machine)
        #expect(error.message.contains("no aws_access_key_id"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test(arguments: ["key without section", "[open\nhunter2", "[default]\nhunter2"])
    func aBrokenFileIsToldByItsLineAndNotItsContent(_ text: String) async throws {
        let error = try await fault(TestMachine(files: [Self.shared: text]))
        #expect(error.place?.file == Self.shared)
        #expect(!error.description.contains("hunter2") && !error.description.contains("key without"))
    }

    @Test func nobodyHasCredentials() async throws {
        let error = try await fault(TestMachine())
        #expect(error.kind == .notFound)
        #expect(error.hint?.contains("aws configure") == true)
    }

    @Test func aRoleIsAssumedWithAllThatTheProfileSays() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(
                ["AWS_PROFILE": "deploy"],
                files: [
                    Self.config: """
                    [profile deploy]
                    role_arn = arn:aws:iam::1:role/deployer
                    source_profile = base
                    external_id = ext+1
                    role_session_name = me
                    duration_seconds = 1800
                    mfa_serial = arn:aws:iam::1:mfa/me
                    """,
                    Self.shared: "[base]\naws_access_key_id = BASE\naws_secret_access_key = x",
                ], code: "123456")
            let found = try await machine.credentials(server)
            #expect(found.accessKeyID == "ASIA-deployer")
            #expect(found.secretAccessKey.revealed == "secret-deployer")
            #expect(found.expiration == AWSValue.text("2027-01-15T09:00:00Z").date)
            #expect(machine.asked == ["MFA code of arn:aws:iam::1:mfa/me: "])
            let asked = try #require(server.asked.first)
            #expect(signer(of: asked) == "BASE")
            for part in [
                "Action=AssumeRole&", "DurationSeconds=1800", "ExternalId=ext%2B1", "RoleSessionName=me",
                "SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme", "TokenCode=123456",
            ] { #expect(asked.body.contains(part)) }
        }
    }

    @Test func mfaWithoutAPersonIsAnError() async throws {
        let machine = TestMachine(files: [
            Self.config: "[default]\nrole_arn = r\nsource_profile = default\nmfa_serial = m\n"
                + "aws_access_key_id = A\naws_secret_access_key = x"
        ])
        let error = try await fault(machine)
        #expect(error.kind == .refused)
        #expect(error.message.contains("MFA"))
    }

    @Test func rolesAreAssumedOneThroughAnother() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: """
                [default]
                role_arn = arn:aws:iam::3:role/c
                source_profile = b
                [profile b]
                role_arn = arn:aws:iam::2:role/b
                source_profile = a
                [profile a]
                role_arn = arn:aws:iam::1:role/a
                source_profile = a
                aws_access_key_id = ROOT
                aws_secret_access_key = x
                """
            ])
            let found = try await machine.credentials(server).accessKeyID
            #expect(found == "ASIA-c")
            // As the source of b, a is the user whose keys it holds, not the role that it names besides.
            #expect(server.asked.map { signer(of: $0) } == ["ROOT", "ASIA-b"])
            #expect(server.asked.last?.header("x-amz-security-token") == "token-b")
        }
    }

    @Test func aProfileMayBeItsOwnSource() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: "[default]\nrole_arn = x/self\nsource_profile = default\n"
                    + "aws_access_key_id = ME\naws_secret_access_key = x"
            ])
            let found = try await machine.credentials(server).accessKeyID
            #expect(found == "ASIA-self")
            #expect(server.asked.map { signer(of: $0) } == ["ME"])
        }
    }

    @Test func aCircleOfProfilesIsToldAsOne() async throws {
        let machine = TestMachine(files: [
            Self.config: """
            [default]
            role_arn = r
            source_profile = a
            [profile a]
            role_arn = r
            source_profile = b
            [profile b]
            role_arn = r
            source_profile = a
            """
        ])
        let error = try await fault(machine)
        #expect(error.kind == .invalidInput)
        #expect(error.message.contains("default → a → b → a"))
    }

    @Test(arguments: [
        ("role_arn = r", "needs one of"),
        ("role_arn = r\nsource_profile = default\ncredential_source = Environment", "needs one of"),
        ("role_arn = r\nsource_profile = nobody", "'nobody'"),
        ("role_arn = r\nsource_profile = default", "no credentials"),
        ("role_arn = r\ncredential_source = Nowhere", "'Nowhere'"),
        (
            "role_arn = r\nsource_profile = default\nduration_seconds = 1\naws_access_key_id = A\n"
                + "aws_secret_access_key = x", "duration_seconds"
        ),
        ("sso_session = gone", "sso_session 'gone'"),
        ("sso_start_url = https://x\nsso_account_id = 1", "sso_region"),
        ("login_session = arn", "aws login"),
    ])
    func whatIsHalfSaidIsAnError(_ lines: String, _ part: String) async throws {
        let error = try await fault(TestMachine(files: [Self.config: "[default]\n\(lines)\n"]))
        #expect(error.message.contains(part), "\(error)")
    }

    @Test func aRoleMayComeFromTheEnvironment() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(
                testKeys, files: [Self.config: "[profile r]\nrole_arn = x/env\ncredential_source = Environment\n"])
            let found = try await machine.credentials(server, AWSOptions(profile: "r"))
            #expect(found.accessKeyID == "ASIA-env")
            #expect(server.asked.map { signer(of: $0) } == ["AKIDEXAMPLE"])
        }
    }

    @Test func webIdentityGoesUnsigned() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(
                [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
                    "AWS_ROLE_SESSION_NAME": "pod-1",
                ], files: ["/var/token": "abc.def\n"])
            #expect(try await machine.credentials(server).accessKeyID == "ASIA-pod")
            let asked = try #require(server.asked.first)
            #expect(!asked.isSigned)
            #expect(asked.body.contains("WebIdentityToken=abc.def") && asked.body.contains("RoleSessionName=pod-1"))
        }
    }

    @Test func webIdentityNeedsItsRoleAndItsToken() async throws {
        let noRole = try await fault(TestMachine(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]))
        #expect(noRole.message.contains("AWS_ROLE_ARN is not"))
        let noToken = try await fault(TestMachine(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"]))
        #expect(noToken.message.contains("/t is not there"))
    }

    @Test func aProfileMayHaveAWebIdentity() async throws {
        try await TestServer.with { asked, _ in
            Self.sts(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: "[default]\nrole_arn = x/web\nweb_identity_token_file = ~/token\n",
                "/home/test/token": "jwt",
            ])
            let found = try await machine.credentials(server).accessKeyID
            #expect(found == "ASIA-web")
        }
    }

    @Test func aProgramPrintsCredentials() async throws {
        let machine = TestMachine(
            files: [Self.config: #"[default]\#ncredential_process = /bin/tool "two words" --flag='a b'\#n"#],
            output:
                #"{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "s", "Expiration": "2027-01-15T09:00:00Z"}"#)
        let found = try await machine.credentials()
        #expect(found.accessKeyID == "P")
        #expect(found.expiration != nil)
        #expect(machine.ran == [["/bin/tool", "two words", "--flag=a b"]])
    }

    @Test(arguments: [
        ("not json hunter2", Int32(0)), (#"{"Version": 2, "AccessKeyId": "hunter2"}"#, 0),
        (#"{"Version": 1, "AccessKeyId": "hunter2"}"#, 0), ("hunter2", 3),
    ])
    func aProgramThatFailsIsToldWithoutItsOutput(_ output: String, _ status: Int32) async throws {
        let machine = TestMachine(
            files: [Self.config: "[default]\ncredential_process = tool\n"], output: output, status: status)
        let error = try await fault(machine)
        #expect(error.message.contains("credential_process of profile default"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test(arguments: [
        (#"a "b c" d\ e 'f\g' """#, ["a", "b c", "d e", #"f\g"#, ""]), (#""a\"b\c""#, [#"a"b\c"#]),
        ("  x\ty ", ["x", "y"]),
    ])
    func aCommandLineIsSplitWithoutAShell(_ line: String, _ words: [String]) throws {
        #expect(try CredentialProcess.words(of: line) == words)
    }

    @Test(arguments: ["", "  ", "a 'b", "a\\"])
    func aBrokenCommandLineIsAnError(_ line: String) {
        #expect(throws: PlumbError.self) { try CredentialProcess.words(of: line) }
    }

    @Test func aRealProgramIsRun() async throws {
        let (status, output) = try await CredentialProcess.run(["/bin/sh", "-c", "printf 'a b'; exit 3"])
        #expect(status == 3)
        #expect(output == Data("a b".utf8))
    }

    @Test func aProgramThatIsNotThereIsToldByItsName() async throws {
        let error = await #expect(throws: PlumbError.self) { try await CredentialProcess.run(["/nowhere/tool", "x"]) }
        #expect(error?.kind == .notFound)
        #expect(error?.message == "/nowhere/tool cannot be run")
    }
}
