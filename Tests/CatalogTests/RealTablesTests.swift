import Database
import Glibc
import Jobs
import Support
import Tables
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

extension ImportFixture {
    /// Imports a file of any format, as an upload or the command line does.
    @discardableResult
    func importFile(_ bytes: [UInt8], _ chosen: ImportOptions = ImportOptions()) throws -> Job {
        let path = try folder.write("\(randomBytes(8).hex).upload", bytes)
        let file = try Files.open(path, O_RDONLY)
        let range = 0..<Int64(bytes.count)
        var options = chosen
        let (head, use) = try ImportHeader.read(file.raw, range, &options, connection, scratch: folder.path)
        let columns = try ImportHeader.columns(head.headers, options, in: head.format)
        let source = ImportJob.Source(upload: path, range: range, format: head.format, in: folder.path)
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import",
            parameters: source.parameters(columns, use),
            options: options.json,
            undo: .possible
        )
        let id = Environment.live.makeUUID()
        return try work(try JobStore(connection).addClaimed(order, publicID: id, now: clock.now))
    }

    @discardableResult
    func importFile(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> Job {
        try importFile(Array(text.utf8), options)
    }

    /// `code column count lines` of every warning.
    func warnings(_ job: Job) throws -> [String] {
        try ImportWarningSummary(connection, jobID: job.id).entries.map { entry in
            let lines = entry.examples.map { "\($0.line)" }.joined(separator: ",")
            return "\(entry.code) \(entry.column.isEmpty ? "-" : entry.column) \(entry.count) \(lines)"
        }
    }

    /// `sku|name|price` of every product, by SKU.
    func catalogue() throws -> [String] {
        try table().sorted { $0.key < $1.key }.map { "\($0.value.sku)|\($0.value.name)|\($0.value.price ?? -1)" }
    }
}

private func options(_ change: (inout ImportOptions) -> Void) -> ImportOptions {
    var options = ImportOptions()
    change(&options)
    return options
}

/// What real files hold beside products, or instead of values: each is read as it is meant.
@Suite struct RealTablesTests {
    // MARK: Cells that mean nothing

    @Test(
        arguments: [
            // Rows of nothing but delimiters and white space are none.
            (
                "sku,name,price\nE-1,A,1.50\n,,\n,,\nE-2,B,2.50\n \t,\u{A0},\n\"\",,\n", ["E-1|A|150", "E-2|B|250"], []
            ),
            // Missing cells at the end are blank.
            (
                "sku,name,price,brand,status\nR-1,A,1.50,Acme,active\nR-2,B,2.50\nR-3,C\n",
                ["R-1|A|150", "R-2|B|250", "R-3|C|-1"], ["missing_cells - 2 3,4"]
            ),
            // Empty ones too many are not there.
            ("sku;name;price\nD-1;A;1,50;\nD-2;B;2,50; ;\n", ["D-1|A|150", "D-2|B|250"], ["surplus_cells - 2 2,3"]),
            // Delimiters behind the header alone say nothing.
            (
                "sku,name,price,,\na,A,1\nb,B,2,,\nc,C,3,,,\n", ["a|A|100", "b|B|200", "c|C|300"],
                ["surplus_cells - 1 4"]
            ),
            ("sku\ta\tname\nx\t\tX\n\t\t\ny\t1\n\n", ["x|X|-1"], ["missing_cells - 1 4"]),
        ] as [(String, [String], [String])]
    )
    func cellsThatMeanNothing(text: String, products: [String], warnings: [String]) throws {
        let fixture = try ImportFixture()
        let job = try fixture.importFile(text)
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        #expect(try fixture.catalogue() == products)
        #expect(try fixture.warnings(job) == warnings)
        // With a plan it is the same.
        let again = try fixture.confirm(try fixture.importFile(text, options { $0.review = true }))
        #expect(again.books.unchanged == Int64(products.count) && again.books.total == job.books.total)
        #expect(try fixture.warnings(again) == warnings)
    }

    @Test func aFilledCellTooManyIsAnError() throws {
        let fixture = try ImportFixture()
        let job = try fixture.importFile("sku,name,price\na,A,1\nb,B, big,2\nc,C,3,,x\n")
        #expect(try fixture.codes(job) == ["2 ragged_row -", "3 ragged_row -"])
        #expect(try fixture.catalogue() == ["a|A|100"])
    }

