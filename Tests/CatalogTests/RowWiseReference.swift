import Database
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A copy of a fixture's database in which deletions and undos are done slowly: product by product, each looked up anew
/// with its whole history, and written by single statements. What the jobs write must be the same, row by row.
final class RowWiseReference {
    private let folder: TemporaryFolder
    private let connection: Connection
    private let now: Timestamp
    private var products: ProductStore { ProductStore(connection) }

    init(_ fixture: ImportFixture) throws {
        folder = try TemporaryFolder()
        let path = folder.file("copy.db")
        for suffix in ["", "-wal"] where Files.size("\(fixture.connection.path)\(suffix)") != nil {
            _ = try folder.write("copy.db\(suffix)", try Files.read("\(fixture.connection.path)\(suffix)"))
        }
        connection = try Connection(path: path, role: .importer)
        now = fixture.clock.now
    }

    /// Products, histories and what undos kept, as they are stored.
    /// - Parameter hasTimes: false where a job has had more than one attempt, which came later.
    static func rows(_ connection: Connection, hasTimes: Bool = true) throws -> [[DatabaseValue]] {
        let tables: [(SQL, columns: Int32, time: Int32)] = [
            ("SELECT * FROM product ORDER BY id", 14, 9), ("SELECT * FROM product_revision ORDER BY id", 8, 3),
            ("SELECT * FROM import_undo_kept ORDER BY job_id, record_id", 7, 6),
        ]
        return try tables.flatMap { query, columns, time in
            try connection.all(query) { row in
                var values: [DatabaseValue] = []
                for column in 0..<columns where hasTimes || column != time { values.append(row.value(column)) }
                return values
            }
        }
    }

    func expectRows(_ fixture: ImportFixture, hasTimes: Bool = true, _ note: String) throws {
        let found = try Self.rows(fixture.connection, hasTimes: hasTimes)
        let wanted = try Self.rows(connection, hasTimes: hasTimes)
        #expect(found.count == wanted.count, "\(note)")
        for (row, other) in zip(found, wanted) where row != other {
            Issue.record("\(note): \(row) instead of \(other)")
        }
    }

    // MARK: Deletions

    func deleteMany(sku: String, by job: Int64) throws {
        try connection.write {
            let ids = try connection.all("SELECT id FROM product WHERE sku_norm LIKE \("\(sku)%") ORDER BY id") { row in
                row.int(0)
            }
            for id in ids { try remove(id, by: job) }
        }
    }

    private func remove(_ id: Int64, by job: Int64) throws {
        guard let product = try products.find(id) else { return }
        try connection.execute("DELETE FROM product WHERE id = \(id)")
        let before = ProductStore.snapshot(product, ProductFields.all.filter { $0.read(product) != .none }).text
        try revise(id, product.version + 1, "delete", before, by: job)
    }

    private func revise(_ id: Int64, _ version: Int64, _ change: String, _ before: String?, by job: Int64) throws {
        try connection.execute(
            """
            INSERT INTO product_revision (product_id, version, at, actor, job_id, change, before)
            VALUES (\(id), \(version), \(now), \("job:\(job)"), \(job), \(change), \(before))
            """
        )
    }

    // MARK: Undos

    func undo(_ scope: UndoScope, by job: Int64) throws {
        try connection.write {
            let revisions = try connection.all(
                """
                SELECT product_id, id FROM product_revision WHERE job_id = \(scope.jobID) AND id > \(scope.after)
                ORDER BY id DESC
                """
            ) { row in (row.int(0), row.int(1)) }
            for (product, revision) in revisions { try takeBack(product, revision, scope, by: job) }
        }
    }

    /// What a product was after each of its changes, oldest first, with the jobs of the changes.
    private struct Life {
        var states: [Product?]
        var jobs: [Int64?]
        var ids: [Int64]

        func before(_ index: Int) -> Product? { index == 0 ? nil : states[index - 1] }

        func isSame(_ one: Product?, _ other: Product?) -> Bool {
            guard let one, let other else { return one == nil && other == nil }
            return ProductFields.all.allSatisfy { $0.read(one) == $0.read(other) }
        }
    }

    private func life(_ history: [Revision], _ present: Product?, _ id: Int64) -> Life {
        var past = RecordPast(id, present: present.map(StoredRecord.init), ProductFields.table)
        var life = Life(states: [], jobs: [], ids: [])
        for revision in history {
            life.states.insert(past.record.map(Product.init), at: 0)
            life.jobs.insert(revision.jobID, at: 0)
            life.ids.insert(revision.id, at: 0)
            past.takeBack(revision)
        }
        return life
    }

