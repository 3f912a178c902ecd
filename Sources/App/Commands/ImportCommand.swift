import AdminKit
import Catalog
import Database
import Glibc
import ImportEngine
import ImportKit
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
            "--map COLUMN=FIELD  may stand several times",
            "--identify sku|handle|COLUMN  what identifies a product; sku when left out",
            "--blank keep|clear|default", "--profile NAME  or none",
            "--mode upsert|create|update|delete", "--duplicates last|first|reject", "--on-error skip|stop",
            "--target NAME  what the rows become; products when left out",
            "--allow-optin 1  lets the file take back that somebody wants no mail", "--missing keep|deactivate",
            "--guard on|off", "--ragged fill|refuse", "--review  show the plan and ask",
            "--yes  do not ask, go on", "--json  the job and its first problems as the API has them, and nothing else",
            "--delimiter comma|semicolon|tab|pipe  found out when left out, as are the next three",
            "--quote double|single|none",
            "--encoding NAME  utf-8, windows-1252, windows-1250, shift_jis … (any label of the WHATWG standard)",
            "--sheet NAME  of a workbook", "--items NAME  where the list of objects stands in a JSON file",
            "--header-row N  the line with the names of the columns; found out when left out",
            "Ends with 0 when no row failed, with 2 when some did or the plan was not agreed to, else with 1 or 64.",
        ],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        do {
            return try start(&arguments, data)
        } catch let error as DatabaseError where error.isDamage {
            throw error
        } catch let error as DatabaseError where !error.isBusy {
            throw CommandError("The database could not be read or written: \(error.message). \(again)")
        } catch let error as DatabaseError {
            throw CommandError("\(error.message). \(again)")
        } catch let error as SystemError {
            throw CommandError("\(told(error, data)). \(again)")
        }
    }

    /// What helps when the machine failed.
    private static let again =
        "What was imported stays; run the same command again to go on: rows that have not changed are left alone."

    /// Without the names that we give to files while we work: those who read it have never heard of them.
    private static func told(_ error: SystemError, _ data: DataFolder) -> SystemError {
        let words = error.operation.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.hasPrefix("\(data.path)/") ? "a working file in \(data.path)" : String(word)
        }
        return SystemError(words.joined(separator: " "), code: error.code)
    }

    private static func start(_ arguments: inout Arguments, _ data: DataFolder) throws -> Int32 {
        var options = try chosen(&arguments)
        options.review = arguments.flag("review")
        let (isAgreed, isJSON) = (arguments.flag("yes"), arguments.flag("json"))
        options.mapping.columns = try arguments.options("map").map { try column($0, options.target) }
        options.profile = try arguments.option("profile")
        let name = try arguments.next("FILE")
        let path = Files.absolute(name)
        try arguments.finish()
        let file = try open(path)
        let size = Int64(lseek(file.raw, 0, SEEK_END))
        let connection = try data.open(.importer)
        let report = ImportReport(connection: connection, data: data, isJSON: isJSON)
        let publicID = data.environment.makeUUID()
        let parameters: JSON
        do {
            let (head, use) = try ImportHeader.read(file.raw, 0..<size, &options, connection, scratch: data.scratch)
            if !isAgreed { try askEncoding(file.raw, 0..<size, head.format) }
            let identity = try IdentityProposal.find(file.raw, 0..<size, head, options, use, scratch: data.scratch)
            if let identity { try take(identity, &options, isAgreed: isAgreed) }
            let source = ImportJob.Source(
                ownFile: path,
                companion: "\(data.scratch)/\(publicID)",
                range: 0..<size,
                format: head.format,
                identity: try SourceIdentity(file.raw, 0..<size),
                in: connection.folder
            )
            let columns = try ImportHeader.columns(head.headers, options, in: head.format)
            parameters = source.parameters(columns, use, identity: identity)
            if let use { report.say("profile \(use.profile.name) (\(use.reason.rawValue))") }
        } catch let error as WebError {
            guard isJSON else { throw ImportRefusal.error(error, file: name) }
            print(ImportRefusal.json(error).text)
            return 64
        }
        return try work(
            parameters,
            options,
            publicID,
            name: String(path.split(separator: "/").last ?? "import"),
            report,
            isAgreed: isAgreed
        )
    }

    /// `COLUMN=FIELD`, where the name of the column may hold the sign too.
    private static func column(_ pair: String, _ target: ImportTarget) throws(UsageError) -> ImportMapping.Column {
        let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { throw UsageError("--map takes COLUMN=FIELD, not '\(pair)'.") }
        for split in (1..<parts.count).reversed() {
            let (name, field) = (parts[..<split].joined(separator: "="), parts[split...].joined(separator: "="))
            if let meaning = ImportMapping.Target(name: field, in: target) {
                return ImportMapping.Column(name, meaning)
            }
        }
        let names = ImportMapping.Target.names(of: target).joined(separator: ", ")
        throw UsageError("There is no field '\(parts[parts.count - 1])'. There are \(names), and attribute:NAME.")
    }

    /// The file, open for reading.
    private static func open(_ path: String) throws -> OwnedDescriptor {
        let file: OwnedDescriptor
        do {
            // A pipe without a writer would be waited for.
            file = try Files.open(path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw UsageError("The file cannot be read by the user with id \(geteuid()): \(error).")
        }
        var info = stat()
        guard fstat(file.raw, &info) == 0 else { throw SystemError("look at \(path)") }
        let kind: String? =
            switch info.st_mode & S_IFMT {
            case S_IFREG: nil
            case S_IFDIR: "a folder"
            case S_IFIFO: "a pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        if let kind {
            throw UsageError(
                """
                \(path) is \(kind), and an import reads its file more than once. Save what comes from there as a \
                file, then import that.
                """
            )
        }
        return file
    }

    /// Shows the text in the likely encodings when the file does not tell which is right.
    ///
    /// Throws `CommandError` then: only a person can tell, and the same command with one more word does it.
    private static func askEncoding(_ file: Int32, _ range: Range<Int64>, _ format: TableFormat) throws {
        guard !format.likelyEncodings.isEmpty else { return }
        let samples = try EncodingSample.read(file, range, format, in: format.likelyEncodings)
        let width = samples.map(\.encoding.rawValue.count).max() ?? 0
        let lines = samples.map { sample in
            let gap = String(repeating: " ", count: width - sample.encoding.rawValue.count)
            return "  --encoding \(sample.encoding.rawValue)\(gap)  \(sample.texts.joined(separator: " | "))"
        }
        throw CommandError(
            """
            The file does not tell for certain which letters it means. These are some of its texts, read in \
            \(samples.count) ways; run the command again with the line that is right, or with --yes for the first:
            \(lines.joined(separator: "\n"))
            """
        )
    }

    /// Says how the SKUs are made. Where that is only proposed it is asked with the plan, or must be said.
    private static func take(_ identity: IdentityProposal, _ options: inout ImportOptions, isAgreed: Bool) throws {
        let examples = identity.examples.map(\.sku).joined(separator: ", ")
        guard !identity.isProposed || isAgreed || options.review else {
            throw CommandError(
                """
                The products of the file have no SKUs. They can be made of \(identity.source), as in \(examples): \
                run the command again with --identify \(identity.identity.text), or with --identify COLUMN for another \
                column that identifies a product. Nothing was imported.
                """
            )
        }
        options.identify = identity.identity
        print("SKUs are made of \(identity.source): \(examples)")
        if let check = identity.check { print(check.sentence) }
    }

    /// The choices that the upload knows too, under the same names.
    private static func chosen(_ arguments: inout Arguments) throws -> ImportOptions {
        var fields = Fields()
        let reading = TableChoices.optionNames.map { String($0.map { $0 == "_" ? "-" : $0 }) }
        let choices = ["mode", "blank", "duplicates", "on-error", "missing", "ragged", "guard", "identify", "target"]
        for name in choices + ["allow-optin"] + reading {
            guard let value = try arguments.option(name) else { continue }
            fields.append(name.split(separator: "-").joined(separator: "_"), value)
        }
        do {
            return try ImportOptions(fields, Composition.targets)
        } catch let error as WebError {
            throw UsageError("--\(error.problems.first?.detail ?? error.detail)")
        }
    }

    private static func work(
        _ parameters: JSON,
        _ options: ImportOptions,
        _ publicID: String,
        name: String,
        _ report: ImportReport,
        isAgreed: Bool
    ) throws -> Int32 {
        let (connection, data) = (report.connection, report.data)
        let order = JobStore.Order(
            kind: options.target.jobKind,
            displayName: "Import of \(name)",
            filename: name,
            parameters: parameters,
            options: options.json,
            undo: .possible
        )
        let place = FolderPlace(data)
        let wasWhole = (try? place.noteWork()) ?? false
        defer { if wasWhole, PidFile.holder(data.pidFile) == nil { try? place.noteEnd() } }
        let job = try JobStore(connection).addClaimed(order, publicID: publicID, now: data.clock.now())
        let indexer = try Spawn(
            executable: "/proc/self/exe",
            arguments: ["bodega", "index", "--data", data.path]
        ).start()
        defer {
            indexer.send(SIGTERM)
            _ = indexer.wait(milliseconds: 5000)
        }
        let code = try perform(job, report)
        guard let ended = try JobStore(connection).find(job.id) else { return 1 }
        guard ended.canConfirm else { return try finish(ended, code, report) }
        return try ask(ended, report, isAgreed: isAgreed)
    }

    private static func perform(_ job: Job, _ report: ImportReport) throws -> Int32 {
        let (connection, data, bar) = (report.connection, report.data, ImportProgress())
        let run = JobRun(job, connection: connection, environment: data.environment, scratch: data.scratch)
        run.observe = { bar.show($0) }
        defer { bar.end() }
        return try JobWork.perform(
            run,
            kinds: Composition.jobs.kinds,
            log: Log(component: "import", threshold: .error, spool: data.logSpool, now: run.environment.now)
        )
    }

    /// Shows the plan, and goes on with it when the user agrees. Without an answer nothing is changed.
    private static func ask(_ job: Job, _ report: ImportReport, isAgreed: Bool) throws -> Int32 {
        let store = JobStore(report.connection)
        guard let plan = try PlanText(job, report.connection, Composition.targets, Composition.jobs) else {
            throw CommandError("The plan cannot be read. Nothing was imported; run the import again.")
        }
        report.say(plan.text)
        let mayAsk = isTerminal(0) && !report.isJSON
        guard isAgreed || (mayAsk && answersYes(plan.question)) else {
            let outcome = try store.cancel(job, context: WriteContext(actor: .system, now: report.data.clock.now()))
            if report.isJSON, case .done(let discarded) = outcome { _ = try report.end(discarded) }
            let reason =
                mayAsk ? "Discarded." : "This import asks first, and there is no terminal to ask: use --yes to go on."
            report.say("\(reason) Nothing was imported.")
            return mayAsk ? 0 : 2
        }
        guard let claimed = try store.confirmClaimed(job, now: report.data.clock.now()) else {
            throw CommandError("Another user has answered for this import meanwhile.")
        }
        let code = try perform(claimed, report)
        return try finish(try store.find(job.id) ?? claimed, code, report)
    }

    /// - Returns: the exit status: 1 also for an import that is not over.
    private static func finish(_ job: Job, _ code: Int32, _ report: ImportReport) throws -> Int32 {
        let status = try report.end(job)
        for warning in try ImportWarningSummary(report.connection, jobID: job.id).ofTheFile {
            report.say("Warning: \(warning)")
        }
        guard !job.status.isFinal else { return status }
        let reason = isOutOfSpace(job, code) ? "The disk is full. Make room." : "The import stopped."
        report.say("\(reason) A Bodega that runs goes on with it by itself. \(again)")
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
