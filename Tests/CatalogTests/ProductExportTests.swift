import Database
import Identity
import IdentityTestSupport
import Jobs
import Money
import Records
import Support
import Tables
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Texts that files, spreadsheets and readers stumble over.
enum HostileTexts {
    static let all = [
        "=HYPERLINK(\"http://x\";\"y\")", "+49 30 1234", "-5", "@me", "'=1", "''-1", "'", "\"", "\"\"", "a,b;c|d",
        "a\"b",
        "\u{FEFF}marked", "日本語", "é", "e\u{301}", "😀", "\u{202E}right", "＝1", "bodega_escaped", "null", "0012", "1e5",
        "8.4E+12", "a'b", "\\", "\\n", "#N/A", "\u{10FFFD}", "\u{85}x", "x\u{A0}y", "- 1", "x;=1+1", "a;'=1;=2", "a|-1",
        "x; \"=1", "'=1;''=2", "x;\"\"@a", "end;", "end;\"", "\"=1;", "＝;＝1",
    ]
    static let lines =
        all + [
            "\ttab first", "\r\nwindows", "\rold", "\n", " ", "  blanks  ", "one\ntwo", "\"\n\"", "a\r", "\r=1", " =1",
            "\u{FEFF}",
            "a,\"b\"\r\n,c", "list:\n- one\n- two", "a\n\"=1\"", "x\t=1", "a;\n=1;\"\n=2", "\n;=1",
        ]
}

@Suite struct ProductExportTests {
    private func fill(_ fixture: ImportFixture, _ random: inout SeededRandom, _ currency: Currency) throws {
        for number in 0..<random.below(60) {
            var product = Product()
            product.sku = "\(random.pick(HostileTexts.all)) \(number)".trimmed
            product.name = random.pick(HostileTexts.all).trimmed
            product.description = random.chance(1, in: 4) ? nil : random.pick(HostileTexts.lines)
            let other = Int64(random.below(1_000_000))
            product.price = random.pick([nil, 0, 1, 99, 1234, 123_456, 9_007_199_254_740_991, other])
            product.status = random.pick(Product.Status.allCases)
            product.brand = random.chance(1, in: 3) ? nil : random.pick(HostileTexts.all).trimmed
            product.compareAtPrice = random.pick([nil, 0, 1999])
            product.upc = random.pick([nil, "036000291452", "4006381333931", "96385074"])
            if random.chance(1, in: 2) {
                let texts = [random.pick(HostileTexts.lines), random.pick(HostileTexts.lines)]
                let names = [random.pick(HostileTexts.all).trimmed, "Colour"]
                product.customAttributes = try CustomAttributes(zip(names, texts).map { .init($0, $1) }).text
            }
            _ = try fixture.products.insert(product, fixture.context)
        }
    }

    private func whole(_ export: ProductExport, _ connection: Connection) throws -> [UInt8] {
        var export = export
        var bytes: [UInt8] = []
        while let part = try export.next(connection) { bytes += part }
        return bytes
    }

    /// The same catalogue takes it as unchanged; an empty one becomes the same.
    @Test(arguments: seeds(15, long: 400))
    func importingAnExportChangesNothing(seed: Int) throws {
        var random = SeededRandom(seed)
        let currency = Currency(code: "EUR", exponent: seed % 5)
        let fixture = try ImportFixture()
        try CurrencyStore(fixture.connection).fixCurrency(currency, at: fixture.clock.now)
        try fill(fixture, &random, currency)
        let before = try fixture.digest()
        let sort = random.pick(["id", "-id", "sku", "-name", "price", "-price", "updated_at"])
        let bytes = try whole(ProductExport(["sort": sort], .csv, fixture.connection), fixture.connection)

        var options = ImportOptions()
        options.blank = random.pick(ImportOptions.Blank.allCases)
        let again = try fixture.run(bytes, options)
        #expect(try fixture.codes(again) == [])
        #expect(again.books == books(before.products, unchanged: before.products))
        #expect(try fixture.digest() == before)
        #expect(again.result?["ignored_columns"] == [])

        let other = try ImportFixture("other.db")
        try CurrencyStore(other.connection).fixCurrency(currency, at: other.clock.now)
        let copied = try other.run(bytes)
        #expect(copied.books == books(before.products, created: before.products))
        #expect(try other.digest().hash == before.hash)
    }

    /// The workbook as well: nothing in it is escaped, and nothing is lost.
    @Test(arguments: seeds(10, long: 200))
    func importingAWorkbookChangesNothing(seed: Int) throws {
        var random = SeededRandom(seed)
        let currency = Currency(code: "EUR", exponent: seed % 5)
        let fixture = try ImportFixture()
        try CurrencyStore(fixture.connection).fixCurrency(currency, at: fixture.clock.now)
        try fill(fixture, &random, currency)
        let before = try fixture.digest()
        let bytes = try whole(ProductExport(["sort": "sku"], .xlsx, fixture.connection), fixture.connection)
        let again = try fixture.importFile(bytes)
        #expect(try fixture.codes(again) == [])
        #expect(again.books == books(before.products, unchanged: before.products))
        let other = try ImportFixture("other.db")
        try CurrencyStore(other.connection).fixCurrency(currency, at: other.clock.now)
        #expect(try other.importFile(bytes).books == books(before.products, created: before.products))
        #expect(try other.digest().hash == before.hash)
    }

