import AdminKit
import Database
import Glibc
import Jobs
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
    package var sku: String?
    package var name: String?
    package var productID: Int64?
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
/// products. Nothing of it is stored, and only what is shown is read.
final class PlanRows {
    let connection: Connection
    private let job: Job
    private let checkpoint: PlanCheckpoint
    private let plan: PlanReader
    private let table: ImportTable
    private let columns: ImportColumns
    private let record: ImportRecord
    private let intake: ImportIntake
    private let products: ProductImportStore
    private let store: ImportPlanStore
    private let errors: RowErrorStore
    private let catalogue: ProductStore
    private let currency: Currency
    private var actors: ActorNames

    /// Nil when the job has no plan, or what it was made of is gone.
    init?(_ job: Job, _ connection: Connection) throws {
        guard let checkpoint = PlanCheckpoint(json: job.checkpoint),
            let source = ProductImport.Source(json: job.parameters),
            let (plan, table) = try Self.open(checkpoint, source)
        else { return nil }
        let options = ImportOptions(json: job.options)
        self.connection = connection
        self.job = job
        self.checkpoint = checkpoint
        self.plan = plan
        self.table = table
        columns = try table.columns(options)
        catalogue = ProductStore(connection)
        currency = try catalogue.currency()
        record = ImportRecord(columns, currency, blank: options.blank)
        intake = ImportIntake(record, options)
        products = try ProductImportStore(connection, jobID: job.id, options: options, expectsNew: false)
        store = ImportPlanStore(connection)
        errors = RowErrorStore(connection)
        actors = ActorNames(connection)
    }

    /// Nil when one of the two is gone.
    private static func open(
        _ checkpoint: PlanCheckpoint,
        _ source: ProductImport.Source
    ) throws -> (PlanReader, ImportTable)? {
        do {
            return (try PlanReader(checkpoint.path), try ImportTable.existing(source))
        } catch is PlanReader.Fault {
            return nil
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        }
    }

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
            let last = try store.lastChange(held[index].productID)
            rows[index].productID = held[index].productID
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
                row.winner = entry.product
            } else if entry.product > 0 {
                row.productID = entry.product
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
        guard let id = row.productID, let product = try catalogue.find(id) else { return }
        (row.sku, row.name) = (product.sku, product.name)
        row.changes = [PlanChange(field: "status", label: "Status", before: "active", after: "draft")]
    }

    private func describe(_ row: inout PlanRow, _ raw: CSVRecord) throws {
        let sku = record.sku(raw).map { String(decoding: $0, as: UTF8.self).trimmed }
        row.sku = sku == "" ? nil : sku
        guard case .good(let key) = try intake.read(raw) else { return }
        if row.state != .delete, case .text(let name) = record.values[products.nameIndex] {
            row.name = String(decoding: name, as: UTF8.self)
        } else if let id = row.productID, let product = try catalogue.find(id) {
            row.name = product.name
        }
        switch row.state {
        case .create: row.changes = changes(try products.differences(key, record.values, isNew: true))
        case .update: row.changes = try updates(row, key)
        case .delete, .unchanged, .skip, .reject, .deactivate: break
        }
    }

    /// What an update will change; what it has changed, once it was carried out.
    private func updates(_ row: PlanRow, _ key: UnsafeBufferPointer<UInt8>) throws -> [PlanChange] {
        guard row.entry < checkpoint.entry, let id = row.productID,
            let before = try store.overwritten(id, jobID: job.id)
        else { return changes(try products.differences(key, record.values, isNew: false)) }
        let fields = try before.map { try JSON.parse($0) }?.members ?? []
        return changes(
            fields.compactMap { member in
                guard let index = ProductFields.all.firstIndex(where: { $0.name == member.name }) else { return nil }
                let field = ProductFields.all[index]
                return .init(
                    field: field,
                    before: field.value(stored: member.value),
                    after: products.value(record.values[index], index)
                )
            }
        )
    }

    private func changes(_ differences: [ProductImportStore.Difference]) -> [PlanChange] {
        differences.filter { $0.field.name != "sku" || $0.before != .none }.map { difference in
            PlanChange(
                field: difference.field.name,
                label: difference.field.label,
                before: text(difference.before, difference.field),
                after: text(difference.after, difference.field)
            )
        }
    }

    private func text(_ value: ProductField.Value, _ field: ProductField) -> String? {
        value == .none ? nil : field.text(value, currency)
    }
}

extension ImportProblem {
    init(_ error: RowError) {
        self.init(line: error.line, row: error.row, column: error.column, value: error.value, code: error.code)
    }
}
