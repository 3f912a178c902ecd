import Database
import Records
import Support

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Another noun that exists only here: where parcels were seen. A scan has no key of its own: what was scanned three
/// times stands three times in the file. Millions of them come, so each says itself which import has brought it.
enum Scan {
    static let table = RecordTable(
        "scan",
        Noun("scan", "scans"),
        key: .occurrence(of: ["parcel", "place", "weight", "product_id", "state"], number: "number"),
        history: .batches,
        fields: [
            RecordField("parcel", "Parcel", .identifier(max: 40), isRequired: true),
            RecordField("number", "Number", .integer(1...1_000_000), isRequired: true),
            RecordField("place", "Place", .text(max: 40, multiline: false), isRequired: true),
            RecordField("weight", "Weight in kg", .decimal(scale: 3)),
            RecordField("product_id", "Product", .reference(table: "product")),
            RecordField("state", "State", .choice(["seen", "lost"]), isRequired: true, default: "seen"),
            RecordField("reader", "Reader", .text(max: 40, multiline: false), isRequired: true),
            RecordField("note", "Note", .text(max: 200, multiline: false)),
        ]
    )

    static let migration = Migration(
        "2026-12-01-99 test: scans",
        up: RecordSchema.create(table),
        down: RecordSchema.drop(table)
    )
}

extension ImportTarget {
    static let scans: ImportTarget = {
        var roles = Roles()
        roles.title = "parcel"
        roles.references = [ProductFields.table]
        return ImportTarget("scans", jobKind: "scan_import", Scan.table, roles)
    }()
}

extension ImportFixture {
    /// One whose files become scans, of the products a, b and c.
    static func ofScans() throws -> ImportFixture {
        let fixture = try ImportFixture(more: [Scan.migration])
        try fixture.run("sku,name\na,Anvil\nb,Bolt\nc,Clamp\n")
        fixture.target = .scans
        return fixture
    }

    /// All scans as text, without what tells equal ones apart.
    func scans() throws -> [String] {
        try connection.all("SELECT parcel, place, weight, product_id, state, reader, note FROM scan") { row in
            (0..<7).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) }.joined(separator: " ")
        }.sorted()
    }

    /// Everything that is stored of scans but versions and the time of the last change.
    func scanDigest() throws -> [String] {
        try connection.all(
            """
            SELECT id, line_key, batch_id, created_at, parcel, number, place, weight, product_id, state, reader, note
            FROM scan ORDER BY id
            """
        ) { row in (0..<12).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) }.joined(separator: " ") }
    }

    func scanRevisions() throws -> Int64 {
        try connection.first("SELECT COUNT(*) FROM scan_revision") { row in row.int(0) } ?? 0
    }
}
