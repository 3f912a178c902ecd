import Database
import Support
import Testing

@testable import Jobs

@Suite struct JobQueueTests {
    private let fixture = JobFixture()
    private let queue = ["import", "undo"]

    private func claim(_ connection: Connection, queues: [[String]]) throws -> Job? {
        let store = JobStore(connection)
        return try store.due(at: fixture.now, excluding: [], queues: queues).flatMap {
            try store.claim($0, now: fixture.now)
        }
    }

    @Test func jobsOfOneQueueRunOneAfterAnotherInTheirOrder() throws {
        let connection = try fixture.database()
        let names = ["import", "undo", "other", "import"]
        let jobs = try names.map { try fixture.add(connection, $0) }
        let first = try #require(try claim(connection, queues: [queue]))
        #expect(first.id == jobs[0].id)
        #expect(try claim(connection, queues: [queue])?.id == jobs[2].id, "another kind goes beside")
        #expect(try claim(connection, queues: [queue]) == nil)
        let store = JobStore(connection)
        #expect(try store.noteWaiting(in: queue, at: fixture.now) == 2)
        #expect(try store.noteWaiting(in: queue, at: fixture.now) == 0, "told once")
        let waiting = try find(jobs[1], connection)
        #expect(waiting.waitingReason == "queue" && waiting.waitingFor?.publicID == first.publicID)
        #expect(waiting.json(at: fixture.now)["waiting_for"]?.stringValue == first.publicID)
        try fixture.run(first, connection).finish(.completed)
        let second = try #require(try claim(connection, queues: [queue]))
        #expect(second.id == jobs[1].id && second.waitingReason == nil && second.waitingFor == nil)
        #expect(try store.noteWaiting(in: queue, at: fixture.now) == 1, "the last one waits for another now")
        #expect(try find(jobs[3], connection).waitingFor?.publicID == second.publicID)
        #expect(try claim(connection, queues: [queue]) == nil)
        #expect(try claim(connection, queues: [])?.id == jobs[3].id, "in parallel it need not wait")
    }

    @Test func oneThatLostItsWorkerKeepsItsPlace() throws {
        let connection = try fixture.database()
        let one = try fixture.add(connection, "import")
        let two = try fixture.add(connection, "import")
        #expect(try claim(connection, queues: [])?.id == one.id)
        #expect(try claim(connection, queues: [])?.id == two.id)
        // Both ran in parallel and lost their workers; now they have to queue: the older goes first.
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        let third = try fixture.add(connection, "import")
        let resumed = try #require(try claim(connection, queues: [queue]))
        #expect(resumed.id == one.id)
        #expect(try claim(connection, queues: [queue]) == nil)
        try fixture.run(resumed, connection).finish(.completed)
        #expect(try claim(connection, queues: [queue])?.id == two.id)
        #expect(third.status == .pending)
    }

    @Test func queuesComeFromTheKinds() {
        let kinds = [
            JobKind("a", queue: "q") { _ in }, JobKind("b") { _ in }, JobKind("c", queue: "q") { _ in },
            JobKind("d", queue: "p") { _ in },
        ]
        #expect(kinds.queues == [["d"], ["a", "c"]])
    }

    /// Also when that job was undone, and when that was undone in turn.
    @Test func theSameFileAgainIsNoted() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        let order = JobStore.Order(kind: "import", displayName: "I", fileHash: "h", keepsFile: true, undo: .possible)
        func add(_ order: JobStore.Order) throws -> Job {
            try connection.write {
                try store.add(order, publicID: fixture.environment.makeUUID(), userID: 1, context: fixture.context)
            }
        }
        func end(_ job: Job, _ status: Job.Status = .completed) throws {
            let claimed = try #require(try fixture.claim(connection))
            #expect(claimed.id == job.id)
            try fixture.run(claimed, connection).finish(status)
        }
        func undo(_ job: Job) throws -> Job {
            let undo = try add(JobStore.Order(kind: "undo", displayName: "U", undo: .possible, undoOf: job.id))
            try connection.write { try store.noteUndone(job, by: undo.id, at: fixture.now) }
            try end(undo)
            return undo
        }
        let job = try add(order)
        #expect(job.duplicateOf == nil)
        try end(job)
        let first = try add(order)
        #expect(first.duplicateOf?.publicID == job.publicID)
        try end(first, .cancelled)
        let undone = try undo(job)
        let second = try add(order)
        #expect(second.duplicateOf?.publicID == job.publicID)
        try end(second, .failed)
        _ = try undo(undone)
        #expect(try add(order).duplicateOf?.publicID == job.publicID)
    }
}
