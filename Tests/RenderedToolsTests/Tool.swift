// Programs that are not the project's own: where they are, and what they say.

import Foundation
import PlumbTesting

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

/// A program, and the environment that it runs in.
struct Tool: Sendable {
    var path: String
    var environment: [String: String] = [:]

    struct Result: Sendable {
        var status: Int32
        var output: String
        var errors: String
        var text: String { output + errors }
    }

    /// The same, with the double in AWS's place.
    func asking(_ double: AWSDouble) -> Tool { Tool(path: path, environment: double.environment) }

    func run(_ arguments: String..., in folder: URL? = nil) throws -> Result { try run(arguments, in: folder) }

    func run(_ arguments: [String], in folder: URL? = nil) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, and not pipes: a program that says much waits for nobody to read.
        let place = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        let places = ["out", "err"].map { place.appendingPathExtension($0) }
        for place in places { try Data().write(to: place) }
        defer {
            // Losing a temporary file's removal costs a few bytes until the system clears them.
            for place in places { try? FileManager.default.removeItem(at: place) }
        }
        process.standardOutput = try FileHandle(forWritingTo: places[0])
        process.standardError = try FileHandle(forWritingTo: places[1])
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try String(contentsOf: places[0], encoding: .utf8),
            errors: try String(contentsOf: places[1], encoding: .utf8))
    }

    // MARK: - Which there are

    /// The command itself, as it was built beside the tests.
    static var plumb: Tool {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return Tool(path: URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb").path)
        }
    }

    private static let python = Repository.root.appending(path: ".build/aws-tools/bin")
    static let cfnLint = Tool(path: python.appending(path: "cfn-lint").path)
    static let aws = Tool(path: python.appending(path: "aws").path)
    static let awsPython = Tool(path: python.appending(path: "python").path)

    /// The pinned tools that `scripts/aws-tools.sh` installs.
    static let hasAWSTools = [cfnLint, aws, awsPython].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0.path)
    }

    /// Terraform on the search path; nil without.
    static let terraform: Tool? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let found = folders.map { "\($0)/terraform" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        var environment = ["CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"]
        // scripts/terraform-mirror.sh writes it where Terraform has no configuration of its own.
        let mirror = Repository.root.appending(path: ".build/aws-tools/terraformrc").path
        if FileManager.default.fileExists(atPath: mirror) { environment["TF_CLI_CONFIG_FILE"] = mirror }
        return found.map { Tool(path: $0, environment: environment) }
    }()

    /// Whether Terraform finds AWS's provider, on a mirror or in the registry: asked once.
    static let hasTerraformProvider: Bool = {
        guard let terraform else { return false }
        do {
            let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // A provider that was fetched for this alone is large; the system clears what stays.
            defer { try? FileManager.default.removeItem(at: folder) }
            let text = """
                terraform {
                  required_providers {
                    aws = {
                      source  = "hashicorp/aws"
                      version = "~> 5.100"
                    }
                  }
                }

                """
            try text.write(to: folder.appending(path: "main.tf"), atomically: true, encoding: .utf8)
            return try terraform.run("init", "-input=false", in: folder).status == 0
        } catch {
            return false
        }
    }()
}

extension AWSDouble {
    /// What the command line and Terraform need to take it for AWS.
    var environment: [String: String] {
        [
            "AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "offline", "AWS_SECRET_ACCESS_KEY": "offline",
            "AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1", "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        ]
    }
}
