import Glibc
import Process
import Support
import TestSupport
import Testing

/// Requests counted in shared memory.
@Suite struct RateTableTests {
    private let folder: TemporaryFolder
    private let table: RateTable
    private static let second: UInt64 = 1_000_000_000

    init() throws {
        folder = try TemporaryFolder()
        table = try RateTable(path: "\(folder.path)/rates")
    }

    @Test func aBurstIsAllowedAndThenTheRate() {
        var now: UInt64 = 5 * Self.second
        func take() -> Bool { table.take(7, rate: 10, burst: 20, now: now).isAllowed }
        #expect((0..<25).filter { _ in take() }.count == 20)
        now += Self.second / 10
        #expect(take() && !take())
        now += Self.second
        #expect((0..<25).filter { _ in take() }.count == 10)
        now += 100 * Self.second
        #expect((0..<25).filter { _ in take() }.count == 20)
    }

    @Test func itSaysHowLongToWait() {
        let now: UInt64 = 5 * Self.second
        var last = table.take(7, rate: 2, burst: 2, now: now)
        #expect(last == RateTable.Taken(isAllowed: true, untilFull: Self.second / 2, untilNext: 0))
        last = table.take(7, rate: 2, burst: 2, now: now)
        #expect(last == RateTable.Taken(isAllowed: true, untilFull: Self.second, untilNext: Self.second / 2))
        last = table.take(7, rate: 2, burst: 2, now: now)
        #expect(last == RateTable.Taken(isAllowed: false, untilFull: Self.second, untilNext: Self.second / 2))
    }

    @Test func clientsDoNotShare() {
        for client in 1...1000 as ClosedRange<UInt64> {
            #expect(table.take(client, rate: 1, burst: 1, now: 1).isAllowed, "\(client)")
            #expect(!table.take(client, rate: 1, burst: 1, now: 1).isAllowed, "\(client)")
        }
    }

    /// Another process has the same memory.
    @Test func whoInheritsItGoesOnCounting() throws {
        let copy = dup(table.descriptor.raw)
        let other = try RateTable(inherited: copy)
        #expect(table.take(9, rate: 1, burst: 1, now: 1).isAllowed)
        #expect(!other.take(9, rate: 1, burst: 1, now: 1).isAllowed)
        #expect(throws: SystemError.self) {
            let file = try Files.open("\(folder.path)/short", O_RDWR | O_CREAT)
            _ = try RateTable(inherited: dup(file.raw))
        }
    }

    /// A full table shuts nobody out: eight busy clients of one bucket, and a ninth is let through.
    @Test func aTableThatIsTooSmallLetsThrough() {
        let clients = (1...9).map { UInt64($0) * 4096 }
        for client in clients.prefix(8) { _ = table.take(client, rate: 1, burst: 1, now: 1) }
        for _ in 0..<5 { #expect(table.take(clients[8], rate: 1, burst: 1, now: 1).isAllowed) }
        for client in clients.prefix(8) { #expect(!table.take(client, rate: 1, burst: 1, now: 1).isAllowed) }
        // Their time has passed, so a place is free.
        #expect(table.take(clients[8], rate: 1, burst: 1, now: 9 * Self.second).isAllowed)
        #expect(!table.take(clients[8], rate: 1, burst: 1, now: 9 * Self.second).isAllowed)
    }
}
