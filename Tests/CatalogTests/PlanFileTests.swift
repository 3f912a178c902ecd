import Glibc
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct PlanFileTests {
    private let hash = [UInt8](repeating: 7, count: 32)

    private func header(_ tableBytes: Int64, attempt: Int64 = 1, job: String = "a job") -> PlanHeader {
        PlanHeader(job: job, attempt: attempt, tableBytes: tableBytes, inputHash: hash)
    }

    private func entry(_ number: Int64, _ state: PlanState) -> PlanEntry {
        PlanEntry(offset: number * 100, line: number + 2, state, record: number, version: number)
    }

    @Test func anEntryHas32Bytes() {
        #expect(MemoryLayout<PlanEntry>.size == PlanEntry.size && MemoryLayout<PlanEntry>.stride == PlanEntry.size)
        #expect(header(1).bytes.count == PlanHeader.size)
        #expect(PlanState.allCases.allSatisfy { PlanState(name: $0.name) == $0 })
    }

    @Test(arguments: [0, 1, 2047, 2048, 2049, 10_000])
    func whatIsWrittenIsRead(count: Int64) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x.plan")
        let writer = try PlanWriter(path, header(99, attempt: 3))
        let states = PlanState.allCases
        for number in 0..<count { try writer.add(entry(number, states[Int(number) % states.count])) }
        try writer.finish()
        #expect(!Files.exists(path), "it has no name before it is published")
        try writer.publish()
        #expect(Files.names(in: folder.path) == ["x.plan"])
        #expect(throws: Never.self) { try PlanReader(path).require(writer.identity, of: "a job") }
        #expect(throws: Never.self) { try PlanReader(path).requireEntries() }
        let reader = try PlanReader(path)
        #expect(reader.header.tableBytes == 99 && reader.header.inputHash == hash && reader.header.entries == count)
        for number in 0..<count { #expect(try reader.next() == entry(number, states[Int(number) % states.count])) }
        #expect(try reader.next() == nil)
        #expect(try reader.entry(at: count) == nil)
        // By state, page by page, as a filter says.
        let wanted = Set([PlanState.create, .reject])
        var found: [Int64] = []
        while true {
            let page = try reader.page(wanted, from: found.last.map { $0 + 1 } ?? 0, limit: 7)
            found += page.map(\.index)
            if page.count < 7 { break }
        }
        #expect(found == (0..<count).filter { wanted.contains(states[Int($0) % states.count]) })
        #expect(reader.header.counts.sum([.create, .reject]) == Int64(found.count))
    }

    @Test func oneThatIsNotPublishedLeavesNothing() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try PlanWriter(folder.file("x.plan"), header(1))
            try writer.add(entry(1, .create))
            try writer.finish()
        }
        #expect(Files.names(in: folder.path).isEmpty)
    }

    /// A plan is known by its job, its attempt and each of its bytes.
    @Test func anotherPlanIsToldFromTheOneThatWasMade() throws {
        let folder = try TemporaryFolder()
        func write(_ header: PlanHeader, _ number: Int64) throws -> String {
            let writer = try PlanWriter(folder.file("x.plan"), header)
            try writer.add(entry(number, .update))
            try writer.finish()
            try writer.publish()
            return writer.identity
        }
        let first = try write(header(1), 5)
        let same = try write(header(1), 5)
        #expect(first.count == 64 && same == first)
        let others = [
            try write(header(1, attempt: 2), 5), try write(header(1, job: "another"), 5), try write(header(2), 5),
            try write(header(1), 6),
        ]
        #expect(Set(others + [first]).count == 5)
        let reader = try PlanReader(folder.file("x.plan"))
        #expect(throws: PlanReader.Fault.foreign) { try reader.require(first, of: "a job") }
        #expect(throws: PlanReader.Fault.foreign) { try reader.require(others[3], of: "another job") }
        #expect(throws: Never.self) { try reader.require(others[3], of: "a job") }
        #expect(throws: PlanReader.Fault.foreign) { try reader.require("", of: "a job") }
        var bytes = try Files.read(folder.file("x.plan"))
        bytes[PlanHeader.size] ^= 1
        let changed = try PlanReader(try folder.write("x.plan", bytes))
        #expect(throws: Never.self) { try changed.require(others[3], of: "a job") }
        #expect(throws: PlanReader.Fault.foreign) { try changed.requireEntries() }
    }

    /// An upgrade does not lose a plan that somebody is just looking at.
    @Test func onesOfEarlierVersionsAreReadAndNamedByNothing() throws {
        let folder = try TemporaryFolder()
        let bytes = header(7, job: "").bytes
        #expect(bytes.starts(with: Array("BodegaP1".utf8)))
        let reader = try PlanReader(try folder.write("x.plan", bytes))
        #expect(reader.header.tableBytes == 7 && reader.header.identity.isEmpty)
        #expect(throws: Never.self) { try reader.require("", of: "a job") }
        #expect(throws: Never.self) { try reader.requireEntries() }
        #expect(throws: PlanReader.Fault.foreign) { try reader.require("0123", of: "a job") }
    }

    @Test func whatIsDamagedIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: PlanReader.Fault.missing) { try PlanReader(folder.file("none")) }
        let header = header(1).bytes
        #expect(throws: Never.self) { try PlanReader(try folder.write("empty", header)) }
        for bytes in [[], Array(header.dropLast()), header + [0], [0] + header.dropFirst()] {
            #expect(throws: PlanReader.Fault.damaged) { try PlanReader(try folder.write("bad", bytes)) }
        }
        // A disk that does not answer has lost nothing: the plan is not to be made anew.
        #expect(throws: SystemError.self) { try PlanReader(folder.path) }
    }
}

