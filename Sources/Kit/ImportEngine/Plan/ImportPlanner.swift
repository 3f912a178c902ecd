import Database
import Jobs
import Records
import Support
import Tables

/// The stage *validating*: reads the working table and writes down what each record will do.
///
/// It changes nothing but the job's row errors. The catalogue is looked at in short read transactions, so that
/// checkpoints of the log never wait for it; a product that changes after it was looked at is told by its version.
/// Killed anywhere it begins again, from a clean state.
final class ImportPlanner {
    /// How the plan is to be gone on with.
    enum Outcome {
        /// The plan may be carried out at once.
        case go(PlanCheckpoint)
        /// A user has to confirm it.
        case wait
    }

    let context: ImportRunContext
    let writer: PlanWriter
    private let limits: ImportGuard.Limits
    private var pending: [RowError] = []
    /// Products that some record names; nil when it does not matter.
    @exclusivity(unchecked) private var named: ProductBitmap?
    /// The greatest id of a product when planning began.
    private let greatestID: Int64
    let walk: RecordWalkStore
    /// Tells values that no record has; nil where that is not asked.
    private let firstSeen: FirstSeenStore?
    @exclusivity(unchecked) private var decision: MatchDecision
    /// Set from where on it pays: then records are only noted, and what they do is found out for all of them together.
    @exclusivity(unchecked) private var matching: PlanMatching?
    /// Tells in a sample what the matching would, and then does it.
    private let hash: RecordHash
    /// What became of the records that were noted.
    var compared = (same: 0, new: 0, other: 0)

    /// How long one look at the catalogue may last.
    static let readNanoseconds: UInt64 = 200_000_000
    /// Row errors that are kept until they are written together.
    private static let pendingErrors = 1000
    /// The share of the whole job that checking is, in per cent.
    static let progressShare: Int64 = 30

    init(_ context: ImportRunContext, _ tuning: ImportTuning) throws {
        self.context = context
        decision = MatchDecision(tuning.matching)
        walk = try RecordWalkStore(
            context.connection,
            context.target.record,
            isShared: try context.hooks.sharesKeys()
        )
        firstSeen = try context.target.firstSeenField.map {
            try FirstSeenStore(context.connection, context.target.record, field: $0)
        }
        limits = try tuning.limits(context.connection)
        var header = PlanHeader(
            job: context.job.job.publicID,
            attempt: context.job.job.attempt,
            tableBytes: context.table.byteCount,
            inputHash: PlanHeader.hash(context.options, context.columns)
        )
        header.counts.limits = limits
        writer = try PlanWriter(context.planPath, header)
        greatestID = try ImportPlanStore(context.connection, context.target.record).greatestID()
        if context.options.missing == .deactivate { named = ProductBitmap(greatestID: greatestID) }
        // Where the mode does not compare, it only matters whether the product is there.
        hash = RecordHash(context.target.record, fields: context.store.comparesFields ? context.filledFields : [])
    }

    var job: JobRun { context.job }

    /// Makes the plan and says what follows from it.
    ///
    /// Throws `JobError.failed` when a row is wrong and none may be.
    func run() throws -> Outcome {
        try job.show { $0.stage = "validating" }
        context.observeWarnings()
        context.observeNames()
        var reader = context.table.reader()
        _ = try reader.next()
        var more = true
        while more {
            try context.requireSpace()
            let end = monotonicNanoseconds() + Self.readNanoseconds
            more = try context.connection.read { try part(&reader, until: end) }
            try tell(checked: share(of: reader.position.row - 1), isLast: !more)
        }
        if let matching { try conclude(matching) }
        try addMissing()
        try refuseErrors()
        try writer.finish()
        return try publish()
    }

    // MARK: Records

    /// Plans records until the time is over or the file ends.
    /// - Returns: whether there is more.
    private func part(_ reader: inout CSVReader, until end: UInt64) throws -> Bool {
        defer { walk.end() }
        var count = 0
        while try reader.next() {
            var entry = try entry(reader.record)
            if named != nil, isCutOff(reader.record) { entry.warn(.unreadable) }
            try writer.add(entry)
            count += 1
            guard count & 0xFF == 0 else { continue }
            if monotonicNanoseconds() >= end || pending.count >= Self.pendingErrors { return true }
        }
        return false
    }

