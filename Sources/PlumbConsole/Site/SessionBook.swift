// Who has signed in to the console, by what, and until when.

/// By what somebody has signed in. It is looked at anew with every request, so that what is revoked opens nothing more.
enum Credential: Sendable, Hashable {
    case token(String)
    /// A link that was made on the control socket, by the owner of the engine's files.
    case owner(String)
}

/// One browser that has signed in.
struct ConsoleSession: Sendable, Hashable {
    let id: String
    let credential: Credential
    /// What every form has to send back: a page of another site cannot know it.
    let formToken: String
    let endsAt: Double
}

/// What is told on the next page, once.
struct Notice: Sendable, Hashable {
    var text: String
    var isFault = false
    /// A token that is told this once.
    var secret: String?
}

/// Sessions and one-time links; times are seconds since 1970-01-01 UTC.
struct SessionBook: Sendable {
    private struct Link: Sendable {
        let owner: String
        let endsAt: Double
    }
    private var sessions: [String: ConsoleSession] = [:]
    private var links: [String: Link] = [:]
    private var notices: [String: Notice] = [:]

    /// A working hour at the console; whoever stays longer signs in again.
    static let sessionSecondsMax = 3600.0
    static let linkSecondsMax = 120.0
    static let sessionsMax = 200
    static let linksMax = 20

    /// A link for the owner of the engine's files; nil where too many wait.
    mutating func makeLink(for owner: String, at now: Double) -> String? {
        links = links.filter { $0.value.endsAt > now }
        guard links.count < Self.linksMax else { return nil }
        let code = Self.makeSecret()
        links[code] = Link(owner: owner, endsAt: now + Self.linkSecondsMax)
        return code
    }

    /// Whose link it is. It opens nothing a second time.
    mutating func useLink(_ code: String, at now: Double) -> String? {
        guard let link = links.removeValue(forKey: code), now < link.endsAt else { return nil }
        return link.owner
    }

    /// Nil where too many are signed in.
    mutating func open(_ credential: Credential, at now: Double) -> ConsoleSession? {
        let ended = sessions.values.filter { $0.endsAt <= now }.map(\.id)
        for id in ended { close(id) }
        guard sessions.count < Self.sessionsMax else { return nil }
        let session = ConsoleSession(
            id: Self.makeSecret(), credential: credential, formToken: Self.makeSecret(),
            endsAt: now + Self.sessionSecondsMax)
        sessions[session.id] = session
        return session
    }

    func session(_ id: String, at now: Double) -> ConsoleSession? {
        sessions[id].flatMap { now < $0.endsAt ? $0 : nil }
    }

    mutating func close(_ id: String) {
        sessions[id] = nil
        notices[id] = nil
    }

    mutating func tell(_ notice: Notice, to id: String) {
        guard sessions[id] != nil else { return }
        notices[id] = notice
    }

    mutating func takeNotice(of id: String) -> Notice? { notices.removeValue(forKey: id) }

    /// 256 bits of the system's randomness, as 64 hexadecimal digits.
    private static func makeSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let text = String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}

/// Makes links to the console, for the control socket.
public protocol ConsoleDoor: Sendable {
    /// Throws `unsupported` where no console listens.
    func link(for owner: String) async throws -> String
}
