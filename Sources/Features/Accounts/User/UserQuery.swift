import Database
import Identity
import Support
import Web

// Lists of users as addresses ask for them. What cannot be read is 400, never ignored.

extension UserFilter {
    /// The parameters that filter, as the API names them.
    static let parameters = ["q", "role", "active", "verified"]

    /// How many characters of `q` are looked for: each word is a condition.
    static let maxText = 200

    /// Throws 400.
    init(_ query: Fields) throws(WebError) {
        self.init(q: query["q"])
        guard q?.unicodeScalars.count ?? 0 <= Self.maxText else {
            throw .badParameter("q", "too_long", "'q' takes at most \(Self.maxText) characters.")
        }
        if let text = query["role"] {
            guard let role = Role(rawValue: text) else {
                let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badParameter("role", "bad_role", "'role' takes one of \(roles).")
            }
            self.role = role
        }
        isActive = try Self.boolean(query["active"], "active")
        isVerified = try Self.boolean(query["verified"], "verified")
    }

    private static func boolean(_ text: String?, _ name: String) throws(WebError) -> Bool? {
        switch text {
        case nil: return nil
        case "true", "1": return true
        case "false", "0": return false
        default: throw .badParameter(name, "bad_boolean", "'\(name)' takes true or false.")
        }
    }
}

extension UserSort {
    init(_ sort: ListSort) {
        self.init(Key(rawValue: sort.key) ?? .email, descends: sort.descends)
    }

    static let rules = ListRules(
        sorts: Key.allCases.map(\.rawValue),
        defaultSort: ListSort("email"),
        filters: UserFilter.parameters
    )

    /// The values that stand in a list's cursor.
    func cursor(_ user: User) -> [JSON] {
        switch value(of: user) {
        case .text(let text): [.string(text), .int(user.id)]
        case .integer(let number): [.int(number), .int(user.id)]
        case .null, .real, .blob: [.null, .int(user.id)]
        }
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are not of this order's types.
    func place(_ values: [JSON]) throws(WebError) -> (value: DatabaseValue, id: Int64) {
        guard values.count == 2, let id = values[1].intValue else { throw .badCursor }
        switch (key, values[0]) {
        case (.email, .string(let text)): return (.text(text), id)
        case (.lastLoginAt, .null): return (.null, id)
        case (.email, _): throw .badCursor
        default:
            guard let number = values[0].intValue else { throw .badCursor }
            return (.integer(number), id)
        }
    }
}
