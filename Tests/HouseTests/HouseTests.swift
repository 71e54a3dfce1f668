// The laws of the house, read in its own sources: each breach is told with its file, its line and what to do.

import Foundation

/// One breach of a law.
struct Breach: CustomStringConvertible, Hashable {
    var file: String
    var line: Int
    var message: String
    var description: String { "\(file):\(line): \(message)" }
}

/// A source file, with its code told apart from what is only said in comments and texts.
struct SourceFile: Sendable {
    /// From the root of the repository: `Sources/PlumbModel/Fact.swift`.
    let path: String
    let lines: [String]
    /// The same lines with the content of comments and string literals blanked out.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = Self.blank(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// `PlumbModel` of `Sources/PlumbModel/Fact.swift`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    func breach(_ index: Int, _ message: String) -> Breach { Breach(file: path, line: index + 1, message: message) }

    /// The lines of code in which `pattern` is found.
    func lines(with pattern: Pattern) -> [Int] {
        code.indices.filter { pattern.isIn(code[$0]) }
    }

    /// Where the reader stands in a text of Swift.
    private enum Mode: Equatable {
        case code, lineComment
        case blockComment(depth: Int)
        /// A literal with so many quotation marks and number signs; `interpolation` counts open parentheses inside it.
        case literal(quotes: Int, signs: Int)
    }

    /// Blanks comments and literals, keeping line breaks and the code of interpolations.
    private static func blank(_ text: String) -> String {
        var result: [Character] = []
        let text = Array(text)
        var stack: [(mode: Mode, parentheses: Int)] = [(.code, 0)]
        var index = 0
        func isNext(_ wanted: String, at start: Int) -> Bool {
            start + wanted.count <= text.count && zip(text[start...], wanted).allSatisfy { $0 == $1 }
        }
        while index < text.count, let (mode, parentheses) = stack.last {
            let character = text[index]
            var taken = 1
            switch mode {
            case .code:
                if isNext("//", at: index) {
                    stack.append((.lineComment, 0))
                } else if isNext("/*", at: index) {
                    stack.append((.blockComment(depth: 1), 0))
                    taken = 2
                } else if let (quotes, signs) = opening(text, at: index) {
                    stack.append((.literal(quotes: quotes, signs: signs), 0))
                    taken = quotes + signs
                } else if character == "(" {
                    stack[stack.count - 1].parentheses += 1
                } else if character == ")" {
                    if stack.count > 1 && parentheses == 0 {
                        stack.removeLast()
                    } else {
                        stack[stack.count - 1].parentheses -= 1
                    }
                }
                let isCode = stack.count == 1 || stack.last?.mode == .code
                result += isCode ? [character] : Array(repeating: " ", count: taken)
            case .lineComment:
                if character == "\n" { stack.removeLast() }
                result.append(character == "\n" ? character : " ")
            case .blockComment(let depth):
                if isNext("*/", at: index) {
                    taken = 2
                    stack.removeLast()
                    if depth > 1 { stack.append((.blockComment(depth: depth - 1), parentheses)) }
                } else if isNext("/*", at: index) {
                    taken = 2
                    stack[stack.count - 1].mode = .blockComment(depth: depth + 1)
                }
                result += character == "\n" ? ["\n"] : Array(repeating: " ", count: taken)
            case .literal(let quotes, let signs):
                let end = String(repeating: "\"", count: quotes) + String(repeating: "#", count: signs)
                let escape = "\\" + String(repeating: "#", count: signs)
                if isNext(escape + "(", at: index) {
                    taken = escape.count + 1
                    stack.append((.code, 0))
                } else if isNext(escape, at: index) && signs == 0 {
                    taken = 2
                } else if isNext(end, at: index) {
                    taken = end.count
                    stack.removeLast()
                }
                for offset in 0..<taken where index + offset < text.count {
                    result.append(text[index + offset] == "\n" ? "\n" : " ")
                }
            }
            index += taken
        }
        return String(result)
    }

    private static func opening(_ text: [Character], at start: Int) -> (quotes: Int, signs: Int)? {
        var index = start
        while index < text.count && text[index] == "#" { index += 1 }
        let signs = index - start
        guard index < text.count, text[index] == "\"" else { return nil }
        let isLong = index + 2 < text.count && text[index + 1] == "\"" && text[index + 2] == "\""
        return (isLong ? 3 : 1, signs)
    }
}

/// The repository these tests are part of.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Every Swift file under a folder, by path.
    static func files(under folder: String) -> [SourceFile] {
        guard let found = FileManager.default.enumerator(atPath: "\(root)/\(folder)") else { return [] }
        return found.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            FileManager.default.contents(atPath: "\(root)/\(folder)/\(path)").map {
                SourceFile(path: "\(folder)/\(path)", text: String(decoding: $0, as: UTF8.self))
            }
        }
    }

    static let sources = files(under: "Sources")
    static let tests = files(under: "Tests")
}

/// All breaches, one to a line, for a failing test to print.
func told(_ breaches: [Breach]) -> String {
    breaches.map(\.description).joined(separator: "\n")
}
