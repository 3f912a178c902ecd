import Database
import Glibc
import Jobs
import Support
import Tables

/// One attempt at one import: its stages in their order.
final class ImportRun {
    private let job: JobRun
    private let context: ImportRunContext
    private let options: ImportOptions
    private let tuning: ImportTuning

    init(_ context: ImportRunContext, _ tuning: ImportTuning) {
        job = context.job
        self.tuning = tuning
        self.context = context
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
        try context.hooks.beginPlanning(options)
        guard case .go(let checkpoint) = try ImportPlanner(context, tuning).run() else { return }
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
            let plan = try PlannedImport(context, checkpoint)
            try context.table.require(checkpoint.table) { try job.show { _ in } }
            return plan
        } catch let fault as PlanReader.Fault {
            guard checkpoint.entry == 0 else {
                throw JobError.failed(
                    """
                    The plan of this import is \(fault), so it cannot go on. What its first \
                    \(job.state.books.processed) rows have changed stays. Upload the file again: rows that have not \
                    changed are left alone.
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
            try ImportPlanStore(context.connection, context.target.record).forgetHeldBack(jobID: context.jobID)
        }
    }

    private func carryOut(_ plan: PlannedImport, _ checkpoint: PlanCheckpoint) throws {
        // A plan does not hold what rows have from others.
        let intake = context.intake
        if !intake.hasKeys, intake.countsLines || intake.needsKeys(plan.counts, context.columns) {
            _ = try context.readKeys(isPlanned: true) { _ in try job.show { _ in } }
        }
        try importing { try plan.run(checkpoint) }
    }

    // MARK: Counting

    private func count() throws {
        try job.show { $0.stage = "counting" }
        let total = try context.readKeys { row in
            try job.show { $0.books.total = max($0.books.total, row) }
        }
        let isPlanned = job.state.status == .validating
        try job.batch {
            $0.books.total = total
            $0.stage = isPlanned ? "validating" : "importing"
            try context.warnOfFile(at: job.environment.now())
        }
    }

    // MARK: Importing

    private func importing(_ apply: () throws -> Void) throws {
        if job.state.books.processed == 0 {
            try context.hooks.beginApplying(job, isDeletion: options.mode == .delete)
        }
        do {
            try apply()
        } catch JobError.fenced {
            throw JobError.fenced
        } catch {
            // A full disk would only be filled again. What is left out here the next attempt builds, or the runner; why
            // the load has ended says more than why an index could not be built.
            if !JobWork.isDiskFull(error) { try? context.hooks.ensureIndexes(job) }
            throw error
        }
        try context.makeSearchable()
        try context.warnOfGrowth()
        try ImportBooks(context).close()
    }

}
