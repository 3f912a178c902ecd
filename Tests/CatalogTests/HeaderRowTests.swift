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

/// Where the names of the columns stand when it is not the first line.
@Suite struct HeaderRowTests {
    private func read(
        _ text: String,
        line: Int64? = nil,
        isKnown: @escaping ([String]) throws -> Bool = { _ in false }
    ) throws -> ImportHead {
        let folder = try TemporaryFolder()
        let bytes = Array(text.utf8)
        let file = try Files.open(try folder.write("f", bytes), O_RDONLY)
        var choices = TableChoices()
        choices.headerLine = line
        return try ImportHead.read(
            file.raw,
            0..<Int64(bytes.count),
            choices,
            target: .products,
            scratch: folder.path,
            isKnown: isKnown
        )
    }

    @Test(
        arguments: [
            // The first line, whatever stands below.
            ("sku,name\nsku,name\n", 1), ("SKU\nA\nB\n", 1), ("Ref,Was\nA,Lamp\n", 1),
            ("name,Article\nx,sku\n", 1), ("a,b,c\n1,,\n", 1),
            // Below titles, known by its names.
            ("Price list 2026\nsku,name\nA,Lamp\n", 2), ("Price list,,\n,,\nSKU,Name,Price\nA,Lamp,1\n", 3),
            ("Supplier,Acme\nDate,2026-01-01\n\nArt.-Nr.,Bezeichnung,VK\nA,Lamp,1\n", 4),
            ("\n\nTitle of it all\n\nsku;name;price\nA;Lamp;1\n", 5), ("\u{FEFF}List\r\nsku,name\r\nA,Lamp\r\n", 2),
            ("To be deleted\nsku\nA\nB\n", 2), ("\"A title\nof two lines\",\nsku,name\nA,Lamp\n", 3),
            // Comments name no columns.
            ("#INFO,Version=1,Template=x,\n#INFO one thing,,,\nRef,Was,VK,Farbe\nA,Lamp,1,r\n", 3),
            ("#INFO,a,b,c\nSKU,Title,UPC,Price\nA,Lamp,,1\n", 2), ("# made by hand\nRef,Was\nA,Lamp\n", 2),
            ("a=1\tb=2\tc\nSeller SKU\tProduct name\tBrand name\nitem_sku\titem_name\ta_b\n", 2),
            // Nobody knows the names: a title fills fewer cells.
            ("Our list of lamps\nRef;Was;VK\nA;Lamp;1\nB;Lamp;2\n", 2),
            ("Stand;2026;;;;;\nRef;Was;VK;Farbe;Form;Ort;Preis\nA;Lamp;1;r;s;t;2\n", 2),
        ] as [(String, Int64)]
    )
    func found(text: String, line: Int64) throws {
        let head = try read(text)
        #expect(head.format.headerLine == line || (line == 1 && head.format.preambleBytes == 0), "\(head)")
        let names = text.replacing("\u{FEFF}", with: "").split(omittingEmptySubsequences: false) {
            $0 == "\n" || $0 == "\r\n"
        }
        let delimiter = Character(UnicodeScalar(head.format.dialect.delimiter))
        #expect(
            head.headers
                == names[Int(line) - 1].split(separator: delimiter, omittingEmptySubsequences: false).map(String.init)
        )
    }

    @Test func aLineCanBeChosen() throws {
        let text = "sku,name\nRef,Was\n\nA,Lamp\n"
        #expect(try read(text, line: 2).headers == ["Ref", "Was"])
        #expect(try read(text, line: 1).headers == ["sku", "name"])
        #expect(try read("sep=;\nsku;name\nx;y\n", line: 3).headers == ["x", "y"])
        for line in [3, 5] as [Int64] {
            let error = #expect(throws: WebError.self) { try read(text, line: line) }
            #expect(error?.problems.map(\.code) == ["bad_option"])
        }
        var choices = TableChoices()
        #expect(throws: WebError.self) { try choices.set("header_row", "0") }
        #expect(throws: WebError.self) { try choices.set("header_row", "101") }
        try choices.set("header_row", "100")
        #expect(choices.headerLine == 100 && TableChoices(json: .object(choices.members)) == choices)
    }

    @Test func whatSomebodyHasMappedIsAHeader() throws {
        let text = "Liste,Lampen\nx,y\nRef,Was\nA,Lamp\n"
        #expect(try read(text).headers == ["Liste", "Lampen"])
        #expect(try read(text) { $0 == ["Ref", "Was"] }.headers == ["Ref", "Was"])
    }

    /// Rows and lines count from where people see them, and a title is neither row nor failure.
    @Test func theImportReadsWhatStandsBelow() throws {
        let fixture = try ImportFixture()
        let text = "Price list 2026\n\nsku,name,price\na,Apple,1\nb,Birch,x\n"
        let head = try read(text)
        let path = try fixture.folder.write("list.csv", Array(text.utf8))
        let source = ImportJob.Source(
            upload: path,
            range: 0..<Int64(text.utf8.count),
            format: head.format,
            in: fixture.folder.path
        )
        let order = JobStore.Order(kind: ProductImport.kind, displayName: "", parameters: source.json, undo: .possible)
        let id = Environment.live.makeUUID()
        let job = try fixture.work(
            try JobStore(fixture.connection).addClaimed(order, publicID: id, now: fixture.clock.now)
        )
        #expect(job.books == books(2, created: 1, failed: 1), "\(job.errorMessage ?? "")")
        #expect(try fixture.errors(job).map { [$0.row, $0.line] } == [[2, 5]])
        #expect(try fixture.failingRows(job).hasPrefix("bodega_row,bodega_error,sku,name,price\n2,"))
        let repaired = try fixture.repair(job, try fixture.failingRows(job).replacing(",x", with: ",2"))
        #expect(repaired.books == books(2, created: 2))
        #expect(TableFormat(json: head.format.json) == head.format)
    }
}