    @Test func aMarkForSpreadsheets() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\na,Ä\n")
        let plain = try whole(ProductExport([:], .csv, fixture.connection), fixture.connection)
        let marked = try whole(ProductExport(["bom": "1"], .csv, fixture.connection), fixture.connection)
        #expect(marked == [0xEF, 0xBB, 0xBF] + plain && plain.starts(with: Array("sku,".utf8)))
        #expect(try fixture.importFile(marked).books == books(1, unchanged: 1))
        #expect(throws: WebError.self) { try ProductExport(["bom": "yes"], .csv, fixture.connection) }
    }

    /// What a spreadsheet sees that parts cells elsewhere: it knows quotes only where a cell of its own begins.
    private func cells(_ text: [UInt8], separator: UInt8) -> [[UInt8]] {
        var cells: [[UInt8]] = [[]]
        var (isQuoted, isAtStart) = (false, true)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if isQuoted, byte == 0x22 {
                if index < text.count, text[index] == 0x22 {
                    cells[cells.count - 1].append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if !isQuoted, isAtStart, byte == 0x22 {
                isQuoted = true
            } else if !isQuoted, byte == separator || byte == 0x0A || byte == 0x0D {
                cells.append([])
                isAtStart = true
                continue
            } else {
                cells[cells.count - 1].append(byte)
            }
            isAtStart = false
        }
        return cells
    }

    /// The same file where another list separator is usual.
    @Test(arguments: 0..<20)
    func noSpreadsheetFindsAFormula(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        try fill(fixture, &random, .euro)
        let bytes = try whole(ProductExport(["sort": "id"], .csv, fixture.connection), fixture.connection)
        for separator in ",;\t|".utf8 {
            for cell in cells(bytes, separator: separator) {
                let text = String(decoding: cell, as: UTF8.self)
                let first = text.unicodeScalars.first { $0 != " " }
                #expect(first.map { !"=+-@＝＋－＠".unicodeScalars.contains($0) } ?? true, "\(text.debugDescription)")
            }
        }
    }

    @Test func theFormOfTheFile() throws {
        let fixture = try ImportFixture()
        var product = Product(sku: "A-1", name: "=1+1")
        product.price = 1250
        product.description = "two\nlines, \"quoted\""
        _ = try fixture.products.insert(product, fixture.context)
        _ = try fixture.products.insert(Product(sku: "-2", name: "Plain"), fixture.context)
        let bytes = try whole(ProductExport(["sort": "id"], .csv, fixture.connection), fixture.connection)
        let names = ProductFields.all.map(\.name)
        #expect(names.prefix(2) == ["sku", "name"])
        let text = String(decoding: bytes, as: UTF8.self)
        let columns = names.map { $0 == "category_id" ? "category" : $0 }
        #expect(text.hasPrefix("\(columns.joined(separator: ",")),bodega_escaped\r\n"))
        #expect(text.contains("A-1,'=1+1,"))
        #expect(text.contains("\"two\nlines, \"\"quoted\"\"\""))
        #expect(text.contains(",name\r\n"))
        #expect(text.contains("'-2,Plain,"))
        #expect(text.hasSuffix(",sku\r\n"))
    }

    @Test func linesOfRecords() throws {
        let fixture = try ImportFixture()
        for number in 1...3 {
            _ = try fixture.products.insert(Product(sku: "A-\(number)", name: "=\n\(number)".trimmed), fixture.context)
        }
        let bytes = try whole(ProductExport([:], .ndjson, fixture.connection), fixture.connection)
        let lines = bytes.split(separator: 0x0A).map { Array($0) }
        let records = try lines.map { try JSON.parse($0) }
        let expected = try [3, 2, 1].map { try fixture.products.find(Int64($0))?.json(.euro) }
        #expect(records == expected)
    }

    /// Parts that end after every product, in every order, with every filter: as the list has it.
    @Test func partsGoOnWhereTheLastOneEnded() throws {
        let house = try CatalogHouse()
        var random = SeededRandom(3)
        for number in 0..<300 {
            if random.chance(1, in: 3) { house.house.clock.advance(seconds: 1) }
            try house.add("s\(number)", random.pick(["Chair", "Lamp", "Zebra"])) { product in
                product.price = random.chance(1, in: 3) ? nil : Int64(random.below(5))
                product.status = random.pick(Product.Status.allCases)
            }
        }
        try house.index()
        let filters: [Fields] = [
            [:], ["status": "draft,archived"], ["active": "false"], ["status": "active"], ["name": "chair"],
            ["sku": "S1"],
            ["price_min": "0.02"], ["status": "draft", "active": "true"],
        ]
        for filter in filters {
            for sort in ["id", "-id", "sku", "-sku", "name", "-name", "price", "-price", "updated_at", "-updated_at"] {
                var query = filter
                query.append("sort", sort)
                let ids = try exported(query, house)
                let sorting = ProductSort(try ListRules.products(query).sort(sort))
                let wanted = try ProductFilter(filter, .euro)
                let expected = try house.store.list(wanted, sorting, limit: 1000).map(\.id)
                #expect(ids == expected, "\(query.queryString)")
            }
        }
        #expect(try exported(["q": "chair"], house).count > 50)
    }

    private func exported(_ query: Fields, _ house: CatalogHouse) throws -> [Int64] {
        let filter = try ProductFilter(query, .euro)
        let sort = ProductSort(try ListRules.products(query).sort(query["sort"]))
        var ids: [Int64] = []
        var cursor: ProductCursor?
        // Not even few products are found by what makes them few: both ways must agree.
        for few in [nil, try house.store.fewest(filter)] {
            ids = []
            cursor = nil
            var last: Product?
            repeat {
                last = try ProductSearch.reading(house.database, filter) {
                    try house.store.read(filter, sort, after: cursor, few: few) { row in
                        ids.append(row.int(0))
                        return ids.count % 7 != 0
                    }
                }
                cursor = last.map { ProductCursor($0, sort) }
            } while last != nil
        }
        return ids
    }
}

