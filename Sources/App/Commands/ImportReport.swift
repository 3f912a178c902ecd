import Catalog
import Database
import Jobs
import Support
import Web

/// What `bodega import` says of its end: for people, or for programs as the API says it.
struct ImportReport {
    let connection: Connection
    let data: DataFolder
    let isJSON: Bool

    /// How many problems are named.
    private static let problems = 10

    /// Something on the way that only people want to know.
    func say(_ text: String) {
        if !isJSON { print(text) }
    }

    /// - Returns: 2 when rows failed, 0 when all is well, 1 for an import that failed.
    func end(_ job: Job) throws -> Int32 {
        let found = try RowErrorStore(connection).list(jobID: job.id, limit: Self.problems).map(\.error)
        isJSON ? print(json(job, found).text) : tell(job, found)
        guard job.status == .completed else { return 1 }
        return job.books.failed > 0 ? 2 : 0
    }

    /// The job as `GET /api/jobs/{id}` has it, with its first problems as `GET /api/jobs/{id}/errors` has them.
    private func json(_ job: Job, _ found: [RowError]) -> JSON {
        let errors = JSON.Member("errors", .array(found.map(\.json)))
        return .object((job.json(at: data.clock.now()).members ?? []) + [errors])
    }

    private func tell(_ job: Job, _ found: [RowError]) {
        let books = job.books
        print("\(job.status.rawValue): \(books.processed) of \(books.total) rows")
        for (name, value) in [
            ("created", books.created), ("updated", books.updated), ("unchanged", books.unchanged),
            ("skipped", books.skipped), ("failed", books.failed),
        ] {
            print("  \(name): \(value)")
        }
        if let held = job.result?["held_back"]?.intValue, held > 0 {
            print("  left as they are because they were edited after the check: \(held)")
        }
        if let peak = job.peakMemoryBytes { print("  peak memory: \(peak / 1_048_576) MB") }
        if let message = job.errorMessage { print(message) }
        if !found.isEmpty { tell(found, of: job) }
    }

    private func tell(_ found: [RowError], of job: Job) {
        print(found.count == 1 ? "The problem:" : "The first problems:")
        for error in found { print("  \(Self.line(error))") }
        guard job.books.failed > 0 else { return }
        print(
            """
            All failing rows as a file, to correct and to import again (or to bring back on the import's page):
              bodega errors \(job.publicID) errors.csv --data \(ShellWord.quoted(data.path))
            """
        )
    }

    /// `line 14: price “12,99 USD”: The price is not …`, which cannot steer the terminal.
    private static func line(_ error: RowError) -> String {
        let place = error.line > 0 ? "line \(error.line)" : "entry \(error.row)"
        let value = error.value.map { $0.isEmpty ? " (empty)" : " “\(String($0.prefix(60)))”" } ?? ""
        let column = error.column.map { " \($0)\(value):" } ?? ""
        let text = "\(place):\(column) \(error.message)"
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }
}

/// A refusal of an import before it is one, as a person at a terminal or a program is told of it.
enum ImportRefusal {
    /// - Parameter file: as it was named.
    static func error(_ error: WebError, file: String) -> UsageError {
        guard error.code == "no_sku_column", let headers = texts("headers", of: error), !headers.isEmpty else {
            return UsageError(error.detail)
        }
        let names = headers.enumerated().map { $1.isEmpty ? "#\($0 + 1)" : $1 }
        let likely = texts("columns", of: error)?.first ?? likely(names)
        return UsageError(
            """
            \(error.detail) The columns of the file are:
            \(names.map { "  \(printable($0))" }.joined(separator: "\n"))
            Say which one holds the SKU, for example:
              bodega import \(ShellWord.quoted(file)) --map \(ShellWord.quoted("\(printable(likely))=sku"))

            """
        )
    }

    /// The same for programs, as the API answers it.
    static func json(_ error: WebError) -> JSON {
        .object(
            [
                JSON.Member("status", .int(Int64(error.status))), JSON.Member("code", .optional(error.code)),
                JSON.Member("detail", .string(error.detail)),
            ] + error.members
        )
    }

    private static func texts(_ member: String, of error: WebError) -> [String]? {
        error.members.first { $0.name == member }?.value.arrayValue?.compactMap(\.stringValue)
    }

    /// A name that sounds like one of products' numbers, else the first.
    private static func likely(_ names: [String]) -> String {
        let sounds = ["sku", "art", "item", "ref", "code", "nr", "no", "num", "id"]
        let lower = names.map { $0.lowercased() }
        let found = sounds.lazy.compactMap { sound in lower.firstIndex { $0.contains(sound) } }.first
        return names[found ?? 0]
    }

    private static func printable(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }
}

/// A word of a command line that can be copied into a shell.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard !isPlain else { return word }
        return "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
