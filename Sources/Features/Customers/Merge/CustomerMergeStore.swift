import Database
import Jobs
import RecordKit
import Records
import Support

/// All SQL of the customer_merge table: which customers are the same person as another one.
///
/// A merge rewrites nothing: it says that a customer is another one, its root, and whatever belongs to either is read
/// by the root. So it is taken back by saying that it has ended, and gives back exactly what was, also what came since.
/// A root is no merged customer and a merged customer no root, so there are neither chains nor cycles.
///
/// An import or its undo may delete either of the two: the merge sleeps until both are there again, or until somebody
/// merges one of them with another one, which ends it.
struct CustomerMergeStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a merge was refused.
    enum Refusal: Error, Equatable {
        /// One of the two is not there.
        case missing
        /// A customer cannot be merged into itself.
        case itself
        /// The customer is merged already, into this one.
        case merged(into: Int64)
        /// The one to merge into is merged itself, into this one.
        case chain(root: Int64)
        /// Others are merged into the customer.
        case isRoot
        /// The customer is not merged.
        case notMerged
    }

    /// One customer that is another one.
    struct Merge: Equatable {
        var id: Int64
        var customer: Int64
        var into: Int64
        var reason: String?
        var actor: String
        var at: Timestamp
    }

    // MARK: Reading

    /// Whom these customers are, by their ids; those that are themselves are left out.
    func roots(_ ids: [Int64]) throws(DatabaseError) -> [Int64: Int64] {
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.all(
            "SELECT customer_id, into_id FROM customer_merge m WHERE customer_id IN \(list: ids) AND \(Self.stands)"
        ) { row in (row.int(0), row.int(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The merge that stands of a customer; nil for one that is itself.
    func standing(_ customer: Int64) throws(DatabaseError) -> Merge? {
        try merges("customer_id = \(customer)", limit: 1).first
    }

    /// Who is merged into a customer, the latest first.
    func merged(into customer: Int64, limit: Int = 100) throws(DatabaseError) -> [Merge] {
        try merges("into_id = \(customer)", limit: limit)
    }

    /// Of a row of `customer_merge`, named m.
    static let stands: SQL = """
        m.ended_at IS NULL AND EXISTS (SELECT 1 FROM customer WHERE id = m.customer_id)
        AND EXISTS (SELECT 1 FROM customer WHERE id = m.into_id)
        """

    private func merges(_ condition: SQL, limit: Int) throws(DatabaseError) -> [Merge] {
        try connection.all(
            """
            SELECT id, customer_id, into_id, reason, actor, created_at FROM customer_merge m
            WHERE \(condition) AND \(Self.stands) ORDER BY id DESC LIMIT \(limit)
            """
        ) { row in
            Merge(
                id: row.int(0),
                customer: row.int(1),
                into: row.int(2),
                reason: row.textOrNil(3),
                actor: row.text(4),
                at: row.time(5)
            )
        }
    }

    // MARK: Writing

    /// Says that a customer is another one.
    /// - Parameter check: sees the customer as it stands; what it throws changes nothing.
    ///
    /// Throws `Refusal`, and what the closure throws.
    func merge(
        _ customer: Int64,
        into root: Int64,
        reason: String?,
        _ context: WriteContext,
        _ check: (StoredRecord) throws -> Void = { _ in }
    ) throws {
        try connection.write {
            let current = try require(customer)
            try check(current)
            guard customer != root else { throw Refusal.itself }
            _ = try require(root)
            if let merge = try standing(customer) { throw Refusal.merged(into: merge.into) }
            if let merge = try standing(root) { throw Refusal.chain(root: merge.into) }
            guard try merged(into: customer, limit: 1).isEmpty else { throw Refusal.isRoot }
            // What is left of the two sleeps: awake again it would make a chain.
            try connection.execute(
                """
                UPDATE customer_merge SET ended_at = \(context.now), ended_by = \(context.actor.description)
                WHERE ended_at IS NULL AND (customer_id IN (\(customer), \(root)) OR into_id = \(customer))
                """
            )
            try connection.execute(
                """
                INSERT INTO customer_merge (customer_id, into_id, reason, actor, created_at)
                VALUES (\(customer), \(root), \(reason), \(context.actor.description), \(context.now))
                """
            )
            try note(current, root: nil, context)
            let data: JSON = ["id": .int(customer), "into": .int(root)]
            try EventStore(connection).publish("customer.merged", subject: String(customer), data: data, context)
            try audit("merge", customer, before: nil, after: ["into": .int(root)], context)
        }
    }

    /// Takes a merge back: the customer is itself again.
    ///
    /// Throws `Refusal`, and what the closure throws.
    func unmerge(
        _ customer: Int64,
        _ context: WriteContext,
        _ check: (StoredRecord) throws -> Void = { _ in }
    ) throws {
        try connection.write {
            let current = try require(customer)
            try check(current)
            guard let merge = try standing(customer) else { throw Refusal.notMerged }
            try connection.execute(
                """
                UPDATE customer_merge SET ended_at = \(context.now), ended_by = \(context.actor.description)
                WHERE id = \(merge.id)
                """
            )
            try note(current, root: merge.into, context)
            let data: JSON = ["id": .int(customer), "former": .int(merge.into)]
            try EventStore(connection).publish("customer.unmerged", subject: String(customer), data: data, context)
            try audit("unmerge", customer, before: ["into": .int(merge.into)], after: nil, context)
        }
    }

    /// Makes another version of the customer, since it is shown in another way now.
    /// - Parameter root: whom it was merged into before.
    private func note(_ current: StoredRecord, root: Int64?, _ context: WriteContext) throws {
        let time = max(context.now, current.updatedAt)
        try connection.execute(
            "UPDATE customer SET version = version + 1, updated_at = \(time) WHERE id = \(current.id)"
        )
        let before: JSON = ["merged_into": root.map { .int($0) } ?? .null]
        try RevisionStore(connection, Customer.table).append(
            current.id,
            version: current.version + 1,
            .update,
            before: before.text,
            context
        )
    }

    private func require(_ id: Int64) throws -> StoredRecord {
        guard let record = try RecordStore(connection, Customer.table).find(id) else { throw Refusal.missing }
        return record
    }

    private func audit(
        _ verb: String,
        _ customer: Int64,
        before: JSON?,
        after: JSON?,
        _ context: WriteContext
    ) throws(DatabaseError) {
        let entry = AuditEntry("customer.\(verb)", "customer", id: customer, before: before, after: after)
        try AuditStore(connection).append(entry, context: context)
    }
}
