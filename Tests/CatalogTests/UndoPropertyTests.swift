import Database
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Random histories of imports, edits, deletions, undos and undos of undos beside a model in memory that knows nothing
/// of revisions: it remembers what every product was after every change, and who made it.
@Suite(.serialized) struct UndoPropertyTests {
    /// What a product holds, without ids, versions and times.
    private typealias Values = [ProductField.Value]

    private struct Model {
        struct Change {
            /// Nil for a person.
            var job: Int64?
            /// Nil for a deletion.
            var after: Values?
        }

        var histories: [Int64: [Change]] = [:]

        func present(_ id: Int64) -> Values? { histories[id]?.last?.after }
        var table: [Int64: Values] { histories.compactMapValues { $0.last?.after } }

        /// Takes over what the catalogue became by a change that is not under test.
        mutating func observe(_ table: [Int64: Values], by job: Int64?) {
            for (id, values) in table where present(id) != values {
                histories[id, default: []].append(Change(job: job, after: values))
            }
            for id in histories.keys where present(id) != nil && table[id] == nil {
                histories[id]?.append(Change(job: job, after: nil))
            }
        }

        struct Outcome: Equatable { var deleted = 0, restored = 0, kept = 0 }

        /// The job that each undo takes back.
        var undos: [Int64: Int64] = [:]

        private func chain(_ job: Int64) -> [Int64] {
            var chain = [job]
            while let last = chain.last, let next = undos[last] { chain.append(next) }
            return chain
        }

        /// Whether changes come to nothing because each of their jobs was taken back.
        private func isNothing(_ changes: ArraySlice<Change>, from: Values?) -> Bool {
            var jobs: [Int64: Set<Int64>] = [:]
            for change in changes {
                guard let job = change.job, let root = chain(job).last else { return false }
                jobs[root, default: []].insert(job)
            }
            guard jobs.allSatisfy({ root, all in all != [root] }) else { return false }
            return changes.last.map { $0.after == from } ?? true
        }

        /// What is to become of a product: what it was before the job; nothing where nothing is to be done.
        private enum Fate { case nothing, kept, back(Values?) }

        private func fate(_ history: [Change], _ job: Int64) -> Fate {
            let own = history.indices.filter { history[$0].job.map { chain($0).contains(job) } ?? false }
            guard let newest = own.last else { return .nothing }
            var oldest = newest
            for index in own.dropLast().reversed() {
                guard isNothing(history[(index + 1)..<oldest], from: history[index].after) else { break }
                oldest = index
            }
            let before = oldest == 0 ? nil : history[oldest - 1].after
            if before == history[newest].after { return .nothing }
            return isNothing(history[(newest + 1)...], from: history[newest].after) ? .back(before) : .kept
        }

        /// What an undo must do.
        mutating func undo(_ job: Int64, by undo: Int64) -> Outcome {
            undos[undo] = job
            var outcome = Outcome()
            var taken = Set(table.values.map { Self.key($0) })
            for (id, history) in histories.sorted(by: { $0.key > $1.key })
            where history.contains(where: { $0.job == job }) {
                let earlier: Values?
                switch fate(history, job) {
                case .nothing: continue
                case .kept:
                    outcome.kept += 1
                    continue
                case .back(let before): earlier = before
                }
                let present = history.last?.after ?? nil
                if let earlier, present == nil || Self.key(earlier) != present.map(Self.key) {
                    guard !taken.contains(Self.key(earlier)) else {
                        outcome.kept += 1
                        continue
                    }
                    taken.insert(Self.key(earlier))
                }
                if earlier == nil { outcome.deleted += 1 } else { outcome.restored += 1 }
                if earlier == nil, let present { taken.remove(Self.key(present)) }
                histories[id]?.append(Change(job: undo, after: earlier))
            }
            return outcome
        }

        private static func key(_ values: Values) -> String {
            guard case .text(let sku)? = values.first else { return "" }
            return Product.skuKey(sku)
        }
    }

    private func table(_ fixture: ImportFixture) throws -> [Int64: Values] {
        var table: [Int64: Values] = [:]
        for product in try fixture.table().values { table[product.id] = ProductFields.all.map { $0.read(product) } }
        return table
    }

    private func file(_ random: inout SeededRandom) -> [UInt8] {
        var text = "sku,name,description,price,status\n"
        for _ in 0...random.below(12) {
            let sku = "\(random.pick(["S", "s"]))\(random.below(14))"
            let name = random.pick(["Oak", "Elm table", "Ash", "Fir chair"])
            let words = random.pick(["", "fine wood", "fine"])
            text += "\(sku),\(name),\(words),\(random.pick(["", "1.50", "2"])),\(random.pick(["", "draft"]))\n"
        }
        return Array(text.utf8)
    }

