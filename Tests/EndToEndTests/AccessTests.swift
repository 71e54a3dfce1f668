// Access over the network, as people have it: the first admin, roles, another person's approval, certificates, and what
// lies on the disk.

import Foundation
import PlumbTesting
import Testing

/// An engine, and the people who come to it over its TLS port.
private struct AccessHouse {
    let command: Command
    let gateway: String
    let authority: String

    init(_ options: String...) throws {
        command = try Command()
        let up = try command.start(["up", "--detach", "--port", "0"] + options)()
        #expect(up.status == 0, "\(up.errors)")
        let status = try command.json("status", "--format", "json")
        gateway = try #require(status["gateway"] as? String)
        authority = try #require(status["certificateAuthorityPath"] as? String)
    }

    /// Runs the command against the port with a token, from a home where nothing is.
    func at(_ token: String?, _ arguments: String..., more: [String: String] = [:]) throws -> Command.Result {
        let environment = [
            "PLUMB_ENGINE_URL": gateway, "PLUMB_CA": authority, "PLUMB_HOME": "\(command.home)/nowhere",
            "PLUMB_TOKEN": token ?? "",
        ]
        return try FaceHouse.run(
            command.path, arguments, environment.merging(more) { $1 }, under: command.home)
    }

    /// A user with a role, made on the engine's own machine, and a token.
    func user(_ name: String, _ role: String..., owner: String? = nil) throws -> String {
        let added = try command.start(["access", "user", "add", name] + (owner.map { ["--owner", $0] } ?? []))()
        #expect(added.status == 0, "\(added.errors)")
        for role in role { #expect(try command.run("access", "grant", name, role).status == 0) }
        return try token(name)
    }

    func token(_ name: String) throws -> String {
        let issued = try command.run("access", "token", "issue", name)
        #expect(issued.status == 0 && issued.output.hasPrefix("eyJ"), "\(issued.errors)")
        return issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func entries(_ action: String) throws -> [[String: Any]] {
        let result = try command.run("audit", "log", "--format", "json", "--limit", "1000")
        let entries = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        return entries.filter { $0["action"] as? String == action }
    }

    /// The digits example with the model's digest, for an environment.
    func spec(_ environment: String, name: String = "digits") throws -> String {
        let path = try command.spec("model.onnx")
        let sum = try command.sha256(of: "\(Command.digits)/model.onnx")
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("model: {path: ", with: "model: {digest: \(sum), path: ")
            .replacing("name: digits", with: "name: \(name)")
        let own = "\(command.home)/\(name)-\(environment).yaml"
        try text.write(toFile: own, atomically: true, encoding: .utf8)
        return own
    }

    func end() throws { #expect(try command.run("down").status == 0) }
}

extension Command {
    fileprivate func sha256(of path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = [path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix(64))
    }
}

@Suite(.serialized, .timeLimit(.minutes(15)))
struct AccessTests {
    @Test func theFirstAdminComesWithATokenThatOpensOnce() throws {
        let house = try AccessHouse()
        #expect(try house.at(nil, "status").status == 3)
        let made = try house.command.run("access", "bootstrap")
        let first = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(made.status == 0 && first.hasPrefix("plumb_"))
        #expect(try house.at(first, "status").status == 3)
        #expect(try house.at(first, "access", "user", "list").status == 3)
        let claimed = try house.at(first, "access", "claim", "ada")
        let admin = claimed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(claimed.status == 0 && admin.hasPrefix("eyJ"), "\(claimed.errors)")
        #expect(try house.at(first, "access", "claim", "mallory").status == 3)
        #expect(try house.command.run("access", "bootstrap").status == 3)
        // The admin adds users, and gives roles only when another admin agrees.
        #expect(try house.at(admin, "access", "user", "add", "ben").status == 0)
        let alone = try house.at(admin, "access", "grant", "ben", "viewer")
        #expect(alone.status == 3 && alone.errors.contains("another person has to approve"), "\(alone.errors)")
        let plan = try #require(alone.errors.firstMatch(of: /plan ([0-9a-f]{16})/)).1
        #expect(try house.at(admin, "approve", "--plan", String(plan)).status == 3)
        let second = try house.user("cleo", "admin")
        #expect(try house.at(second, "approve", "--plan", String(plan)).status == 0)
        #expect(try house.at(admin, "access", "grant", "ben", "viewer").status == 0)
        // Used once: the same again needs another approval.
        #expect(try house.at(admin, "access", "grant", "ben", "viewer").status == 3)
        #expect(try house.at(admin, "access", "grant", "ada", "approver").status == 3)
        #expect(try !house.entries("access.signIn").isEmpty)
        try house.end()
    }

    @Test func productionNeedsAnotherPersonAndTheGlassIsLoud() throws {
        let house = try AccessHouse()
        let (ada, ben) = (try house.user("ada", "deployer", "approver"), try house.user("ben", "approver"))
        let viewer = try house.user("vera", "viewer")
        let robot = try house.user("robot", "approver", owner: "ada")
        let spec = try house.spec("production")
        #expect(try house.at(viewer, "deploy", spec, "--no-wait").status == 3)
        let first = try house.at(ada, "deploy", spec, "--no-wait")
        #expect(first.status == 3 && first.errors.contains("another person has to approve"), "\(first.errors)")
        let plan = String(try #require(first.errors.firstMatch(of: /plan ([0-9a-f]{16})/)).1)
        #expect(try house.at(ada, "approve", "--plan", plan).status == 3)
        #expect(try house.at(robot, "approve", "--plan", plan).status == 3)
        #expect(try house.at(viewer, "approve", "--plan", plan).status == 3)
        // No is said for a reason, and the change has to be asked for again.
        #expect(try house.at(ben, "approve", "--plan", plan, "--reject").status == 2)
        #expect(try house.at(viewer, "approve", "--plan", plan, "--reject", "--reason", "no").status == 3)
        #expect(try house.at(ben, "approve", "--plan", plan, "--reject", "--reason", "not on a Friday").status == 0)
        #expect(try house.entries("approval.rejected").count == 1)
        #expect(try house.at(ben, "approve", "--plan", plan).status == 2)
        #expect(try house.at(ada, "deploy", spec, "--no-wait").status == 3)
        #expect(try house.at(ben, "approve", "--plan", plan).status == 0)
        let deployed = try house.at(ada, "deploy", spec, "--no-wait")
        #expect(deployed.status == 0, "\(deployed.errors)")
        // The approval was of that change, once.
        #expect(try house.entries("approval.used").count == 1)
        #expect(
            try house.entries("deploy").contains {
                $0["actor"] as? String == "ada" && $0["outcome"] as? String == "denied"
            })
        #expect(try house.at(viewer, "status").output.contains("digits"))
        #expect(try house.at(ada, "access", "user", "list").status == 0)

        // Another spec of the same name is another change; a broken glass lets it through, and has to be looked at.
        let other = try house.spec("production", name: "faces")
        #expect(try house.at(ada, "deploy", other, "--no-wait").status == 3)
        #expect(try house.at(viewer, "access", "break-glass", "--reason", "the pager says so, INC-17").status == 3)
        #expect(try house.at(ada, "access", "break-glass", "--reason", "the pager says so, INC-17").status == 0)
        let through = try house.at(ada, "deploy", other, "--no-wait")
        #expect(through.status == 0, "\(through.errors)")
        let review = try house.at(ben, "access", "review")
        #expect(review.status == 1 && review.output.contains("break-glass by ada"))
        let id = String(try #require(review.output.firstMatch(of: /(r-[0-9a-f]{12})/)).1)
        #expect(try house.at(ada, "access", "review", "close", id, "--note", "fine").status == 3)
        #expect(try house.at(robot, "access", "review", "close", id, "--note", "fine").status == 3)
        #expect(try house.at(ben, "access", "review", "close", id, "--note", "the pager was right").status == 0)
        #expect(try house.at(ben, "access", "review").status == 0)
        #expect(try house.entries("breakGlass.opened").count == 1)
        try house.end()
    }

    @Test func conditionsRevocationAndRemovalHoldAtOnce() throws {
        let house = try AccessHouse()
        let ada = try house.user("ada")
        #expect(try house.at(ada, "status").status == 3)
        #expect(try house.command.run("access", "grant", "ada", "viewer", "--if", "network=10.0.0.0/8").status == 0)
        #expect(try house.command.run("access", "grant", "ada", "deployer", "--if", "environment=dev").status == 0)
        let dev = try house.spec("dev")
        #expect(try house.at(ada, "deploy", dev, "-e", "dev", "--no-wait").status == 0)
        // The endpoint is dev: under another environment's name it is not to be had.
        #expect(try house.at(ada, "deploy", try house.spec("staging"), "-e", "staging", "--no-wait").status == 3)
        #expect(
            try house.command.run("access", "grant", "ada", "--deny", "all", "--if", "change-ticket=FREEZE-*").status
                == 0)
        #expect(try !house.at(ada, "status").output.contains("digits"))
        let ticketed = try house.at(ada, "status", more: ["PLUMB_CHANGE_TICKET": "CHG-1"])
        #expect(ticketed.status == 0 && ticketed.output.contains("digits"), "\(ticketed.errors)")
        let list = try house.command.run("access", "token", "list").output
        let id = String(try #require(list.firstMatch(of: /(t-[0-9a-f]{12})  ada/)).1)
        #expect(try house.command.run("access", "token", "revoke", id).status == 0)
        #expect(try house.at(ada, "status", more: ["PLUMB_CHANGE_TICKET": "CHG-1"]).status == 3)
        let again = try house.token("ada")
        #expect(try house.command.run("access", "token", "rotate-key").status == 0)
        #expect(try house.at(again, "status", more: ["PLUMB_CHANGE_TICKET": "CHG-1"]).status == 0)
        #expect(try house.command.run("access", "user", "remove", "ada").status == 0)
        #expect(try house.at(again, "status", more: ["PLUMB_CHANGE_TICKET": "CHG-1"]).status == 3)
        try house.end()
    }

    @Test func aCertificateProvesAUserAndAnAddressThatFailsOftenIsNotHeard() throws {
        let house = try AccessHouse("--client-certificates", "optional")
        _ = try house.user("ada", "viewer")
        let prefix = "\(house.command.home)/ada"
        #expect(try house.command.run("access", "cert", "issue", "ada", "--prefix", prefix).status == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(prefix).key")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let shown = ["PLUMB_CERT": "\(prefix).pem", "PLUMB_KEY": "\(prefix).key"]
        #expect(try house.at(nil, "status", more: shown).status == 0)
        #expect(try house.at(nil, "status").status == 3)
        for _ in 0..<12 { #expect(try house.at("eyJ.e.e", "status").status == 3) }
        let late = try house.at(nil, "status", more: shown)
        #expect(late.status == 3 && late.errors.contains("failed too often"), "\(late.errors)")
        try house.end()
    }

    @Test func whereCertificatesAreRequiredATokenAloneOpensNothing() throws {
        let house = try AccessHouse("--client-certificates", "required")
        let ada = try house.user("ada", "viewer")
        let refused = try house.at(ada, "status")
        #expect(refused.status != 0 && refused.errors.contains("401"), "\(refused.errors)")
        let prefix = "\(house.command.home)/ada"
        #expect(try house.command.run("access", "cert", "issue", "ada", "--prefix", prefix).status == 0)
        let shown = ["PLUMB_CERT": "\(prefix).pem", "PLUMB_KEY": "\(prefix).key"]
        #expect(try house.at(ada, "status", more: shown).status == 0)
        let list = try house.command.run("access", "token", "list").output
        let id = String(try #require(list.firstMatch(of: /(certificate-[0-9a-f]+)  ada/)).1)
        #expect(try house.command.run("access", "token", "revoke", id).status == 0)
        #expect(try house.at(nil, "status", more: shown).status == 3)
        try house.end()
    }

    /// sslyze's judgement by Mozilla's profile, where it is installed (scripts/tls-tools.sh).
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: AccessTests.sslyze)))
    func sslyzeFindsTheGatewayCompliantAndOldVersionsRefused() throws {
        let house = try AccessHouse()
        let process = Process()
        process.executableURL = URL(filePath: Self.sslyze)
        let place = house.gateway.replacing("https://", with: "")
        process.arguments = ["--mozilla_config=intermediate", "--certinfo_ca_file", house.authority, place]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text.suffix(3000))")
        #expect(text.contains("OK - Compliant"))
        for version in ["TLS 1.0", "TLS 1.1"] {
            let part = try #require(text.range(of: "* \(version) Cipher Suites:"))
            #expect(text[part.upperBound...].prefix(300).contains("rejected all cipher suites"))
        }
        try house.end()
    }

    static let sslyze = Command.root.appending(path: ".build/tls-tools/bin/sslyze").path

    /// Words that nobody would write, sent through every way in, and looked for in every file.
    @Test func nothingThatCustomersSendLiesOnTheDiskInPlainText() throws {
        let house = try AccessHouse()
        func canary() -> String { "canary" + UUID().uuidString.replacing("-", with: "").lowercased() }
        let (payload, inSpec, truth, subject) = (canary(), canary(), canary(), canary())
        let path = try house.command.spec("model.onnx")
        // ModelProto.doc_string, field 6 of an ONNX file (onnx.proto): what follows a message is one of its fields.
        let inModel = canary()
        let model = FileManager.default.temporaryDirectory.appending(path: "\(inModel.prefix(12)).onnx").path
        defer { try? FileManager.default.removeItem(atPath: model) }  // A temporary file.
        var bytes = try #require(FileManager.default.contents(atPath: "\(Command.digits)/model.onnx"))
        bytes += [0x32, UInt8(inModel.utf8.count)] + Array(inModel.utf8)
        try bytes.write(to: URL(filePath: model))
        let text =
            try String(contentsOfFile: path, encoding: .utf8)
            .replacing("workload: cpu", with: "summary: \(inSpec)\nworkload: cpu")
            .replacing("\(Command.digits)/model.onnx", with: model)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let deployed = try house.command.run("deploy", path, "-e", "dev")
        #expect(deployed.status == 0, "\(deployed.errors)")
        let token = try house.user("ada", "data-scientist")
        let issued = try house.command.json(
            "access", "key", "create", "alice", "--role", "operator", "--format", "json")
        let secret = try #require(issued["secret"] as? String)
        let engineToken = try String(contentsOfFile: "\(house.command.home)/token", encoding: .utf8)
        func post(_ path: String, _ body: String) throws -> Int32 {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "curl", "-s", "-o", "/dev/null", "--cacert", house.authority, "-H", "Authorization: Bearer \(token)",
                "-H", "Content-Type: text/csv", "-H", "X-Amzn-SageMaker-Inference-Id: \(subject)", "--data-binary",
                body,
                house.gateway + path,
            ]
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        let row = try String(contentsOfFile: "\(Command.digits)/request.csv", encoding: .utf8)
        #expect(try post("/endpoints/digits/invocations", row) == 0)
        #expect(try post("/endpoints/digits/invocations", payload) == 0)
        let label =
            "{\"groundTruthData\":{\"data\":\"\(truth)\",\"encoding\":\"CSV\"},\"eventMetadata\":{\"eventId\":"
            + "\"\(subject)\"},\"eventVersion\":\"0\"}"
        #expect(try post("/endpoints/digits/ground-truth", label) == 0)
        #expect(try house.command.run("key", "rotate").status == 0)
        if FileManager.default.fileExists(atPath: "/dev/shm") {
            // While it serves as well: the plain copy that workers read is in memory.
            #expect(try Self.files(in: house.command.home, with: inModel) == [])
        }
        try house.end()

        // What is meant for its owner to read stands in files of its own, of mode 0600.
        let own: Set<String> = ["token", "keyring.json", "model.onnx.yaml"]
        var found: [String] = []
        let walk = try #require(FileManager.default.enumerator(atPath: house.command.home))
        for case let name as String in walk where !own.contains(name) && !name.hasSuffix(".out") {
            guard let content = FileManager.default.contents(atPath: "\(house.command.home)/\(name)") else { continue }
            for word in [payload, inSpec, inModel, truth, token, secret, engineToken]
            where content.range(of: Data(word.utf8)) != nil {
                found.append("\(name): \(word.prefix(12))")
            }
        }
        #expect(found == [])
    }

    /// The files of a folder that hold a word.
    private static func files(in folder: String, with word: String) throws -> [String] {
        let walk = try #require(FileManager.default.enumerator(atPath: folder))
        return walk.compactMap { $0 as? String }.filter {
            FileManager.default.contents(atPath: "\(folder)/\($0)")?.range(of: Data(word.utf8)) != nil
        }
    }
}
