import Database
import Glibc
import Jobs
import Money
import Records
import Support
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Cells through whole imports, where it matters what file they come from and what was there before.
@Suite struct CellSourcesTests {
    private func warnings(_ fixture: ImportFixture, _ job: Job) throws -> [String] {
        try ImportWarningSummary(fixture.connection, jobID: job.id).entries.map {
            "\($0.code) \($0.column) \($0.count)"
        }
    }

    @Test func aNumberOfJSONPartsNoThousands() throws {
        let fixture = try ImportFixture()
        try CurrencyStore(fixture.connection).fixCurrency(Currency(code: "JPY", exponent: 0), at: fixture.clock.now)
        let text = """
            {"sku":"a","name":"A","price":1.200}
            {"sku":"b","name":"B","price":"1.200"}
            {"sku":"c","name":"C","price":1200.0}
            {"sku":"d","name":"D","price":"￥1,200"}
            {"sku":"e","name":"E","price":1.2e3}
            """
        let job = try fixture.work(try fixture.order(Array(text.utf8), as: .ndjson))
        #expect(try fixture.codes(job) == ["1 bad_price price"])
        #expect(try fixture.table().mapValues(\.price) == ["b": 1200, "c": 1200, "d": 1200, "e": 1200])
        let csv = try fixture.run("sku,name,price\nb,B,\"1,200\"\nd,D,1200円\n")
        #expect(csv.books == books(2, unchanged: 2))
    }

    /// What is shown before an import begins is what it does.
    @Test func theTrialOfAMappingReadsTheSame() throws {
        let fixture = try ImportFixture()
        let text = #"[{"sku":"a","name":"A","price":12.500},{"sku":"b","name":"B","price":"12.500"}]"#
        var format = TableFormat()
        format.kind = .json
        let path = try fixture.folder.write("trial.json", Array(text.utf8))
        let source = ImportJob.Source(
            upload: path,
            range: 0..<Int64(text.utf8.count),
            format: format,
            in: fixture.folder.path
        )
        let table = try ImportSampleTable(
            source,
            TableChoices(),
            target: .products,
            scratch: fixture.folder.path,
            decimals: 2
        )
        var reader = try table.reader(ImportOptions().ragged)
        let columns = try ImportColumns(headers: table.headers, mapping: [:])
        let trial = try ImportTrial(&reader, table.format, columns, .euro, .keep)
        #expect(trial.good == 1 && trial.findings.map(\.code) == ["ambiguous_price"])
        let job = try fixture.work(try fixture.order(Array(text.utf8), as: .json))
        #expect(try fixture.codes(job) == ["2 ambiguous_price price"])
    }

    /// Only the beginning of a file in another encoding is made ready for the page: it is not taken for the whole.
    @Test func theBeginningOfALongFileIsNotTheWhole() throws {
        let fixture = try ImportFixture()
        let name = String(repeating: "n", count: 400)
        func total(_ rows: Int) throws -> Int? {
            let text = "sku,name\n" + (1...rows).map { "s\($0),\(name)\n" }.joined()
            let bytes: [UInt8] = [0xFF, 0xFE] + text.utf8.flatMap { (byte: UInt8) -> [UInt8] in [byte, 0] }
            let path = try fixture.folder.write("long-\(rows).csv", bytes)
            let source = ImportJob.Source(upload: path, range: 0..<Int64(bytes.count), in: fixture.folder.path)
            let table = try ImportSampleTable(
                source,
                TableChoices(),
                target: .products,
                scratch: fixture.folder.path,
                decimals: 2
            )
            var reader = try table.reader(ImportOptions().ragged)
            let columns = try ImportColumns(headers: table.headers, mapping: [:])
            return try ImportTrial(
                &reader,
                table.format,
                columns,
                .euro,
                .keep,
                isWhole: table.isWhole(after:)
            ).total
        }
        #expect(try total(100) == 100)
        #expect(try total(12_000) == nil)
    }

    @Test(arguments: ImportOptions.Blank.allCases) func aShortenedCodeChangesNothing(blank: ImportOptions.Blank) throws
    {
        let fixture = try ImportFixture()
        try fixture.run("sku,name,upc\na,A,4006381333931\nb,B,odd\n")
        var options = ImportOptions()
        options.blank = blank
        options.review = true
        let text = "sku,name,upc\na,A,\"4,00638E+12\"\nb,B,4.00638E+12\nc,C,4006380000000\na2,A,4006381333931\n"
        let planned = try fixture.run(text, options)
        let counts = try PlanReader(try fixture.planPath(planned)).header.counts
        #expect(counts[.unchanged] == 2 && counts[.create] == 2)
        let job = try fixture.confirm(planned)
        #expect(job.books == books(4, created: 2, unchanged: 2))
        let upcs = try fixture.table().mapValues(\.upc)
        #expect(upcs == ["a": "4006381333931", "b": "odd", "c": nil, "a2": "4006381333931"])
        #expect(try warnings(fixture, job) == ["scientific_identifier upc 3"])
    }

    @Test func aSKUIsTheSameWithWhatNobodySees() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name,price\nZW-1,A,2.00\n00123,Bolt,1\n")
        let rows = ["\u{200B}ZW-1,B,3.00", "zw-1\u{200D} \u{FEFF},C,4.00", "'00123,Nut,", "=\"00123\",Bolts,"]
        let job = try fixture.run("\u{FEFF}\u{FEFF}sku\u{200B},name,price\n\(rows.joined(separator: "\n"))\n")
        #expect(job.books == books(4, updated: 2, skipped: 2))
        let table = try fixture.table()
        #expect(table["zw-1"]?.name == "C" && table["00123"]?.name == "Bolts" && table.count == 2)
        #expect(
            try warnings(fixture, job) == ["different_names name 2", "invisible_characters sku 2"],
            "the header's and that of the row that counts"
        )
    }

    /// A record whose form is broken spares its product all the same.
    @Test func aDoubtfulSKUIsReadLikeAnyOther() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\na,A\nb,B\n")
        var options = ImportOptions()
        (options.missing, options.isGuarded) = (.deactivate, false)
        _ = try fixture.run("sku,name\na,A\n\u{200B}b,\"B\"x\n", options)
        #expect(try fixture.table().mapValues(\.status) == ["a": .active, "b": .active])
    }

    @Test func attributesAreReadOneByOne() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.mapping = ["Size": "attribute:Size", "Colour": "attribute:Colour", "Code": "attribute:Code"]
        let job = try fixture.run("sku,name,Size,Colour,Code\na,A,X\u{1}L,\"dark\u{B}red\",\"=\"\"007\"\"\"\n", options)
        #expect(try fixture.table()["a"]?.customAttributes == #"{"Code":"007","Colour":"dark red","Size":"X L"}"#)
        #expect(try warnings(fixture, job) == ["control_character Colour 1", "control_character Size 1"])
    }
}
