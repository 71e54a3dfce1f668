// The pipeline that the tests look at: rendered, written to a folder, read back.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

enum PipelineExample {
    static func files(
        _ format: DeliveryPipeline.Format, yaml: String = ArchitectureExample.yaml, specPath: String = "plumb.yaml"
    ) throws -> [RenderedFile] {
        func spec(_ environment: Environment) throws -> Spec {
            try #require(SpecReader.read(yaml, file: specPath, environment: environment).spec)
        }
        return DeliveryPipeline.files(
            of: try spec(.production), staging: try spec(.staging), specPath: specPath, as: format)
    }

    /// The pipeline itself, read by the reader of this house.
    static func pipeline(_ format: DeliveryPipeline.Format) throws -> DocumentNode {
        let file = try #require(try files(format).first)
        return try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get().root
    }

    /// A folder of its own with all the files in it.
    static func folder(_ format: DeliveryPipeline.Format = .githubActions) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pipeline-\(UUID().uuidString)")
        for file in try files(format) {
            let url = folder.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
        return folder
    }
}

/// A program that was run, and how it ended.
struct ProgramRun {
    var code: Int32
    /// Standard output and standard error.
    var text: String

    /// Runs a program found on the path; nil where it is not installed.
    init?(_ words: [String], in folder: URL, environment: [String: String] = [:]) throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let places = path.split(separator: ":").map { "\($0)/\(words[0])" }
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            return nil
        }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = folder
        process.environment = ["PATH": path, "HOME": folder.path()].merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        code = process.terminationStatus
    }
}

extension DocumentNode {
    /// The value at the end of a path of keys.
    func at(_ path: String...) -> DocumentNode? {
        path.reduce(self) { node, key in node?[key] }
    }

    /// Every value of a key, wherever it stands.
    func values(of key: String) -> [DocumentNode] {
        items.flatMap { $0.values(of: key) }
            + entries.flatMap { ($0.key == key ? [$0.value] : []) + $0.value.values(of: key) }
    }
}
