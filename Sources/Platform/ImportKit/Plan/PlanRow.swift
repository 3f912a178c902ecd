import AdminKit
import Database
import Glibc
import Identity
package import ImportEngine
import Jobs
import Money
import Records
package import Support
import Tables

/// A field that changes, in words.
package struct PlanChange: Sendable, Equatable {
    /// As in the field table.
    package var field: String
    package var label: String
    /// Nil where there is none.
    package var before: String?
    package var after: String?

    package init(field: String, label: String, before: String?, after: String?) {
        self.field = field
        self.label = label
        self.before = before
        self.after = after
    }
}

/// One entry of a plan as people and programs see it.
package struct PlanRow: Sendable, Equatable {
    /// The place in the plan, from 0.
    package var entry: Int64
    /// Nil for a product that no record names.
    package var row: Int64?
    package var line: Int64?
    package var state: PlanState
    package var reason: PlanReason
    /// The row that is applied instead of a superseded one.
    package var winner: Int64?
    /// The line where that row starts.
    package var winnerLine: Int64?
    /// What people know the record by: its key, as the row has it.
    package var label: String?
    package var name: String?
    package var recordID: Int64?
    /// The page of the record; nil where it has none.
    package var path: String?
    package var changes: [PlanChange] = []
    package var problems: [ImportProblem] = []
    package var warnings: PlanWarnings = []
    /// Why it was not carried out: who changed the product meanwhile, and when, where that is known.
    package var heldBack: HeldBack?

    package struct HeldBack: Sendable, Equatable {
        package var by: String?
        package var at: Timestamp?
    }

    package init(entry: Int64, row: Int64?, line: Int64?, state: PlanState, reason: PlanReason = .none) {
        self.entry = entry
        self.row = row
        self.line = line
        self.state = state
        self.reason = reason
    }
}

/// Makes the rows of a plan's pages: reads the records at the places that the plan names and compares them with the
/// records. Nothing of it is stored, and only what is shown is read.
final class PlanRows {
    let connection: Connection
    private let job: Job
    private let checkpoint: PlanCheckpoint
    private let plan: PlanReader
    private let table: ImportTable
    private let columns: ImportColumns
    private let record: ImportRecord
    private let intake: ImportIntake
    private let records: RecordImportStore
    private let store: ImportPlanStore
    private let errors: RowErrorStore
    private let stored: RecordStore
    private let currency: Currency
    private var actors: ActorNames

    /// Nil when the job has no plan, or what it was made of is gone.
    convenience init?(_ job: Job, _ context: RequestContext) throws {
        try self.init(job, context.database, try context.importTargets, try ActorNames(context))
    }

    /// Nil when the job has no plan, or what it was made of is gone.
    init?(_ job: Job, _ connection: Connection, _ targets: ImportTargets, _ actors: ActorNames) throws {
        guard let checkpoint = PlanCheckpoint(json: job.checkpoint),
            let source = ImportJob.Source(json: job.parameters, in: connection.folder),
            let target = targets.of(kind: job.kind), let (plan, table) = try Self.open(job, checkpoint, source)
        else { return nil }
        let options = ImportOptions(json: job.options, target: target)
        self.connection = connection
        self.job = job
        self.checkpoint = checkpoint
        self.plan = plan
        self.table = table
        columns = try table.columns(options)
        currency = try CurrencyStore(connection).currency()
        stored = RecordStore(connection, options.target.record)
        let kind = ImportSource(table.format, columns)
        let references = try ReferenceStores(connection, options.target)
        record = ImportRecord(columns, currency, blank: options.blank, kind, references)
        intake = ImportIntake(record, options)
        if intake.needsKeys(plan.header.counts, columns), table.byteCount <= Self.comparedBytes {
            try Self.readKeys(intake, .init(table: table, columns: columns, currency: currency, kind: kind))
        }
        records = try RecordImportStore(connection, jobID: job.id, options: options, expectsNew: false)
        store = ImportPlanStore(connection, options.target.record)
        errors = RowErrorStore(connection)
        self.actors = actors
    }

    /// Bytes up to which a table is read for a page to show what rows have from others; above, a row shows what
    /// stands in it alone.
    private static let comparedBytes: Int64 = 256 << 20

    private static func readKeys(_ intake: ImportIntake, _ source: ImportIntake.Source) throws {
        try intake.beginKeys(folder: nil, [source])
        var reader = source.table.reader()
        _ = try reader.next()
        while try reader.next() { try intake.noteKey(reader.record) }
        try intake.resolveKeys()
    }

    /// Nil when one of the two is gone, the file was changed, or the plan is another one than the job's.
    private static func open(
        _ job: Job,
        _ checkpoint: PlanCheckpoint,
        _ source: ImportJob.Source
    ) throws -> (PlanReader, ImportTable)? {
        do {
            let plan = try PlanReader(source.planPath)
            try plan.require(checkpoint.plan, of: job.publicID)
            return (plan, try ImportTable.existing(source, of: job))
        } catch is PlanReader.Fault {
            return nil
        } catch let error as SystemError where error.code == ENOENT || error.code == ESTALE {
            return nil
        }
    }

    /// What the rows become.
    var target: ImportTarget { records.target }

    var counts: PlanCounts { plan.header.counts }

    func countHeldBack() throws -> Int64 { try store.countHeldBack(jobID: job.id) }

