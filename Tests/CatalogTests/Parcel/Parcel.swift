import Database
import Records
import Support

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A noun that exists only here: what a shop sends. Its key is an order with a number in it; it has a reference, a
/// decimal, a whole number, yes or no, and a moment.
enum Parcel {
    static let table = RecordTable(
        "parcel",
        Noun("parcel", "parcels"),
        key: .exact(["order_code", "number"]),
        fields: [
            RecordField("order_code", "Order", .identifier(max: 40), isRequired: true),
            RecordField("number", "Number", .integer(1...999), isRequired: true),
            RecordField("product_id", "Product", .reference(table: "product")),
            RecordField("weight", "Weight in kg", .decimal(scale: 3)),
            RecordField("carrier", "Carrier", .text(max: 40, multiline: false), isRequired: true),
            RecordField("value", "Value", .money),
            RecordField("is_insured", "Insured", .boolean),
            RecordField("sent_at", "Sent", .time),
            RecordField("state", "State", .choice(["packed", "sent", "lost"]), isRequired: true, default: "packed"),
        ]
    )

    static let migration = Migration(
        "2026-11-30-99 test: parcels",
        up: RecordSchema.create(table),
        down: RecordSchema.drop(table)
    )
}

extension ImportTarget {
    static let parcels: ImportTarget = {
        var roles = Roles()
        roles.title = "carrier"
        roles.references = [ProductFields.table]
        return ImportTarget("parcels", jobKind: "parcel_import", Parcel.table, roles)
    }()
}

extension ImportFixture {
    /// One whose files become parcels of the products a, b and c.
    static func ofParcels() throws -> ImportFixture {
        let fixture = try ImportFixture(more: [Parcel.migration])
        try fixture.run("sku,name\na,Anvil\nb,Bolt\nc,Clamp\n")
        fixture.target = .parcels
        return fixture
    }

    /// All parcels as text: key, then the other fields.
    func parcels() throws -> [String] {
        try connection.all(
            """
            SELECT order_code, number, product_id, weight, carrier, value, is_insured, sent_at, state, version
            FROM parcel
            ORDER BY order_code, number
            """
        ) { row in
            (0..<10).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) }.joined(separator: " ")
        }
    }

    /// What the table holds, without versions.
    func parcelDigest() throws -> [String] {
        try parcels().map { $0.split(separator: " ").dropLast().joined(separator: " ") }
    }
}
