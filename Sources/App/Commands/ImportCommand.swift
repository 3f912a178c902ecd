import Catalog
import Database
import Glibc
import Jobs
import Process
import Support
import Web

/// `bodega import FILE`: the import job in the foreground, with a progress bar.
enum ImportCommand {
    static let command = Command(
        "import",
        "import a product file, here and now",
        help: [
            "FILE", "--data DIR", "--map COLUMN=FIELD  may stand several times", "--blank keep|clear|default",
            "--profile NAME  or none",
        ],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        var options = ImportOptions()
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
        if let blank = try arguments.option("blank") {
            guard let choice = ImportOptions.Blank(rawValue: blank) else {
                throw UsageError("--blank takes keep, clear or default.")
            }
            options.blank = choice
        }
        let path = Files.absolute(try arguments.next("FILE"))
        try arguments.finish()
        guard let size = Files.size(path), let file = try? Files.open(path, O_RDONLY) else {
            throw UsageError("\(path) cannot be read.")
        }
        let source = ProductImport.Source(path: path, range: 0..<size)
        let connection = try data.open(.importer)
        let parameters: JSON
        do {
            let headers = try ImportHeader.names(file.raw, source.range)
            let use = try ImportHeader.prepare(headers, &options, connection)
            parameters = source.parameters(try ImportHeader.columns(headers, options.mapping), use)
            if let use { print("profile \(use.profile.name) (\(use.reason.rawValue))") }
        } catch let error as WebError {
            throw UsageError(error.detail)
        }
        return try work(
            parameters,
            options,
            name: String(path.split(separator: "/").last ?? "import"),
            data,
            connection
        )
    }

    private static func work(
        _ parameters: JSON,
        _ options: ImportOptions,
        name: String,
        _ data: DataFolder,
        _ connection: Connection
    ) throws -> Int32 {
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import of \(name)",
            filename: name,
            parameters: parameters,
            options: options.json,
            undo: .possible
        )
        let job = try JobStore(connection).addClaimed(order, publicID: Environment.live.makeUUID(), now: .now())
        let indexer = try Spawn(
            executable: "/proc/self/exe",
            arguments: ["bodega", "index", "--data", data.path]
        ).start()
        defer {
            indexer.send(SIGTERM)
            _ = indexer.wait(milliseconds: 5000)
        }
        let run = JobRun(job, connection: connection, environment: .live, scratch: data.scratch)
        let bar = ProgressBar()
        run.observe = { bar.show($0) }
        let code = try JobWork.perform(
            run,
            kinds: Composition.jobKinds,
            log: Log(component: "import", threshold: .error)
        )
        bar.end()
        guard let ended = try JobStore(connection).find(job.id) else { return 1 }
        bar.summary(ended)
        return code
    }
}

/// One line on a terminal that shows how far an import is; plain lines elsewhere.
private final class ProgressBar {
    private let isTerminal = isatty(2) != 0
    private var last: UInt64 = 0

    func show(_ state: JobRun.State) {
        let now = monotonicNanoseconds()
        guard now - last > (isTerminal ? 100_000_000 : 5_000_000_000) else { return }
        last = now
        let books = state.books
        let share = books.total > 0 ? Int(books.processed * 40 / books.total) : 0
        let bar = String(repeating: "#", count: share) + String(repeating: ".", count: 40 - share)
        let rate = state.rowsPerSecond.map { ", \(Int($0)) rows/s" } ?? ""
        let line = "\(state.stage ?? "") [\(bar)] \(books.processed) of \(books.total)\(rate)"
        put(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
    }

    func end() {
        if isTerminal { put("\r\u{1B}[K") }
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
