import Catalog
import Database
import Glibc
import Jobs
import Process
import Support
import Tables
import Web

/// `bodega import FILE`: the import job in the foreground, with a progress bar.
enum ImportCommand {
    static let command = Command(
        "import",
        "import a product file, here and now",
        help: [
            "FILE  .csv, .tsv, .txt, also as .gz or .zip, .xlsx, .ndjson or .json", "--data DIR",
            "--map COLUMN=FIELD  may stand several times", "--blank keep|clear|default", "--profile NAME  or none",
            "--mode upsert|create|update|delete", "--duplicates last|first|reject", "--on-error skip|stop",
            "--missing keep|deactivate", "--guard on|off", "--review  show the plan and ask",
            "--yes  do not ask, go on",
            "--delimiter comma|semicolon|tab|pipe  found out when left out, as are the next three",
            "--quote double|single|none", "--encoding utf-8|utf-16le|utf-16be|windows-1252|iso-8859-1", "--sheet NAME",
            "--header-row N  the line with the names of the columns; found out when left out",
        ],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        do {
            return try start(&arguments)
        } catch let error as DatabaseError where !error.isBusy {
            throw CommandError("The database could not be read or written: \(error.message). \(again)")
        } catch let error as DatabaseError {
            throw CommandError("\(error.message). \(again)")
        } catch let error as SystemError {
            throw CommandError("\(error). \(again)")
        }
    }

    /// What helps when the machine failed.
    private static let again =
        "What was imported stays; run the same command again to go on: rows that have not changed are left alone."

    private static func start(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        var options = try chosen(&arguments)
        options.review = arguments.flag("review")
        let isAgreed = arguments.flag("yes")
        for pair in try arguments.options("map") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw UsageError("--map takes COLUMN=FIELD, not '\(pair)'.") }
            guard let target = ImportMapping.Target(name: parts[1]) else {
                let names = ImportMapping.Target.names.joined(separator: ", ")
                throw UsageError("There is no field '\(parts[1])'. There are \(names), and attribute:NAME.")
            }
            options.mapping.columns.append(ImportMapping.Column(parts[0], target))
        }
        options.profile = try arguments.option("profile")
        let path = Files.absolute(try arguments.next("FILE"))
        try arguments.finish()
        guard let size = Files.size(path), let file = try? Files.open(path, O_RDONLY) else {
            let error = SystemError("open \(path)")
            throw UsageError("The file cannot be read by the user with id \(geteuid()): \(error).")
        }
        let connection = try data.open(.importer)
        let publicID = Environment.live.makeUUID()
        let parameters: JSON
        do {
            let (head, use) = try ImportHeader.read(file.raw, 0..<size, &options, connection, scratch: data.scratch)
            let source = ProductImport.Source(
                path: path,
                range: 0..<size,
                format: head.format,
                companion: "\(data.scratch)/\(publicID)"
            )
            parameters = source.parameters(try ImportHeader.columns(head.headers, options.mapping), use)
            if let use { print("profile \(use.profile.name) (\(use.reason.rawValue))") }
        } catch let error as WebError {
            throw UsageError(error.detail)
        }
        return try work(
            parameters,
            options,
            publicID,
            name: String(path.split(separator: "/").last ?? "import"),
            data,
            connection,
            isAgreed: isAgreed
        )
    }

    /// The choices that the upload knows too, under the same names.
    private static func chosen(_ arguments: inout Arguments) throws -> ImportOptions {
        var fields = Fields()
        let reading = TableChoices.optionNames.map { String($0.map { $0 == "_" ? "-" : $0 }) }
        for name in ["mode", "blank", "duplicates", "on-error", "missing", "guard"] + reading {
            guard let value = try arguments.option(name) else { continue }
            fields.append(name.split(separator: "-").joined(separator: "_"), value)
        }
        do {
            return try ImportOptions(fields)
        } catch let error as WebError {
            throw UsageError("--\(error.problems.first?.detail ?? error.detail)")
        }
    }

    private static func work(
        _ parameters: JSON,
        _ options: ImportOptions,
        _ publicID: String,
        name: String,
        _ data: DataFolder,
        _ connection: Connection,
        isAgreed: Bool
    ) throws -> Int32 {
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import of \(name)",
            filename: name,
            parameters: parameters,
            options: options.json,
            undo: .possible
        )
        let job = try JobStore(connection).addClaimed(order, publicID: publicID, now: .now())
        let indexer = try Spawn(
            executable: "/proc/self/exe",
            arguments: ["bodega", "index", "--data", data.path]
        ).start()
        defer {
            indexer.send(SIGTERM)
            _ = indexer.wait(milliseconds: 5000)
        }
        let bar = ProgressBar()
        let code = try perform(job, connection, data, bar)
        guard let ended = try JobStore(connection).find(job.id) else { return 1 }
        guard ended.canConfirm else { return finish(ended, code, bar) }
        return try ask(ended, connection, data, bar, isAgreed: isAgreed)
    }

    private static func perform(
        _ job: Job,
        _ connection: Connection,
        _ data: DataFolder,
        _ bar: ProgressBar
    ) throws -> Int32 {
        let run = JobRun(job, connection: connection, environment: .live, scratch: data.scratch)
        run.observe = { bar.show($0) }
        defer { bar.end() }
        return try JobWork.perform(
            run,
            kinds: Composition.jobKinds,
            log: Log(component: "import", threshold: .error, spool: data.logSpool)
        )
    }

    /// Shows the plan, and goes on with it when somebody agrees. Without an answer nothing is changed.
    private static func ask(
        _ job: Job,
        _ connection: Connection,
        _ data: DataFolder,
        _ bar: ProgressBar,
        isAgreed: Bool
    ) throws -> Int32 {
        let store = JobStore(connection)
        guard let plan = try PlanText(job, connection) else {
            throw CommandError("The plan cannot be read. Nothing was imported; run the import again.")
        }
        print(plan.text)
        guard isAgreed || (isTerminal(0) && answersYes(plan.question)) else {
            _ = try store.cancel(job, context: WriteContext(actor: .system, now: .now()))
            let reason =
                isTerminal(0)
                ? "Discarded." : "This import asks first, and there is no terminal to ask: use --yes to go on."
            print("\(reason) Nothing was imported.")
            return isTerminal(0) ? 0 : 2
        }
        guard let claimed = try store.confirmClaimed(job, now: .now()) else {
            throw CommandError("Somebody else has answered for this import meanwhile.")
        }
        let code = try perform(claimed, connection, data, bar)
        return finish(try store.find(job.id) ?? claimed, code, bar)
    }

    /// - Returns: the exit status: 1 also for an import that is not over.
    private static func finish(_ job: Job, _ code: Int32, _ bar: ProgressBar) -> Int32 {
        bar.summary(job)
        guard !job.status.isFinal else { return code }
        let reason = isOutOfSpace(job, code) ? "The disk is full. Make room." : "The import stopped."
        print("\(reason) A Bodega that runs goes on with it by itself. \(again)")
        return 1
    }

    private static func isOutOfSpace(_ job: Job, _ code: Int32) -> Bool {
        job.waitingReason == "disk_full" || code == JobWork.temporaryFailure
    }

    private static func answersYes(_ question: String) -> Bool {
        print("\(question) [y/N] ", terminator: "")
        fflush(nil)
        let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}

