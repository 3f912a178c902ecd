import Database
import Glibc
import Jobs
import Support
import Tables

/// One attempt at one import: its stages in their order.
final class ProductImportRun {
    private let job: JobRun
    private let context: ImportRunContext
    private let options: ImportOptions
    private let tuning: ProductImport.Tuning

    init(_ run: JobRun, _ tuning: ProductImport.Tuning) throws {
        job = run
        self.tuning = tuning
        context = try ImportRunContext(run)
        options = context.options
    }

    func run() throws {
        if let checkpoint = PlanCheckpoint(json: job.state.checkpoint), let plan = try open(checkpoint) {
            return try carryOut(plan, checkpoint)
        }
        guard needsPlan else {
            try count()
            return try importing { try DirectImport(context: context).run() }
        }
        try clear()
        try count()
        // Records are looked up by their SKUs; a load that died may have left that index for later.
        if try !indexes.hasKey() { try job.connection.write(.normal) { try indexes.requireKey() } }
        guard case .go(let checkpoint) = try ImportPlanner(context, tuning.matching).run() else { return }
        try carryOut(try PlannedImport(context, checkpoint), checkpoint)
    }

    // MARK: The plan

    /// Nothing but new products and errors can come of a first load: without a review there is nothing to plan.
    private var needsPlan: Bool {
        let isPlain = !options.review && options.onError == .skip && options.missing == .keep && options.mode != .delete
        return job.state.checkpoint == nil && !(context.isFirstLoad && isPlain)
    }

    /// - Returns: nil when the plan is gone before anything was done by it, so that another one can be made.
    private func open(_ checkpoint: PlanCheckpoint) throws -> PlannedImport? {
        do {
            return try PlannedImport(context, checkpoint)
        } catch let fault as PlanReader.Fault {
            guard checkpoint.entry == 0 else {
                throw JobError.failed(
                    """
                    The plan of this import is \(fault), so it cannot go on. What was imported up to row \
                    \(job.state.books.processed) stays. Upload the file again: rows that have not changed are left \
                    alone.
                    """
                )
            }
            try job.batch { $0.checkpoint = nil }
            return nil
        }
    }

    /// What an earlier attempt at planning has left is removed before the next one finds it again.
    private func clear() throws {
        try job.batch { state in
            state.status = .validating
            state.stage = "counting"
            state.books = Books()
            try context.errors.removeAll(jobID: context.jobID)
            try RowWarningStore(job.connection).removeAll(jobID: context.jobID)
            try ImportPlanStore(context.connection).forgetHeldBack(jobID: context.jobID)
        }
    }

    private func carryOut(_ plan: PlannedImport, _ checkpoint: PlanCheckpoint) throws {
        try importing { try plan.run(checkpoint) }
    }

    // MARK: Counting

    private func count() throws {
        try job.show { $0.stage = "counting" }
        try context.intake.beginKeys(folder: job.scratch, fileBytes: context.table.byteCount)
        var reader = context.table.reader()
        _ = try reader.next()
        while try reader.next() {
            try context.intake.noteKey(reader.record)
            let row = reader.record.position.row
            if row & 0xFFFF == 0 {
                try context.requireSpace()
                try job.show { $0.books.total = max($0.books.total, row) }
            }
        }
        try context.intake.resolveKeys()
        let total = reader.position.row - 1
        let isPlanned = job.state.status == .validating
        try job.batch {
            $0.books.total = total
            $0.stage = isPlanned ? "validating" : "importing"
        }
    }

    // MARK: Importing

    private func importing(_ apply: () throws -> Void) throws {
        try prepareIndexes()
        do {
            try apply()
        } catch JobError.fenced {
            throw JobError.fenced
        } catch {
            // A full disk would only be filled again. What is left out here the next attempt builds, or the runner; why
            // the load has ended says more than why an index could not be built.
            if !JobWork.isDiskFull(error) { try? indexes.ensure() }
            throw error
        }
        try context.makeSearchable()
        try ImportBooks(context).close()
    }

    private var indexes: ProductIndexStore { ProductIndexStore(job.connection) }

    /// Puts the indexes off until after the load when the catalogue is empty and the file is big; otherwise makes up
    /// for a load that died.
    private func prepareIndexes() throws {
        guard job.state.books.processed == 0 else { return }
        var isPutOff = false
        if job.state.books.total >= tuning.deferredIndexRows, try indexes.isUntouched() {
            try job.batch { _ in isPutOff = try indexes.putOff(for: context.jobID) }
        }
        if !isPutOff { try indexes.ensure() }
    }
}
