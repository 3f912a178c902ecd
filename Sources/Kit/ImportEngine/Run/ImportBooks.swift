import Jobs
import Records
import Support

/// The end of an import: what was counted is held against what stands in the catalogue, and only books that balance
/// close the job.
struct ImportBooks {
    private let context: ImportRunContext

    init(_ context: ImportRunContext) {
        self.context = context
    }

    private var job: JobRun { context.job }

    /// Holds the books against the catalogue.
    /// - Parameter isWhole: whether every row must have been processed.
    ///
    /// Throws `JobError.failed` when they do not balance.
    func check(isWhole: Bool) throws {
        let books = job.state.books
        let plan = PlanCheckpoint(json: job.state.checkpoint)
        let (deleted, deactivated) = (plan?.deleted ?? 0, plan?.deactivated ?? 0)
        let revisions = try RevisionStore(job.connection, context.target.record).counts(
            jobID: context.jobID,
            after: UndoScope.countedUpTo(job.job)
        )
        let failed = try context.errors.countRows(jobID: context.jobID, upTo: books.processed)
        let held = try ImportPlanStore(job.connection, context.target.record).countHeldBack(jobID: context.jobID)
        guard books.balances, books.processed == books.total || !isWhole, revisions.created == books.created,
            revisions.updated == books.updated - deleted + deactivated, revisions.deleted == deleted,
            failed == books.failed, held == plan?.heldBack ?? 0
        else {
            let found = """
                \(revisions.created) created, \(revisions.updated) updated, \(revisions.deleted) deleted, \
                \(failed) failed, \(held) held back
                """
            throw JobError.failed(
                """
                The books do not balance: \(books.processed) of \(books.total) rows processed, \
                \(books.created) created + \(books.updated) updated + \(books.unchanged) unchanged + \
                \(books.skipped) skipped + \(books.failed) failed = \(books.sum), \(deleted) deleted, \(deactivated) \
                deactivated; found in the catalogue: \(found). This is a fault of Bodega: please report it.
                """
            )
        }
    }

    /// Closes an import that has come to its end.
    ///
    /// Throws `JobError.failed` when the books do not balance.
    func close() throws {
        try check(isWhole: true)
        let books = job.state.books
        let plan = PlanCheckpoint(json: job.state.checkpoint)
        let (deleted, deactivated) = (plan?.deleted ?? 0, plan?.deactivated ?? 0)
        try job.finish(.completed, result: try result(plan)) { context in
            try EventStore(job.connection).publish(
                "import.completed",
                subject: job.job.publicID,
                data: [
                    "job_id": .string(job.job.publicID), "total": .int(books.total), "created": .int(books.created),
                    "updated": .int(books.updated), "unchanged": .int(books.unchanged),
                    "skipped": .int(books.skipped), "failed": .int(books.failed), "deleted": .int(deleted),
                    "deactivated": .int(deactivated),
                ],
                context
            )
        }
    }

    private func result(_ plan: PlanCheckpoint?) throws -> JSON {
        var superseded = context.intake.superseded
        if plan != nil { superseded = try PlanReader(context.planPath).header.counts[reason: .superseded] }
        var members = [
            JSON.Member("ignored_columns", .array(context.columns.ignored.map(JSON.string))),
            JSON.Member("superseded", .int(superseded)),
            JSON.Member("profile", job.job.parameters["profile"] ?? .null),
            JSON.Member("warnings", try ImportWarningSummary(job.connection, jobID: context.jobID).json),
        ]
        if let plan {
            if context.options.mode == .delete { members.append(JSON.Member("deleted", .int(plan.deleted))) }
            if context.options.missing == .deactivate {
                members.append(JSON.Member("deactivated", .int(plan.deactivated)))
            }
            if plan.isReviewed { members.append(JSON.Member("held_back", .int(plan.heldBack))) }
        }
        return .object(members)
    }
}
