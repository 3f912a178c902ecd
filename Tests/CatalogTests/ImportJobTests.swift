import Database
import Glibc
import Jobs
import Money
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Whole imports of small files whose outcome can be written down.
@Suite struct ImportJobTests {
    @Test func theBooksOfASmallFile() throws {
        let fixture = try ImportFixture()
        let text = """
            SKU,Name,Price,Colour
            A1,First,1.50,red
            a1,First again,2.50,blue
            B1,,3,
            C1,Third,"1,234",

            D1,"Fourth
            """
        let job = try fixture.run(text)
        #expect(job.status == .completed && job.stage == "done" && job.progress == 100)
        #expect(job.books == books(5, created: 1, skipped: 1, failed: 3))
        #expect(try fixture.codes(job) == ["3 no_name Name", "4 ambiguous_price Price", "5 unclosed_quote Name"])
        let errors = try fixture.errors(job)
        #expect(errors.map(\.line) == [4, 5, 7])
        #expect(errors[1].value == "1,234" && errors[0].value == "")
        let start = try #require(text.utf8.firstRange(of: "C1".utf8)).lowerBound
        #expect(errors[1].byteOffset == Int64(text.utf8.distance(from: text.utf8.startIndex, to: start)))
        #expect(errors[1].byteLength == 18, "with its line end")
        #expect(errors.allSatisfy { $0.message.count > 20 }, "each says what is wrong and what cures it")
        let members = (job.result?.members ?? []).filter { $0.name != "warnings" }
        #expect(JSON.object(members) == ["ignored_columns": ["Colour"], "superseded": 1, "profile": nil])
        let warnings = try #require(job.result?["warnings"]?.arrayValue)
        #expect(warnings.count == 1 && warnings[0]["code"] == "different_names" && warnings[0]["count"] == 1)
        #expect(warnings[0]["rows"]?.arrayValue?.first?["line"] == 3)
        let product = try #require(try fixture.products.find(sku: "A1"))
        #expect(product.sku == "a1" && product.name == "First again" && product.price == 250 && product.version == 1)
    }

    @Test func theSameFileAgainChangesNothing() throws {
        let fixture = try ImportFixture()
        let text = "sku,name,price\n1,One,1\n2,Two,2.00\n3,Three,\n"
        #expect(try fixture.run(text).books == books(3, created: 3))
        let digest = try fixture.digest()
        #expect(try fixture.run(text).books == books(3, unchanged: 3))
        #expect(try fixture.digest() == digest)
        #expect(digest.revisions == 3)
    }