    @Test func strictnessCanBeAskedFor() throws {
        let fixture = try ImportFixture()
        let strict = options { $0.ragged = .refuse }
        let job = try fixture.importFile("sku,name,price\na,A,1\nb,B\n,,\nc,C,3,\n", strict)
        #expect(try fixture.codes(job) == ["2 ragged_row -", "3 ragged_row -"])
        #expect(try fixture.errors(job).map(\.line) == [3, 5])
        #expect(ImportOptions(json: strict.json).ragged == .refuse)
        #expect(ImportOptions(json: ImportOptions().json).ragged == .fill)
        // Rows of a sheet end behind their last value, so that nothing is wrong with those.
        let sheet = SmallWorkbook([["A list"], ["sku", "name", "price"], ["a", "A"], ["b", "B", "=2"]])
        #expect(try fixture.importFile(sheet.bytes, strict).books.failed == 0)
        #expect(try fixture.catalogue() == ["a|A|100", "b|B|200"])
    }

    /// Failing rows come back as they stood, and may stay short.
    @Test func repairedRowsMayBeShort() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price,brand\na,A,x\n,,,\nb,B,y,Acme\n")
        #expect(try fixture.codes(job) == ["1 bad_price price", "2 bad_price price"])
        let file = try fixture.failingRows(job)
        let repaired = try fixture.repair(job, file.replacing(",a,A,x", with: ",a,A,1").replacing(",y,", with: ",2,"))
        #expect(repaired.books == books(2, created: 2), "\(file)")
    }

    // MARK: Headers once more

    @Test(
        arguments: [
            ("sku;name;preis\na;A;1\nsku;name;preis\nb;B;2\nSKU;Name;Preis\n", 2),
            (
                """
                Seller SKU\tProduct name\tBrand name\tPrice\tProduct ID
                item_sku\titem_name\tbrand_name\tstandard_price\texternal_product_id
                a\tA\t\t1\t9
                b\tB\t\t2\t9
                """, 1
            ),
            ("sku,name,price\nArtikelnummer,Bezeichnung,Preis\na,A,1\nb,B,2\n", 1),
            ("sku,name,price,Farbe\na,A,1,rot\nsku,name,price,Sonst 2\nb,B,2,\n", 1),
        ] as [(String, Int64)]
    )
    func headersOnceMore(text: String, headers: Int64) throws {
        for isPlanned in [false, true] {
            let fixture = try ImportFixture()
            var job = try fixture.importFile(text, options { $0.review = isPlanned })
            if isPlanned {
                let counts = try PlanReader(try fixture.planPath(job)).header.counts
                #expect(counts[reason: .header] == headers && counts[reason: .superseded] == 0)
                job = try fixture.confirm(job)
            }
            #expect(job.books == books(2 + headers, created: 2, skipped: headers))
        }
    }

    /// What only looks like one is a product.
    @Test func productsThatLookLikeHeaders() throws {
        let fixture = try ImportFixture()
        let job = try fixture.importFile("sku,name,price\nred_shirt,big_one,1\nTitle,Preis,2\nskv,name,3\nsku,Mug,4\n")
        #expect(job.books == books(4, created: 4))
    }

    // MARK: Workbooks

    @Test func cellsWithoutAValue() throws {
        let fixture = try ImportFixture()
        let noValue = "=<c><f>1+1</f></c>"
        func error(_ text: String) -> String { "=<c t=\"e\"><v>\(text)</v></c>" }
        let file = SmallWorkbook([
            ["sku", "name", "price", "more"], ["a", "A", noValue], [error("#N/A"), "B", "=1"],
            ["c", error("#REF!"), "=2"], ["=1234567890123456", "D", "=1"], ["=1234567890123458", "E", "=1"],
            ["f", "F", "=3", error("#N/A")],
        ])
        let job = try fixture.importFile(file.bytes)
        #expect(
            try fixture.codes(job) == [
                "1 no_value price", "2 error_value sku", "3 error_value name", "4 imprecise_number sku",
                "5 imprecise_number sku",
            ]
        )
        let shown = ["", "#N/A", "#REF!", "1234567890123456", "1234567890123458"]
        #expect(try fixture.errors(job).map(\.value) == shown)
        #expect(try fixture.catalogue() == ["f|F|300"])
        let failing = try fixture.failingRows(job)
        #expect(failing.contains(",#N/A,B,1,\n") && failing.contains(",1234567890123456,D,1,\n"), "\(failing)")
        let repaired = try fixture.repair(
            job,
            "bodega_row,sku,name,price,more\n1,a,A,2,\n2,b,B,1,\n3,c,C,2,\n4,12,D,1,\n5,13,E,1,\n"
        )
        #expect(repaired.books == books(6, created: 6))
    }

    @Test func mergedCells() throws {
        let fixture = try ImportFixture()
        let rows = [
            ["SKU", "Name", "Preise"], ["", "", "VK", "EK"], ["a", "A", "=1"], ["b", "", "=2"], ["c", "C"],
        ]
        let file = SmallWorkbook(rows, merged: ["A1:A2", "B1:B2", "C1:D1", "B3:B4", "C4:C5"])
        let job = try fixture.importFile(file.bytes, options { $0.mapping = ["VK": "price"] })
        #expect(try fixture.catalogue() == ["a|A|100", "b|A|200", "c|C|200"])
        #expect(job.books == books(3, created: 3))
    }

    @Test func otherSheetsAreNamed() throws {
        let fixture = try ImportFixture()
        let file = try SmallWorkbook([["sku", "name"], ["a", "A"]], sheets: ["Deckblatt", "Artikel & mehr"]).bytes
        let empty = #expect(throws: WebError.self) { try fixture.importFile(file) }
        #expect(empty?.code == "empty_file" && empty?.status == 422)
        let detail = empty?.detail ?? ""
        #expect(detail.contains("'Deckblatt' is empty") && detail.contains("'Artikel & mehr'"), "\(detail)")
        #expect(empty?.members == [JSON.Member("sheets", ["Deckblatt", "Artikel & mehr"])])
        #expect(try fixture.importFile(file, options { $0.table.sheet = "artikel & mehr" }).books.created == 1)
        let cover = SmallWorkbook(sheets: [
            ("Titel", "<row><c t=\"str\"><v>Preisliste</v></c></row>"),
            ("Daten", "<row><c t=\"str\"><v>sku</v></c></row>"),
        ])
        let error = #expect(throws: WebError.self) { try fixture.importFile(cover.bytes) }
        #expect(error?.code == "no_sku_column" && error?.detail.contains("'Daten'") == true)
        #expect(error?.members.last == JSON.Member("sheets", ["Titel", "Daten"]))
    }
}

