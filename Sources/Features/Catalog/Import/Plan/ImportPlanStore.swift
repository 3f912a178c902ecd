import Database
import Support

/// What looks at the catalogue on behalf of a plan, without changing anything.
extension ProductImportStore {
    /// What a record would do now.
    struct Outlook {
        var state: PlanState
        var reason = PlanReason.none
        var productID: Int64 = 0
        var version: Int64 = 0
        var warnings: PlanWarnings = []
        /// Whether it is rejected for too many custom attributes, not for want of a name.
        var isOverfull = false
        /// Whether it had to be searched for, and its digest would not have told what it does.
        var isUntold = false
    }

    /// What `apply` would do with a record: the same questions in the same order. Nothing is looked up in a catalogue
    /// that was empty when the import began.
    /// - Parameter digest: compares the record and its product once more, where it matters whether that tells.
    /// - Returns: `reject` when a name is missing or the custom attributes are too many.
    func outlook(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ walk: ProductWalkStore,
        _ limits: ImportGuard.Limits,
        _ digest: ProductDigest? = nil
    ) throws(DatabaseError) -> Outlook {
        let found = expectsNew ? nil : try locate(key, walk)
        defer { if found === find { find.statement.reset() } }
        guard let found else { return outlookWhereNew(values) }
        let row = found.statement.row()
        var outlook = Outlook(state: .unchanged, productID: row.int(0), version: row.int(1))
        if let digest, found === find {
            outlook.isUntold = digest.record(key, values) != digest.product(key, row, digest.columnsOfFind)
        }
        switch mode {
        case .create: (outlook.state, outlook.reason) = (.skip, .exists)
        case .delete: outlook.state = .delete
        case .upsert, .update:
            outlook.isOverfull = !prepareAttributes(values, row)
            guard !outlook.isOverfull, let mask = changedFields(values, row) else {
                outlook.state = .reject
                break
            }
            if mask != 0 { outlook.state = .update }
            if mask & 1 << UInt64(priceIndex) != 0, isJump(values[priceIndex], row, limits) {
                outlook.warnings.insert(.priceJump)
            }
            if mask & 1 << UInt64(skuIndex) != 0 { outlook.warnings.insert(.respeltSKU) }
        }
        return outlook
    }

    /// What `apply` would do with a record that no product is there for.
    func outlookWhereNew(_ values: borrowing [ImportValue]) -> Outlook {
        guard createsProducts else { return outlookWhereMissing }
        guard case .text = values[nameIndex] else { return Outlook(state: .reject) }
        guard applyAttributes(values, to: nil) else { return Outlook(state: .reject, isOverfull: true) }
        return Outlook(state: .create)
    }

    /// What `apply` would do with a record that no product is there for where the mode makes none.
    var outlookWhereMissing: Outlook { Outlook(state: .skip, reason: .missing) }

    /// What `apply` would do with a record that says the same as its product.
    func outlookWhereSame(id: Int64, version: Int64) -> Outlook {
        switch mode {
        case .create: Outlook(state: .skip, reason: .exists, productID: id, version: version)
        case .delete: Outlook(state: .delete, productID: id, version: version)
        case .upsert, .update: Outlook(state: .unchanged, productID: id, version: version)
        }
    }

    /// Whether a record that no product is there for makes one.
    var createsProducts: Bool { mode == .upsert || mode == .create }

    /// Whether what a record says is compared with its product, or only whether there is one.
    var comparesFields: Bool { mode == .upsert || mode == .update }

    /// The statement that stands on the product with that key, `find` or the one that walks; nil when there is none.
    private func locate(
        _ key: UnsafeBufferPointer<UInt8>,
        _ walk: ProductWalkStore
    ) throws(DatabaseError) -> Prepared? {
        if let next = try walk.next(key) { return next }
        find.statement.bindBorrowed(1, key)
        guard try find.statement.step() else {
            find.statement.reset()
            return nil
        }
        try walk.note(found: find.statement.row().int(0))
        return find
    }

    /// Whether a price that is there changes by more than is allowed, or goes.
    private func isJump(_ value: ImportValue, _ row: borrowing Row, _ limits: ImportGuard.Limits) -> Bool {
        let column = Self.firstField + Int32(priceIndex)
        if row.isNull(column) { return false }
        guard case .integer(let new) = value else { return true }
        return ImportGuard.isPriceJump(from: row.int(column), to: new, percent: limits.pricePercent)
    }

