import Database
import Records
import Support
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// The revisions of a batch stand in the order of its changes, whether written one by one or many at once.
@Suite struct RecordRevisionStoreTests {
    // Goes first: its statements must not outlive the connection.
    private let revisions: RecordRevisionStore
    private let fixture: ImportFixture
    private let now = Timestamp(milliseconds: 1_000)

    init() throws {
        fixture = try ImportFixture()
        revisions = try RecordRevisionStore(fixture.connection, ProductFields.table, jobID: 7)
    }

    private func insert(_ sku: String) throws {
        try fixture.connection.write {
            let id = try fixture.connection.insert(
                """
                INSERT INTO product (sku, sku_norm, name, created_at, updated_at) VALUES (\(sku), \(sku), 'n', 1, 1)
                """
            )
            try revisions.create(id, at: now)
        }
    }

    private func flush() throws {
        try fixture.connection.write { try revisions.flush() }
    }

    private func written() throws -> [String] {
        try fixture.connection.all(
            "SELECT product_id, version, change, before, at, actor, job_id FROM product_revision ORDER BY id"
        ) { row in
            let what = "\(row.int(0)).\(row.int(1)) \(row.text(2)) \(row.textOrNil(3) ?? "-")"
            #expect(row.text(5) == "job:7" && row.int(6) == 7)
            return "\(what) at \(row.int(4))"
        }
    }

    @Test func creationsAreWrittenBeforeWhatComesAfterThem() throws {
        for sku in ["a", "b", "c"] { try insert(sku) }
        #expect(try written() == [], "not one by one")
        try fixture.connection.write {
            try revisions.change(2, version: 2, "update", before: Array("{}".utf8), at: now)
        }
        try insert("d")
        try flush()
        try flush()
        #expect(
            try written() == [
                "1.1 create - at 1000", "2.1 create - at 1000", "3.1 create - at 1000", "2.2 update {} at 1000",
                "4.1 create - at 1000",
            ]
        )
    }

    @Test func aLaterMomentBeginsAnew() throws {
        for sku in ["a", "b"] { try insert(sku) }
        try fixture.connection.write { try fixture.connection.execute("DELETE FROM product WHERE id = 2") }
        try insert("c")
        try insert("d")
        try fixture.connection.write { try revisions.create(5, at: Timestamp(milliseconds: 2_000)) }
        try flush()
        // The product that is gone was deleted behind their back; who deletes writes them first.
        #expect(
            try written() == [
                "1.1 create - at 1000", "3.1 create - at 1000", "4.1 create - at 1000", "5.1 create - at 2000",
            ]
        )
    }

    @Test func aBatchThatWasRolledBackLeavesNothing() throws {
        try insert("a")
        revisions.begin()
        try flush()
        #expect(try written() == [])
    }
}
