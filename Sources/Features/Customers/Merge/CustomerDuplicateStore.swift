import Database
import Records

/// The SQL that finds customers that seem to be one person: the same address of mail, or the same phone number. Those
/// that are merged already are left out; the code is no duplicate, since no two customers share one.
struct CustomerDuplicateStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// What customers have in common.
    enum Field: String, CaseIterable, Sendable {
        case email, phone
    }

    /// The ids of the customers of each group, the oldest first; groups by their oldest customer.
    /// - Parameter after: only groups whose oldest customer has a greater id.
    func groups(by field: Field, after: Int64 = 0, limit: Int) throws(DatabaseError) -> [[Int64]] {
        let column: SQL = "\(ident: field.rawValue)"
        let oldest = try connection.all(
            """
            SELECT MIN(c.id) FROM customer c WHERE c.\(column) IS NOT NULL AND \(Self.isItself)
            GROUP BY c.\(column) HAVING COUNT(*) > 1 AND MIN(c.id) > \(after) ORDER BY MIN(c.id) LIMIT \(limit)
            """
        ) { row in row.int(0) }
        return try oldest.map { (id) throws(DatabaseError) in
            try connection.all(
                """
                SELECT c.id FROM customer c
                WHERE c.\(column) = (SELECT o.\(column) FROM customer o WHERE o.id = \(id)) AND \(Self.isItself)
                ORDER BY c.id LIMIT \(Self.most)
                """
            ) { row in row.int(0) }
        }
    }

    /// How many groups there are.
    func count(by field: Field) throws(DatabaseError) -> Int64 {
        let column: SQL = "\(ident: field.rawValue)"
        return try connection.first(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM customer c WHERE c.\(column) IS NOT NULL AND \(Self.isItself)
                GROUP BY c.\(column) HAVING COUNT(*) > 1) matching
            """
        ) { row in row.int(0) } ?? 0
    }

    /// Customers of one group that are told.
    static let most = 50

    private static let isItself: SQL = """
        NOT EXISTS (SELECT 1 FROM customer_merge m WHERE m.customer_id = c.id AND \(CustomerMergeStore.stands))
        """
}
