package import Database
import Records
import Support

extension CategoryStore {
    /// Room between siblings, so that one can be put between two others 32 times before they are set apart anew.
    static let room: Int64 = 1 << 32

    /// Puts a category, with all that stands below it, under another parent or elsewhere among its siblings.
    ///
    /// Throws `Refusal`, and what the closure throws.
    /// - Parameters:
    ///   - parent: nil for the top.
    ///   - check: sees the category that would move; what it throws keeps it.
    package func move(
        _ id: Int64,
        under parent: Int64?,
        at place: CategoryPlace = .last,
        _ context: WriteContext,
        _ check: (Category) throws -> Void = { _ in }
    ) throws -> Category {
        try connection.write {
            let current = try require(id)
            try check(current)
            return try moved(current, under: parent, place, context, as: .update)
        }
    }

    /// See `move`; inside the caller's transaction.
    func moved(
        _ current: Category,
        under parent: Int64?,
        _ place: CategoryPlace,
        _ context: WriteContext,
        as kind: Revision.Change
    ) throws -> Category {
        let above = try requireParent(parent)
        let isElsewhere = current.parentID != parent
        if let above, current.contains(above) { throw Refusal.belowItself }
        if isElsewhere {
            let lowest = try lowestLevel(of: current) - current.level + (above?.level ?? 0) + 1
            guard lowest <= Category.mostLevels else { throw Refusal.tooDeep(lowest) }
            try requireFree(current.slug, under: parent, but: current.id)
            try keepAddress(current.slug, under: current.parentID, for: current.id, at: context.now)
        } else if try stands(current, at: place) {
            return current
        }
        var wanted = current
        wanted.parentID = parent
        wanted.sortOrder = try order(place, under: parent, moving: current.id)
        var stored = try store(wanted, over: current, context, as: kind)
        if isElsewhere {
            stored.path = "\(above?.path ?? "/")\(current.id)/"
            stored.level = (above?.level ?? 0) + 1
            try rewrite(CategoryBranch(current.path), as: stored.path, levels: stored.level - current.level)
        }
        try announce(
            "category.moved",
            stored,
            more: [JSON.Member("former_parent_id", current.parentID.map { .int($0) } ?? .null)],
            context
        )
        try audit("move", current.id, from: current, to: stored, context)
        return stored
    }

    /// Whether a category that stays under its parent stands there already, so that nothing has to change.
    private func stands(_ category: Category, at place: CategoryPlace) throws -> Bool {
        switch place {
        case .last: return try neighbour(of: category, isNext: true) == nil
        case .before(let id): return try id == category.id || neighbour(of: category, isNext: true) == id
        case .after(let id): return try id == category.id || neighbour(of: category, isNext: false) == id
        }
    }

    private func neighbour(of category: Category, isNext: Bool) throws(DatabaseError) -> Int64? {
        let beyond: SQL = isNext ? ">" : "<"
        let direction: SQL = isNext ? "ASC" : "DESC"
        return try connection.first(
            """
            SELECT c.id FROM category c WHERE \(Self.isChild(of: category.parentID))
            AND (c.sort_order, c.id) \(beyond) (\(category.sortOrder), \(category.id))
            ORDER BY c.sort_order \(direction), c.id \(direction) LIMIT 1
            """
        ) { row in row.int(0) }
    }

    // MARK: Inside the caller's transaction

    /// Gives every path of a branch another beginning.
    /// - Parameter levels: how many levels deeper it goes; negative for up.
    func rewrite(_ branch: CategoryBranch, as path: String, levels: Int) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE category SET path = \(path) || SUBSTR(path, \(branch.first.utf8.count + 1)),
                level = level + \(levels) WHERE path >= \(branch.first) AND path < \(branch.end)
            """
        )
    }

    /// A number that puts a category at a place among the children of a parent; sets these apart where there is no
    /// room, which changes no order and no version.
    /// - Parameter moving: the category that goes there, whose own place does not count.
    func order(_ place: CategoryPlace, under parent: Int64?, moving id: Int64) throws -> Int64 {
        if let found = try roomAt(place, under: parent, moving: id) { return found }
        try setApart(under: parent)
        guard let found = try roomAt(place, under: parent, moving: id) else {
            throw DatabaseError(.misuse, "no room between the children of category \(parent ?? 0)")
        }
        return found
    }

    /// Nil where the neighbours stand too close.
    private func roomAt(_ place: CategoryPlace, under parent: Int64?, moving id: Int64) throws -> Int64? {
        let (low, high): (Int64?, Int64?)
        switch place {
        case .last:
            (low, high) = (try lastOrder(under: parent, but: id), nil)
        case .before(let sibling):
            let own = try requireSibling(sibling, under: parent)
            (low, high) = (try lastOrder(under: parent, but: id, below: own), own)
        case .after(let sibling):
            let own = try requireSibling(sibling, under: parent)
            (low, high) = (own, try firstOrder(under: parent, but: id, above: own))
        }
        guard let high else {
            let (next, overflow) = (low ?? 0).addingReportingOverflow(Self.room)
            return overflow ? nil : next
        }
        let distance = high - (low ?? 0)
        return distance > 1 ? (low ?? 0) + distance / 2 : nil
    }

    private func requireSibling(_ sibling: Int64, under parent: Int64?) throws -> Int64 {
        let order = try connection.first(
            "SELECT c.sort_order FROM category c WHERE \(Self.isChild(of: parent)) AND c.id = \(sibling)"
        ) { row in row.int(0) }
        guard let order else { throw Refusal.notASibling(sibling) }
        return order
    }

    /// Room for several between a category and its next sibling: the number before the first, and the distance from
    /// each to the next.
    func roomBehind(_ category: Category, for count: Int) throws -> (start: Int64, step: Int64) {
        func look() throws -> (Int64, Int64) {
            let own = try requireSibling(category.id, under: category.parentID)
            let next = try firstOrder(under: category.parentID, but: category.id, above: own)
            return (own, next.map { ($0 - own) / Int64(count + 1) } ?? Self.room)
        }
        let (start, step) = try look()
        if step > 0 { return (start, step) }
        try setApart(under: category.parentID)
        return try look()
    }

    func lastOrder(
        under parent: Int64?,
        but id: Int64,
        below limit: Int64 = .max
    ) throws(DatabaseError) -> Int64? {
        try connection.first(
            """
            SELECT MAX(c.sort_order) FROM category c
            WHERE \(Self.isChild(of: parent)) AND c.sort_order < \(limit) AND c.id <> \(id)
            """
        ) { row in row.intOrNil(0) } ?? nil
    }

    private func firstOrder(under parent: Int64?, but id: Int64, above limit: Int64) throws(DatabaseError) -> Int64? {
        try connection.first(
            """
            SELECT MIN(c.sort_order) FROM category c
            WHERE \(Self.isChild(of: parent)) AND c.sort_order > \(limit) AND c.id <> \(id)
            """
        ) { row in row.intOrNil(0) } ?? nil
    }

    /// Numbers the children of a parent anew.
    private func setApart(under parent: Int64?) throws(DatabaseError) {
        let ids = try connection.all(
            "SELECT c.id FROM category c WHERE \(Self.isChild(of: parent)) ORDER BY c.sort_order, c.id"
        ) { row in row.int(0) }
        for (index, id) in ids.enumerated() {
            try connection.execute(
                "UPDATE category SET sort_order = \(Int64(index + 1) * Self.room) WHERE id = \(id)"
            )
        }
    }
}
