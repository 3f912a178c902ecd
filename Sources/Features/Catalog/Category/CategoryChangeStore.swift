package import Database
package import Records
import Support

extension CategoryStore {
    /// Stores a new category under its parent.
    ///
    /// Throws `Refusal.noParent`, `slugTaken`, `tooDeep` and `notASibling`.
    /// - Parameter category: its fields and its `parentID`.
    package func insert(
        _ category: Category,
        at place: CategoryPlace = .last,
        _ context: WriteContext
    ) throws -> Category {
        try connection.write {
            var new = category
            let parent = try requireParent(new.parentID)
            new.level = (parent?.level ?? 0) + 1
            guard new.level <= Category.mostLevels else { throw Refusal.tooDeep(new.level) }
            try requireFree(new.slug, under: new.parentID, but: 0)
            new.sortOrder = try order(place, under: new.parentID, moving: 0)
            let names = CategoryFields.all.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
            let values = CategoryFields.all.map { "\($0.read(new).databaseValue)" as SQL }.joined(separator: ", ")
            new.id = try connection.insert(
                """
                INSERT INTO category (\(names), search_text, level, path, version, created_at, updated_at)
                VALUES (\(values), \(new.searchText), \(new.level), '', 1, \(context.now), \(context.now))
                """
            )
            new.path = "\(parent?.path ?? "/")\(new.id)/"
            (new.version, new.createdAt, new.updatedAt) = (1, context.now, context.now)
            try connection.execute("UPDATE category SET path = \(new.path) WHERE id = \(new.id)")
            try RevisionStore(connection, CategoryFields.table).append(
                new.id,
                version: 1,
                .create,
                before: nil,
                context
            )
            try announce("category.created", new, context)
            try audit("create", new.id, from: nil, to: new, context)
            return new
        }
    }

    /// Changes what a category says of itself; its place is changed by `move`. Nothing happens when nothing differs.
    ///
    /// Throws `Refusal.missing` and `slugTaken`, and what the closure throws.
    /// - Parameter edit: makes the wanted category from the one that stands there.
    package func update(
        _ id: Int64,
        _ context: WriteContext,
        as kind: Revision.Change = .update,
        _ edit: (Category) throws -> Category
    ) throws -> Category {
        try connection.write {
            let current = try require(id)
            var wanted = try edit(current)
            (wanted.parentID, wanted.sortOrder) = (current.parentID, current.sortOrder)
            guard !CategoryFields.differing(current, wanted).isEmpty else { return current }
            if !wanted.slug.hasSameBytes(as: current.slug) {
                try requireFree(wanted.slug, under: current.parentID, but: id)
                try keepAddress(current.slug, under: current.parentID, for: id, at: context.now)
            }
            let stored = try store(wanted, over: current, context, as: kind)
            try announce("category.updated", stored, context)
            try audit("update", id, from: current, to: stored, context)
            return stored
        }
    }
}

extension CategoryStore {
    /// Gives a category the fields and the place of another moment, in one transaction.
    ///
    /// Throws `Refusal`, and `RecordChanged` when it is not the one any more that the wanted one was made of.
    func restore(_ wanted: Category, over current: Category, _ context: WriteContext) throws -> Category {
        try connection.write {
            guard try require(current.id).version == current.version else { throw RecordChanged() }
            var next = current
            if wanted.parentID != current.parentID {
                next = try moved(current, under: wanted.parentID, .last, context, as: .restore)
            }
            var stored = wanted
            (stored.parentID, stored.sortOrder) = (next.parentID, next.sortOrder)
            (stored.path, stored.level, stored.version) = (next.path, next.level, next.version)
            if !stored.slug.hasSameBytes(as: next.slug) {
                try requireFree(stored.slug, under: next.parentID, but: next.id)
                try keepAddress(next.slug, under: next.parentID, for: next.id, at: context.now)
            } else if stored == next {
                return next
            }
            let restored = try store(stored, over: next, context, as: .restore)
            try announce("category.updated", restored, context)
            try audit("restore", current.id, from: current, to: restored, context)
            return restored
        }
    }
}
