import Database
import Records
import Support
import Web

/// The versions of one category.
struct CategoryVersions {
    private let categories: CategoryStore
    private let versions: RecordVersions
    private let id: Int64

    init(_ connection: Connection, _ id: Int64) {
        categories = CategoryStore(connection)
        versions = RecordVersions(connection, CategoryFields.table, id)
        self.id = id
    }

    /// Versions below one, newest first, and where to go on; nil after the last.
    func page(before version: Int64, limit: Int) throws -> (changes: [RecordVersions.Change], next: Int64?) {
        try versions.page(before: version, limit: limit)
    }

    func count() throws -> Int64 { try versions.count() }

    /// The category as it was in a version. Throws 409 `history_expired`, 422 `unknown_version`.
    func past(_ version: Int64) throws -> Category {
        guard let current = try categories.find(id) else { throw CategoryRefusal.missing }
        do {
            var wanted = current
            for (field, value) in zip(CategoryFields.all, try versions.past(version).record.values) {
                field.write(&wanted, value)
            }
            return wanted
        } catch RecordVersions.Fault.expired {
            throw Self.expired
        } catch is RecordVersions.Fault {
            throw Self.unknown(version)
        }
    }

    private static func unknown(_ version: Int64) -> WebError {
        let detail = "There is no version \(version) that could be restored."
        return WebError(422, "unknown_version", detail, problems: [Problem("version", "unknown_version", detail)])
    }

    private static let expired = WebError(
        409,
        "history_expired",
        "The history of this category does not reach that far back any more."
    )
}

/// Gives a category the fields of an earlier version, and its place where that is still there.
struct CategoryRestore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Parameter check: sees what stands there now.
    ///
    /// Throws what `CategoryVersions.past` does, `CategoryStore.Refusal`, and what the closure throws.
    func restore(
        _ id: Int64,
        _ version: Int64,
        _ context: WriteContext,
        _ check: (Category) throws -> Void
    ) throws -> Category {
        try connection.untilSettled {
            let (current, wanted) = try connection.read {
                (try CategoryStore(connection).require(id), try CategoryVersions(connection, id).past(version))
            }
            try check(current)
            return try CategoryStore(connection).restore(wanted, over: current, context)
        }
    }
}
