import Database
import Jobs
import Support
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

extension ImportFixture {
    /// `errors.csv` of an import.
    func failingRows(_ job: Job) throws -> String {
        guard let source = ImportJob.Source(json: job.parameters, in: connection.folder) else {
            throw TestFailure("no source")
        }
        let file = try FailingRowsFile(source, of: job)
        var bytes: [UInt8] = []
        while let part = try file.next(connection, 256 << 10) { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands behind the number and the fault of each failing row; for rows of one line and with commas.
    func failingTexts(_ job: Job) throws -> [String] {
        try failingRows(job).split(separator: "\n").dropFirst().map { line in
            var rest = line[...]
            for _ in 0..<2 {
                var isQuoted = false
                let end = rest.firstIndex { character in
                    if character == "\"" { isQuoted.toggle() }
                    return character == "," && !isQuoted
                }
                rest = end.map { rest[rest.index(after: $0)...] } ?? ""
            }
            return String(rest)
        }
    }
}

/// Rows that came back in vain stand in the next `errors.csv` as they came back.
@Suite struct CorrectedRowTests {
    private let head = "bodega_row,bodega_error,sku,name,price\n"

    @Test func theNewestTextOfEachRow() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\nb,Birch,x\nc,Copper,x\nd,Dune,x\n")
        #expect(try fixture.failingTexts(job) == ["a,Apple,x", "b,Birch,x", "c,Copper,x", "d,Dune,x"])
        let first = try fixture.repair(job, "\(head)1,,a,Apple pie,y\n2,,b,Birch,2\n3,,c,\"Cop\"\"per, red\",y\n")
        #expect(first.books == books(4, created: 1, failed: 3))
        #expect(try fixture.failingTexts(first) == ["a,Apple pie,y", "c,\"Cop\"\"per, red\",y", "d,Dune,x"])
        // What comes back twice in vain is newer still, what did not come back stays.
        let second = try fixture.repair(first, "\(head)1,,a,Apple tart,z\n")
        #expect(try fixture.failingTexts(second) == ["a,Apple tart,z", "c,\"Cop\"\"per, red\",y", "d,Dune,x"])
        #expect(try fixture.errors(second).map(\.value) == ["z", "y", "x"])
        let third = try fixture.repair(second, try fixture.failingRows(second).replacing(",z", with: ",1"))
        #expect(try fixture.table()["a"]?.name == "Apple tart")
        #expect(try fixture.failingTexts(third) == ["c,\"Cop\"\"per, red\",y", "d,Dune,x"])
        let left = try fixture.connection.all("SELECT row FROM job_row_correction") { row in row.int(0) }
        #expect(left == [3, 4], "what is repaired is forgotten")
    }

    @Test func whatTheCorrectionLeavesOutIsAsInTheUpload() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,Colour,price\na,\"Apple; red\",green,x\nb,Birch,,,x\n")
        let repaired = try fixture.repair(job, "price,bodega_row,name,sku\ny,1,\"Apple; \"\"new\"\"\",a\nz,2,Birch,b\n")
        #expect(repaired.books == books(2, failed: 2))
        #expect(try fixture.failingTexts(repaired) == ["a,\"Apple; \"\"new\"\"\",green,y", "b,Birch,,z"])
    }

    @Test func theFormOfTheUploadIsKept() throws {
        let fixture = try ImportFixture()
        let upload = Array("sku\tname\tprice\na\tApple\tx\n".utf8)
        let path = try fixture.folder.write("tabs.csv", upload)
        var format = TableFormat()
        format.dialect = try #require(CSVDialect(delimiter: 9, quote: nil))
        let source = ImportJob.Source(
            upload: path,
            range: 0..<Int64(upload.count),
            format: format,
            in: fixture.folder.path
        )
        let order = JobStore.Order(kind: ProductImport.kind, displayName: "", parameters: source.json, undo: .possible)
        let id = Environment.live.makeUUID()
        let job = try fixture.work(
            try JobStore(fixture.connection).addClaimed(order, publicID: id, now: fixture.clock.now)
        )
        #expect(job.books == books(1, failed: 1), "\(job.errorMessage ?? "")")
        let repaired = try fixture.repair(job, "\(head)1,,a,\"Apple\tpie\n2 lines\",y\n")
        #expect(repaired.books.failed == 1)
        #expect(try fixture.failingRows(repaired).hasSuffix("\ta\tApple pie 2 lines\ty\n"))
    }

    /// Where nobody can say which cell is which, the row stands as it was typed.
    @Test func rowsOfBrokenForm() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\nb,Birch,x\nc,Copper,x\n")
        let file = "\(head)1,\"x: \"\"y\"\", z\",a,\"Ap\"ple,1\n2,,b,Birch,2,3\n3,,c,Copper,,4\n"
        let repaired = try fixture.repair(job, file)
        #expect(try fixture.codes(repaired) == ["1 bad_quote name", "2 ragged_row -", "3 ragged_row -"])
        #expect(try fixture.failingTexts(repaired) == ["a,\"Ap\"ple,1", "b,Birch,2,3", "c,Copper,,4"])
        // In other columns it is not clear, and what was there before stays.
        let other = try fixture.repair(repaired, "bodega_row,sku,name,price\n2,b,Birch,2,3\n")
        #expect(try fixture.codes(other).contains("2 ragged_row -"))
        #expect(try fixture.failingTexts(other)[1] == "b,Birch,2,3")
    }
}
