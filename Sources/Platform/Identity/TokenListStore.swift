package import Database
package import Support

/// Which tokens a list shows.
package struct TokenFilter: Sendable, Equatable {
    package var userID: Int64?
    package var state: APIToken.State?

    package init(userID: Int64? = nil, state: APIToken.State? = nil) {
        self.userID = userID
        self.state = state
    }

    fileprivate func conditions(at now: Timestamp) -> SQL {
        var conditions: [SQL] = ["1 = 1"]
        if let userID { conditions.append("t.user_id = \(userID)") }
        switch state {
        case .valid: conditions.append("t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > \(now))")
        case .expired: conditions.append("t.revoked_at IS NULL AND t.expires_at <= \(now)")
        case .revoked: conditions.append("t.revoked_at IS NOT NULL")
        case nil: break
        }
        return conditions.joined(separator: " AND ")
    }
}

extension TokenStore {
    /// The order of a list of tokens; ties by id.
    package enum Sort: String, Sendable, CaseIterable {
        case id, name

        var column: SQL { self == .id ? "t.id" : "t.name" }

        package func value(of token: APIToken) -> DatabaseValue {
            self == .id ? .integer(token.id) : .text(token.name)
        }
    }

    package func find(_ id: Int64) throws(DatabaseError) -> APIToken? {
        try connection.first("SELECT \(Self.columns) FROM api_token t WHERE t.id = \(id)") {
            row throws(DatabaseError) in try Self.read(row)
        }
    }

    /// One page of tokens, those behind a token's sort value and id.
    package func list(
        _ filter: TokenFilter,
        at now: Timestamp,
        _ sort: Sort = .id,
        descends: Bool = true,
        after cursor: (value: DatabaseValue, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [APIToken] {
        let direction: SQL = descends ? "DESC" : "ASC"
        let beyond: SQL = descends ? "<" : ">"
        let start: SQL = cursor.map { "AND (\(sort.column), t.id) \(beyond) (\($0.value), \($0.id))" } ?? ""
        return try connection.all(
            """
            SELECT \(Self.columns) FROM api_token t WHERE \(filter.conditions(at: now)) \(start)
            ORDER BY \(sort.column) \(direction), t.id \(direction) LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try Self.read(row) }
    }

    package func count(_ filter: TokenFilter, at now: Timestamp) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM api_token t WHERE \(filter.conditions(at: now))") { row in
            row.int(0)
        } ?? 0
    }
}
