import Database
import Glibc
import Support

/// The import's hot loop on the database: look a record up by its SKU's key, then create, update, delete or leave it.
///
/// Looking first tells created, updated and unchanged exactly, and yields the old values for undo; it is also faster
/// than an upsert with RETURNING. Works on bytes throughout. Call inside a batch, except for what only looks.
final class ProductImportStore {
    enum Applied: Equatable {
        case created, updated, unchanged, deleted
        /// Valid, but the mode does not touch such records.
        case skipped
        /// A new product needs a name.
        case nameless
        /// With those of the file the product would have too many custom attributes.
        case overfull
        /// The product is not as it was when the plan was made; what is there now.
        case heldBack(productID: Int64)
    }

    /// What was found when the plan was made.
    struct Expected {
        /// 0 when there was no product.
        var productID: Int64
        var version: Int64
    }

    static let fields = ProductFields.all
    static let firstField: Int32 = 2
    /// Every field.
    private static let wholeMask = UInt64.max >> UInt64(64 - fields.count)

    let connection: Connection
    let mode: ImportOptions.Mode
    /// Whether most records will be new: the catalogue was empty when the import began.
    let expectsNew: Bool
    private let jobID: Int64
    /// Whether SKUs are indexed. While they are not, no product is looked for: none can be there, see
    /// `ProductIndexStore`.
    private var isKeyed = true
    let find: Prepared
    private let create: Prepared
    private let revisions: ImportRevisionStore
    let remove: Prepared
    let identify: Prepared
    let activeVersion: Prepared
    let makeDraft: Prepared
    private var updates: [UInt64: Prepared] = [:]
    let nameIndex: Int
    private let attributesIndex: Int
    let priceIndex: Int
    let skuIndex: Int
    let brandIndex: Int
    private var before: [UInt8] = []
    /// The defaults of fields that cannot be empty, by position.
    let defaults: [StaticText?]

    init(
        _ connection: Connection,
        jobID: Int64,
        options: ImportOptions,
        expectsNew: Bool
    ) throws(DatabaseError) {
        self.connection = connection
        self.jobID = jobID
        self.expectsNew = expectsNew
        mode = options.mode
        nameIndex = Self.fields.firstIndex { $0.name == "name" } ?? 0
        attributesIndex = Self.fields.firstIndex { $0.kind == .attributes } ?? 0
        priceIndex = Self.fields.firstIndex { $0.name == "price" } ?? 0
        skuIndex = Self.fields.firstIndex { $0.name == "sku" } ?? 0
        brandIndex = Self.fields.firstIndex { $0.name == "brand" } ?? 0
        defaults = Self.fields.map { $0.name == "status" ? StaticText("active") : nil }
        let names = ProductStore.fieldNames
        // safe: as many question marks as the field table has rows.
        let marks: SQL = "\(raw: Self.fields.map { _ in "?" }.joined(separator: ", "))"
        find = Prepared(try connection.prepare("SELECT id, version, \(names) FROM product WHERE sku_norm = ?"))
        create = Prepared(
            try connection.prepare(
                """
                INSERT INTO product (\(names), sku_norm, version, created_at, updated_at)
                VALUES (\(marks), ?, 1, ?, ?)
                """
            )
        )
        revisions = try ImportRevisionStore(connection, jobID: jobID)
        remove = Prepared(try connection.prepare("DELETE FROM product WHERE id = ?"))
        identify = Prepared(try connection.prepare("SELECT id FROM product WHERE sku_norm = ?"))
        activeVersion = Prepared(
            try connection.prepare("SELECT version FROM product WHERE id = ? AND status = 'active'")
        )
        makeDraft = Prepared(
            try connection.prepare(
                "UPDATE product SET status = 'draft', version = version + 1, updated_at = ? WHERE id = ?"
            )
        )
    }

    /// Begins a batch.
    func beginBatch() throws(DatabaseError) {
        revisions.begin()
        let indexes = ProductIndexStore(connection)
        isKeyed = try indexes.hasKey()
        if !isKeyed, try !indexes.isWithoutKey(jobID) {
            try indexes.requireKey()
            isKeyed = true
        }
    }

    /// Writes what the batch still owes; before its commit.
    func finishBatch() throws(DatabaseError) { try revisions.flush() }

