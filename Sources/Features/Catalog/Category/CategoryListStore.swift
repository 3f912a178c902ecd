package import Database
import Records
import Support

/// Which categories a list shows.
package struct CategoryFilter: Sendable, Equatable {
    package enum Parent: Sendable, Equatable {
        case top
        case category(Int64)
    }

    /// Only those directly below it.
    package var parent: Parent?
    /// Every word must stand in the name, in any case, with or without its marks.
    package var q: String?
    package var isActive: Bool?

    package init() {}

    package var conditions: [SQL] {
        var conditions: [SQL] = []
        switch parent {
        case .top: conditions.append("c.parent_id IS NULL")
        case .category(let id): conditions.append("c.parent_id = \(id)")
        case nil: break
        }
        for word in (q ?? "").split(whereSeparator: \.isWhitespace) {
            let forms = [String(word).caseFolded, CategorySlug.folded(String(word))].filter { !$0.isEmpty }
            let likes = forms.map { "c.search_text LIKE \(Self.pattern($0)) ESCAPE '\\'" as SQL }
            if !likes.isEmpty { conditions.append("(\(likes.joined(separator: " OR ")))") }
        }
        if let isActive { conditions.append("c.is_active = \(isActive)") }
        return conditions
    }

    private static func pattern(_ word: String) -> String {
        "%\(String(word.flatMap { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }))%"
    }
}

/// The order of a list of categories; ties by id.
package struct CategorySort: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case order = "sort_order"
        case id, name, level
        case updatedAt = "updated_at"

        var column: SQL {
            switch self {
            case .order: "c.sort_order"
            case .id: "c.id"
            case .name: "c.name"
            case .level: "c.level"
            case .updatedAt: "c.updated_at"
            }
        }
    }

    package var key: Key
    package var descends: Bool

    package init(_ key: Key = .order, descends: Bool = false) {
        self.key = key
        self.descends = descends
    }

    /// What a category is sorted by.
    package func value(of category: Category) -> DatabaseValue {
        switch key {
        case .order: .integer(category.sortOrder)
        case .id: .integer(category.id)
        case .name: .text(category.name)
        case .level: .integer(Int64(category.level))
        case .updatedAt: .integer(category.updatedAt.milliseconds)
        }
    }
}

extension CategoryStore {
    /// One page of categories, those behind a category's sort value and id. A level comes in its index's order; of the
    /// whole tree those that match are sorted, which takes a twentieth of a second for fifty thousand.
    package func list(
        _ filter: CategoryFilter,
        _ sort: CategorySort = CategorySort(),
        after cursor: (value: DatabaseValue, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [Category] {
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        var conditions = filter.conditions
        if let cursor { conditions.append("(\(sort.key.column), c.id) \(beyond) (\(cursor.value), \(cursor.id))") }
        if conditions.isEmpty { conditions.append("1 = 1") }
        return try connection.all(
            """
            SELECT \(Self.columns) FROM category c WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(sort.key.column) \(direction), c.id \(direction) LIMIT \(limit)
            """,
            Self.read
        )
    }

    package func count(_ filter: CategoryFilter) throws(DatabaseError) -> Int64 {
        let conditions = filter.conditions + ["1 = 1"]
        return try connection.first(
            "SELECT COUNT(*) FROM category c WHERE \(conditions.joined(separator: " AND "))"
        ) { row in row.int(0) } ?? 0
    }

    /// Every category of a branch, or of the whole tree, parents before their children, in the order of the tree.
    package func tree(below top: Category? = nil) throws(DatabaseError) -> [Category] {
        let condition: SQL = top.map { Self.isIn(CategoryBranch($0.path)) } ?? "1 = 1"
        let all = try connection.all(
            "SELECT \(Self.columns) FROM category c WHERE \(condition) ORDER BY c.sort_order, c.id",
            Self.read
        )
        var below: [Int64: [Category]] = [:]
        for category in all where category.id != top?.id { below[category.parentID ?? 0, default: []].append(category) }
        var tree: [Category] = []
        tree.reserveCapacity(all.count)
        var waiting: [Category] = top.map { [$0] } ?? (below[0] ?? []).reversed()
        while let next = waiting.popLast() {
            tree.append(next)
            waiting += (below[next.id] ?? []).reversed()
        }
        return tree
    }
}
