import Jobs
import Support

/// What earlier attempts at an import have found out about its lines, so that every attempt counts the same ones; asked
/// for ascending rows.
final class KnownLines {
    private let context: ImportRunContext
    private let corrected: CorrectedLineStore
    /// How many rows were decided by applying them.
    private let processed: Int64
    private let plan: PlanReader?
    @exclusivity(unchecked) private var failing = Page()
    @exclusivity(unchecked) private var repaired = Page()

    private static let pageRows = 1000

    /// - Parameter isPlanned: whether there is a plan that tells of rows that are still to come.
    init(_ context: ImportRunContext, isPlanned: Bool) throws {
        self.context = context
        corrected = CorrectedLineStore(context.connection)
        processed = context.job.state.books.processed
        plan = try isPlanned ? PlanReader(context.planPath) : nil
    }

    /// Rows of the database in ascending order, some at a time.
    private struct Page {
        var rows: ArraySlice<Int64> = []
        var last: Int64 = 0

        /// Whether a row is one of them.
        mutating func contains(_ row: Int64, more: (_ last: Int64) throws -> [Int64]) throws -> Bool {
            while true {
                while let first = rows.first, first < row { rows.removeFirst() }
                if let first = rows.first { return first == row }
                if last >= row { return false }
                rows = try more(last)[...]
                last = rows.last ?? .max
            }
        }
    }

    /// Notes what was corrected before.
    /// - Parameter intake: nil for the import's own.
    func noteCorrected(in intake: ImportIntake? = nil) throws {
        var last: Int64 = 0
        while true {
            let lines = try corrected.lines(jobID: context.jobID, after: last, limit: Self.pageRows)
            guard let end = lines.last else { return }
            for line in lines { try (intake ?? context.intake).noteCorrected(line.digest) }
            last = end.row
        }
    }

    /// Whether a row counts as it stands in the file; nil where that is not known.
    func isRight(_ row: Int64) throws -> Bool? {
        let isPlanned = try plan?.next().map { $0.state != .reject }
        let isRepaired = try repaired.contains(row) { last in
            try corrected.lines(jobID: context.jobID, after: last, limit: Self.pageRows).map(\.row)
        }
        if isRepaired { return false }
        if let isPlanned { return isPlanned }
        guard row <= processed else { return nil }
        return try !failing.contains(row) { last in
            try context.errors.failing(jobID: context.jobID, after: last, limit: Self.pageRows)
        }
    }
}
