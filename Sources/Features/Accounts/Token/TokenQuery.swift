import Database
import Identity
import Support
import Web

extension TokenFilter {
    static let rules = ListRules(
        sorts: TokenStore.Sort.allCases.map(\.rawValue),
        defaultSort: ListSort("id", descends: true),
        filters: ["user_id", "state"]
    )

    /// Reads the filters of a list. Who does not keep users sees their own tokens only, whatever is asked for.
    ///
    /// Throws 400.
    init(_ query: Fields, _ principal: Principal) throws(WebError) {
        self.init()
        if let text = query["user_id"] {
            guard let id = Int64(text), id > 0, String(id) == text else {
                throw .badParameter("user_id", "bad_number", "'user_id' takes a user's id.")
            }
            userID = id
        }
        if let text = query["state"] {
            guard let state = APIToken.State(rawValue: text) else {
                throw .badParameter("state", "bad_state", "'state' takes valid, expired or revoked.")
            }
            self.state = state
        }
        if !principal.holds(.adminUsers) {
            // Of other users there is nothing to see: no token has the id 0 for its user.
            let own = principal.user.id
            userID = userID == nil || userID == own ? own : 0
        }
    }
}

extension TokenStore.Sort {
    func cursor(_ token: APIToken) -> [JSON] {
        self == .id ? [.int(token.id), .int(token.id)] : [.string(token.name), .int(token.id)]
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are not of this order's types.
    func place(_ values: [JSON]) throws(WebError) -> (value: DatabaseValue, id: Int64) {
        guard values.count == 2, let id = values[1].intValue else { throw .badCursor }
        switch (self, values[0]) {
        case (.name, .string(let name)): return (.text(name), id)
        case (.id, .number): return (.integer(id), id)
        default: throw .badCursor
        }
    }
}

extension APIToken {
    /// Changes with everything that the API shows of a token.
    func entityTag(at now: Timestamp) -> String {
        "\(id)-\(updatedAt.milliseconds)-\(lastUsedAt?.milliseconds ?? 0)-\(state(at: now).rawValue)"
    }

    /// The record as the API shows it: never the secret.
    func record(at now: Timestamp) -> JSON {
        [
            "id": .int(id), "user_id": .int(userID), "name": .string(name), "prefix": .string(prefix),
            "scopes": .array(scopes.inOrder.map { .string($0.rawValue) }), "state": .string(state(at: now).rawValue),
            "last_used_at": .optional(lastUsedAt), "expires_at": .optional(expiresAt),
            "revoked_at": .optional(revokedAt),
            "previous_until": .optional(previousUntil.flatMap { now < $0 ? $0 : nil }),
            "created_at": .string(createdAt.rfc3339), "updated_at": .string(updatedAt.rfc3339),
        ]
    }
}
