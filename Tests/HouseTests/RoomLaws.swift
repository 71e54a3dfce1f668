// Which room may know which.

/// Floors and imports.
enum RoomLaws {
    /// The rooms by floor; a room may know rooms of lower floors only.
    static let floors: [String: Int] = [
        "PlumbModel": 0, "PlumbSignals": 1, "PlumbPolicy": 2, "PlumbFormats": 2, "PlumbReport": 2, "PlumbEngine": 2,
        "PlumbStore": 2, "PlumbLocal": 3, "PlumbAWS": 3, "PlumbConsole": 3, "plumb": 4, "plumb-fuzz": 4,
    ]

    /// The rooms each room may know. The worker and its runtime are no rooms of the house.
    static let rooms: [String: Set<String>] = [
        "PlumbModel": [], "PlumbSignals": ["PlumbModel"], "PlumbPolicy": ["PlumbModel", "PlumbSignals"],
        "PlumbFormats": ["PlumbModel"], "PlumbReport": ["PlumbModel"],
        "PlumbEngine": ["PlumbModel", "PlumbSignals"], "PlumbStore": ["PlumbModel"],
        "PlumbLocal": ["PlumbModel", "PlumbSignals", "PlumbEngine", "PlumbStore"],
        "PlumbAWS": ["PlumbModel", "PlumbSignals", "PlumbEngine"],
        "PlumbConsole": ["PlumbModel", "PlumbSignals", "PlumbEngine", "PlumbReport"],
        "plumb": [
            "PlumbModel", "PlumbSignals", "PlumbPolicy", "PlumbFormats", "PlumbReport", "PlumbEngine", "PlumbStore",
            "PlumbLocal", "PlumbAWS", "PlumbConsole",
        ],
        "plumb-fuzz": [
            "PlumbModel", "PlumbSignals", "PlumbPolicy", "PlumbFormats", "PlumbReport", "PlumbEngine", "PlumbStore",
            "PlumbConsole", "PlumbLocal",
        ],
        "COnnxRuntime": [], "OnnxRuntime": ["COnnxRuntime"], "plumb-worker": ["OnnxRuntime"],
    ]

    /// What each room may import from outside, beside Foundation and the language's own modules.
    static let outside: [String: Set<String>] = [
        "PlumbSignals": ["Collections", "Histogram"], "PlumbFormats": ["Yams", "CYaml"], "PlumbReport": ["Mustache"],
        "PlumbEngine": ["Logging", "ServiceLifecycle"], "PlumbStore": ["GRDB", "GRDBSQLite", "Crypto", "CryptoExtras"],
        "PlumbLocal": nio.union([
            "X509", "SwiftASN1", "Subprocess", "SystemPackage", "Crypto", "Logging", "ServiceLifecycle", "Tracing",
            "Instrumentation",
        ]),
        "PlumbAWS": nio.union([
            "AsyncHTTPClient", "Crypto", "Logging", "ServiceLifecycle", "Subprocess", "SystemPackage",
        ]),
        "PlumbConsole": nio.union([
            "Hummingbird", "HummingbirdCore", "HTTPTypes", "Mustache", "JWTKit", "Logging", "ServiceLifecycle",
        ]),
        "plumb": nio.union([
            "ArgumentParser", "AsyncHTTPClient", "Crypto", "Logging", "ServiceLifecycle", "UnixSignals", "HTTPTypes",
            "Tracing",
        ]),
        "plumb-fuzz": ["Crypto", "NIOCore"], "plumb-worker": ["ArgumentParser"],
    ]
    private static let nio: Set<String> = [
        "NIOCore", "NIOConcurrencyHelpers", "NIOFoundationCompat", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS",
    ]

    /// Modules that come with the language. The pure rooms may not reach the system behind them.
    static let language: Set<String> = ["Foundation", "Synchronization", "RegexBuilder"]
    static let system: Set<String> = ["Glibc", "Musl", "Darwin", "Dispatch"]
    static let pureRooms: Set<String> = ["PlumbModel", "PlumbSignals", "PlumbPolicy", "PlumbFormats", "PlumbReport"]

    /// The module a line imports, if it does.
    static func module(in line: String) -> String? {
        let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "let", "var", "typealias"]
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        guard let index = words.firstIndex(of: "import"), index < words.count - 1 else { return nil }
        guard words[..<index].allSatisfy({ ["public", "package", "internal", "private", "fileprivate"].contains($0) })
        else { return nil }
        let rest = words[(index + 1)...].drop { kinds.contains($0) }
        return rest.first.map { String($0.split(separator: ".")[0]) }
    }

    static func breaches(in file: SourceFile) -> [Breach] {
        let room = file.target
        guard let known = rooms[room] else {
            return [file.breach(0, "\(room) is no room of the house; name it and its floor in RoomLaws")]
        }
        var allowed = known.union(outside[room] ?? []).union(language)
        if !pureRooms.contains(room) { allowed.formUnion(system) }
        return file.code.indices.compactMap { index in
            guard let module = module(in: file.code[index]), !allowed.contains(module) else { return nil }
            guard let floor = floors[module], let own = floors[room] else {
                return file.breach(index, "\(room) may not import \(module); do it in a room that may")
            }
            if floor == own {
                return file.breach(index, "\(module) is on the floor of \(room); let them meet in Composition")
            }
            return file.breach(
                index, "\(room) may not know \(module)\(floor > own ? ": arrows only point down" : "")")
        }
    }

    /// Rooms of concrete engines, formats and reports; whoever does not import them cannot name what is in them.
    static let concrete: Set<String> = ["PlumbLocal", "PlumbAWS", "PlumbFormats", "PlumbReport"]

    static func compositionBreaches(in file: SourceFile) -> [Breach] {
        guard file.target == "plumb", file.name != "Composition.swift", !file.name.hasPrefix("Composition+") else {
            return []
        }
        return file.code.indices.compactMap { index in
            guard let module = module(in: file.code[index]), concrete.contains(module) else { return nil }
            return file.breach(
                index, "\(module) is known to Composition.swift alone; ask Composition for what is needed")
        }
    }
}
