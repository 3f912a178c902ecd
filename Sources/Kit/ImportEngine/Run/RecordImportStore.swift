package import Database
import Glibc
package import Records
import Support

/// The import's hot loop on the database: look a record up by its key, then create, update, delete or leave it.
///
/// Looking first tells created, updated and unchanged exactly, and yields the old values for undo; it is also faster
/// than an upsert with RETURNING. Works on bytes throughout. Call inside a batch, except for what only looks.
package final class RecordImportStore {
    enum Applied: Equatable {
        case created, updated, unchanged, deleted
        /// Valid, but the mode does not touch such records.
        case skipped
        /// A record needs a value in a field that has none; by position.
        case incomplete(Int)
        /// Another record has the value of a field in which no two are the same; by position.
        case taken(Int)
        /// The record says yes for good in a field, and the file says no; by position.
        case reversed(Int)
        /// With those of the file the record would have too many attributes.
        case overfull
        /// The record is not as it was when the plan was made; what is there now.
        case heldBack(recordID: Int64)
    }

    /// What was found when the plan was made.
    struct Expected {
        /// 0 when there was no record.
        var recordID: Int64
        var version: Int64
    }

    /// How keys are told apart while a job writes.
    package struct KeyState {
        /// Whether keys are indexed. While they are not, no record is looked for: none can be there.
        package var isIndexed = true
        /// Whether keys are indexed but not kept apart, so that a taken one is only found by looking.
        package var isShared = false

        package init() {}
    }

    /// The column of the first field in a row of `find`; before it stand id and version.
    static let firstField: Int32 = 2

    let connection: Connection
    package let target: ImportTarget
    let mode: ImportOptions.Mode
    /// Whether most records will be new: the table was empty when the import began.
    let expectsNew: Bool
    package let fields: [RecordField]
    let key: StoredKey
    /// The job as what brings records, where they keep that themselves.
    private let batch: Int64?
    private var keys = KeyState()
    let find: Prepared
    private let create: Prepared
    private let revisions: RecordRevisionStore
    private let remove: Prepared
    let identify: Prepared
    /// Only of a noun with a flag.
    private let deactivation: RecordDeactivationStore?
    private var updates: RecordUpdateStore
    private let isRequired: [Bool]
    private let neededFields: [Int]
    private let attributesField: Int
    /// Fields in which no two records have the same value, each with what finds a record by it.
    private let unique: [(field: Int, find: Prepared)]
    /// Fields whose yes the file may not take back, a bit each.
    private let lasting: UInt64
    private var before: [UInt8] = []
    private let stored: StoredFields
    /// The defaults of fields that cannot be empty, by position.
    let defaults: [StaticText?]

    package init(
        _ connection: Connection,
        jobID: Int64,
        options: ImportOptions,
        expectsNew: Bool
    ) throws(DatabaseError) {
        self.connection = connection
        self.expectsNew = expectsNew
        target = options.target
        mode = options.mode
        lasting = options.allowsReversal ? 0 : target.lastingFields.reduce(0) { $0 | 1 << UInt64($1) }
        let table = target.record
        fields = table.fields
        stored = StoredFields(table)
        isRequired = fields.map(\.isRequired)
        neededFields = target.neededFields
        attributesField = target.attributesField ?? -1
        unique = try target.uniqueFields.map { (field) throws(DatabaseError) in
            let column = table.fields[field].name
            return (
                field,
                Prepared(
                    try connection.prepare(
                        "SELECT id FROM \(ident: table.name) WHERE \(ident: column) = ? AND id <> ? LIMIT 1"
                    )
                )
            )
        }
        defaults = fields.map { $0.defaultText.map { StaticText($0) } }
        key = StoredKey(table)
        let names = fields.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
        // The newest where records share a key.
        find = Prepared(
            try connection.prepare(
                """
                SELECT id, version, \(stored.columns) FROM \(ident: table.name) WHERE \(key.condition)
                ORDER BY id DESC LIMIT 1
                """
            )
        )
        var columns = [names]
        if let column = key.textColumn { columns.append("\(ident: column)") }
        batch = table.history == .batches ? jobID : nil
        if batch != nil { columns.append("batch_id") }
        let count = fields.count + columns.count - 1
        // safe: only question marks.
        let marks: SQL = "\(raw: (0..<count).map { _ in "?" }.joined(separator: ", "))"
        create = Prepared(
            try connection.prepare(
                """
                INSERT INTO \(ident: table.name) (\(columns.joined(separator: ", ")), version, created_at, updated_at)
                VALUES (\(marks), 1, ?, ?)
                """
            )
        )
        revisions = try RecordRevisionStore(connection, table, jobID: jobID)
        remove = Prepared(try connection.prepare("DELETE FROM \(ident: table.name) WHERE id = ?"))
        identify = Prepared(
            try connection.prepare(
                "SELECT id FROM \(ident: table.name) WHERE \(key.condition) ORDER BY id DESC LIMIT 1"
            )
        )
        deactivation = try target.flagField.map { (field) throws(DatabaseError) in
            try RecordDeactivationStore(connection, table, table.fields[field])
        }
        updates = RecordUpdateStore(connection, table)
    }

    /// Begins a batch.
    /// - Parameter keys: how keys are told apart until its end.
    func beginBatch(_ keys: KeyState) {
        revisions.begin()
        self.keys = keys
    }

    /// Writes what the batch still owes; before its commit.
    func finishBatch() throws(DatabaseError) { try revisions.flush() }

    /// - Parameters:
    ///   - key: see `StoredKey`.
    ///   - values: one for each field of the table; pointers stay valid during the call.
    ///   - expected: what the plan was made for, when the record may only be applied to that.
    func apply(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        at now: Timestamp,
        expected: Expected? = nil
    ) throws(DatabaseError) -> Applied {
        let isNew = expected.map { $0.recordID == 0 } ?? expectsNew
        if isNew, !keys.isShared, createsRecords, missingField(values) == nil,
            applyAttributes(values, to: nil), try insertIfNew(key, values, now)
        {
            return .created
        }
        let exists = try isThere(key)
        defer { find.statement.reset() }
        if let expected {
            let found = exists ? find.statement.row().int(0) : 0
            guard found == expected.recordID, !exists || find.statement.row().int(1) == expected.version else {
                return .heldBack(recordID: exists ? found : expected.recordID)
            }
        }
        guard exists else {
            if mode == .update || mode == .delete { return .skipped }
            if let field = missingField(values) { return .incomplete(field) }
            guard applyAttributes(values, to: nil) else { return .overfull }
            if let field = try takenField(values, of: 0, mask: UInt64.max) { return .taken(field) }
            try insert(key, values, now)
            return .created
        }
        switch mode {
        case .create: return .skipped
        case .delete: return try delete(now)
        case .upsert, .update: return try update(values, now)
        }
    }

    /// Whether a record that is not there is made.
    var createsRecords: Bool { mode == .upsert || mode == .create }

    /// The first field among those that change whose value another record has; nil when there is none.
    func takenField(
        _ values: borrowing [ImportValue],
        of id: Int64,
        mask: UInt64
    ) throws(DatabaseError) -> Int? {
        for (field, find) in unique where mask & 1 << UInt64(field) != 0 {
            guard case .text(let value) = values[field] else { continue }
            find.statement.bindBorrowed(1, value)
            find.statement.bind(2, id)
            defer { find.statement.reset() }
            if try find.statement.step() { return field }
        }
        return nil
    }

    /// The first field among those that change in which the record says yes for good; nil when there is none.
    func reversedField(_ mask: UInt64, _ row: borrowing Row) -> Int? {
        guard mask & lasting != 0 else { return nil }
        for index in fields.indices where mask & lasting & 1 << UInt64(index) != 0 {
            let column = Self.firstField + Int32(index)
            if !row.isNull(column), row.int(column) != 0 { return index }
        }
        return nil
    }

    /// The first field without which no record is made and that has no value; nil when there is none.
    func missingField(_ values: borrowing [ImportValue]) -> Int? {
        for field in neededFields {
            switch values[field] {
            case .text, .integer: continue
            case .absent, .none, .attributes: return field
            }
        }
        return nil
    }

    /// Looks for a record; `find` stands on it when there is one.
    private func isThere(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        guard keys.isIndexed else { return false }
        self.key.bind(key, to: find)
        return try find.statement.step()
    }

    /// Deletes the record that was found; its revision keeps every field.
    private func delete(_ now: Timestamp) throws(DatabaseError) -> Applied {
        let row = find.statement.row()
        let id = row.int(0)
        let version = row.int(1) + 1
        stored.writeAll(of: row, from: Self.firstField, to: &before)
        let batch = stored.batch(of: row, from: Self.firstField)
        find.statement.reset()
        try revisions.flush()
        remove.statement.bind(1, id)
        try remove.statement.run()
        try revisions.change(id, version: version, "delete", before: before, batch: batch, at: now)
        return .deleted
    }

    /// Switches an active record off.
    /// - Parameter expected: its version, when only that may be changed.
    /// - Returns: nil when it is not active any more, which is all that was wanted.
    func deactivate(_ id: Int64, expected: Int64?, at now: Timestamp) throws(DatabaseError) -> Applied? {
        guard let deactivation else { return nil }
        let version = try deactivation.activeVersion(id)
        if let expected, version ?? 0 != expected { return .heldBack(recordID: id) }
        guard let version else { return nil }
        try deactivation.switchOff(id, at: now)
        try revisions.change(id, version: version + 1, "update", before: deactivation.before, at: now)
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

    /// The field for whose want a record would be refused, were nothing else wrong with it.
    func missingField(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue]
    ) throws(DatabaseError) -> Int? {
        guard let field = missingField(values) else { return nil }
        let exists = try isThere(key)
        find.statement.reset()
        if exists, case .none = values[field] { return mode != .create ? field : nil }
        return !exists && createsRecords ? field : nil
    }

    private func insert(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ now: Timestamp
    ) throws(DatabaseError) {
        for index in fields.indices { bind(create, Int32(index + 1), values[index], defaults[index]) }
        var next = Int32(fields.count + 1)
        if self.key.textColumn != nil {
            create.statement.bindBorrowed(next, key)
            next += 1
        }
        if let batch {
            create.statement.bind(next, batch)
            next += 1
        }
        create.statement.bind(next, now.milliseconds)
        create.statement.bind(next + 1, now.milliseconds)
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

    private func update(_ values: borrowing [ImportValue], _ now: Timestamp) throws(DatabaseError) -> Applied {
        let row = find.statement.row()
        guard prepareAttributes(values, row) else { return .overfull }
        guard let mask = changedFields(values, row) else { return .incomplete(emptiedField(values)) }
        guard mask != 0 else { return .unchanged }
        if let field = reversedField(mask, row) { return .reversed(field) }
        let id = row.int(0)
        if let field = try takenField(values, of: id, mask: mask) { return .taken(field) }
        let version = row.int(1) + 1
        stored.write(mask, of: row, from: Self.firstField, to: &before)
        let statement = try updates.statement(mask)
        var parameter: Int32 = 1
        for index in fields.indices where mask & 1 << UInt64(index) != 0 {
            bind(statement, parameter, values[index], defaults[index])
            parameter += 1
        }
        statement.statement.bind(parameter, now.milliseconds)
        statement.statement.bind(parameter + 1, now.milliseconds)
        statement.statement.bind(parameter + 2, id)
        find.statement.reset()
        try statement.statement.run()
        try revisions.change(id, version: version, "update", before: before, at: now)
        return .updated
    }

    /// Makes the attributes from those of the file and those that the record has.
    /// - Returns: false when they are too many together.
    func prepareAttributes(_ values: borrowing [ImportValue], _ row: borrowing Row) -> Bool {
        guard attributesField >= 0 else { return true }
        let column = Self.firstField + Int32(attributesField)
        return applyAttributes(values, to: row.isNull(column) ? nil : row.bytes(column))
    }

    /// Makes the attributes from those of the file and those that are stored.
    /// - Returns: false when they are too many together.
    func applyAttributes(
        _ values: borrowing [ImportValue],
        to stored: UnsafeBufferPointer<UInt8>?
    ) -> Bool {
        guard attributesField >= 0, case .attributes(let change) = values[attributesField] else { return true }
        return change._withUnsafeGuaranteedRef { $0.apply(to: stored) }
    }

    /// Which fields of the stored record the values would change, a bit each; nil when they would empty one that
    /// cannot be empty.
    func changedFields(_ values: borrowing [ImportValue], _ row: borrowing Row) -> UInt64? {
        var mask: UInt64 = 0
        for index in fields.indices {
            let change = changes(values[index], index, row)
            if change == nil { return nil }
            if change == true { mask |= 1 << UInt64(index) }
        }
        return mask
    }

    /// The field that values would empty although it cannot be empty.
    func emptiedField(_ values: borrowing [ImportValue]) -> Int {
        for index in fields.indices where isRequired[index] && defaults[index] == nil {
            if case .none = values[index] { return index }
        }
        return neededFields.first ?? 0
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
            return isRequired[index] ? nil : !row.isNull(column)
        }
    }

    private func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ row: borrowing Row, _ column: Int32) -> Bool {
        guard let stored = row.bytesOrNil(column) else { return false }
        guard stored.count == bytes.count, let left = stored.baseAddress, let right = bytes.baseAddress else {
            return stored.count == bytes.count
        }
        return memcmp(left, right, bytes.count) == 0
    }
}
