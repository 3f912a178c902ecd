package import Database
package import Support

/// All SQL of the idempotency_key table: which POSTs run, and what those answered that are over.
struct IdempotencyStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// A key as a client sent it, and what was asked under it.
    struct Claim {
        var userID: Int64
        /// The key's hash.
        var name: String
        /// A hash over method, path, query and content.
        var requestHash: [UInt8]
        /// Tells this try from one that takes its place.
        var attempt: String
        /// The process that is at it.
        var holder: String
        var leaseUntil: Timestamp
        var now: Timestamp
    }

    /// What the table says of a key.
    struct Entry {
        var requestHash: [UInt8]
        var holder: String
        var leaseUntil: Timestamp
        /// Nil while it runs.
        var answer: StoredAnswer?
    }

    /// For so long an answer is kept.
    static let keptSeconds: Int64 = 86_400

    /// The entry of a key that is not too old.
    func find(_ userID: Int64, _ name: String, now: Timestamp) throws(DatabaseError) -> Entry? {
        try connection.first(
            """
            SELECT request_hash, holder, lease_until, status, headers, body FROM idempotency_key
            WHERE user_id = \(userID) AND name = \(name) AND created_at > \(now.adding(seconds: -Self.keptSeconds))
            """
        ) { row in
            Entry(
                requestHash: row.blob(0),
                holder: row.text(1),
                leaseUntil: row.time(2),
                answer: row.intOrNil(3).map {
                    StoredAnswer(status: Int($0), headers: row.textOrNil(4) ?? "[]", body: row.blob(5))
                }
            )
        }
    }

    /// Takes the key, over whatever entry there is: whether that may be was looked at inside the same write.
    func claim(_ claim: Claim) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO idempotency_key (user_id, name, request_hash, attempt, holder, lease_until, created_at)
            VALUES (\(claim.userID), \(claim.name), \(claim.requestHash), \(claim.attempt), \(claim.holder),
                \(claim.leaseUntil), \(claim.now))
            ON CONFLICT (user_id, name) DO UPDATE SET request_hash = excluded.request_hash,
                attempt = excluded.attempt, holder = excluded.holder, lease_until = excluded.lease_until,
                status = NULL, headers = NULL, body = NULL, created_at = excluded.created_at
            """
        )
    }

    /// Keeps the answer.
    /// - Returns: false when another try has taken the key meanwhile.
    func finish(_ claim: Claim, _ answer: StoredAnswer) throws(DatabaseError) -> Bool {
        try connection.execute(
            """
            UPDATE idempotency_key SET status = \(answer.status), headers = \(answer.headers), body = \(answer.body)
            WHERE user_id = \(claim.userID) AND name = \(claim.name) AND attempt = \(claim.attempt)
                AND status IS NULL
            """
        ) == 1
    }

    /// Gives the key back: nothing was done.
    func release(_ claim: Claim) throws(DatabaseError) {
        try connection.execute(
            """
            DELETE FROM idempotency_key
            WHERE user_id = \(claim.userID) AND name = \(claim.name) AND attempt = \(claim.attempt)
                AND status IS NULL
            """
        )
    }

    /// Forgets some of the keys that are too old.
    /// - Returns: how many.
    func prune(limit: Int, now: Timestamp) throws -> Int {
        let end = now.adding(seconds: -Self.keptSeconds)
        let isDue =
            try connection.first("SELECT 1 FROM idempotency_key WHERE created_at <= \(end) LIMIT 1") { row in
                row.int(0)
            } != nil
        guard isDue else { return 0 }
        return try connection.write(.normal) {
            try connection.execute(
                """
                DELETE FROM idempotency_key WHERE id IN (
                    SELECT id FROM idempotency_key WHERE created_at <= \(end) ORDER BY created_at LIMIT \(limit)
                )
                """
            )
        }
    }
}

/// An answer as it is kept and sent again.
struct StoredAnswer: Sendable, Equatable {
    var status: Int
    /// JSON: `[[name, value], …]`.
    var headers: String
    var body: [UInt8]
}

/// Forgets idempotency keys that are older than a day.
package enum IdempotencyRetention {
    /// One short step.
    /// - Returns: whether there is more to do; nil when another process was writing.
    package static func step(_ connection: Connection, now: Timestamp) throws -> Bool {
        try IdempotencyStore(connection).prune(limit: 500, now: now) == 500
    }
}
