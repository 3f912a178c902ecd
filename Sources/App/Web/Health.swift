import Database
import Glibc
import Identity
import Jobs
import Process
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
    private static let spoolFiles: Int64 = 1000
    /// A log that big means that no checkpoint comes through.
    private static let logBytes: Int64 = 1 << 30
    /// A runner that was silent for longer is gone.
    private static let heartbeatSeconds: Int64 = 60

    private static let suspected = """
        A damaged page was met in the database file, and the file is being looked through. If this stays, run \
        'bodega check'.
        """

    /// 200 with `ok` or `degraded`; 503 when the database cannot be read or a migration is pending.
    func response(_ open: () throws -> Connection) -> Response {
        var checks: [JSON.Member] = []
        var isDegraded = false
        func add(_ name: String, _ isFine: Bool, _ detail: String) {
            isDegraded = isDegraded || !isFine
            let status: JSON = .string(isFine ? "ok" : "degraded")
            checks.append(JSON.Member(name, ["status": status, "detail": .string(detail)]))
        }
        let damage = DamageMark(database: folder.database).read()
        if let damage {
            add(CheckCommand.alert, false, damage.state == .confirmed ? CheckCommand.advice : Self.suspected)
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
            try addSender(connection, add)
            add("write_ahead_log", connection.logBytes < Self.logBytes, "\(connection.logBytes >> 20) MB")
            if let complaint = GateHealth.complaint(folder) { add("writer_gate", false, complaint) }
            if Vitals(of: getppid())?.isStopped == true {
                add("supervisor", false, "A signal has stopped it; 'kill -CONT \(getppid())' lets it go on.")
            }
            for alert in try AlertStore(connection).standing(at: now)
            where damage == nil || alert.name != CheckCommand.alert { add(alert.name, false, alert.detail) }
        } catch {
            return answer(503, "unavailable", [check("database", "cannot be read")] + checks)
        }
        let free = Files.room(at: folder.spool) ?? (0, nil)
        let files = free.files.map { $0 < Self.spoolFiles ? ", room for \($0) more files" : "" } ?? ""
        add("spool", free.bytes >= Self.spoolBytes && files.isEmpty, "\(free.bytes >> 20) MB free\(files)")
        return answer(200, isDegraded ? "degraded" : "ok", checks)
    }

    /// The sender of webhooks, where events are sent at all.
    private func addSender(_ connection: Connection, _ add: (String, Bool, String) -> Void) throws {
        let beat = try EventStore(connection).lastBeat(DeliverCommand.name)
        guard let beat else { return add("webhook_sender", false, "not seen yet") }
        let age = (now.milliseconds - beat.milliseconds) / 1000
        add("webhook_sender", age < Self.heartbeatSeconds, "last seen \(age) s ago")
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
