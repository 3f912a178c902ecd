import Money
import Records
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
    package var shortDescription: String?
    /// Minor units of the shop's currency.
    package var price: Int64?
    /// What it cost before, or is said to cost elsewhere; minor units.
    package var compareAtPrice: Int64?
    /// What the shop pays for it; minor units.
    package var costPrice: Int64?
    /// Who makes it, where that is not the brand.
    package var manufacturer: String?
    /// The number that its manufacturer gives it.
    package var manufacturerPartNumber: String?
    /// A GTIN as written; its check digit is only warned of.
    package var upc: String?
    /// Millionths of `weightUnit`.
    package var weight: Int64?
    /// One of `ProductFields.weightUnits`.
    package var weightUnit: String?
    /// Millionths of `dimensionUnit`, as width and height.
    package var length: Int64?
    package var width: Int64?
    package var height: Int64?
    /// One of `ProductFields.dimensionUnits`.
    package var dimensionUnit: String?
    /// Less than 0 where more was sold than there was.
    package var inventoryQuantity: Int64?
    /// Whether the shop counts it; nil where nobody has said.
    package var inventoryTracked: Bool?
    package var seoTitle: String?
    package var seoDescription: String?
    /// The last part of its page's address; no two products have the same.
    package var seoHandle: String?
    /// Digits.
    package var shopifyProductID: String?
    package var shopifyVariantID: String?
    /// What the variants of one product share: a handle, a parent's SKU, an item group.
    package var groupKey: String?
    /// What tells it from the other variants: `Size` and `M`.
    package var option1 = Option()
    package var option2 = Option()
    package var option3 = Option()
    package var status: Status
    /// Where it stands in the tree of categories.
    package var categoryID: Int64?
    /// `CustomAttributes` in stored form: a list of products need not read them.
    package var customAttributes: String?
    /// Grows with each change: the optimistic lock.
    package var version: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// When a shop had it last as it stands in `version`; nil while none has it. No change of the product.
    package var syncedAt: Timestamp?

    /// One thing in which the variants of a product differ.
    package struct Option: Sendable, Equatable {
        package var name: String?
        package var value: String?
    }

    /// Whether a shop has it as it stands here.
    package var isSynced: Bool { syncedAt.map { $0 >= updatedAt } ?? false }

    /// The simple on and off that lists offer.
    package var isActive: Bool { status == .active }

    /// The values of its options: `M / red`.
    var optionText: String { [option1, option2, option3].compactMap(\.value).joined(separator: " / ") }

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
            && left.updatedAt == right.updatedAt && left.syncedAt == right.syncedAt
            && ProductFields.all.allSatisfy { $0.read(left) == $0.read(right) }
    }

    /// By which SKUs are compared: without case, composition and outer white space.
    package static func skuKey(_ sku: String) -> String { sku.trimmed.caseFolded }
}