    /// - Parameters:
    ///   - key: the folded SKU.
    ///   - values: one for each field of the field table; pointers stay valid during the call.
    ///   - expected: what the plan was made for, when the record may only be applied to that.
    func apply(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        at now: Timestamp,
        expected: Expected? = nil
    ) throws(DatabaseError) -> Applied {
        let isNew = expected.map { $0.productID == 0 } ?? expectsNew
        if isNew, mode == .upsert || mode == .create, case .text = values[nameIndex], applyAttributes(values, to: nil),
            try insertIfNew(key, values, now)
        {
            return .created
        }
        let exists = try isThere(key)
        defer { find.statement.reset() }
        if let expected {
            let found = exists ? find.statement.row().int(0) : 0
            guard found == expected.productID, !exists || find.statement.row().int(1) == expected.version else {
                return .heldBack(productID: exists ? found : expected.productID)
            }
        }
        guard exists else {
            if mode == .update || mode == .delete { return .skipped }
            guard case .text = values[nameIndex] else { return .nameless }
            guard applyAttributes(values, to: nil) else { return .overfull }
            try insert(key, values, now)
            return .created
        }
        switch mode {
        case .create: return .skipped
        case .delete: return try delete(now)
        case .upsert, .update: return try update(key, values, now)
        }
    }

    /// Looks for a product; `find` stands on it when there is one.
    private func isThere(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        guard isKeyed else { return false }
        find.statement.bindBorrowed(1, key)
        return try find.statement.step()
    }

    /// Deletes the product that was found; its revision keeps every field.
    private func delete(_ now: Timestamp) throws(DatabaseError) -> Applied {
        let row = find.statement.row()
        let id = row.int(0)
        let version = row.int(1) + 1
        keepBefore(Self.wholeMask, row)
        find.statement.reset()
        try revisions.flush()
        remove.statement.bind(1, id)
        try remove.statement.run()
        try revisions.change(id, version: version, "delete", before: before, at: now)
        return .deleted
    }

    /// Makes a draft of an active product.
    /// - Parameter expected: its version, when only that may be changed.
    /// - Returns: nil when it is not active any more, which is all that was wanted.
    func deactivate(_ id: Int64, expected: Int64?, at now: Timestamp) throws(DatabaseError) -> Applied? {
        activeVersion.statement.bind(1, id)
        let isActive = try activeVersion.statement.step()
        let version = isActive ? activeVersion.statement.row().int(0) : 0
        activeVersion.statement.reset()
        if let expected, version != expected { return .heldBack(productID: id) }
        guard isActive else { return nil }
        makeDraft.statement.bind(1, now.milliseconds)
        makeDraft.statement.bind(2, id)
        try makeDraft.statement.run()
        try revisions.change(
            id,
            version: version + 1,
            "update",
            before: Array("{\"status\":\"active\"}".utf8),
            at: now
        )
        return .updated
    }