    /// The id of the product that a record names; nil when there is none.
    func productID(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Int64? {
        if expectsNew { return nil }
        identify.statement.bindBorrowed(1, key)
        defer { identify.statement.reset() }
        return try identify.statement.step() ? identify.statement.row().int(0) : nil
    }

    /// A field that a record changes.
    struct Difference {
        var field: ProductField
        var before: ProductField.Value
        var after: ProductField.Value
    }

    /// What a record would change of the product as it is now; every field that it fills when there is none.
    func differences(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        isNew: Bool
    ) throws(DatabaseError) -> [Difference] {
        var mask = UInt64.max
        var before: [ProductField.Value] = Self.fields.map { _ in .none }
        if isNew {
            guard applyAttributes(values, to: nil) else { return [] }
        } else {
            find.statement.bindBorrowed(1, key)
            defer { find.statement.reset() }
            guard try find.statement.step() else { return [] }
            let row = find.statement.row()
            guard prepareAttributes(values, row) else { return [] }
            mask = changedFields(values, row) ?? 0
            for index in before.indices {
                before[index] = Self.stored(row, Self.firstField + Int32(index), Self.fields[index])
            }
        }
        var found: [Difference] = []
        for index in Self.fields.indices where mask & 1 << UInt64(index) != 0 {
            let after = value(values[index], index)
            guard before[index] != after else { continue }
            found.append(Difference(field: Self.fields[index], before: before[index], after: after))
        }
        return found
    }

    /// What stands in a field after the value was applied to it.
    func value(_ value: ImportValue, _ index: Int) -> ProductField.Value {
        switch value {
        case .text(let bytes): return .text(String(decoding: bytes, as: UTF8.self))
        case .integer(let number): return .integer(number)
        case .attributes(let change):
            return change._withUnsafeGuaranteedRef { $0.result }
                .map { .text(String(decoding: $0, as: UTF8.self)) } ?? .none
        case .absent, .none: return defaults[index].map { .text(String(decoding: $0.bytes, as: UTF8.self)) } ?? .none
        }
    }

    private static func stored(_ row: borrowing Row, _ column: Int32, _ field: ProductField) -> ProductField.Value {
        if row.isNull(column) { return .none }
        return field.kind == .money ? .integer(row.int(column)) : .text(row.text(column))
    }
}

/// All SQL of the import_held_back table, and what else a plan's page asks of the catalogue.
struct ImportPlanStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// An entry that was not carried out because its product had changed.
    struct HeldBack: Sendable, Equatable {
        /// The entry's place in the plan, from 0.
        var entry: Int64
        var productID: Int64
    }

    /// The last change of a product.
    struct LastChange: Sendable, Equatable {
        /// As `Actor.description`.
        var actor: String
        var at: Timestamp
    }

    // MARK: Held back

    /// Call inside the batch in which the row was counted as skipped.
    func hold(_ entry: Int64, productID: Int64, jobID: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO import_held_back (job_id, entry, product_id) VALUES (\(jobID), \(entry), \(productID))
            """
        )
    }

    /// Forgets what an earlier plan of the job has held back.
    func forgetHeldBack(jobID: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM import_held_back WHERE job_id = \(jobID)")
    }

    func heldBack(jobID: Int64, from entry: Int64, limit: Int) throws(DatabaseError) -> [HeldBack] {
        try connection.all(
            """
            SELECT entry, product_id FROM import_held_back
            WHERE job_id = \(jobID) AND entry >= \(entry) ORDER BY entry LIMIT \(limit)
            """
        ) { row in HeldBack(entry: row.int(0), productID: row.int(1)) }
    }

    func countHeldBack(jobID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM import_held_back WHERE job_id = \(jobID)") { row in row.int(0) } ?? 0
    }

    // MARK: The catalogue

    /// Who changed a product last; nil when its history is gone.
    func lastChange(_ productID: Int64) throws(DatabaseError) -> LastChange? {
        try connection.first(
            """
            SELECT actor, at FROM product_revision
            WHERE product_id = \(productID) ORDER BY version DESC LIMIT 1
            """
        ) { row in LastChange(actor: row.text(0), at: row.time(1)) }
    }

    /// What a job's change of a product has overwritten; nil when the job has not changed it.
    func overwritten(_ productID: Int64, jobID: Int64) throws(DatabaseError) -> String?? {
        try connection.first(
            """
            SELECT before FROM product_revision
            WHERE product_id = \(productID) AND job_id = \(jobID) ORDER BY version DESC LIMIT 1
            """
        ) { row in row.textOrNil(0) }
    }

    /// Active products in the order of their ids, without those that were made, changed or brought back since then.
    func active(
        after id: Int64,
        unchangedSince time: Timestamp,
        limit: Int
    ) throws(DatabaseError) -> [(id: Int64, version: Int64)] {
        try connection.all(
            """
            SELECT id, version FROM product
            WHERE status = 'active' AND id > \(id) AND updated_at <= \(time) ORDER BY id LIMIT \(limit)
            """
        ) { row in (row.int(0), row.int(1)) }
    }

    /// The greatest id that a product has; 0 in an empty catalogue.
    func greatestID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM product") { row in row.int(0) } ?? 0
    }
}
