import Database
import Support
import Testing

@testable import Jobs

@Suite struct JobControlTests {
    private let fixture = JobFixture()

    /// A job in the given state.
    private func job(_ status: Job.Status, _ connection: Connection) throws -> Job {
        var job = try fixture.add(connection)
        if status != .pending, status != .awaitingConfirmation {
            job = try #require(try fixture.claim(connection))
            if status.isFinal {
                try fixture.run(job, connection).finish(status, message: status == .failed ? "why" : nil)
            }
        }
        try connection.write {
            try connection.execute("UPDATE job SET status = \(status.rawValue) WHERE id = \(job.id)")
        }
        return try find(job, connection)
    }

    @Test(arguments: Job.Status.allCases)
    func cancel(status: Job.Status) throws {
        let connection = try fixture.database()
        let before = try job(status, connection)
        let outcome = try JobStore(connection).cancel(before, context: fixture.context)
        let after = try find(before, connection)
        switch status {
        case .completed, .failed, .cancelled:
            #expect(outcome == .wrongState(before))
            #expect(after == before)
        case .pending, .awaitingConfirmation:
            #expect(outcome == .done(after))
            #expect(after.status == .cancelled && after.completedAt == fixture.now)
            #expect(try events(connection, before).last == "end cancelled")
            #expect(try fixture.claim(connection) == nil)
        case .processing, .validating:
            #expect(outcome == .done(after))
            #expect(after.status == status && after.cancelRequested)
            // The worker hears of it with its next batch, which still counts.
            let run = fixture.run(after, connection)
            #expect(throws: JobError.cancelled) {
                try run.batch {
                    $0.books.total = 1
                    $0.checkpoint = ["row": 1]
                }
            }
            try run.finish(.cancelled)
            let ended = try find(before, connection)
            #expect(ended.status == .cancelled && ended.books.total == 1 && ended.checkpoint == ["row": 1])
        }
    }

    @Test(arguments: [Job.Status.processing, .validating])
    func cancelWithoutALivingWorkerActsAtOnce(status: Job.Status) throws {
        let connection = try fixture.database()
        let before = try job(status, connection)
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        _ = try JobStore(connection).cancel(before, context: fixture.context)
        #expect(try find(before, connection).status == .cancelled)
        // It only seemed dead: what it still holds must not be written.
        #expect(throws: JobError.fenced) { try fixture.run(before, connection).batch { $0.books.created = 1 } }
        #expect(try find(before, connection).books.created == 0)
    }

    @Test(arguments: Job.Status.allCases)
    func retry(status: Job.Status) throws {
        let connection = try fixture.database()
        let before = try job(status, connection)
        let outcome = try JobStore(connection).retry(before, context: fixture.context)
        let after = try find(before, connection)
        guard status == .failed || status == .cancelled else {
            #expect(outcome == .wrongState(before))
            #expect(after == before)
            return
        }
        #expect(outcome == .done(after))
        #expect(after.status == .pending && after.errorMessage == nil && after.completedAt == nil)
        #expect(after.publicID == before.publicID && after.attempt == before.attempt)
        #expect(try fixture.claim(connection)?.attempt == before.attempt + 1)
    }

    @Test func aRetriedCancellationDoesNotCancelAgain() throws {
        let connection = try fixture.database()
        let before = try job(.processing, connection)
        _ = try JobStore(connection).cancel(before, context: fixture.context)
        try fixture.run(before, connection).finish(.cancelled)
        _ = try JobStore(connection).retry(try find(before, connection), context: fixture.context)
        let again = try #require(try fixture.claim(connection))
        try fixture.run(again, connection).batch { $0.books.total = 5 }
        #expect(try find(before, connection).books.total == 5)
    }

    // MARK: Death

    private func die(_ connection: Connection, _ job: Job) throws -> Job? {
        try JobStore(connection).workerDied(job.id, attempt: job.attempt, how: "signal 9", now: fixture.now)
    }

    @Test func threeBarrenDeathsFailTheJobWithGrowingDelays() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        for delay in [1, 4] as [Int64] {
            let job = try #require(try fixture.claim(connection))
            let left = try #require(try die(connection, job))
            #expect(left.status == .processing && left.isWorkerAlive(at: fixture.now) == false)
            #expect(left.scheduledAt == fixture.now.adding(seconds: delay))
            fixture.advance(seconds: delay - 1)
            #expect(try fixture.claim(connection) == nil)
            fixture.advance(seconds: 1)
        }
        let last = try #require(try fixture.claim(connection))
        let left = try #require(try die(connection, last))
        #expect(left.status == .failed && left.attempt == 3)
        #expect(left.errorMessage?.contains("Three workers in a row died") == true)
        #expect(left.errorMessage?.contains("signal 9") == true)
        #expect(left.outputLog.contains("The process died (signal 9) after 0 rows."))
        #expect(try events(connection, last).last == "end failed")
        #expect(try fixture.claim(connection) == nil)
        // By hand it starts afresh.
        _ = try JobStore(connection).retry(left, context: fixture.context)
        let again = try #require(try fixture.claim(connection))
        #expect(try die(connection, again)?.status == .processing)
    }

    @Test func aDeathAfterACommittedBatchCostsNothing() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        for row in 1...10 as ClosedRange<Int64> {
            let job = try #require(try fixture.claim(connection))
            let run = fixture.run(job, connection)
            try run.batch {
                $0.books.total = 10
                $0.books.processed = row
                $0.checkpoint = ["row": .int(row)]
            }
            let left = try #require(try die(connection, job))
            #expect(left.status == .processing && left.scheduledAt == fixture.now, "no delay")
        }
    }

    @Test func onlyProgressCounts() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        var statuses: [Job.Status] = []
        for _ in 0..<3 {
            let job = try #require(try fixture.claim(connection))
            // Each attempt says that it counts again, and dies on the same row.
            let run = fixture.run(job, connection)
            try run.show { $0.stage = "counting" }
            try run.batch {
                $0.stage = "importing"
                $0.books.total = 10
            }
            statuses.append(try #require(try die(connection, job)).status)
            fixture.advance(seconds: 5)
        }
        #expect(statuses == [.processing, .processing, .failed])
    }

    @Test func aDeathAmongBatchesStartsTheCountAnew() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        var statuses: [Job.Status] = []
        for hasProgress in [false, false, true, false, false, false] {
            let job = try #require(try fixture.claim(connection))
            if hasProgress { try fixture.run(job, connection).batch { $0.checkpoint = ["row": 1] } }
            statuses.append(try #require(try die(connection, job)).status)
            fixture.advance(seconds: 5)
        }
        #expect(statuses == Array(repeating: .processing, count: 5) + [.failed])
    }

    @Test func aDeathEndsWhatWasToBeCancelled() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        _ = try JobStore(connection).cancel(job, context: fixture.context)
        let left = try #require(try die(connection, job))
        #expect(left.status == .cancelled && left.errorMessage == nil)
    }

    @Test func theDeathOfAnEarlierAttemptIsNoNews() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let first = try #require(try fixture.claim(connection))
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        let second = try #require(try fixture.claim(connection))
        #expect(try die(connection, first) == nil)
        #expect(try find(first, connection).isWorkerAlive(at: fixture.now) == true)
        try fixture.run(second, connection).finish(.completed)
        #expect(try die(connection, second) == nil)
    }

    @Test func waitsForRoom() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        for _ in 0..<5 {
            let job = try #require(try fixture.claim(connection))
            try JobStore(connection).postpone(
                job.id,
                attempt: job.attempt,
                reason: "disk_full",
                seconds: 30,
                now: fixture.now
            )
            let waiting = try find(job, connection)
            #expect(waiting.status == .pending && waiting.waitingReason == "disk_full")
            #expect(waiting.scheduledAt == fixture.now.adding(seconds: 30))
            #expect(try fixture.claim(connection) == nil)
            fixture.advance(seconds: 30)
        }
        let job = try #require(try fixture.claim(connection))
        #expect(job.waitingReason == nil)
        #expect(try die(connection, job)?.status == .processing, "waiting is no death")
    }
}
