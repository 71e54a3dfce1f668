// How long things may be, what they may be called, and where they say what they are for.

/// Sizes, names and faces.
enum FormLaws {
    static let fileLinesMax = 500
    static let functionLinesMax = 70
    static let lineColumnsMax = 120

    static func sizeBreaches(in file: SourceFile) -> [Breach] {
        var found: [Breach] = []
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        if count > fileLinesMax {
            found.append(
                file.breach(fileLinesMax, "the file has \(count) lines; \(fileLinesMax) is the limit, split it"))
        }
        for (index, line) in file.lines.enumerated() where line.count > lineColumnsMax {
            found.append(file.breach(index, "the line has \(line.count) columns; \(lineColumnsMax) is the limit"))
        }
        return found + longFunctions(in: file)
    }

    /// A function begins at its `func` or `init` and ends where its first brace is closed.
    private static func longFunctions(in file: SourceFile) -> [Breach] {
        let modifier =
            #"(public|private|fileprivate|internal|package|static|class|mutating|nonisolated|override|convenience"#
            + #"|required|final|borrowing|consuming)(\(\w+\))?\s+"#
        let start = Pattern(
            stringLiteral: #"^\s*(@\w+(\(.*\))?\s+)*("# + modifier + #")*(func\s+\S|init[?!]?\s*[(<])"#)
        let requirement: Pattern = #"^\s*(func|var|init|static|associatedtype|mutating)\b"#
        return file.code.indices.compactMap { first in
            guard start.isIn(file.code[first]) else { return nil }
            var (depth, parentheses, isOpen) = (0, 0, false)
            for index in first..<file.code.count {
                for character in file.code[index] {
                    switch character {
                    case "(": parentheses += 1
                    case ")": parentheses -= 1
                    case "{" where isOpen || parentheses == 0: (depth, isOpen) = (depth + 1, true)
                    case "}" where isOpen: depth -= 1
                    case "}" where parentheses == 0: return nil
                    default: break
                    }
                    if isOpen && depth == 0 {
                        let lines = index - first + 1
                        guard lines > functionLinesMax else { return nil }
                        return file.breach(
                            first, "the function has \(lines) lines; \(functionLinesMax) is the limit, split it")
                    }
                }
                // A requirement of a protocol has no body: the next declaration begins before a brace opens.
                let next = index + 1
                if !isOpen, parentheses == 0, next < file.code.count,
                    requirement.isIn(file.code[next])
                        || file.code[next].allSatisfy(\.isWhitespace)
                {
                    return nil
                }
            }
            return nil
        }
    }

    static let forbiddenNames: Set<String> = [
        "Utils", "Util", "Utilities", "Helpers", "Helper", "Common", "Core", "Misc", "Manager",
    ]

    static func nameBreaches(in file: SourceFile) -> [Breach] {
        var found: [Breach] = []
        let folders = file.path.split(separator: "/").dropLast().map(String.init)
        let stem = file.name.split(separator: ".").first.map(String.init) ?? file.name
        for name in folders + [stem] {
            if let word = forbidden(in: name) {
                found.append(file.breach(0, "nothing is called \(word); say what \(name) is for"))
            }
        }
        let declaration: Pattern = #"\b(?:struct|class|enum|actor|protocol|typealias)\s+[A-Z]\w*"#
        for (index, line) in file.code.enumerated() {
            for match in declaration.all(in: line) {
                let name = match.split(separator: " ").last.map(String.init) ?? match
                if let word = forbidden(in: name) {
                    found.append(file.breach(index, "no type is called \(word); say what \(name) is for"))
                }
            }
        }
        return found
    }

    /// The forbidden word that a name is or ends with.
    private static func forbidden(in name: String) -> String? {
        forbiddenNames.first { name == $0 || name.hasSuffix($0) }
    }

    /// Every target has a face file of its own name, whose first words say in a sentence what the room is for.
    static func faceBreaches(in files: [SourceFile]) -> [Breach] {
        let sentenceEnd: Pattern = #"[.:!?](\s|$)"#
        var found: [Breach] = []
        for target in Set(files.map(\.target)).sorted() {
            let path = "Sources/\(target)/\(target).swift"
            guard let face = files.first(where: { $0.path == path }) else {
                found.append(
                    Breach(file: path, line: 1, message: "\(target) has no face; write one sentence of what it is for"))
                continue
            }
            if !sentenceEnd.isIn(opening(of: face)) {
                found.append(face.breach(0, "the first line is no sentence; say what \(target) is for, in one"))
            }
        }
        let banner: Pattern = #"(?i)copyright|licen[sc]ed|all rights reserved|spdx"#
        return found
            + files.filter { banner.isIn(opening(of: $0)) }.map {
                $0.breach(0, "no banners: say what the file is for")
            }
    }

    /// The comment a file begins with.
    private static func opening(of file: SourceFile) -> String {
        file.lines.prefix { $0.hasPrefix("//") }.joined(separator: " ")
    }
}
