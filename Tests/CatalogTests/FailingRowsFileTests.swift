import Jobs
import Support
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct FailingRowsFileTests {
    private func file(_ fixture: ImportFixture, _ job: Job) throws -> [UInt8] {
        let source = try #require(ImportJob.Source(json: job.parameters, in: fixture.folder.path))
        let file = try FailingRowsFile(source, of: job)
        var bytes: [UInt8] = []
        while let part = try file.next(fixture.connection, 256 << 10) { bytes += part }
        return bytes
    }

    private func text(_ upload: String) throws -> String {
        let fixture = try ImportFixture()
        return String(decoding: try file(fixture, try fixture.run(upload)), as: UTF8.self)
    }

    @Test func rowsStandAsTheyStood() throws {
        let text = try text(
            "sku,name,price\na,Apple,1\nb, \"Bi\"rch\" ,x\n\n\"c\",\"two\nlines\",-2\nd,Dune,\"1,234\"\n"
        )
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "bodega_row,bodega_error,sku,name,price")
        #expect(lines[1].hasPrefix("2,\"price: The price is not an amount"))
        #expect(lines[1].hasSuffix(",b, \"Bi\"rch\" ,x"))
        #expect(lines[2].hasPrefix("3,"))
        #expect(lines[2].hasSuffix(",\"c\",\"two"))
        #expect(lines[3] == "lines\",-2")
        #expect(lines[4].hasPrefix("4,") && lines[4].hasSuffix(",d,Dune,\"1,234\""))
        #expect(lines.count == 6 && lines[5].isEmpty)
    }

    @Test func theFormOfTheUploadIsKept() throws {
        let text = try text("\u{FEFF}SKU,Name\r\n,Apple\r\n,Birch")
        #expect(text.hasPrefix("\u{FEFF}bodega_row,bodega_error,SKU,Name\r\n1,"))
        #expect(text.hasSuffix(",,Birch\r\n"))
        #expect(text.unicodeScalars.filter { $0 == "\r" }.count == 3)
    }

    @Test func allFaultsOfARowInOneCell() throws {
        let text = try text("sku,name,price,status\n,,x,gone\n")
        for column in ["sku: ", "; price: ", "; status: "] { #expect(text.contains(column), "\(column)") }
        #expect(text.split(separator: "\n").count == 2)
    }

    /// A header's name begins what people see in the column of faults.
    @Test func noFormulaInTheColumnOfFaults() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.mapping = ["=1+1": "price"]
        let job = try fixture.run(Array("sku,name,=1+1\na,Apple,x\n".utf8), options)
        #expect(String(decoding: try file(fixture, job), as: UTF8.self).contains("\n1,\"'=1+1: "))
    }

    /// Whatever is wrong with the form of a row, the number in front of it can be read.
    @Test func rowsOfBrokenForm() throws {
        let long = String(repeating: "y", count: CSVReader.recordLimit + 1)
        let upload = "sku,name\na\nb,c,d,e\n\"f\"x,g\nh,\(long)\nok,Fine\ni,\"never closed\nj,k\n"
        let fixture = try ImportFixture()
        let job = try fixture.run(upload)
        #expect(job.books == books(6, created: 1, failed: 5))
        let bytes = try file(fixture, job)
        #expect(bytes.count < 4000)
        let rows = try bytes.withTemporaryTable { reader in
            var rows: [String] = []
            while try reader.next() { rows.append(reader.record.text(0)) }
            return rows
        }
        #expect(rows == ["bodega_row", "1", "2", "3", "4", "6"])
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(",b,c,d,e\n") && text.contains(",\"f\"x,g\n") && text.contains("i,\"never closed\nj,k"))
    }

    @Test func manyRowsComeInParts() throws {
        let fixture = try ImportFixture()
        var upload = "sku,name,price\n"
        for number in 1...9000 { upload += "s\(number),,x \(String(repeating: "word ", count: 20))\n" }
        let job = try fixture.run(upload)
        let source = try #require(ImportJob.Source(json: job.parameters, in: fixture.folder.path))
        let file = try FailingRowsFile(source, of: job)
        var bytes: [UInt8] = []
        var parts = 0
        while let part = try file.next(fixture.connection, 256 << 10) {
            parts += 1
            #expect(part.count < 300 << 10)
            bytes += part
        }
        #expect(parts > 5)
        let text = String(decoding: bytes, as: UTF8.self)
        let numbers = text.split(separator: "\n").dropFirst().map { Int($0.prefix { $0 != "," }) ?? 0 }
        #expect(numbers == Array(1...9000))
    }
}

extension [UInt8] {
    /// Reads the bytes as a table.
    func withTemporaryTable<T>(_ body: (inout CSVReader) throws -> T) throws -> T {
        let file = try Files.temporary()
        try Files.writeAll(self, to: file.raw, "a table")
        var reader = CSVReader(descriptor: file.raw, range: 0..<Int64(count))
        return try body(&reader)
    }
}

@Suite struct FailingRowsAPITests {
    @Test func theNameOfTheFile() {
        #expect(RepairAPI.filename("products.csv") == "products-errors.csv")
        #expect(RepairAPI.filename("feed.2026.csv.gz") == "feed-errors.csv")
        #expect(RepairAPI.filename("") == "import-errors.csv")
    }
}
