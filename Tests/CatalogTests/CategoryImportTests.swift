import Database
import Jobs
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Categories in files of products")
struct CategoryImportTests {
    private static func furnish(_ fixture: ImportFixture) throws {
        let store = CategoryStore(fixture.connection)
        for (name, parent) in [("Wine", nil), ("Red wine", 1), ("Douro", 2), ("Beer", nil)] as [(String, Int64?)] {
            var category = Category(name: name, slug: CategorySlug.make(name))
            category.parentID = parent
            _ = try store.insert(category, fixture.context)
        }
    }

    private static func file(_ fixture: ImportFixture, _ format: ProductExport.Format) throws -> [UInt8] {
        var export = try ProductExport([:], format, fixture.connection)
        var bytes: [UInt8] = []
        while let part = try export.next(fixture.connection) { bytes += part }
        return bytes
    }

    @Test("An export names categories by their paths, and importing it changes nothing")
    func exported() throws {
        let fixture = try ImportFixture()
        try Self.furnish(fixture)
        try fixture.run("sku,name,category\na,Lamp,Wine > Red wine > Douro\nb,Chair,\n")
        #expect(try fixture.products.find(sku: "a")?.categoryID == 3)
        let before = try fixture.digest()
        let csv = try Self.file(fixture, .csv)
        #expect(String(decoding: csv, as: UTF8.self).contains("Wine > Red wine > Douro"))
        let again = try fixture.run(csv)
        #expect(again.books.unchanged == 2 && again.result?["ignored_columns"] == [])
        let sheet = try fixture.importFile(try Self.file(fixture, .xlsx))
        #expect(sheet.books.unchanged == 2)
        #expect(try fixture.digest() == before)
    }

    @Test("Paths are compared without case; what names no category leaves the product's own, and is told")
    func imported() throws {
        let fixture = try ImportFixture()
        try Self.furnish(fixture)
        try fixture.run("sku,name\na,Lamp\nb,Chair\nc,Desk\n")
        let moved = try fixture.run("sku,category\na,BEER\nb,wine>red wine\nc,/wine/red-wine/douro\n")
        #expect(moved.books.updated == 3)
        #expect(try ["a", "b", "c"].map { try fixture.products.find(sku: $0)?.categoryID } == [4, 2, 3])
        let odd = try fixture.run("sku,name,category\na,Light,Cider\nb,Stool,A > > B\nc,Table,\n")
        #expect(odd.books.updated == 3 && odd.books.failed == 0)
        #expect(try ["a", "b", "c"].map { try fixture.products.find(sku: $0)?.categoryID } == [4, 2, 3])
        let warnings = try ImportWarningSummary(fixture.connection, jobID: odd.id)
        #expect(warnings.entries.map(\.code) == ["unknown_category"] && warnings.entries.map(\.count) == [2])
    }

    @Test("An undo gives a product its category back, unless that was deleted meanwhile")
    func undone() throws {
        let fixture = try ImportFixture()
        try Self.furnish(fixture)
        try fixture.run("sku,name,category\na,Lamp,Wine\nb,Chair,Beer\n")
        let moved = try fixture.run("sku,category\na,Wine > Red wine\nb,Wine > Red wine\n")
        #expect(moved.books.updated == 2)
        _ = try CategoryStore(fixture.connection).delete(
            4,
            products: .none,
            children: .up,
            confirmed: 1,
            fixture.context
        )
        let records = RecordStore(fixture.connection, ProductFields.table)
        var lost = try #require(try records.find(2))
        let current = lost
        let field = try #require(ProductFields.table.position(of: "category_id"))
        lost.values[field] = .integer(4)
        let isChanged = try fixture.connection.write { try records.restore(lost, over: current, fixture.context) }
        #expect(isChanged)
        #expect(try fixture.products.find(2)?.categoryID == nil)
    }
}
