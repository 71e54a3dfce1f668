// `plumb deploy --to aws` at a terminal: the question, the answer, and Ctrl-C in the middle.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs AWS's library and moto"))
    struct TerminalToolsTests {
        private let python: Tool
        private let plumb: String
        private let folder: URL
        private let double: AWSDouble

        init() throws {
            double = try AWSDouble("--creating", "3")
            python = Tool.awsPython.asking(double)
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            plumb = URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb").path
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try terminal.write(to: folder.appending(path: "terminal.py"), atomically: true, encoding: .utf8)
            try ExampleSpec.write(to: folder, revision: 1)
        }

        @Test func aPersonIsAskedAndMayLeave() throws {
            let refused = try atTerminal("wait:Carry this out? [yes/no]", "type:no\n")
            #expect(refused.status == 3 && refused.text.contains("not agreed to: nothing was changed"))
            #expect(try stacks() == "[]")

            let left = try atTerminal(
                "wait:Carry this out? [yes/no]", "type:yes\n", "wait:CREATE_IN_PROGRESS", "type:\u{3}")
            #expect(left.status == 3, "\(left.text.suffix(2_000))")
            #expect(left.text.contains("no longer watched: what is under way in AWS goes on"))
            #expect(left.text.contains("plumb status fraud-scores --to aws follows it"))
            // What was begun goes on, and is left to end; nothing after it was begun.
            #expect(try stacks() == "['fraud-scores-dev-foundation CREATE_COMPLETE']")
        }

        private func atTerminal(_ steps: String...) throws -> (status: Int32, text: String) {
            let result = try python.run(
                ["terminal.py", steps.joined(separator: "|"), plumb]
                    + ["deploy", "plumb.yaml", "--to", "aws", "--environment", "dev"], in: folder)
            return (result.status, result.output)
        }

        /// The stacks that have been made or begun, once none is being made any more.
        private func stacks() throws -> String {
            let text = """
                import boto3, time
                while True:
                    found = boto3.client("cloudformation").describe_stacks()["Stacks"]
                    if not any(stack["StackStatus"] == "CREATE_IN_PROGRESS" for stack in found):
                        break
                    time.sleep(0.2)
                print([f"{stack['StackName']} {stack['StackStatus']}" for stack in found
                       if stack["StackStatus"] != "REVIEW_IN_PROGRESS"])
                """
            return try python.run("-c", text, in: folder).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// Runs a program at a terminal of its own, waits for texts and types others; ends as the program does.
        private let terminal = """
            import os, pty, select, sys, time
            steps = [step.split(":", 1) for step in sys.argv[1].split("|")]
            child, place = pty.fork()
            if child == 0:
                os.execv(sys.argv[2], sys.argv[2:])
            said, seen, end = "", 0, time.monotonic() + 300
            while time.monotonic() < end:
                while steps:
                    kind, text = steps[0]
                    if kind == "wait" and text not in said[seen:]:
                        break
                    if kind == "wait":
                        seen = said.index(text, seen) + len(text)
                    else:
                        os.write(place, text.encode())
                    steps.pop(0)
                if not select.select([place], [], [], 1)[0]:
                    continue
                try:
                    data = os.read(place, 65536)
                except OSError:
                    break
                if not data:
                    break
                said += data.decode(errors="replace")
            else:
                os.kill(child, 9)
            print(said)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
    }
}
