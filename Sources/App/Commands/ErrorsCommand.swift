import Catalog
import Database
import ImportEngine
import Jobs
import Support

/// `bodega errors JOB FILE`: the failing rows of an import, to be corrected and imported again.
enum ErrorsCommand {
    static let command = Command(
        "errors",
        "write the failing rows of an import to a file, to correct them",
        help: [
            "JOB  the import, as 'bodega import' names it", "FILE  or - for standard output; left out: as -",
            "--data DIR",
            "The file can be imported like any other, or brought back on the import's page.",
        ],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        let id = try arguments.next("JOB")
        let path = arguments.nextOptional() ?? "-"
        try arguments.finish()
        let connection = try data.open(.maintenance)
        guard let job = try JobStore(connection).find(publicID: id), Composition.targets.of(kind: job.kind) != nil
        else {
            throw UsageError("There is no import '\(id)'.")
        }
        let rows = try RowErrorStore(connection).count(jobID: job.id).rows
        let file: FailingRowsFile
        do {
            file = try FailingRowsFile(of: job, connection)
        } catch let error as SystemError {
            throw CommandError(
                "The file of this import is gone or was changed, so its rows cannot be written: \(error)."
            )
        }
        func write(to output: Int32) throws {
            while let part = try file.next(connection, 256 << 10) { try Files.writeAll(part, to: output, path) }
        }
        guard path != "-" else {
            try write(to: 1)
            return 0
        }
        let target = try FileReplacement(Files.absolute(path))
        try write(to: target.descriptor)
        try target.commit()
        print("written: \(rows) failing \(rows == 1 ? "row" : "rows")")
        return 0
    }
}
