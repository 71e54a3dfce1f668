// Who may do what, and by what people come.

import PlumbEngine

struct AccessPage: Page {
    static let template = "access"
    struct Grant: Sendable {
        let id: String
        let user: String
        let text: String
    }
    struct User: Sendable {
        let name: String
        let owner: String
        let lastUsed: Moment?
        let grants: [Grant]
    }
    struct Token: Sendable {
        let id: String
        let user: String
        let role: String?
        let issuer: String
        let ends: Moment?
        /// How it is revoked.
        let act: String
    }
    let title = "Access"
    let count: String
    let users: [User]
    let roles: [String]
    let tokens: [Token]

    init(_ report: AccessReport) {
        count = PageWords.counted(report.users.count, "user") + "; docs/ACCESS.md has the table of roles"
        users = report.users.map { user in
            User(
                name: user.name, owner: user.owner ?? "themselves", lastUsed: user.lastUsedAt.map { Moment($0) },
                grants: user.grants.map { Grant(id: $0.id, user: user.name, text: $0.text) })
        }
        roles = AccessRole.allCases.map(\.rawValue)
        tokens =
            report.tokens.map {
                Token(
                    id: $0.id, user: $0.user, role: nil, issuer: $0.issuer, ends: Moment($0.expiresAt),
                    act: "revokeToken")
            }
            + report.keys.map {
                Token(
                    id: $0.id, user: $0.holder, role: $0.role.rawValue, issuer: $0.issuer ?? "",
                    ends: $0.expiresAt.map { Moment($0) }, act: "revokeKey")
            }
    }
}
