// Reads `~/.aws/config` and `~/.aws/credentials`.

import Foundation
import PlumbModel

/// Sections of `name = value` lines. A value that is empty may have indented lines of its own below it.
struct ProfileFile: Sendable {
    /// By the section's name, with its kind before it: `profile staging`, `sso-session work`, `services local`.
    private(set) var sections: [String: [String: String]] = [:]

    /// In the credentials file a section is a profile without saying so.
    init(_ text: String, path: String, isCredentials: Bool) throws(PlumbError) {
        var section: String?
        var key: String?
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            let place = Place(file: path, line: index + 1)
            if line.hasPrefix("[") {
                guard let end = line.firstIndex(of: "]") else {
                    throw PlumbError(.invalidInput, "a section has no ']' at its end", at: place)
                }
                let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
                let name = words.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"'")) }.joined(
                    separator: " ")
                section = isCredentials || name == "default" ? "profile \(name)" : name
                key = nil
                if let section { sections[section] = sections[section] ?? [:] }
                continue
            }
            // What is wrong is never repeated: it may be a secret in the wrong place.
            guard let section else { throw PlumbError(.invalidInput, "a line stands before any section", at: place) }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isNested = raw.first?.isWhitespace == true && key != nil
            guard parts.count == 2 else {
                if isNested { continue }
                throw PlumbError(.invalidInput, "a line is neither a section nor NAME = VALUE", at: place)
            }
            let name = parts[0].trimmingCharacters(in: .whitespaces).lowercased()
            let value = parts[1].trimmingCharacters(in: .whitespaces)
            if isNested, let key {
                sections[section]?["\(key).\(name)"] = value
            } else {
                sections[section]?[name] = value
                key = name
            }
        }
    }
}

/// Both files together.
struct Profiles: Sendable {
    private let config: [String: [String: String]]
    private let credentials: [String: [String: String]]

    init(_ surroundings: Surroundings) throws(PlumbError) {
        config = try Self.sections(surroundings, "AWS_CONFIG_FILE", "~/.aws/config", isCredentials: false)
        credentials = try Self.sections(
            surroundings, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", isCredentials: true)
    }

    private static func sections(
        _ surroundings: Surroundings, _ variable: String, _ usual: String, isCredentials: Bool
    ) throws(PlumbError) -> [String: [String: String]] {
        let path = surroundings.expanded(surroundings.variable(variable) ?? usual)
        guard let data = try surroundings.readFile(path) else { return [:] }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw PlumbError(.invalidInput, "\(path) is not UTF-8")
        }
        return try ProfileFile(text, path: path, isCredentials: isCredentials).sections
    }

    /// The values of a profile; those of the credentials file go before. Nil for one that is in neither.
    func profile(_ name: String) -> [String: String]? {
        let section = "profile \(name)"
        guard config[section] != nil || credentials[section] != nil else { return nil }
        return (config[section] ?? [:]).merging(credentials[section] ?? [:]) { _, credential in credential }
    }

    func session(_ name: String) -> [String: String]? { config["sso-session \(name)"] }
    func services(_ name: String) -> [String: String]? { config["services \(name)"] }

    var names: [String] {
        Set(config.keys).union(credentials.keys).filter { $0.hasPrefix("profile ") }.map { String($0.dropFirst(8)) }
            .sorted()
    }

    /// The values of a profile that has to be there.
    func known(_ name: String, because reason: String) throws(PlumbError) -> [String: String] {
        if let profile = profile(name) { return profile }
        let known = names.isEmpty ? "there are none" : "known are \(names.joined(separator: ", "))"
        throw PlumbError(
            .notFound, "there is no AWS profile '\(name)', which \(reason) names; \(known)",
            hint: "aws configure --profile \(name) makes it")
    }
}
