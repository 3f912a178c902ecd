package import Database
package import Records
import Support

/// What looks at the table on behalf of a plan, without changing anything.
extension RecordImportStore {
    /// What a record would do now.
    struct Outlook {
        var state: PlanState
        var reason = PlanReason.none
        var recordID: Int64 = 0
        var version: Int64 = 0
        var warnings: PlanWarnings = []
        /// Whether it is rejected for too many attributes.
        var isOverfull = false
        /// The field whose value another record has; by position.
        var taken: Int?
        /// The field in which it would take back what is meant to last; by position.
        var reversed: Int?
        /// The field for whose want it is rejected otherwise; by position.
        var missing = 0
        /// Whether it had to be searched for, and its digest would not have told what it does.
        var isUntold = false
    }

    /// What `apply` would do with a record: the same questions in the same order. Nothing is looked up in a table
    /// that was empty when the import began.
    /// - Parameter hash: compares the record and what is stored once more, where it matters whether that tells.
    /// - Returns: `reject` when a field is missing or the attributes are too many.
    func outlook(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        _ walk: RecordWalkStore,
        _ limits: ImportGuard.Limits,
        _ hash: RecordHash? = nil
    ) throws(DatabaseError) -> Outlook {
        let found = expectsNew ? nil : try locate(key, walk)
        defer { if found === find { find.statement.reset() } }
        guard let found else { return try outlookWhereNew(values) }
        let row = found.statement.row()
        var outlook = Outlook(state: .unchanged, recordID: row.int(0), version: row.int(1))
        if let hash, found === find {
            outlook.isUntold = hash.record(key, values) != hash.stored(key, row, hash.columnsOfFind)
        }
        switch mode {
        case .create: (outlook.state, outlook.reason) = (.skip, .exists)
        case .delete: outlook.state = .delete
        case .upsert, .update:
            outlook.isOverfull = !prepareAttributes(values, row)
            guard !outlook.isOverfull, let mask = changedFields(values, row) else {
                outlook.state = .reject
                outlook.missing = emptiedField(values)
                break
            }
            if mask != 0 { outlook.state = .update }
            outlook.taken = try takenField(values, of: outlook.recordID, mask: mask)
            outlook.reversed = reversedField(mask, row)
            if outlook.taken != nil || outlook.reversed != nil { outlook.state = .reject }
            if let field = target.jumpField, mask & 1 << UInt64(field) != 0, isJump(field, values[field], row, limits) {
                outlook.warnings.insert(.priceJump)
            }
            if target.hasFoldedKey, mask & 1 << UInt64(target.keyFields[0]) != 0 {
                outlook.warnings.insert(.respeltKey)
            }
        }
        return outlook
    }

    /// What `apply` would do with a new record.
    func outlookWhereNew(_ values: borrowing [ImportValue]) throws(DatabaseError) -> Outlook {
        guard createsRecords else { return outlookWhereMissing }
        if let field = missingField(values) { return Outlook(state: .reject, missing: field) }
        guard applyAttributes(values, to: nil) else { return Outlook(state: .reject, isOverfull: true) }
        if !expectsNew, let field = try takenField(values, of: 0, mask: UInt64.max) {
            return Outlook(state: .reject, taken: field)
        }
        return Outlook(state: .create)
    }

    /// What `apply` would do with a new record where the mode makes none.
    var outlookWhereMissing: Outlook { Outlook(state: .skip, reason: .missing) }

    /// What `apply` would do with a record that says what is stored.
    func outlookWhereSame(id: Int64, version: Int64) -> Outlook {
        switch mode {
        case .create: Outlook(state: .skip, reason: .exists, recordID: id, version: version)
        case .delete: Outlook(state: .delete, recordID: id, version: version)
        case .upsert, .update: Outlook(state: .unchanged, recordID: id, version: version)
        }
    }

    /// Whether what a record says is compared with what is stored, or only whether there is anything.
    var comparesFields: Bool { mode == .upsert || mode == .update }

    /// The statement that stands on the record with that key, `find` or the one that walks; nil when there is none.
    private func locate(
        _ key: UnsafeBufferPointer<UInt8>,
        _ walk: RecordWalkStore
    ) throws(DatabaseError) -> Prepared? {
        if let next = try walk.next(key) { return next }
        self.key.bind(key, to: find)
        guard try find.statement.step() else {
            find.statement.reset()
            return nil
        }
        try walk.note(found: find.statement.row().int(0))
        return find
    }

    /// Whether an amount that is there changes by more than is allowed, or goes.
    private func isJump(
        _ field: Int,
        _ value: ImportValue,
        _ row: borrowing Row,
        _ limits: ImportGuard.Limits
    ) -> Bool {
        let column = Self.firstField + Int32(field)
        if row.isNull(column) { return false }
        guard case .integer(let new) = value else { return true }
        return ImportGuard.isPriceJump(from: row.int(column), to: new, percent: limits.pricePercent)
    }

    /// The id of what a record names; nil when there is nothing.
    func recordID(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Int64? {
        if expectsNew { return nil }
        self.key.bind(key, to: identify)
        defer { identify.statement.reset() }
        return try identify.statement.step() ? identify.statement.row().int(0) : nil
    }

    /// A field that a record changes.
    package struct Difference {
        package var field: RecordField
        package var before: RecordValue
        package var after: RecordValue

        package init(field: RecordField, before: RecordValue, after: RecordValue) {
            (self.field, self.before, self.after) = (field, before, after)
        }
    }

    /// What a record would change of what is stored now; every field that it fills when there is none.
    package func differences(
        _ key: UnsafeBufferPointer<UInt8>,
        _ values: borrowing [ImportValue],
        isNew: Bool
    ) throws(DatabaseError) -> [Difference] {
        var mask = UInt64.max
        var before: [RecordValue] = fields.map { _ in .none }
        if isNew {
            guard applyAttributes(values, to: nil) else { return [] }
        } else {
            self.key.bind(key, to: find)
            defer { find.statement.reset() }
            guard try find.statement.step() else { return [] }
            let row = find.statement.row()
            guard prepareAttributes(values, row) else { return [] }
            mask = changedFields(values, row) ?? 0
            for index in before.indices {
                before[index] = RecordValue(row, Self.firstField + Int32(index), fields[index].storage)
            }
        }
        var found: [Difference] = []
        for index in fields.indices where mask & 1 << UInt64(index) != 0 {
            let after = value(values[index], index)
            guard before[index] != after else { continue }
            found.append(Difference(field: fields[index], before: before[index], after: after))
        }
        return found
    }

    /// What stands in a field after the value was applied to it.
    package func value(_ value: ImportValue, _ index: Int) -> RecordValue {
        switch value {
        case .text(let bytes): return .text(String(decoding: bytes, as: UTF8.self))
        case .integer(let number): return .integer(number)
        case .attributes(let change):
            return change._withUnsafeGuaranteedRef { $0.result }
                .map { .text(String(decoding: $0, as: UTF8.self)) } ?? .none
        case .absent, .none:
            guard let standard = fields[index].defaultValue else { return .none }
            return fields[index].storage == .integer ? Int64(standard).map { .integer($0) } ?? .none : .text(standard)
        }
    }
}