    /// Whether the file ends inside a record, as far as its form tells: it lacks cells and the end of its line.
    private func isCutOff(_ raw: CSVRecord) -> Bool {
        let isShort = raw.writtenCount < context.columns.namedCount
        guard isShort, context.table.format.kind == .delimited else { return false }
        return raw.raw.map { $0.last != 0x0A && $0.last != 0x0D } ?? false
    }

    private func entry(_ raw: CSVRecord) throws -> PlanEntry {
        let (offset, line) = (raw.position.byteOffset, raw.position.line)
        let reading = try context.intake.read(raw)
        context.noteName(raw, reading)
        switch reading {
        case .continuation: return PlanEntry(offset: offset, line: line, .skip, .continuation)
        case .header: return PlanEntry(offset: offset, line: line, .skip, .header)
        case .superseded(let winner):
            // The winner names the product.
            return PlanEntry(offset: offset, line: line, .skip, .superseded, record: winner)
        case .faulty(let faults, let key):
            reject(try context.completed(faults, key: key), raw)
            guard named != nil else { return PlanEntry(offset: offset, line: line, .reject) }
            try name(key ?? context.intake.doubtfulKey(raw))
            return PlanEntry(offset: offset, line: line, .reject, warnings: key == nil ? .unreadable : [])
        case .good(let key):
            if let matching {
                guard raw.position.row <= job.state.books.total else { throw Self.changedFile }
                try matching.note(key, context.record.values, row: raw.position.row)
                return .open(offset: offset, line: line)
            }
            guard decision.mayPay(left: job.state.books.total - raw.position.row, stored: greatestID) else {
                return try entry(raw, try outlook(key))
            }
            let outlook = try outlook(key, hash)
            try considerMatching(outlook, raw.position.row)
            return try entry(raw, outlook)
        }
    }

    /// What the record that was read last would do, looked up.
    /// - Parameter hash: when it matters whether matching would have told.
    func outlook(
        _ key: UnsafeBufferPointer<UInt8>,
        _ hash: RecordHash? = nil
    ) throws -> RecordImportStore.Outlook {
        try context.store.outlook(key, context.record.values, walk, limits, hash)
    }

    /// The entry of a record of which is known what it would do.
    func entry(_ raw: CSVRecord, _ outlook: RecordImportStore.Outlook) throws -> PlanEntry {
        if outlook.state == .reject {
            let record = context.record
            let fault =
                outlook.reversed.map { record.reversed($0) } ?? outlook.taken.map { record.taken($0) }
                ?? (outlook.isOverfull ? record.attributesFault : record.missing(outlook.missing))
            reject([fault], raw)
        }
        if outlook.state == .create || outlook.state == .update { try noteFirstSeen(raw) }
        return entry(offset: raw.position.byteOffset, line: raw.position.line, outlook)
    }

    func entry(offset: Int64, line: Int64, _ outlook: RecordImportStore.Outlook) -> PlanEntry {
        if outlook.recordID > 0 { named?.insert(outlook.recordID) }
        return PlanEntry(
            offset: offset,
            line: line,
            outlook.state,
            outlook.reason,
            record: outlook.recordID,
            version: outlook.version,
            warnings: outlook.warnings
        )
    }

    /// Matches the records that are left if that pays, and if there is room for it.
    private func considerMatching(_ outlook: RecordImportStore.Outlook, _ row: Int64) throws {
        let left = job.state.books.total - row
        guard decision.note(outlook, searches: walk.searches), left > 0 else { return }
        // Beside its own files it writes the plan.
        let needed = RecordMatches.bytes(rows: left, stored: greatestID) + left * Int64(PlanEntry.size)
        guard context.hasSpace(needed) else { return }
        matching = try PlanMatching(
            rows: (row + 1)...job.state.books.total,
            hash,
            context.connection,
            context.target.record,
            stored: greatestID,
            folder: job.scratch
        )
    }

    private func noteFirstSeen(_ raw: CSVRecord) throws {
        guard let firstSeen, case .text(let value) = context.record.values[firstSeen.field],
            try firstSeen.isNew(value)
        else { return }
        context.noteFirstSeen(raw)
    }