@Suite struct ProductExportAPITests {
    @Test func theListAsAFile() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Apple") { $0.status = .draft }
        try house.add("B-1", "Birch")
        let client = try house.client([.readProducts])
        let answer = try client.get("/api/products.csv?status=active&sort=sku")
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present")
        let disposition = answer.headers["Content-Disposition"] ?? ""
        #expect(disposition.hasPrefix("attachment; filename=\"products-20") && disposition.hasSuffix(".csv\""))
        #expect(answer.text.contains("B-1,Birch") && !answer.text.contains("A-1"))
        let lines = try client.get("/api/products.ndjson")
        #expect(lines.headers["Content-Type"] == "application/x-ndjson")
        #expect(lines.text.split(separator: "\n").count == 2)
        #expect(try client.get("/api/products.csv?bom=1").body.starts(with: [0xEF, 0xBB, 0xBF, 0x73]))
        let workbook = try client.get("/api/products.xlsx?status=active")
        #expect(workbook.headers["Content-Type"] == ProductExport.Format.xlsx.mediaType)
        #expect(workbook.headers["Content-Disposition"]?.hasSuffix(".xlsx\"") == true)
        #expect(workbook.body.starts(with: [0x50, 0x4B, 3, 4]))
    }

    @Test func anExportIsNoted() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Apple")
        let client = try house.client([.readProducts])
        _ = try client.get("/api/products.csv?status=active&sort=sku")
        _ = try client.get("/api/products.ndjson")
        _ = try client.get("/api/products.csv?sort=colour")
        _ = try client.send(Call(.head, "/api/products.csv"))
        let entries = house.house.notes.all.map(\.entry)
        #expect(entries.map(\.action) == ["product.export", "product.export"])
        #expect(entries.first?.after == ["format": "csv", "query": ["status": "active", "sort": "sku"]])
    }

    @Test func aBigFileComesInParts() throws {
        let house = try CatalogHouse()
        let long = String(repeating: "word ", count: 4000)
        for number in 0..<100 { try house.add("L-\(number)", "Long") { $0.description = long } }
        try house.index()
        let client = try house.client()
        for query in ["", "?q=long", "?sort=-sku"] {
            let answer = try client.get("/api/products.csv\(query)")
            #expect(answer.text.split(separator: "\r\n").count == 101)
            #expect(answer.body.count > 3 * ProductExport.partBytes)
            let lines = try client.get("/api/products.ndjson\(query)")
            #expect(lines.text.split(separator: "\n").count == 100)
        }
    }

    @Test func refusals() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        for (query, code) in [
            ("?limit=5", "unknown_parameter"), ("?cursor=a", "unknown_parameter"),
            ("?statsu=active", "unknown_parameter"),
            ("?status=active&status=draft", "duplicate_parameter"), ("?sort=colour", "bad_sort"),
            ("?q=a&sort=name", "bad_sort"), ("?price_min=x", "bad_price"),
        ] {
            let answer = try client.get("/api/products.csv\(query)")
            #expect(answer.status == 400)
            #expect(answer.json?["code"]?.stringValue == code, "\(query)")
        }
        for path in ["/api/products.xlsx?bom=1", "/api/products.csv?bom=2", "/api/products.ndjson?bom=1"] {
            #expect(try client.get(path).status == 400, "\(path)")
        }
        #expect(try house.client([.readJobs]).get("/api/products.csv").status == 403)
    }

    @Test func theNameOfTheFile() {
        let moment = Timestamp(rfc3339: "2026-11-21T05:46:59.123Z") ?? Timestamp(milliseconds: 0)
        #expect(ProductExportAPI.filename(.csv, moment) == "products-2026-11-21-0546.csv")
    }
}
