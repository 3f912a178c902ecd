import Records
package import Support

/// A place in the tree by which a shop sorts its products.
package struct Category: Sendable, Equatable {
    /// Given once, never again.
    package var id: Int64
    package var name: String
    /// Names it among its siblings in addresses, see `CategorySlug`.
    package var slug: String
    package var description: String?
    /// Nil at the top.
    package var parentID: Int64?
    /// 1 at the top.
    package var level: Int
    /// The ids from the top down to itself: `/1/7/42/`.
    package var path: String
    /// Its place among its siblings: they stand in ascending order, with room between them.
    package var sortOrder: Int64
    package var isActive: Bool
    package var shopifyCollectionID: String?
    package var shopifyHandle: String?
    /// When Shopify last had it as it is; nil for never.
    package var shopifySyncedAt: Timestamp?
    /// `CustomAttributes` in stored form.
    package var metaData: String?
    /// Grows with each change of its own: the optimistic lock. Its level and path follow its ancestors without it.
    package var version: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    /// How deep the tree may be.
    package static let mostLevels = 30

    /// A category that is not stored yet.
    package init(name: String = "", slug: String = "") {
        id = 0
        self.name = name
        self.slug = slug
        level = 1
        path = ""
        sortOrder = 0
        isActive = true
        version = 0
        createdAt = Timestamp(milliseconds: 0)
        updatedAt = createdAt
    }

    /// The strong entity tag of this version, without its quotes: `12-3`.
    package var entityTag: String { "\(id)-\(version)" }

    /// The ids from the top down to itself.
    package var line: [Int64] { path.split(separator: "/").compactMap { Int64($0) } }

    /// Whether another one stands in the branch that begins with it; it does itself.
    package func contains(_ other: Category) -> Bool { other.path.utf8.starts(with: path.utf8) }
}

/// Where among its siblings a category goes.
package enum CategoryPlace: Sendable, Equatable {
    case last
    case before(Int64)
    case after(Int64)
}

/// The range of paths that a branch has: all that begin with its own.
///
/// A path ends with `/`; the character behind that is `0`, so everything below `/1/70` that is not below `/1/7/` begins
/// with `/1/7/`.
struct CategoryBranch {
    let first: String
    /// Not in it any more.
    let end: String

    init(_ path: String) {
        first = path
        end = "\(path.dropLast())0"
    }
}
