import Database
import Glibc
import Identity
import Jobs
import Support
import Web

/// `GET /health`: whether this installation does its work, for people and for what watches it.
struct Health {
    let folder: DataFolder
    let now: Timestamp

    /// Answered before the router, which needs the database that this is about.
    static let route = AppRoute(
        .get,
        "/health",
        access: .open,
        Operation(
            "Whether everything works: database, spool, job runner, write-ahead log, migrations",
            responses: [200: [.json("Health")], 503: [.json("Health")]]
        )
    ) { _ in throw WebError.notFound }

    /// Less room than this is worth a warning.
    private static let spoolBytes: Int64 = 256 << 20
    /// A log that big means that no checkpoint comes through.
    private static let logBytes: Int64 = 1 << 30
    /// A runner that was silent for longer is gone.
    private static let heartbeatSeconds: Int64 = 60

    /// 200 with `ok` or `degraded`; 503 when the database cannot be read or a migration is pending.
    func response(_ open: () throws -> Connection) -> Response {
        var checks: [JSON.Member] = []
        var isDegraded = false
        func add(_ name: String, _ isFine: Bool, _ detail: String) {
            isDegraded = isDegraded || !isFine
            let status: JSON = .string(isFine ? "ok" : "degraded")
            checks.append(JSON.Member(name, ["status": status, "detail": .string(detail)]))
        }
        do {
            let connection = try open()
            guard try Composition.migrator.isCurrent(connection) else {
                return answer(503, "unavailable", [check("migrations", "pending: run 'bodega migrate up'")])
            }
            checks.append(check("migrations", "current", isFine: true))
            let beat = try EventStore(connection).lastBeat("jobs")
            let age = beat.map { (now.milliseconds - $0.milliseconds) / 1000 }
            let isAlive = age.map { $0 < Self.heartbeatSeconds } ?? false
            checks.insert(check("database", "readable", isFine: true), at: 0)
            add("job_runner", isAlive, age.map { "last seen \($0) s ago" } ?? "not seen yet")
            add("write_ahead_log", connection.logBytes < Self.logBytes, "\(connection.logBytes >> 20) MB")
        } catch {
            return answer(503, "unavailable", [check("database", "cannot be read")])
        }
        let free = Files.freeBytes(at: folder.spool) ?? 0
        add("spool", free >= Self.spoolBytes, "\(free >> 20) MB free")
        return answer(200, isDegraded ? "degraded" : "ok", checks)
    }

    private func check(_ name: String, _ detail: String, isFine: Bool = false) -> JSON.Member {
        JSON.Member(name, ["status": isFine ? "ok" : "unavailable", "detail": .string(detail)])
    }

    private func answer(_ status: Int, _ word: String, _ checks: [JSON.Member]) -> Response {
        var response = Response.json(["status": .string(word), "checks": .object(checks)], status: status)
        response.headers.set("Cache-Control", "no-store")
        if status == 503 { response.headers.set("Retry-After", "5") }
        return response
    }
}
