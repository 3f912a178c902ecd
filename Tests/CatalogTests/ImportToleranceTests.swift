import Jobs
import Money
import Records
import Support
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct WrittenAmountTests {
    private func read(_ text: String, _ currency: Currency = .euro) -> Int64? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            do throws(Currency.AmountError) {
                return try WrittenAmount(currency).read(bytes).minorUnits
            } catch {
                return nil
            }
        }
    }

    @Test(arguments: [
        "€ 1.234,50", "1.234,50 €", "€1,234.50", "1234.50€", "EUR 1234,50", "1234.50 EUR", "eur1234.5", "1'234.50",
        "1’234,50", "1 234,50", "1\u{A0}234,50\u{A0}€", "1\u{202F}234,50 €", "€\u{A0}1\u{2009}234.50", "€ 1.234,50 EUR",
    ])
    func theShopsCurrency(text: String) { #expect(read(text) == 123_450) }

    @Test(arguments: [
        "$ 12", "12 USD", "£12", "12 kr", "€ 1,234", "€ 1.234", "1'234.567", "1'23.00", "12'34", "1 23", "€", "EUR",
        "€ -5", "€ 1e3", "1 234 56", "' 12", "12 '", "EUREUR12", "12 €€", "1'234'", "1.234'567", "1  234", "12 eurost",
        "1,234'567.00", "0.125 EUR",
    ])
    func whatIsNotClearIsRefused(text: String) { #expect(read(text) == nil) }

    @Test func otherShopsHaveOtherSigns() {
        #expect(read("$1,234.50", Currency(code: "USD", exponent: 2)) == 123_450)
        #expect(read("US$ 5", Currency(code: "USD", exponent: 2)) == 500)
        #expect(read("CHF 1’234.50", Currency(code: "CHF", exponent: 2)) == 123_450)
        #expect(read("Fr. 5", Currency(code: "CHF", exponent: 2)) == 500)
        #expect(read("¥1,234,567", Currency(code: "JPY", exponent: 0)) == 1_234_567)
        #expect(read("12,50 zł", Currency(code: "PLN", exponent: 2)) == 1250)
        #expect(read("12 kr.", Currency(code: "SEK", exponent: 2)) == 1200)
        #expect(read("€5", Currency(code: "USD", exponent: 2)) == nil)
    }
}

@Suite struct ImportToleranceTests {
    @Test func statusesAsPeopleWriteThem() throws {
        let fixture = try ImportFixture()
        let words = [
            ("active", "active"), ("YES", "active"), ("1", "active"), ("Published", "active"), ("wahr", "active"),
            ("Draft", "draft"), ("no", "draft"), ("0", "draft"), ("hidden", "draft"), ("FALSE", "draft"),
            ("archived", "archived"), ("discontinued", "archived"), ("", "active"),
        ]
        for column in ["status", "active", "Published"] {
            let rows = words.enumerated().map { "\(column)-\($0.offset),Name,\($0.element.0)" }
            let job = try fixture.run("sku,name,\(column)\n\(rows.joined(separator: "\n"))\n")
            let codes = try fixture.codes(job)
            #expect(job.books.created == Int64(words.count), "\(codes)")
            let table = try fixture.table()
            for (index, word) in words.enumerated() {
                #expect(table["\(column)-\(index)".lowercased()]?.status.rawValue == word.1, "\(column) \(word)")
            }
        }
        let wrong = try fixture.run("sku,name,active\nx,Name,maybe\ny,Name,-1\n")
        #expect(try fixture.codes(wrong) == ["1 bad_boolean active", "2 bad_boolean active"])
        let woo = try fixture.run("sku,name,published\nw,Name,-1\n")
        #expect(woo.books.created == 1)
        #expect(try fixture.table()["w"]?.status == .draft)
    }

    @Test func blankCellsColumnByColumn() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name,brand,price,status,description\na,A,Acme,9,draft,Old\n")
        var options = ImportOptions()
        options.mapping = try ImportMapping(
            text: #"""
                {"brand":{"field":"brand","blank":"clear"},"price":{"field":"price","blank":"default","default":"9,90"},\#
                "status":{"field":"status","blank":"default"}}
                """#
        )
        try fixture.run("sku,name,brand,price,status,description\na,,,,,\nb,B,,,,\n", options)
        let table = try fixture.table()
        let a = try #require(table["a"])
        #expect(a.name == "A" && a.brand == nil && a.price == 990 && a.status == .active && a.description == "Old")
        #expect(table["b"]?.price == 990)
        options.mapping = [:]
        options.blank = .standard
        try fixture.run("sku,name,brand,price,status\na,,,,\n", options)
        #expect(try fixture.table()["a"]?.price == 990)
        // A default that its field refuses is refused with each blank cell that would need it.
        options.mapping = ImportMapping([.init("price", .field("price"), blank: .standard, standard: "free")])
        let wrong = try fixture.run("sku,price\na,\n", options)
        #expect(try fixture.codes(wrong) == ["1 bad_price price"])
    }

    @Test func attributesOfAFileJoinThoseThatAreThere() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.mapping = ["Size": "attribute:Size", "Colour": "attribute:Colour"]
        func attributes() throws -> String? { try fixture.table()["a"]?.customAttributes }
        try fixture.run("sku,name,Size,Colour\na,A, XL ,\"red \"\"dark\"\"\"\nb,B,,\n", options)
        #expect(try attributes() == #"{"Colour":"red \"dark\"","Size":"XL"}"#)
        #expect(try fixture.table()["b"]?.customAttributes == nil)
        let again = try fixture.run("sku,name,Size,Colour\na,A,XL,\"red \"\"dark\"\"\"\nb,B,,\n", options)
        #expect(again.books.unchanged == 2)
        try fixture.run("sku,custom_attributes\na,\"{\"\"Size\"\":\"\"M\"\", \"\"Fit\"\":\"\"slim\"\"}\"\n")
        #expect(try attributes() == #"{"Fit":"slim","Size":"M"}"#)
        try fixture.run("sku,Size,Colour\na,L,\n", options)
        #expect(try attributes() == #"{"Fit":"slim","Size":"L"}"#)
        options.blank = .clear
        try fixture.run("sku,Size,Colour\na,,blue\n", options)
        #expect(try attributes() == #"{"Colour":"blue","Fit":"slim"}"#)
        let wrong = try fixture.run("sku,custom_attributes\na,[]\na2,\"{\"\"a\"\":1}\"\n")
        #expect(
            try fixture.codes(wrong).map { $0.split(separator: " ")[1] } == [
                "bad_attributes", "bad_attributes", "no_name",
            ]
        )
        let revisions = try RevisionStore(fixture.connection).history(try #require(fixture.table()["a"]).id)
        #expect(revisions[0].before == ["custom_attributes": #"{"Fit":"slim","Size":"L"}"#])
    }

    @Test func tooManyAttributesTogether() throws {
        let fixture = try ImportFixture()
        let names = (1...CustomAttributes.maxCount).map { "n\($0)" }
        var options = ImportOptions()
        options.mapping = ImportMapping(names.map { .init($0, .attribute($0)) })
        let values = names.map { _ in "x" }.joined(separator: ",")
        try fixture.run("sku,name,\(names.joined(separator: ","))\na,A,\(values)\n", options)
        options.mapping = ["More": "attribute:More"]
        let job = try fixture.run("sku,More\na,x\n", options)
        #expect(try fixture.codes(job) == ["1 too_many_attributes -"])
    }

    @Test func whatIsOddIsToldButTaken() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run(
            """
            sku,name,upc,price
            8.4E+12,A,4006381333931,"1,50"
            1E5,B,36000291452,2.50
            c,C,4006381333932,2.50
            d,D,"8,4E+12",3
            e,E,,4.00

            """
        )
        #expect(job.books.created == 5 && job.books.failed == 0)
        let summary = try ImportWarningSummary(fixture.connection, jobID: job.id)
        #expect(
            summary.entries.map { "\($0.code) \($0.column) \($0.count)" } == [
                "bad_check_digit upc 1", "mixed_decimal_marks price 1", "scientific_identifier sku 1",
                "scientific_identifier upc 1", "stripped_zeros upc 1",
            ]
        )
        #expect(summary.entries[0].examples.map(\.row) == [3])
        let table = try fixture.table()
        #expect(table["c"]?.upc == "4006381333932" && table["1e5"]?.upc == "036000291452" && table["d"]?.upc == nil)
    }
}
