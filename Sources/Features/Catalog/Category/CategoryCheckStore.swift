package import Database
import Jobs
import Support

/// Proves that the tree is one: every path, level, parent and slug, and the categories that products name.
package struct CategoryCheck {
    /// The name of the alert, and of the check on `/health`.
    static let alert = "category_tree"

    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// What is wrong, a sentence each; the first hundred. Reads on one snapshot.
    package func faults() throws -> [String] {
        try connection.read {
            let categories = try connection.all("SELECT \(CategoryStore.columns) FROM category c", CategoryStore.read)
            let known = Dictionary(categories.map { ($0.id, $0) }) { first, _ in first }
            var faults: [String] = []
            var slugs: Set<Address> = []
            for category in categories {
                faults += Self.faults(of: category, known)
                let address = Address(parent: category.parentID ?? 0, slug: ByteText(category.slug))
                if !slugs.insert(address).inserted {
                    faults.append("Category \(category.id) has the slug '\(category.slug)' of one of its siblings.")
                }
                if faults.count >= 100 { return Array(faults.prefix(100)) }
            }
            let lost =
                try connection.first(
                    """
                    SELECT COUNT(*) FROM product p WHERE p.category_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM category c WHERE c.id = p.category_id)
                    """
                ) { row in row.int(0) } ?? 0
            if lost > 0 { faults.append("\(lost) products name a category that is not there.") }
            return faults
        }
    }

    private struct Address: Hashable {
        let parent: Int64
        let slug: ByteText
    }

    private static func faults(of category: Category, _ known: [Int64: Category]) -> [String] {
        var faults: [String] = []
        let parent = category.parentID.flatMap { known[$0] }
        if let id = category.parentID, parent == nil {
            faults.append("Category \(category.id) stands below \(id), which is not there.")
        }
        let path = "\(parent?.path ?? "/")\(category.id)/"
        if !category.path.hasSameBytes(as: path) {
            faults.append("Category \(category.id) has the path \(category.path), not \(path).")
        }
        if category.level != (parent?.level ?? 0) + 1 || category.level > Category.mostLevels {
            faults.append("Category \(category.id) has the level \(category.level).")
        }
        if category.line.dropLast().contains(category.id) {
            faults.append("Category \(category.id) stands below itself.")
        }
        if !CategorySlug.isSlug(category.slug) {
            faults.append("Category \(category.id) has the slug '\(category.slug)', which is none.")
        }
        if category.sortOrder < 0 { faults.append("Category \(category.id) has no place among its siblings.") }
        return faults
    }

    /// Raises an alert where something is wrong, and takes it away where it is mended.
    func note(at now: Timestamp) throws {
        let faults = try faults()
        let alerts = AlertStore(connection)
        let stands = try alerts.standing(at: now).contains { $0.name == Self.alert }
        guard !faults.isEmpty || stands else { return }
        try connection.write {
            if faults.isEmpty {
                try alerts.clear(Self.alert)
            } else {
                let detail = """
                    The tree of categories has \(faults.count) faults: 'bodega categories check' names them.
                    """
                try alerts.raise(Self.alert, detail, at: now)
            }
        }
    }
}