    @Test func rowsCanBeSearchedWhenTheJobIsDone() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\n1,Pinot Noir\n")
        #expect(try ProductSearch(fixture.connection, role: .web).lag() == 0)
    }

    @Test func theEndIsToldInItsTransaction() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name\n1,One\n")
        let told = try fixture.connection.all("SELECT type, subject_id, data FROM outbox") { row in
            "\(row.text(0)) \(row.text(1)) \(row.text(2))"
        }
        try CatalogHouse.check("import.completed", told.first.map { String($0.drop { $0 != "{" }) } ?? "")
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("import.completed \(job.publicID) ") == true)
        #expect(told.first?.contains("\"created\":1") == true)
        let events = try EventStore(fixture.connection).after(.start)
        #expect(events.last?.type == "end")
        let stages = try events.compactMap { try JSON.parse($0.data)["stage"]?.stringValue }
        #expect(stages == ["counting", "importing", "indexing", "done"])
    }

    @Test(arguments: ["sku,name", "sku,name\n", "\u{FEFF}sku,name\r\n\r\n", "\n\nsku,name\n\n\n"])
    func aHeaderAloneCompletesWithZeros(text: String) throws {
        let job = try ImportFixture().run(text)
        #expect(job.status == .completed && job.books == Books())
    }

    @Test(arguments: [
        "\u{FEFF}sku,name\r\n1,One\r\n", "sku,name\r1,One", "\"sku\",\"name\"\n\"1\",\"One\"\n", "S-K U,NAME\n1,One",
    ])
    func formsOfOneFile(text: String) throws {
        let fixture = try ImportFixture()
        #expect(try fixture.run(text).books == books(1, created: 1))
        #expect(try fixture.products.find(sku: "1")?.name == "One")
    }

    @Test func anEmptyFileFails() throws {
        let job = try ImportFixture().run("")
        #expect(job.status == .failed && job.errorMessage == "The file is empty.")
    }

    @Test func aFileThatIsGoneFails() throws {
        let fixture = try ImportFixture()
        let job = try fixture.order(Array("sku,name\n1,One\n".utf8))
        let path = try #require(job.parameters["path"]?.stringValue)
        #expect(unlink(fixture.folder.file(path)) == 0)
        #expect(try fixture.work(job).status == .failed)
    }

    @Test func aLineOfTenMegabytesIsOneBadRow() throws {
        let fixture = try ImportFixture()
        var bytes = Array("sku,name,description\n1,One,x\n2,".utf8)
        bytes += [UInt8](repeating: UInt8(ascii: "y"), count: 10 << 20)
        bytes += Array("\n3,Three,z\n".utf8)
        let job = try fixture.run(bytes)
        #expect(job.books == books(3, created: 2, failed: 1))
        #expect(try fixture.codes(job) == ["2 record_too_long -"])
        #expect(try fixture.errors(job)[0].byteLength == 10 << 20 + 3)
        // Without an end of line, as the whole file, and as a header that nobody can read.
        let alone = try fixture.run(Array("sku\n".utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 10 << 20))
        #expect(alone.books == books(1, failed: 1))
        let header = try fixture.run([UInt8](repeating: UInt8(ascii: "y"), count: 10 << 20))
        #expect(header.status == .failed)
    }

    @Test func booksThatDoNotBalanceFailTheJob() throws {
        for passage in 1...4 {
            let fixture = try ImportFixture()
            let job = try fixture.run(Array("sku,name\n1,One\n2,Two\n".utf8), failpoints: "break-counter:\(passage)")
            #expect(job.status == .failed, "passage \(passage)")
            #expect(job.errorMessage?.hasPrefix("The books do not balance") == true)
            #expect(job.progress < 100)
            let news = try fixture.connection.all("SELECT type FROM outbox ORDER BY id") { row in row.text(0) }
            #expect(news.allSatisfy { ["import.failed", "job.failed"].contains($0) }, "\(news)")
        }
    }

    @Test func anAmountInACurrencyWithoutDecimals() throws {
        let fixture = try ImportFixture()
        try CurrencyStore(fixture.connection).fixCurrency(Currency(code: "JPY", exponent: 0), at: fixture.clock.now)
        let job = try fixture.run("sku,name,price\n1,One,500\n2,Two,5.5\n")
        #expect(job.books == books(2, created: 1, failed: 1))
        #expect(try fixture.products.find(sku: "1")?.price == 500)
    }

    @Test func aTableInsideAFormBody() throws {
        let fixture = try ImportFixture()
        let (before, table, after) = ("--boundary\r\n\r\n", "sku,name\n1,One\n", "\r\n--boundary--")
        let path = try fixture.folder.write("body", Array("\(before)\(table)\(after)".utf8))
        let start = Int64(before.utf8.count)
        let parameters = sourceParameters(path, start..<start + Int64(table.utf8.count))
        let order = JobStore.Order(kind: ProductImport.kind, displayName: "x", parameters: parameters)
        let job = try JobStore(fixture.connection).addClaimed(order, publicID: "u", now: fixture.clock.now)
        #expect(try fixture.work(job).books == books(1, created: 1))
        #expect(ImportJob.Source(json: parameters, in: fixture.folder.path)?.path == path)
        #expect(ImportJob.Source(json: ["path": "x", "start": 5, "end": 4], in: "/data") == nil)
    }

    @Test func aBigFirstLoadHasItsIndexesAfterwards() throws {
        let fixture = try ImportFixture()
        var text = "sku,name\n"
        for number in 1...20_100 { text += "\(number),Name \(number % 97)\n" }
        let job = try fixture.run(text)
        #expect(job.books == books(20_100, created: 20_100))
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
        #expect(try fixture.connection.first("PRAGMA integrity_check") { row in row.text(0) } == "ok")
    }
}
