package import Database
package import Support

/// Which users a list shows.
package struct UserFilter: Sendable, Equatable {
    /// Every word must stand somewhere in email address, username or names, in any case.
    package var q: String?
    package var role: Role?
    package var isActive: Bool?
    /// Whether the user is marked as verified.
    package var isVerified: Bool?

    package init(q: String? = nil, role: Role? = nil, isActive: Bool? = nil, isVerified: Bool? = nil) {
        self.q = q
        self.role = role
        self.isActive = isActive
        self.isVerified = isVerified
    }

    fileprivate var conditions: [SQL] {
        var conditions: [SQL] = []
        for word in (q ?? "").caseFolded.split(whereSeparator: \.isWhitespace) {
            let literal = String(word.flatMap { "\\%_".contains($0) ? "\\\($0)" : "\($0)" })
            conditions.append("u.search_text LIKE \("%\(literal)%") ESCAPE '\\'")
        }
        if let role { conditions.append("u.role = \(role.rawValue)") }
        if let isActive { conditions.append("u.is_active = \(isActive)") }
        if let isVerified { conditions.append(isVerified ? "u.verified_at IS NOT NULL" : "u.verified_at IS NULL") }
        return conditions
    }
}

/// The order of a list of users; ties by id, those who never logged in last.
package struct UserSort: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case id, email
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case lastLoginAt = "last_login_at"

        var column: SQL {
            switch self {
            case .id: "u.id"
            case .email: "u.email"
            case .createdAt: "u.created_at"
            case .updatedAt: "u.updated_at"
            case .lastLoginAt: "u.last_login_at"
            }
        }
    }

    package var key: Key
    package var descends: Bool

    package init(_ key: Key = .email, descends: Bool = false) {
        self.key = key
        self.descends = descends
    }

    /// What the user is sorted by.
    package func value(of user: User) -> DatabaseValue {
        switch key {
        case .id: .integer(user.id)
        case .email: .text(user.email)
        case .createdAt: .integer(user.createdAt.milliseconds)
        case .updatedAt: .integer(user.updatedAt.milliseconds)
        case .lastLoginAt: user.lastLoginAt.map { .integer($0.milliseconds) } ?? .null
        }
    }
}

/// How many users there are, by what people ask.
package struct UserStatistics: Sendable, Equatable {
    package var active: Int64 = 0
    package var inactive: Int64 = 0
    package var verified: Int64 = 0
    package var byRole: [Role: Int64] = [:]
    /// By their last login: within a day, a week, thirty days, longer ago; each user once.
    package var day: Int64 = 0
    package var week: Int64 = 0
    package var month: Int64 = 0
    package var older: Int64 = 0
    package var never: Int64 = 0

    package init() {}

    package var total: Int64 { active + inactive }
}

extension UserStore {
    /// One page of users, those behind a user's sort value and id. Users are few: they are sorted as they come.
    package func list(
        _ filter: UserFilter,
        _ sort: UserSort = UserSort(),
        after cursor: (value: DatabaseValue, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [User] {
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        let column = sort.key.column
        var conditions = filter.conditions + ["1 = 1"]
        if let cursor, cursor.value == .null {
            conditions.append("(\(column) IS NULL AND u.id \(beyond) \(cursor.id))")
        } else if let cursor {
            conditions.append("((\(column), u.id) \(beyond) (\(cursor.value), \(cursor.id)) OR \(column) IS NULL)")
        }
        return try connection.all(
            """
            SELECT \(Self.columns) FROM "user" u WHERE \(conditions.joined(separator: " AND "))
            ORDER BY (\(column) IS NULL), \(column) \(direction), u.id \(direction) LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try Self.read(row) }
    }

    package func count(_ filter: UserFilter) throws(DatabaseError) -> Int64 {
        let conditions = filter.conditions + ["1 = 1"]
        return try connection.first(
            "SELECT COUNT(*) FROM \"user\" u WHERE \(conditions.joined(separator: " AND "))"
        ) { row in row.int(0) } ?? 0
    }

    package func statistics(at now: Timestamp) throws(DatabaseError) -> UserStatistics {
        var figures = UserStatistics()
        let groups = try connection.all(
            "SELECT role, is_active, COUNT(*), COUNT(verified_at) FROM \"user\" GROUP BY role, is_active"
        ) { row in (role: Role(rawValue: row.text(0)), isActive: row.bool(1), users: row.int(2), verified: row.int(3)) }
        for group in groups {
            if group.isActive { figures.active += group.users } else { figures.inactive += group.users }
            figures.verified += group.verified
            if let role = group.role { figures.byRole[role, default: 0] += group.users }
        }
        func since(_ days: Int64) -> Timestamp { now.adding(seconds: -days * 86_400) }
        _ = try connection.first(
            """
            SELECT COUNT(CASE WHEN last_login_at > \(since(1)) THEN 1 END),
                COUNT(CASE WHEN last_login_at > \(since(7)) AND last_login_at <= \(since(1)) THEN 1 END),
                COUNT(CASE WHEN last_login_at > \(since(30)) AND last_login_at <= \(since(7)) THEN 1 END),
                COUNT(CASE WHEN last_login_at <= \(since(30)) THEN 1 END),
                COUNT(CASE WHEN last_login_at IS NULL THEN 1 END)
            FROM "user"
            """
        ) { row in
            (figures.day, figures.week, figures.month) = (row.int(0), row.int(1), row.int(2))
            (figures.older, figures.never) = (row.int(3), row.int(4))
        }
        return figures
    }
}
