import Database
import Glibc
import Support
import Testing

@testable import Jobs

private struct Surprise: Error {}

@Suite struct JobWorkTests {
    private let fixture = JobFixture()
    private let connection: Connection
    private let job: Job
    private let log = Log(component: "test", threshold: .error, sink: { _ in })

    init() throws {
        connection = try fixture.database()
        _ = try fixture.add(connection)
        job = try #require(try fixture.claim(connection))
    }

    private func perform(_ kind: String = "test", _ body: @escaping @Sendable (JobRun) throws -> Void) throws -> Int32 {
        try JobWork.perform(fixture.run(job, connection), kinds: [JobKind(kind, run: body)], log: log)
    }

    @Test func aJobThatFinishesItself() throws {
        #expect(try perform { run in try run.finish(.completed) } == 0)
        #expect(try find(job, connection).status == .completed)
    }

    @Test func anUnknownKindFails() throws {
        #expect(try perform("other") { run in try run.finish(.completed) } == 1)
        let stored = try find(job, connection)
        #expect(stored.status == .failed)
        #expect(stored.errorMessage == "This version of Bodega does not know jobs of the kind 'test'.")
    }

    @Test func aKnownReasonIsTold() throws {
        #expect(try perform { _ in throw JobError.failed("The file is empty.") } == 1)
        #expect(try find(job, connection).errorMessage == "The file is empty.")
    }

    @Test func aCancellationEnds() throws {
        #expect(try perform { _ in throw JobError.cancelled } == 0)
        #expect(try find(job, connection).status == .cancelled)
    }

    /// Nobody may say of a damaged database that nothing was lost, nor be told to go on.
    @Test(arguments: [11, 26, 779] as [Int32]) func aDamagedDatabaseIsToldAsSuch(code: Int32) throws {
        #expect(try perform { _ in throw DatabaseError(.sqlite(code), "malformed") } == 1)
        let message = try #require(try find(job, connection).errorMessage)
        #expect(message.contains("is damaged") && message.contains("stop Bodega"))
        #expect(!message.contains("othing was lost") && !message.contains("Then retry"))
    }

    @Test(
        arguments: [
            JobError.diskFull, DatabaseError(.sqlite(13), "full"), DatabaseError(.sqlite(778), "write failed"),
            SystemError("write x", code: ENOSPC), SystemError("write x", code: EDQUOT),
        ] as [any Error]
    )
    func aFullDiskMakesItWait(error: any Error) throws {
        #expect(try perform { _ in throw error } == 0)
        let stored = try find(job, connection)
        #expect(stored.status == .pending && stored.waitingReason == "disk_full")
        #expect(stored.scheduledAt == fixture.now.adding(seconds: 30))
    }

    @Test(
        arguments: [
            DatabaseError(.sqlite(1), "secret", sql: "SELECT secret"), DatabaseError(.gate, "secret"),
            SystemError("open /secret", code: EACCES), Surprise(),
        ] as [any Error]
    )
    func faultsAreToldWithoutTheirInsides(error: any Error) throws {
        #expect(try perform { _ in throw error } == 1)
        let stored = try find(job, connection)
        #expect(stored.status == .failed)
        let message = try #require(stored.errorMessage)
        #expect(!message.contains("secret") && !message.contains("SELECT"))
        #expect(message.contains("Nothing was lost"))
    }

    @Test func aLostJobIsLeftAlone() throws {
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        let second = try #require(try fixture.claim(connection))
        #expect(try perform { run in try run.batch { $0.books.total = 1 } } == 0)
        // Also when it is lost between the error and its note.
        #expect(try perform { _ in throw JobError.failed("too late") } == 0)
        #expect(try perform { _ in throw JobError.cancelled } == 0)
        #expect(try perform { _ in throw JobError.diskFull } == 0)
        #expect(try find(job, connection) == second)
    }
}