    private func edit(_ fixture: ImportFixture, _ random: inout SeededRandom) throws {
        guard let product = try fixture.table().values.sorted(by: { $0.id < $1.id }).randomElement(using: &random)
        else { return }
        switch random.below(4) {
        case 0: try fixture.products.delete(product.id, fixture.context)
        case 1:
            let free = "S\(random.below(14))"
            guard try fixture.products.find(sku: free) == nil else { return }
            try fixture.edit(product.sku) { $0.sku = free }
        default: try fixture.edit(product.sku) { $0.name = "Edited \(random.below(1000))" }
        }
    }

    private func undoable(_ fixture: ImportFixture) throws -> [Job] {
        try JobStore(fixture.connection).list(limit: 1000).filter(\.canUndo)
    }

    @Test(arguments: seeds(8, long: 100))
    func anyHistory(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        // Without indexes of lists, and with them.
        if seed.isMultiple(of: 2) { fixture.tuning.deferredIndexRows = 1 }
        var model = Model()
        var undos = 0
        let first = try fixture.run(file(&random))
        model.observe(try table(fixture), by: first.id)
        for step in 1...24 {
            fixture.clock.advance(seconds: 1)
            switch random.below(8) {
            case 0, 1:
                var options = ImportOptions()
                options.isGuarded = false
                options.mode = random.pick([.upsert, .upsert, .create, .update, .delete])
                if options.mode != .delete, random.chance(1, in: 4) { options.missing = .deactivate }
                let job = try fixture.run(file(&random), options)
                #expect(job.status == .completed, "\(job.errorMessage ?? "")")
                model.observe(try table(fixture), by: job.id)
            case 2:
                let sku = "s\(random.pick(["", "1", "2", "3"]))"
                let reference = try RowWiseReference(fixture)
                let job = try fixture.deleteMany(sku: sku)
                #expect(job.status == .completed)
                try reference.deleteMany(sku: sku, by: job.id)
                try reference.expectRows(fixture, "seed \(seed), step \(step): deletion")
                model.observe(try table(fixture), by: job.id)
            case 3, 4:
                try edit(fixture, &random)
                model.observe(try table(fixture), by: nil)
            default:
                let jobs = try undoable(fixture)
                guard !jobs.isEmpty else { continue }
                let job = random.pick(jobs)
                let preview = try UndoPreview.make(
                    fixture.connection,
                    ProductFields.table,
                    UndoScope(job),
                    after: nil,
                    limit: 1000
                )
                let reference = try RowWiseReference(fixture)
                let undo =
                    random.chance(1, in: 3) ? try fixture.undoWithLosses(job, &random) : try fixture.undo(job)
                #expect(undo.status == .completed, "seed \(seed), step \(step): \(undo.errorMessage ?? "")")
                let outcome = model.undo(job.id, by: undo.id)
                let note = "seed \(seed), step \(step): undo of \(job.kind) \(job.id)"
                #expect(try table(fixture) == model.table, "\(note)")
                let wanted = [outcome.deleted, outcome.restored, outcome.kept].map(Int64.init)
                #expect(["delete", "restore", "keep"].map { undo.result?[$0]?.intValue } == wanted, "\(note)")
                #expect([preview.delete, preview.restore, preview.keep] == wanted, "\(note)")
                #expect(preview.kept.count == outcome.kept, "\(note)")
                try reference.undo(UndoScope(job), by: undo.id)
                try reference.expectRows(fixture, hasTimes: undo.attempt == 1, note)
                undos += 1
            }
        }
        #expect(undos > 0)
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct <= 1)
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
        try expectFound(fixture)
    }

    /// The text index follows every undo, by its revisions alone or built anew where most is deleted.
    private func expectFound(_ fixture: ImportFixture) throws {
        for least: Int64 in [20_000, 1] {
            try fixture.emptyIndex()
            let search = try ProductSearch(fixture.connection, role: .web, backlog: SearchBacklog(least: least))
            while try search.lag() > 0 { try search.step(limit: 3) }
            try expectWords(fixture)
        }
    }

    private func expectWords(_ fixture: ImportFixture) throws {
        let products = try fixture.table().values
        for word in ["oak", "elm", "table", "fine", "wood", "edited", "chair"] {
            let ids = products.filter { product in
                "\(product.sku) \(product.name) \(product.description ?? "")".lowercased().contains(word)
            }
            #expect(try fixture.search(word) == ids.map(\.id).sorted(), "\(word)")
        }
    }
}