    /// Inserts at once and lets the unique key find out: one search of the key index less.
    private func insertIfNew(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ now: Timestamp
    ) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            try insert(key, values, now)
            return true
        } catch {
            guard error.isUniqueViolation else { throw error }
            return false
        }
    }

    /// Whether a record would be refused for want of a name, were nothing else wrong with it.
    func wouldBeNameless(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue]
    ) throws(DatabaseError) -> Bool {
        if case .text = values[nameIndex] { return false }
        let exists = try isThere(key)
        find.statement.reset()
        if exists, case .none = values[nameIndex] { return mode != .create }
        return !exists && (mode == .upsert || mode == .create)
    }

    private func insert(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ now: Timestamp
    ) throws(DatabaseError) {
        for index in Self.fields.indices { bind(create, Int32(index + 1), values[index], defaults[index]) }
        let next = Int32(Self.fields.count + 1)
        create.statement.bindBorrowed(next, key)
        create.statement.bind(next + 1, now.milliseconds)
        create.statement.bind(next + 2, now.milliseconds)
        try create.statement.run()
        try revisions.create(connection.lastInsertID, at: now)
    }

    private func bind(_ target: Prepared, _ index: Int32, _ value: ImportValue, _ standard: StaticText?) {
        switch value {
        case .text(let bytes): target.statement.bindBorrowed(index, bytes)
        case .integer(let number): target.statement.bind(index, number)
        case .attributes(let change):
            if let result = change._withUnsafeGuaranteedRef({ $0.result }) {
                target.statement.bindBorrowed(index, result)
            } else {
                target.statement.bindNull(index)
            }
        case .absent, .none:
            if let standard {
                target.statement.bindBorrowed(index, standard.bytes)
            } else {
                target.statement.bindNull(index)
            }
        }
    }

    private func update(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ now: Timestamp
    ) throws(DatabaseError) -> Applied {
        let row = find.statement.row()
        guard prepareAttributes(values, row) else { return .overfull }
        guard let mask = changedFields(values, row) else { return .nameless }
        guard mask != 0 else { return .unchanged }
        let id = row.int(0)
        let version = row.int(1) + 1
        keepBefore(mask, row)
        let statement = try updateStatement(mask)
        var parameter: Int32 = 1
        for index in Self.fields.indices where mask & 1 << UInt64(index) != 0 {
            bind(statement, parameter, values[index], defaults[index])
            parameter += 1
        }
        statement.statement.bind(parameter, now.milliseconds)
        statement.statement.bind(parameter + 1, id)
        find.statement.reset()
        try statement.statement.run()
        try revisions.change(id, version: version, "update", before: before, at: now)
        return .updated
    }

    /// Makes the custom attributes from those of the file and those that the product has.
    /// - Returns: false when they are too many together.
    func prepareAttributes(_ values: borrowing [ImportValue], _ row: borrowing Row) -> Bool {
        let column = Self.firstField + Int32(attributesIndex)
        return applyAttributes(values, to: row.isNull(column) ? nil : row.bytes(column))
    }

    /// Makes the custom attributes from those of the file and those that are stored.
    /// - Returns: false when they are too many together.
    func applyAttributes(
        _ values: borrowing [ImportValue],
        to stored: UnsafeBufferPointer<UInt8>?
    ) -> Bool {
        guard case .attributes(let change) = values[attributesIndex] else { return true }
        return change._withUnsafeGuaranteedRef { $0.apply(to: stored) }
    }

    /// Which fields of the stored product the values would change, a bit each; nil when they would empty one that
    /// cannot be empty.
    func changedFields(_ values: borrowing [ImportValue], _ row: borrowing Row) -> UInt64? {
        var mask: UInt64 = 0
        for index in Self.fields.indices {
            let change = changes(values[index], index, row)
            if change == nil { return nil }
            if change == true { mask |= 1 << UInt64(index) }
        }
        return mask
    }

    /// Whether a value differs from what is stored; nil when it would empty a field that cannot be empty.
    private func changes(_ value: ImportValue, _ index: Int, _ row: borrowing Row) -> Bool? {
        let column = Self.firstField + Int32(index)
        switch value {
        case .absent: return false
        case .text(let bytes): return !equal(bytes, row, column)
        case .integer(let number): return row.isNull(column) || row.int(column) != number
        case .attributes(let change):
            guard let result = change._withUnsafeGuaranteedRef({ $0.result }) else { return !row.isNull(column) }
            return !equal(result, row, column)
        case .none:
            if let standard = defaults[index] { return !equal(standard.bytes, row, column) }
            return Self.fields[index].isRequired ? nil : !row.isNull(column)
        }
    }

    private func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ row: borrowing Row, _ column: Int32) -> Bool {
        guard let stored = row.bytesOrNil(column) else { return false }
        guard stored.count == bytes.count, let left = stored.baseAddress, let right = bytes.baseAddress else {
            return stored.count == bytes.count
        }
        return memcmp(left, right, bytes.count) == 0
    }

    /// The changed fields as they are now, as JSON.
    private func keepBefore(_ mask: UInt64, _ row: borrowing Row) {
        before.removeAll(keepingCapacity: true)
        before.append(UInt8(ascii: "{"))
        for (index, field) in Self.fields.enumerated() where mask & 1 << UInt64(index) != 0 {
            if before.count > 1 { before.append(UInt8(ascii: ",")) }
            JSON.writeString(field.name, to: &before)
            before.append(UInt8(ascii: ":"))
            let column = Self.firstField + Int32(index)
            if row.isNull(column) {
                before += "null".utf8
            } else if field.kind == .money {
                before += String(row.int(column)).utf8
            } else {
                JSON.writeString(utf8: row.bytes(column), to: &before)
            }
        }
        before.append(UInt8(ascii: "}"))
    }

    /// Only the changed columns are set: SQLite rewrites an index whenever a column of it is named.
    private func updateStatement(_ mask: UInt64) throws(DatabaseError) -> Prepared {
        if let known = updates[mask] { return known }
        let changed = Self.fields.enumerated().filter { mask & 1 << UInt64($0.offset) != 0 }
        let assignments = changed.map { "\(ident: $0.element.name) = ?" as SQL }.joined(separator: ", ")
        let prepared = Prepared(
            try connection.prepare(
                "UPDATE product SET \(assignments), version = version + 1, updated_at = ? WHERE id = ?"
            )
        )
        updates[mask] = prepared
        return prepared
    }
}

/// A statement that is kept: a `~Copyable` value cannot stand in a dictionary.
final class Prepared {
    let statement: Statement

    init(_ statement: consuming Statement) {
        self.statement = statement
    }
}

/// Bytes with an address for the life of the process.
struct StaticText {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ text: StaticString) {
        bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
