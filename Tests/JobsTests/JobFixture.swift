import Database
import Support
import Synchronization
import TestSupport

@testable import Jobs

/// A migrated database in memory with a clock that stands still.
final class JobFixture: Sendable {
    private let milliseconds = Atomic<Int64>(1_000_000)

    var now: Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }
    var environment: Environment { Environment(now: { self.now }, random: randomBytes) }
    var context: WriteContext { WriteContext(actor: .user(1), requestID: "r1", now: now) }

    func advance(seconds: Int64) { milliseconds.add(seconds * 1000, ordering: .relaxed) }

    func database() throws -> Connection {
        let connection = try Connection.inMemory()
        try Migrator(JobsSchema.migrations + AuditSchema.migrations + SeenTimeSchema.migrations).up(
            connection,
            now: now
        )
        return connection
    }

    func add(_ connection: Connection, _ kind: String = "test", name: String = "A test") throws -> Job {
        let order = JobStore.Order(kind: kind, displayName: name, filename: "a.csv", options: ["mode": "upsert"])
        return try connection.write {
            try JobStore(connection).add(order, publicID: environment.makeUUID(), userID: 1, context: context)
        }
    }

    /// Claims what is due.
    func claim(_ connection: Connection) throws -> Job? {
        let store = JobStore(connection)
        return try store.due(at: now, excluding: []).flatMap { try store.claim($0, now: now) }
    }

    func run(_ job: Job, _ connection: Connection, failpoints: String? = nil) -> JobRun {
        JobRun(
            job,
            connection: connection,
            environment: environment,
            scratch: "/tmp",
            failpoints: Failpoints(failpoints)
        )
    }
}

func find(_ job: Job, _ connection: Connection) throws -> Job {
    guard let found = try JobStore(connection).find(job.id) else { throw DatabaseError(.misuse, "the job is gone") }
    return found
}

func events(_ connection: Connection, _ job: Job) throws -> [String] {
    try EventStore(connection).after(.start).filter { $0.topic == "job:\(job.publicID)" }.map { event in
        let status = try JSON.parse(event.data)["status"]?.stringValue ?? ""
        return "\(event.type) \(status)"
    }
}