    private func chain(_ job: Int64) throws -> [Int64] {
        var chain = [job]
        while let last = chain.last, let next = try JobStore(connection).undone(by: last) { chain.append(next) }
        return chain
    }

    /// Whether the changes between two places are all of jobs with their undos, and come to nothing.
    private func isNothing(_ life: Life, _ range: Range<Int>) throws -> Bool {
        guard let first = range.first, let last = range.last else { return true }
        var jobs: [Int64: Set<Int64>] = [:]
        for job in life.jobs[range] {
            guard let job, let root = try chain(job).last else { return false }
            jobs[root, default: []].insert(job)
        }
        guard jobs.allSatisfy({ root, all in all != [root] }) else { return false }
        return life.isSame(life.before(first), life.states[last])
    }

    private func takeBack(_ id: Int64, _ revision: Int64, _ scope: UndoScope, by job: Int64) throws {
        let history = try RevisionStore(connection).history(id, limit: 10_000)
        guard !history.contains(where: { $0.jobID == job }), let last = history.first,
            history.first(where: { $0.jobID == scope.jobID })?.id == revision
        else { return }
        let current = try products.find(id)
        let life = life(history, current, id)
        let own = try life.jobs.indices.filter { index in
            guard let job = life.jobs[index], life.ids[index] > scope.after else { return false }
            return try chain(job).contains(scope.jobID)
        }
        guard let newest = own.last else { return }
        var oldest = newest
        for index in own.dropLast().reversed() {
            guard try isNothing(life, index + 1..<oldest) else { break }
            oldest = index
        }
        if life.isSame(life.before(oldest), life.states[newest]) { return }
        guard try isNothing(life, newest + 1..<life.jobs.count) else {
            let sku = current?.sku ?? last.before?["sku"]?.stringValue ?? ""
            return try keep(id, sku, "edited", last, by: job)
        }
        try takeBack(id, to: life.before(oldest), current, last, created: history.last?.at, by: job)
    }

    private func takeBack(
        _ id: Int64,
        to past: Product?,
        _ current: Product?,
        _ last: Revision,
        created: Timestamp?,
        by job: Int64
    ) throws {
        guard var wanted = past else {
            if current != nil { try remove(id, by: job) }
            return
        }
        if let other = try products.find(sku: wanted.sku), other.id != id {
            guard let newest = try RevisionStore(connection).newest(other.id) else { return }
            return try keep(id, wanted.sku, "sku_taken", newest, by: job)
        }
        if let current {
            try restore(wanted, current, by: job)
        } else {
            wanted.createdAt = created ?? last.at
            try putBack(wanted, last.version + 1, by: job)
        }
    }

    private func keep(_ id: Int64, _ sku: String, _ reason: String, _ other: Revision, by job: Int64) throws {
        try connection.execute(
            """
            INSERT INTO import_undo_kept (job_id, record_id, label, reason, actor, by_job_id, at)
            VALUES (\(job), \(id), \(sku), \(reason), \(other.actor), \(other.jobID), \(other.at))
            """
        )
    }

    private func restore(_ wanted: Product, _ current: Product, by job: Int64) throws {
        let changed = ProductFields.all.filter { $0.read(wanted) != $0.read(current) }
        guard !changed.isEmpty else { return }
        for field in changed {
            let value = field.read(wanted).databaseValue
            try connection.execute("UPDATE product SET \(ident: field.name) = \(value) WHERE id = \(current.id)")
        }
        try connection.execute(
            """
            UPDATE product SET sku_norm = \(Product.skuKey(wanted.sku)), version = version + 1, updated_at = \(now)
            WHERE id = \(current.id)
            """
        )
        let before = ProductStore.snapshot(current, changed).text
        try revise(current.id, current.version + 1, "restore", before, by: job)
    }

    private func putBack(_ wanted: Product, _ version: Int64, by job: Int64) throws {
        try connection.execute(
            """
            INSERT INTO product (id, sku, sku_norm, name, version, created_at, updated_at)
            VALUES (\(wanted.id), \(wanted.sku), \(Product.skuKey(wanted.sku)), \(wanted.name), \(version),
                \(wanted.createdAt), \(now))
            """
        )
        for field in ProductFields.all {
            let value = field.read(wanted).databaseValue
            try connection.execute("UPDATE product SET \(ident: field.name) = \(value) WHERE id = \(wanted.id)")
        }
        try revise(wanted.id, version, "restore", nil, by: job)
    }
}
