// A function of a compiled deployment, run for real against AWS clients that write down what they are asked.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

/// What a function did when it was run once: its answer, what it raised, and every call to AWS in order.
struct FunctionRun: Decodable {
    struct Call: Decodable {
        var name: String
        /// As JSON, keys in order.
        var arguments: String
    }
    var result: String
    var raised: String?
    var calls: [Call]

    /// What it printed.
    var printed: String { log ?? "" }
    private var log: String?

    /// The value that was published under a metric's name.
    func reported(_ metric: String) -> Double? {
        let data = arguments(of: "cloudwatch.put_metric_data").filter { $0.contains("\"\(metric)\"") }
        guard let match = data.first?.firstMatch(of: /"Value": ([-0-9.e]+)/) else { return nil }
        return Double(match.output.1)
    }

    func arguments(of name: String) -> [String] { calls.filter { $0.name == name }.map(\.arguments) }

    /// Runs the code that the compiled deployment holds, with the environment that it gives it.
    ///
    /// `answers` are laid out for calls by name; `objects` are what S3 holds, in whatever bucket, by key.
    static func of(
        _ id: String, in environment: Environment = .production, event: String, overlay: String = "",
        answers: String = "{}", objects: [String: String] = [:]
    ) throws -> FunctionRun {
        let graph = try ArchitectureExample.graph(environment, overlay: overlay)
        let function = try #require(graph.functions[id: id])
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-function-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }  // A folder left in /tmp is harmless.
        func write(_ text: String, to path: String) throws {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try write(try #require(function.code.value), to: "index.py")
        try write(boto3, to: "boto3.py")
        try write("", to: "botocore/__init__.py")
        try write("class Config:\n    def __init__(self, **settings):\n        pass\n", to: "botocore/config.py")
        try write(exceptions, to: "botocore/exceptions.py")
        try write(runner, to: "run.py")
        for (key, content) in objects { try write(content, to: "s3/\(key)") }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [folder.appending(path: "run.py").path, event]
        process.environment = (function.environment.value ?? [:]).merging(
            ["PYTHONPATH": folder.path, "PYTHONDONTWRITEBYTECODE": "1", "ANSWERS": answers]
        ) { _, new in new }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // What the function prints comes before the last line, which is the runner's.
        let last = try #require(data.split(separator: UInt8(ascii: "\n")).last)
        var run = try JSONDecoder().decode(FunctionRun.self, from: last)
        run.log = String(decoding: data, as: UTF8.self)
        return run
    }

    /// Clients that write down every call, and answer what the test has laid out for it, or nothing.
    private static let boto3 = """
        import io, json, os, pathlib
        from datetime import datetime, timedelta, timezone
        from botocore.exceptions import ClientError

        CALLS = []
        ANSWERS = {"s3.head_object": [{"ReplicationStatus": "COMPLETED"}]} | json.loads(os.environ["ANSWERS"])


        def real(answer, operation):
            if "raise" in answer:
                raise ClientError({"Error": {"Code": answer["raise"], "Message": ""}}, operation)
            answer = dict(answer)
            if "Body" in answer:
                answer["Body"] = Body(answer["Body"].encode())
            if "LastModified" in answer:
                answer["LastModified"] = datetime.now(timezone.utc) + timedelta(seconds=answer["LastModified"])
            return answer


        class Body(io.BytesIO):
            def iter_lines(self):
                return iter(self.read().splitlines())


        def objects(name, arguments):
            folder = pathlib.Path(__file__).parent / "s3"
            if name == "s3.get_object" and (folder / arguments["Key"]).is_file():
                return [{"Body": (folder / arguments["Key"]).read_text()}]
            if name == "s3.list_objects_v2":
                keys = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
                keys = [key for key in keys if key.startswith(arguments["Prefix"]) and key > arguments["StartAfter"]]
                return [{"Contents": [{"Key": key} for key in keys[i:i + 2]]} for i in range(0, len(keys), 2)] or [{}]


        class Client:
            def __init__(self, service):
                self.service = service

            def asked(self, operation, arguments):
                name = f"{self.service}.{operation}"
                text = json.dumps(arguments, default=lambda value: value.decode())
                CALLS.append({"name": name, "arguments": text})
                answers = ANSWERS.get(name) or objects(name, arguments) or [{}]
                return [real(answer, operation) for answer in answers]

            def __getattr__(self, operation):
                return lambda **arguments: self.asked(operation, arguments)[0]

            def get_paginator(self, operation):
                client = self

                class Paginator:
                    def paginate(self, **arguments):
                        return iter(client.asked(operation, arguments))

                return Paginator()


        def client(service, **settings):
            return Client(service)

        """

    private static let exceptions = """
        class ClientError(Exception):
            def __init__(self, response, operation):
                self.response = response

        """

    private static let runner = """
        import json, sys
        import boto3, index

        outcome = {"result": "", "raised": None}
        try:
            outcome["result"] = str(index.handler(json.loads(sys.argv[1]), None))
        except Exception as error:
            outcome["raised"] = type(error).__name__
        print(json.dumps(outcome | {"calls": boto3.CALLS}))

        """
}
