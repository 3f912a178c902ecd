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

    @Test func aRestartBeginsAnew() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        let order = JobStore.Order(kind: "import", displayName: "I", fileHash: "h", keepsFile: true, undo: .possible)
        func add() throws -> Job {
            try connection.write {
                try store.add(order, publicID: fixture.environment.makeUUID(), userID: 1, context: fixture.context)
            }
        }
        let job = try add()
        #expect(try add().duplicateOf?.publicID == job.publicID)
        let claimed = try #require(try fixture.claim(connection))
        guard case .wrongState = try store.restart(job, context: fixture.context) else {
            Issue.record("restarted while it runs")
            return
        }
        let run = fixture.run(claimed, connection)
        try run.batch { state in
            (state.books.total, state.books.processed, state.books.created) = (2, 2, 2)
            state.checkpoint = ["row": 2]
        }
        try run.finish(.completed, result: ["x": 1])
        let ended = try find(job, connection)
        #expect(ended.canUndo && ended.canRestart)
        let outcome = try store.restart(ended, context: fixture.context) { _ in ["new": true] }
        guard case .done(let again) = outcome else {
            Issue.record("not restarted")
            return
        }
        #expect(again.status == .pending && again.books == Books() && again.checkpoint == nil && again.result == nil)
        #expect(again.parameters == ["new": true] && again.earlierChanges == 2 && again.attempt == 1)
    }
}