/// Whether there is a terminal, or something that stands for one: root's command hands none on, and says where it was.
private func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) != 0 || environmentVariable("BODEGA_TERMINAL")?.contains("\(descriptor)") ?? false
}

/// One line on a terminal that shows how far an import is; plain lines elsewhere.
private final class ProgressBar {
    private let isLive = isTerminal(2)
    private var last: UInt64 = 0

    func show(_ state: JobRun.State) {
        let now = monotonicNanoseconds()
        guard now - last > (isLive ? 100_000_000 : 5_000_000_000) else { return }
        last = now
        let books = state.books
        let share = books.total > 0 ? Int(books.processed * 40 / books.total) : 0
        let bar = String(repeating: "#", count: share) + String(repeating: ".", count: 40 - share)
        let rate = state.rowsPerSecond.map { ", \(Int($0)) rows/s" } ?? ""
        let line = "\(state.stage ?? "") [\(bar)] \(books.processed) of \(books.total)\(rate)"
        put(isLive ? "\r\u{1B}[K\(line)" : "\(line)\n")
    }

    func end() {
        if isLive { put("\r\u{1B}[K") }
    }

    func summary(_ job: Job) {
        let books = job.books
        print("\(job.status.rawValue): \(books.processed) of \(books.total) rows")
        for (name, value) in [
            ("created", books.created), ("updated", books.updated), ("unchanged", books.unchanged),
            ("skipped", books.skipped), ("failed", books.failed),
        ] {
            print("  \(name): \(value)")
        }
        if let peak = job.peakMemoryBytes { print("  peak memory: \(peak / 1_048_576) MB") }
        if let message = job.errorMessage { print(message) }
    }

    private func put(_ text: String) {
        try? Files.writeAll(Array(text.utf8), to: 2, "the terminal")
    }
}
