import Database
import Identity
import Jobs
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
        /// Somebody has to confirm it.
        case wait
    }

    let context: ImportRunContext
    let writer: PlanWriter
    private let path: String
    private let limits: ImportGuard.Limits
    private var pending: [RowError] = []
    /// Products that some record names; nil when it does not matter.
    @exclusivity(unchecked) private var named: ProductBitmap?
    /// The greatest id of a product when planning began.
    private let greatestID: Int64
    let walk: ProductWalkStore
    private let brands: NewBrandStore
    @exclusivity(unchecked) private var decision: MatchDecision
    /// Set from where on it pays: then records are only noted, and what they do is found out for all of them together.
    @exclusivity(unchecked) private var matching: PlanMatching?
    /// Tells in a sample what the matching would, and then does it.
    private let digest: ProductDigest
    /// What became of the records that were noted.
    var compared = (same: 0, new: 0, other: 0)

    /// How long one look at the catalogue may last.
    static let readNanoseconds: UInt64 = 200_000_000
    /// Row errors that are kept until they are written together.
    private static let pendingErrors = 1000
    /// The share of the whole job that checking is, in per cent.
    static let progressShare: Int64 = 30

    /// - Parameter policy: when records are matched with the whole catalogue.
    init(_ context: ImportRunContext, _ policy: MatchDecision.Policy) throws {
        self.context = context
        decision = MatchDecision(policy)
        path = context.planPath
        walk = try ProductWalkStore(context.connection)
        brands = try NewBrandStore(context.connection)
        limits = try ImportGuard.Limits(Configuration(context.connection))
        var header = PlanHeader(
            tableBytes: context.table.byteCount,
            inputHash: PlanHeader.hash(context.options, context.columns)
        )
        header.counts.limits = limits
        writer = try PlanWriter(path, attempt: context.job.job.attempt, header: header)
        greatestID = try ImportPlanStore(context.connection).greatestID()
        if context.options.missing == .deactivate { named = ProductBitmap(greatestID: greatestID) }
        // Where the mode does not compare, it only matters whether the product is there.
        digest = ProductDigest(
            fields: context.store.comparesFields ? context.filledFields : [],
            defaults: context.store.defaults
        )
    }

    var job: JobRun { context.job }

    /// Makes the plan and says what follows from it.
    ///
    /// Throws `JobError.failed` when a row is wrong and none may be.
    func run() throws -> Outcome {
        try job.show { $0.stage = "validating" }
        context.observeWarnings()
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
            try writer.add(try entry(reader.record))
            count += 1
            guard count & 0xFF == 0 else { continue }
            if monotonicNanoseconds() >= end || pending.count >= Self.pendingErrors { return true }
        }
        return false
    }

    private func entry(_ raw: CSVRecord) throws -> PlanEntry {
        let (offset, line) = (raw.position.byteOffset, raw.position.line)
        switch try context.intake.read(raw) {
        case .continuation: return PlanEntry(offset: offset, line: line, .skip, .continuation)
        case .superseded(let winner):
            // The winner names the product.
            return PlanEntry(offset: offset, line: line, .skip, .superseded, product: winner)
        case .faulty(let faults, let key):
            reject(try context.completed(faults, key: key), raw)
            if named != nil { try name(key ?? context.intake.doubtfulKey(raw)) }
            return PlanEntry(offset: offset, line: line, .reject)
        case .good(let key):
            if let matching {
                guard raw.position.row <= job.state.books.total else { throw Self.changedFile }
                try matching.note(key, context.record.values, row: raw.position.row)
                return .open(offset: offset, line: line)
            }
            guard decision.mayPay(left: job.state.books.total - raw.position.row, products: greatestID) else {
                return try entry(raw, try outlook(key))
            }
            let outlook = try outlook(key, digest)
            try considerMatching(outlook, raw.position.row)
            return try entry(raw, outlook)
        }
    }

    /// What the record that was read last would do, looked up.
    /// - Parameter digest: when it matters whether matching would have told.
    func outlook(
        _ key: UnsafeBufferPointer<UInt8>,
        _ digest: ProductDigest? = nil
    ) throws -> ProductImportStore.Outlook {
        try context.store.outlook(key, context.record.values, walk, limits, digest)
    }

    /// The entry of a record of which is known what it would do.
    func entry(_ raw: CSVRecord, _ outlook: ProductImportStore.Outlook) throws -> PlanEntry {
        if outlook.state == .reject {
            reject([outlook.isOverfull ? context.record.attributesFault : context.record.nameFault], raw)
        }
        if outlook.state == .create || outlook.state == .update { try announceBrand(raw) }
        return entry(offset: raw.position.byteOffset, line: raw.position.line, outlook)
    }

    func entry(offset: Int64, line: Int64, _ outlook: ProductImportStore.Outlook) -> PlanEntry {
        if outlook.productID > 0 { named?.insert(outlook.productID) }
        return PlanEntry(
            offset: offset,
            line: line,
            outlook.state,
            outlook.reason,
            product: outlook.productID,
            version: outlook.version,
            warnings: outlook.warnings
        )
    }

    /// Matches the records that are left if that pays, and if there is room for it.
    private func considerMatching(_ outlook: ProductImportStore.Outlook, _ row: Int64) throws {
        let left = job.state.books.total - row
        guard decision.note(outlook, searches: walk.searches), left > 0 else { return }
        // Beside its own files it writes the plan.
        let needed = ProductMatches.bytes(rows: left, products: greatestID) + left * Int64(PlanEntry.size)
        guard context.hasSpace(needed) else { return }
        matching = try PlanMatching(
            rows: (row + 1)...job.state.books.total,
            digest,
            context.connection,
            products: greatestID,
            folder: job.scratch
        )
    }

    private func announceBrand(_ raw: CSVRecord) throws {
        guard case .text(let brand) = context.record.values[context.store.brandIndex], try brands.isNew(brand) else {
            return
        }
        context.noteNewBrand(raw)
    }

    private func reject(_ faults: [ImportRecord.Fault], _ raw: CSVRecord) {
        for fault in faults { pending.append(context.record.rowError(fault, raw)) }
    }

    private func name(_ key: UnsafeBufferPointer<UInt8>?) throws {
        guard let key, let id = try context.store.productID(key) else { return }
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
            state.rowsPerSecond = context.rowsPerSecond(checked)
        }
        guard !pending.isEmpty || isLast else { return try job.show(show) }
        try job.batch { state in
            let now = job.environment.now()
            for error in pending { try context.errors.add(error, jobID: context.jobID, at: now) }
            try context.flushWarnings(at: now)
            show(&state)
        }
        pending.removeAll(keepingCapacity: true)
        try context.settle(written: 0)
    }

    // MARK: What the file does not name

    private func addMissing() throws {
        guard let named else { return }
        let store = ImportPlanStore(context.connection)
        var last: Int64 = 0
        while true {
            let products = try store.active(after: last, unchangedSince: context.began, limit: 10_000)
            guard let end = products.last else { return }
            for product in products where !named.contains(product.id) {
                try writer.add(
                    PlanEntry(offset: -1, line: 0, .deactivate, product: product.id, version: product.version)
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
        let checkpoint = PlanCheckpoint(path: path, isReviewed: waits)
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
            try job.awaitConfirmation(reason: isTripped ? "guard" : nil, note)
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