    /// The entries of some states from a place on.
    func page(_ states: Set<PlanState>, from start: Int64, limit: Int) throws -> [PlanRow] {
        try rows(try plan.page(states, from: start, limit: limit))
    }

    /// The entries that were not carried out, from a place on.
    func heldBack(from start: Int64, limit: Int) throws -> [PlanRow] {
        let held = try store.heldBack(jobID: job.id, from: start, limit: limit)
        var rows = try rows(held.compactMap { row in try plan.entry(at: row.entry).map { (row.entry, $0) } })
        for index in rows.indices {
            let last = try store.lastChange(held[index].recordID)
            rows[index].recordID = held[index].recordID
            rows[index].path = records.target.links.record?(held[index].recordID)
            rows[index].heldBack = .init(by: try last.map { try actors.name(of: $0.actor) }, at: last?.at)
        }
        return rows
    }

    private func rows(_ entries: [(index: Int64, entry: PlanEntry)]) throws -> [PlanRow] {
        let rejected = entries.filter { $0.entry.state == .reject }.map { $0.index + 1 }
        var problems: [Int64: [ImportProblem]] = [:]
        for error in try errors.list(jobID: job.id, rows: rejected) {
            problems[error.row, default: []].append(ImportProblem(error))
        }
        var reader = table.reader()
        return try entries.map { index, entry in
            var row = PlanRow(
                entry: index,
                row: entry.offset < 0 ? nil : index + 1,
                line: entry.offset < 0 ? nil : entry.line,
                state: entry.state ?? .skip,
                reason: entry.reason
            )
            row.warnings = entry.warnings
            if entry.reason == .superseded {
                row.winner = entry.record
                row.winnerLine = try plan.entry(at: entry.record - 1)?.line
            } else if entry.record > 0 {
                row.recordID = entry.record
                row.path = records.target.links.record?(entry.record)
            }
            row.problems = problems[index + 1] ?? []
            if row.row == nil {
                try describeMissing(&row)
            } else {
                reader.seek(to: CSVPosition(byteOffset: entry.offset, line: entry.line, row: index + 1))
                if try reader.next() { try describe(&row, reader.record) }
            }
            return row
        }
    }

    private func describeMissing(_ row: inout PlanRow) throws {
        guard let id = row.recordID, let found = try stored.find(id) else { return }
        (row.label, row.name) = (stored.label(of: found), title(found))
        guard let flag = records.target.flagField.map({ records.fields[$0] }) else { return }
        row.changes = [PlanChange(field: flag.name, label: flag.label, before: "active", after: "draft")]
    }

    private func describe(_ row: inout PlanRow, _ raw: CSVRecord) throws {
        let key = record.keyCell(raw).map { String(decoding: $0, as: UTF8.self).trimmed }
        row.label = key == "" ? nil : key
        guard case .good(let key) = try intake.read(raw, isChosen: true) else { return }
        if row.state != .delete, let title = records.target.titleField, case .text(let name) = record.values[title] {
            row.name = String(decoding: name, as: UTF8.self)
        } else if let id = row.recordID, let found = try stored.find(id) {
            row.name = title(found)
        }
        switch row.state {
        case .create: row.changes = changes(try records.differences(key, record.values, isNew: true))
        case .update: row.changes = try updates(row, key)
        case .delete, .unchanged, .skip, .reject, .deactivate: break
        }
    }

    /// What people call a record.
    private func title(_ record: StoredRecord) -> String? {
        guard let field = records.target.titleField, case .text(let text) = record.values[field] else { return nil }
        return text
    }

    /// What an update will change; what it has changed, once it was carried out.
    private func updates(_ row: PlanRow, _ key: UnsafeBufferPointer<UInt8>) throws -> [PlanChange] {
        guard row.entry < checkpoint.entry, let id = row.recordID,
            let before = try store.overwritten(id, jobID: job.id)
        else { return try changes(row, key) }
        let fields = try before.map { try JSON.parse($0) }?.members ?? []
        return changes(
            fields.compactMap { (member) -> RecordImportStore.Difference? in
                guard let index = records.target.record.position(of: member.name) else { return nil }
                let field = records.fields[index]
                return RecordImportStore.Difference(
                    field: field,
                    before: RecordValue(stored: member.value),
                    after: records.value(record.values[index], index)
                )
            }
        )
    }

    /// What an update will change, as things are now.
    private func changes(_ row: PlanRow, _ key: UnsafeBufferPointer<UInt8>) throws -> [PlanChange] {
        // Which of its equals a line is only the record tells: they are not counted for a page.
        guard target.numberField != nil, let id = row.recordID, let found = try stored.find(id),
            var own = stored.keyText(found)
        else { return changes(try records.differences(key, record.values, isNew: false)) }
        return try own.withUTF8 { changes(try records.differences($0, record.values, isNew: false)) }
    }

    private func changes(_ differences: [RecordImportStore.Difference]) -> [PlanChange] {
        differences.filter { $0.field.name != records.target.keyName || $0.before != .none }.map { difference in
            PlanChange(
                field: difference.field.name,
                label: difference.field.label,
                before: text(difference.before, difference.field),
                after: text(difference.after, difference.field)
            )
        }
    }

    private func text(_ value: RecordValue, _ field: RecordField) -> String? {
        value == .none ? nil : field.text(value, currency)
    }
}
