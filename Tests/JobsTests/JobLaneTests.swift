import Database
import Glibc
import Process
import Support
import Testing

@testable import Jobs

/// Long jobs of one lane must not keep those of another from beginning.
@Suite struct JobLaneTests {
    private let fixture = JobFixture()
    private static let kinds = [
        JobKind("import", lane: "imports") { _ in }, JobKind("deletion", lane: "changes") { _ in },
        JobKind("undo", lane: "changes") { _ in }, JobKind("other") { _ in },
    ]

    @Test func aLaneInWhichNothingRunsHasAPlace() {
        func startable(_ running: [String], _ limit: Int = 2) -> StartableKinds {
            Self.kinds.startable(beside: running, limit: limit)
        }
        #expect(startable([]) == .all)
        #expect(startable(["deletion"]) == .all, "both places may go to one lane")
        #expect(startable(["deletion", "undo"]) == .only(["import", "other"]))
        #expect(startable(["deletion", "undo", "import"]) == .only(["other"]))
        #expect(startable(["deletion", "import"]) == .only(["other"]))
        #expect(startable(["deletion", "undo", "import", "other"]) == .only([]))
        #expect(startable(["import"], 1) == .only(["deletion", "undo", "other"]))
        #expect(startable(["unknown"], 1) == .only(["import", "deletion", "undo", "other"]))
    }

    /// Runs with workers that never end until the jobs are as wanted, or for ten seconds.
    private func run(_ connection: Connection, limit: Int, until: @escaping () throws -> Bool) {
        let end = monotonicNanoseconds() + 10_000_000_000
        JobRunner(
            connection,
            environment: fixture.environment,
            log: Log(component: "test") { _ in },
            kinds: Self.kinds,
            limit: limit,
            hangTimeout: 60_000,
            spawn: { _ in try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"]).start() },
            isStopped: { monotonicNanoseconds() > end || ((try? until()) ?? true) }
        ).run()
    }

    @Test func anImportBeginsBesideLongChanges() throws {
        let connection = try fixture.database()
        for kind in ["deletion", "undo", "deletion", "undo"] { _ = try fixture.add(connection, kind) }
        var most: [String] = []
        var added: Job?
        var rounds = 0
        run(connection, limit: 2) {
            let running = try JobStore(connection).running().map(\.kind)
            if running.count > most.count { most = running }
            if running.count == 2, added == nil { added = try fixture.add(connection, "import") }
            if running.count > 2 { rounds += 1 }
            return rounds > 3
        }
        #expect(most == ["deletion", "undo", "import"], "the import has a place, a third change has none")
    }

    @Test func oneLaneAloneKeepsToTheLimit() throws {
        let connection = try fixture.database()
        for _ in 0..<4 { _ = try fixture.add(connection, "import") }
        var most = 0
        var rounds = 0
        run(connection, limit: 2) {
            most = max(most, try JobStore(connection).running().count)
            rounds += 1
            return rounds > 8
        }
        #expect(most == 2)
    }

    @Test func aKindSaysHowOftenItIsTriedAgain() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        let store = JobStore(connection)
        let once = RetryPolicy(deaths: 1)
        let claimed = try #require(try fixture.claim(connection))
        let ended = try store.workerDied(job.id, attempt: claimed.attempt, how: "x", retries: once, now: fixture.now)
        #expect(ended?.status == .failed && ended?.errorMessage?.hasPrefix("A worker died before it") == true)
    }
}