    private func reject(_ faults: [ImportRecord.Fault], _ raw: CSVRecord) {
        for fault in faults { pending.append(context.record.rowError(fault, raw)) }
    }

    private func name(_ key: UnsafeBufferPointer<UInt8>?) throws {
        guard let key, let id = try context.store.recordID(key) else { return }
        named?.insert(id)
    }

    /// How many records count as checked where some were only noted.
    private func share(of rows: Int64) -> Int64 {
        guard let matching, rows >= matching.firstRow else { return rows }
        return matching.firstRow + Int64(Double(rows - matching.firstRow) * Self.noting)
    }

    /// Writes what was found wrong or odd, and shows how far it is.
    func tell(checked: Int64, isLast: Bool) throws {
        func show(_ state: inout JobRun.State) {
            state.progress = state.books.total > 0 ? checked * Self.progressShare / state.books.total : 0
            state.rowsPerSecond = context.rowsPerSecond(checked, in: state.stage)
        }
        guard !pending.isEmpty || isLast else { return try job.show(show) }
        try job.batch { state in
            let now = job.environment.now()
            for error in pending { try context.errors.add(error, jobID: context.jobID, at: now) }
            try context.flushWarnings(at: now)
            show(&state)
        }
        pending.removeAll(keepingCapacity: true)
        try job.settle(written: 0)
    }

    // MARK: What the file does not name

    /// Where some records cannot be read, what the file leaves out is not known: a person has to confirm it, and
    /// without one nothing is done.
    private func addMissing() throws {
        guard let named, let flag = context.target.flagField else { return }
        let unreadable = writer.counts[warning: .unreadable]
        guard unreadable == 0 || context.options.isGuarded else {
            return try job.batch { _ in try context.warnOfUnknownMissing(unreadable, at: job.environment.now()) }
        }
        let store = ImportPlanStore(context.connection, context.target.record)
        let flagName = context.target.fields[flag].name
        var last: Int64 = 0
        while true {
            let records = try store.active(flagName, after: last, unchangedSince: context.firstRevision, limit: 10_000)
            guard let end = records.last else { return }
            for record in records where !named.contains(record.id) {
                try writer.add(
                    PlanEntry(offset: -1, line: 0, .deactivate, record: record.id, version: record.version)
                )
            }
            last = end.id
            try job.show { _ in }
        }
    }

    // MARK: The end

    private func refuseErrors() throws {
        let rejected = writer.counts[.reject]
        guard context.options.onError == .stop, rejected > 0 else { return }
        try job.batch { state in
            state.books.processed = rejected
            state.books.failed = rejected
        }
        let rows = rejected == 1 ? "1 row is wrong" : "\(rejected) rows are wrong"
        throw JobError.failed(
            """
            \(rows), and the import was to stop at any error. Nothing was imported. \
            Correct the rows that are listed and upload the file again.
            """
        )
    }

    /// Gives the plan its name in the transaction that says so: a worker that has lost the job meanwhile changes
    /// neither.
    private func publish() throws -> Outcome {
        let counts = writer.counts
        let isTripped = context.options.isGuarded && !ImportGuard.findings(counts).isEmpty
        // A review of nothing asks for nothing.
        let waits = isTripped || context.options.review && (counts.rows > 0 || counts.changes > 0)
        let checkpoint = PlanCheckpoint(plan: writer.identity, isReviewed: waits, table: context.table.digest)
        job.failpoints.die(at: "before-plan")
        func note(_ state: inout JobRun.State) throws {
            try job.requireClaim()
            try writer.publish()
            job.failpoints.die(at: "after-plan")
            state.checkpoint = checkpoint.json
            state.progress = Self.progressShare
            state.rowsPerSecond = nil
        }
        if waits {
            let isProposed = IdentityProposal(json: job.job.parameters["identify"])?.isProposed ?? false
            let reason = isProposed ? Job.waitsForIdentity : nil
            try job.awaitConfirmation(reason: isTripped ? "guard" : reason, note)
            return .wait
        }
        try job.batch { state in
            try note(&state)
            state.status = .processing
            state.stage = "importing"
        }
        return .go(checkpoint)
    }
}
