import Catalog
import Database
import Glibc
import Money
import Process
import Records
import Support

/// `bodega migrate`: the schema up, down, and what stands.
enum MigrateCommand {
    static let command = Command(
        "migrate",
        "bring the database's schema up to date",
        help: ["up | status | check | down", "--data DIR", "--steps N  how many to take back (1)"],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        let steps = try arguments.int("steps", in: 1...1000) ?? 1
        let action = try arguments.next("up, status, check or down")
        try arguments.finish()
        guard ["up", "status", "check", "down"].contains(action) else {
            throw UsageError("'\(action)' is none of up, status, check and down.")
        }
        if action == "up" { try data.make() }
        // A table that is made anew is bulk work: sorted on the disk, and not overwritten when it goes.
        let isChange = action == "up" || action == "down"
        let connection = try Connection(path: data.database, role: isChange ? .importer : .maintenance)
        switch action {
        case "up": try up(connection, now: data.clock.now())
        case "down":
            let ids = try Composition.migrator.down(connection, steps: steps, onWait: sayWait)
            for id in ids { print("taken back: \(id)") }
        default: return try status(connection, quiet: action == "check")
        }
        return 0
    }

    private static func up(_ connection: Connection, now: Timestamp) throws {
        for id in try Composition.migrator.up(connection, now: now, onWait: sayWait) { print("applied: \(id)") }
        try CurrencyStore(connection).fixCurrency(currency(), at: now)
    }

    private static func sayWait(_ pid: Int32?) {
        let other = pid.map { " (process \($0))" } ?? ""
        let text = Array("Another 'bodega migrate'\(other) changes the schema; waiting for its end.\n".utf8)
        _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    /// From `BODEGA_CURRENCY`, e.g. `EUR` or `JPY/0`; read at the first start only.
    private static func currency() throws -> Currency {
        guard let text = environmentVariable("BODEGA_CURRENCY") else { return .euro }
        let parts = text.split(separator: "/").map(String.init)
        guard let code = parts.first, code.count == 3, code.allSatisfy({ $0.isASCII && $0.isUppercase }),
            let exponent = Int(parts.count > 1 ? parts[1] : "2"), (0...4).contains(exponent)
        else { throw UsageError("BODEGA_CURRENCY takes a code and its decimals, like EUR/2, not '\(text)'.") }
        return Currency(code: code, exponent: exponent)
    }

    /// - Returns: 0 when nothing is pending, else 2.
    private static func status(_ connection: Connection, quiet: Bool) throws -> Int32 {
        let all = try Composition.migrator.status(connection)
        for entry in all where !quiet || entry.appliedAt == nil {
            print("\(entry.appliedAt?.rfc3339 ?? "pending                 ")  \(entry.id)")
        }
        return all.allSatisfy { $0.appliedAt != nil } ? 0 : 2
    }
}