/// JSON as shops and programs give it out.
@Suite struct RealJSONTests {
    @Test(
        arguments: [
            (#"{"products": [{"sku": "JS-1", "name": "A", "price": 1.5}]}"#, ["JS-1|A|150"], []),
            (
                #"{"items": [{"id": 1, "sku": "JM-1", "name": "A", "price": 12.5}], "total_count": 1}"#,
                ["JM-1|A|1250"], []
            ),
            (#"{"data":{"products":[{"sku":"a","name":"A","price":1}]}}"#, ["a|A|100"], []),
            ("\u{FEFF}" + #"[{"sku":"a","name":"A","price":1}]"#, ["a|A|100"], []),
            (
                #"{"sku":"ND-1","name":"A"}"# + "\n\n\n" + #"{"sku":"ND-2","name":"B""# + "\n"
                    + #"{"sku":"ND-3","name":"C"}"# + "\n", ["ND-1|A|-1", "ND-3|C|-1"], ["2 4 bad_json"]
            ),
            (
                #"[{"sku":"NA-1","name":"A","price":NaN},{"sku":"NA-2","name":"B","price":1}]"#, ["NA-2|B|100"],
                ["1 1 bad_json"]
            ),
            (
                #"{"sku":"x","name":"X"}"# + "\nnull\n{}\n" + #"{"sku":"y","name":""}"#, ["x|X|-1"],
                ["2 2 bad_json", "3 4 no_name"]
            ),
            (#"{"sku":"a","name":"A"}{"sku":"b","name":"B"}"#, ["a|A|-1", "b|B|-1"], []),
            (#"{"sku":"a","name":"A","images":[{"src":"x"}]}"#, ["a|A|-1"], []),
            (#"{"sku":"a"}"# + "\n" + #"{"sku":Infinity}"#, [], ["1 1 no_name", "2 2 bad_json"]),
        ] as [(String, [String], [String])]
    )
    func lists(text: String, products: [String], errors: [String]) throws {
        let fixture = try ImportFixture()
        let job = try fixture.importFile(text)
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        #expect(try fixture.catalogue() == products)
        #expect(try fixture.errors(job).map { "\($0.row) \($0.line) \($0.code)" } == errors)
        #expect(try fixture.warnings(job) == [])
    }

    @Test func whatIsNoObjectIsShownAndCanBeCorrected() throws {
        let fixture = try ImportFixture()
        let job = try fixture.importFile(#"{"sku":"a","name":"A"}"# + "\n" + #"{"sku":"b","name":}"# + "\n")
        #expect(try fixture.errors(job).map(\.value) == [#"{"sku":"b","name":}"#])
        let file = try fixture.failingRows(job)
        #expect(file.hasPrefix("bodega_row,bodega_error,sku,name\n2,") && !file.unicodeScalars.contains("\u{FFFD}"))
        #expect(try fixture.repair(job, file).books.failed == 1, "nothing stands in it")
        let again = try fixture.repair(job, "bodega_row,sku,name\n2,b,B\n")
        #expect(again.books == books(2, created: 2))
    }

    @Test func severalListsAreNamed() throws {
        let fixture = try ImportFixture()
        let text = #"{"brands":[{"name":"x"}],"products":[{"sku":"a","name":"A"}]}"#
        let error = #expect(throws: WebError.self) { try fixture.importFile(text) }
        #expect(error?.code == "several_lists" && error?.status == 422)
        #expect(error?.members == [JSON.Member("lists", ["brands", "products"])])
        #expect(error?.detail.contains("'brands', 'products'") == true && error?.detail.contains("items=") == true)
        let chosen = options { $0.table.list = "products" }
        #expect(try fixture.importFile(text, chosen).books.created == 1)
        #expect(TableChoices(json: chosen.json) == chosen.table)
        let keyed = #"{"KS-1": {"name": "A"}, "KS-2": {"name": "B"}}"#
        let refused = #expect(throws: WebError.self) { try fixture.importFile(keyed) }
        #expect(refused?.code == "no_sku_column" && refused?.members == [JSON.Member("headers", ["key", "name"])])
        #expect(try fixture.importFile(keyed, options { $0.mapping = ["key": "sku"] }).books.created == 2)
    }
}

/// Where rows cannot be read, what a file leaves out is not known.
@Suite struct UnknownMissingTests {
    private static let feed = (1...40).map { "DA-\($0),N\($0),1.00\n" }

    private func file(_ rows: some Sequence<String>, _ last: String) -> String {
        "sku,name,price\n" + rows.joined() + last
    }

    /// Three or four are not named: fewer than the guard's numbers would ask about.
    @Test(
        arguments: [
            ("DA-1,\"N1,1.00\n", true), (",N1,1.00\n", true), ("DA-1,N1,1.00,x\n", true), ("DA-1,N1", true),
            ("a\u{1}b,N1,1.00\n", true), ("DA-1,\"N1\"x,1.00\n", true), ("DA-1,N1,free\n", false),
            ("DA-1,N1,1.00", false), ("DA-1,N1\n", false), ("sku,name,price\n", false), (",,\n\n", false),
        ]
    )
    func aPersonIsAsked(last: String, asks: Bool) throws {
        let fixture = try ImportFixture()
        try fixture.run(file(Self.feed, ""))
        let before = try fixture.digest()
        let job = try fixture.importFile(file(Self.feed[4...], last), options { $0.missing = .deactivate })
        #expect((job.status == .awaitingConfirmation) == asks)
        #expect(job.waitingReason == (asks ? "guard" : nil))
        let drafts: Int64 = last.hasPrefix("DA-1") ? 3 : 4
        if asks {
            #expect(try fixture.digest() == before)
            let counts = try PlanReader(try fixture.planPath(job)).header.counts
            let finding = try #require(ImportGuard.findings(counts).first)
            #expect(finding.kind == .unreadableRows && finding.count == 1 && counts[.deactivate] == drafts)
            #expect(PlanMessages.text(finding).hasPrefix("1 row could not be read"))
            #expect(try fixture.confirm(job).status == .completed)
        }
        #expect(try fixture.table().values.filter { $0.status == .draft }.count == Int(drafts))
    }

    @Test func withoutTheGuardNothingIsDeactivated() throws {
        let fixture = try ImportFixture()
        try fixture.run(file(Self.feed, ""))
        for (last, isUnknown) in [(",N1,1.00\n", true), ("DA-1,N1,1.00\n", false)] {
            let text = file(Self.feed[10...], last)
            let job = try fixture.importFile(text, options { ($0.missing, $0.isGuarded) = (.deactivate, false) })
            #expect(job.status == .completed)
            #expect(try fixture.warnings(job) == (isUnknown ? ["missing_unknown - 1 "] : []))
            #expect(try fixture.table().values.contains { $0.status == .draft } != isUnknown)
        }
    }

    /// Where records are matched with the whole catalogue at once, one that is cut off is told too.
    @Test func aRecordThatIsCutOff() throws {
        let fixture = try ImportFixture()
        try fixture.run(file(Self.feed, ""))
        fixture.tuning.matching = .eager
        let job = try fixture.importFile(file(Self.feed[2...], "DA-1,N1"), options { $0.missing = .deactivate })
        #expect(job.waitingReason == "guard")
    }
}
