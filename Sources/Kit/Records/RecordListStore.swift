public import Database
import Support

/// The order of a list of records; ties by id in the same direction.
public struct RecordOrder: Sendable, Equatable {
    public enum Key: String, Sendable, CaseIterable {
        case id
        /// A folded key.
        case key
        case updatedAt = "updated_at"
    }

    public var key: Key
    public var descends: Bool

    public init(_ key: Key = .id, descends: Bool = true) {
        self.key = key
        self.descends = descends
    }
}

/// Where a list goes on: behind this record.
public struct RecordPlace: Sendable, Equatable {
    public var value: DatabaseValue
    public var id: Int64

    public init(value: DatabaseValue, id: Int64) {
        self.value = value
        self.id = id
    }
}

extension RecordStore {
    /// One page of records.
    /// - Parameter conditions: on the table's own columns; all of them hold.
    public func list(
        _ conditions: [SQL],
        _ order: RecordOrder = RecordOrder(),
        after place: RecordPlace? = nil,
        limit: Int
    ) throws(DatabaseError) -> [StoredRecord] {
        let direction: SQL = order.descends ? "DESC" : "ASC"
        let beyond: SQL = order.descends ? "<" : ">"
        var conditions = conditions
        var sorted: SQL = "id \(direction)"
        if let column = column(of: order.key) {
            sorted = "\(ident: column) \(direction), id \(direction)"
            if let place { conditions.append("(\(ident: column), id) \(beyond) (\(place.value), \(place.id))") }
        } else if let place {
            conditions.append("id \(beyond) \(place.id)")
        }
        return try connection.all(
            "SELECT \(columns) FROM \(ident: table.name) \(Self.matching(conditions)) ORDER BY \(sorted) LIMIT \(limit)"
        ) { row in read(row) }
    }

    /// How many records match, counting no further than the limit.
    public func count(_ conditions: [SQL], limit: Int64? = nil) throws(DatabaseError) -> Int64 {
        let from: SQL = "\(ident: table.name) \(Self.matching(conditions))"
        let statement: SQL =
            limit.map { "SELECT COUNT(*) FROM (SELECT 1 FROM \(from) LIMIT \($0)) matching" }
            ?? "SELECT COUNT(*) FROM \(from)"
        return try connection.first(statement) { row in row.int(0) } ?? 0
    }

    /// The records with these ids, in no order; those that are gone are left out.
    public func find(_ ids: [Int64]) throws(DatabaseError) -> [StoredRecord] {
        guard !ids.isEmpty else { return [] }
        return try connection.all(
            "SELECT \(columns) FROM \(ident: table.name) WHERE id IN \(list: ids)"
        ) { row in read(row) }
    }

    /// The place of a record in an order.
    public func place(of record: StoredRecord, in order: RecordOrder) -> RecordPlace {
        switch order.key {
        case .id: RecordPlace(value: .integer(record.id), id: record.id)
        case .key: RecordPlace(value: keyText(record).map { .text($0) } ?? .null, id: record.id)
        case .updatedAt: RecordPlace(value: .integer(record.updatedAt.milliseconds), id: record.id)
        }
    }

    /// Nil for the id itself, and for a key of several fields.
    private func column(of key: RecordOrder.Key) -> String? {
        switch key {
        case .id: nil
        case .key: table.key.textColumn
        case .updatedAt: "updated_at"
        }
    }

    private static func matching(_ conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
    }
}
