// What the documents say is there: their links lead somewhere, and the commands they show are the program's.

import Foundation
import Testing

@Suite struct DocumentTests {
    private static let root = Command.root

    /// Every Markdown file that is part of the project, by its path below the root.
    private static func documents() throws -> [String: String] {
        var found: [String: String] = [:]
        for folder in ["docs", "Examples", "Benchmarks"] {
            let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            for case let path as String in try #require(all) where path.hasSuffix(".md") {
                found["\(folder)/\(path)"] = ""
            }
        }
        for path in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] { found[path] = "" }
        for path in found.keys { found[path] = try String(contentsOf: root.appending(path: path), encoding: .utf8) }
        return found
    }

    @Test func linksLeadSomewhere() throws {
        let documents = try Self.documents()
        #expect(documents.count > 30)
        var count = 0
        for (path, text) in documents {
            for match in text.matches(of: #/\]\(([^)\s]+)\)/#) {
                let link = String(match.output.1)
                guard !link.contains("://"), !link.hasPrefix("mailto:") else { continue }
                count += 1
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = URL(filePath: "/\(path)").deletingLastPathComponent()
                let target =
                    parts[0].isEmpty
                    ? path : String(folder.appending(path: String(parts[0])).standardized.path.dropFirst())
                let isThere = FileManager.default.fileExists(atPath: Self.root.appending(path: target).path)
                #expect(isThere, "\(path) links to \(link)")
                if parts.count == 2, let there = documents[target] {
                    #expect(Self.anchors(in: there).contains(String(parts[1])), "\(path) links to \(link)")
                }
            }
        }
        #expect(count > 50)
    }

    /// The anchors that GitHub gives to headings.
    private static func anchors(in text: String) -> Set<String> {
        var seen: [String: Int] = [:]
        var found: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("#") {
            let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
            let kept = title.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == " " }
            let anchor = kept.replacing(" ", with: "-")
            found.insert(seen[anchor].map { "\(anchor)-\($0)" } ?? anchor)
            seen[anchor, default: 0] += 1
        }
        return found
    }

    @Test func commandsThatAreShownAreThere() throws {
        let help = try Command().run("--experimental-dump-help")
        let tree = try JSONDecoder().decode(HelpDump.self, from: Data(help.output.utf8)).command
        var count = 0
        for (path, text) in try Self.documents() where path != "CHANGELOG.md" {
            for line in Self.commandLines(in: text) {
                count += 1
                if let trouble = tree.trouble(with: line) { Issue.record("\(path): plumb \(line): \(trouble)") }
            }
        }
        #expect(count > 200)
    }

    /// What follows `plumb` where a document shows it in code, up to where the shell takes over.
    private static func commandLines(in text: String) -> [String] {
        var found: [String] = []
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            if isCode {
                let start = #/^\s*(?:\$ )?(?:\S*\/)?plumb ([a-z].*)$/#
                if let match = line.firstMatch(of: start) { found.append(String(match.output.1)) }
            } else {
                found += line.matches(of: #/`plumb ([a-z][^`]*)`/#).map { String($0.output.1) }
            }
        }
        // Comments, pipes, redirections, and the explanations that stand behind two spaces.
        return found.map { line in
            let end = line.firstRange(of: #/\s[|>#&]|  +|…| \.\.\./#)?.lowerBound ?? line.endIndex
            return String(line[..<end])
        }
    }

    @Test func theReferenceIsTheProgramsOwn() throws {
        let command = try Command()
        let written = "\(command.home)/CLI.md"
        let page = Self.root.appending(path: "docs/CLI.md")
        let isRecording = ProcessInfo.processInfo.environment["PLUMB_RECORD"] != nil
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Self.root.appending(path: "scripts/manual.py").path, command.path, "--markdown",
            isRecording ? page.path : written, "--man", "\(command.home)/man",
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        #expect(FileManager.default.fileExists(atPath: "\(command.home)/man/plumb-check.1"))
        let current = try String(contentsOf: page, encoding: .utf8)
        #expect(
            try isRecording || String(contentsOfFile: written, encoding: .utf8) == current,
            "docs/CLI.md is of another program: make docs writes it")
    }
}

/// What `--experimental-dump-help` tells.
private struct HelpDump: Decodable {
    struct Node: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable { var name: String }
            var kind: String
            var names: [Name]?
        }
        var commandName: String
        var defaultSubcommand: String?
        var subcommands: [Node]?
        var arguments: [Argument]?

        /// What is wrong with a command line below this command; nil where nothing is.
        func trouble(with line: String) -> String? {
            var node = self
            var words = line.split(separator: " ").map(String.init)
            while let word = words.first, let children = node.subcommands, !children.isEmpty {
                if !children.contains(where: { word.split(separator: "|").contains(Substring($0.commandName)) }),
                    let usual = children.first(where: { $0.commandName == node.defaultSubcommand })
                {
                    node = usual
                    continue
                }
                // A document that writes `backup status|now` shows both.
                for name in word.split(separator: "|") where !children.contains(where: { $0.commandName == name }) {
                    return word.hasPrefix("-") || word.hasPrefix("<") ? nil : "there is no \(name)"
                }
                let name = word.split(separator: "|").first.map(String.init) ?? word
                guard let next = children.first(where: { $0.commandName == name }) else { return nil }
                node = next
                words.removeFirst()
            }
            let known = Set((node.arguments ?? []).flatMap { $0.names ?? [] }.map(\.name) + ["help", "version", "h"])
            for word in words where word.hasPrefix("-") && word.count > 1 {
                let name = word.drop { $0 == "-" }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
                if !name.isEmpty, !known.contains(String(name)) { return "it has no \(word)" }
            }
            return nil
        }
    }
    var command: Node
}
