package import Support

/// What a shop sells: one record of the catalogue.
package struct Product: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case draft, active, archived
    }

    /// Given once, never again.
    package var id: Int64
    /// As written, without white space at the ends.
    package var sku: String
    package var name: String
    package var brand: String?
    package var description: String?
    /// Minor units of the shop's currency.
    package var price: Int64?
    /// What it cost before, or is said to cost elsewhere; minor units.
    package var compareAtPrice: Int64?
    /// A GTIN as written; its check digit is only warned of.
    package var upc: String?
    package var status: Status
    /// `CustomAttributes` in stored form: a list of products need not read them.
    package var customAttributes: String?
    /// Grows with each change: the optimistic lock.
    package var version: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    /// The simple on and off that lists offer.
    package var isActive: Bool { status == .active }

    /// A product that is not stored yet.
    package init(sku: String = "", name: String = "") {
        id = 0
        self.sku = sku
        self.name = name
        status = .active
        version = 0
        createdAt = Timestamp(milliseconds: 0)
        updatedAt = createdAt
    }

    /// About how many bytes it has: those of the fields that may be long.
    var bytes: Int64 { Int64((description?.utf8.count ?? 0) + (customAttributes?.utf8.count ?? 0)) }

    /// The strong entity tag of this version, without its quotes: `12-3`.
    package var entityTag: String { "\(id)-\(version)" }

    package static func == (left: Product, right: Product) -> Bool {
        left.id == right.id && left.version == right.version && left.createdAt == right.createdAt
            && left.updatedAt == right.updatedAt
            && ProductFields.all.allSatisfy { $0.read(left) == $0.read(right) }
    }

    /// By which SKUs are compared: without case, composition and outer white space.
    package static func skuKey(_ sku: String) -> String { sku.trimmed.caseFolded }
}
