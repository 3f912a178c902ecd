import Database
import Glibc
import Process
import Support
import Testing

@testable import Jobs

@Suite struct HangingWorkerTests {
    private let fixture = JobFixture()

    /// Runs until the job is as wanted, or for ten seconds.
    private func run(_ connection: Connection, _ job: Job, _ arguments: [String], until: @escaping (Job) -> Bool) throws
    {
        let end = monotonicNanoseconds() + 10_000_000_000
        var beats = 0
        JobRunner(
            connection,
            environment: fixture.environment,
            log: Log(component: "test") { _ in },
            limit: 1,
            hangTimeout: 400,
            spawn: { _ in try Spawn(executable: "/bin/sh", arguments: ["sh"] + arguments).start() },
            isStopped: {
                fixture.advance(seconds: 1)
                return monotonicNanoseconds() > end || ((try? find(job, connection)).map(until) ?? true)
            },
            beat: { beats += 1 }
        ).run()
        #expect(beats > 1)
    }

    @Test func aWorkerWithoutASignOfLifeIsEndedAndTheJobSaysSo() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        try run(connection, job, ["-c", "kill -STOP $$"]) { $0.status == .failed }
        let ended = try find(job, connection)
        #expect(ended.status == .failed && ended.attempt == 3)
        #expect(ended.outputLog.contains("it showed no sign of life for 0 s and was ended"), "\(ended.outputLog)")
        let alerts = try AlertStore(connection).standing(at: fixture.now)
        #expect(alerts.map(\.name) == ["hanging_process"])
        #expect(alerts.first?.detail.contains("a worker of a job") == true)
        #expect(try AlertStore(connection).standing(at: fixture.now.adding(seconds: 3601)).isEmpty)
    }

    @Test func aWorkerThatWorksIsLeftAlone() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        let begun = monotonicNanoseconds()
        try run(connection, job, ["-c", "while :; do :; done"]) { _ in monotonicNanoseconds() - begun > 2_000_000_000 }
        #expect(try find(job, connection).attempt == 1)
        #expect(try AlertStore(connection).standing(at: fixture.now).isEmpty)
    }
}