@Suite struct ImportGuardTests {
    @Test(arguments: [
        (1000, 1500, false), (1000, 1501, true), (1000, 500, false), (1000, 499, true), (0, 0, false), (0, 1, true),
        (1, 1, false), (1, 2, true), (3, 4, false), (3, 5, true), (Int64.max, 0, true), (0, Int64.max, true),
    ])
    func moreThanHalfIsAJump(old: Int64, new: Int64, jumps: Bool) {
        #expect(ImportGuard.isPriceJump(from: old, to: new, percent: 50) == jumps)
    }

    @Test(arguments: [
        (1000, 1100, 10, false), (1000, 1101, 10, true), (999, 1098, 10, false), (999, 1099, 10, true),
        (100, 1100, 1000, false), (100, 1101, 1000, true), (Int64.max, 1, 1000, false),
    ])
    func theShareCanBeChosen(old: Int64, new: Int64, percent: Int64, jumps: Bool) {
        #expect(ImportGuard.isPriceJump(from: old, to: new, percent: percent) == jumps)
    }

    @Test func eachShareIsLookedAtAlone() throws {
        var counts = PlanCounts()
        for _ in 0..<14 { counts.add(PlanEntry(offset: 0, line: 0, .unchanged)) }
        for _ in 0..<6 { counts.add(PlanEntry(offset: 0, line: 0, .delete)) }
        #expect(ImportGuard.findings(counts).isEmpty, "30 % is not more than 30 %")
        counts.add(PlanEntry(offset: 0, line: 0, .delete))
        let finding = try #require(ImportGuard.findings(counts).first)
        #expect(finding == .init(kind: .deletions, count: 7, rows: 21) && finding.percent == 33)
        #expect(PlanMessages.text(finding).contains("7 products would be deleted: 33 % of the 21 rows"))
    }

    /// Below the least number no share counts, but a file without rows has none.
    @Test func aFewChangesAreLetThrough() {
        var counts = PlanCounts()
        for _ in 0..<4 { counts.add(PlanEntry(offset: 0, line: 0, .delete)) }
        #expect(ImportGuard.findings(counts).isEmpty)
        counts.limits.leastCount = 4
        #expect(ImportGuard.findings(counts).map(\.count) == [4])
        var missing = PlanCounts()
        missing.add(PlanEntry(offset: -1, line: 0, .deactivate, record: 1))
        #expect(ImportGuard.findings(missing).map(\.kind) == [.deactivations])
    }
}
