import Support
import Web

/// A list of products as somebody wants to see it again: its filters and order, as they stand in the address.
package struct SavedView: Sendable, Equatable {
    var id: Int64 = 0
    var userID: Int64 = 0
    var name = ""
    /// `status=active&sort=-price`.
    var query = ""
    /// Whether all users see it.
    var isShared = false
    var version: Int64 = 0
    var createdAt = Timestamp(milliseconds: 0)
    var updatedAt = Timestamp(milliseconds: 0)

    static let mostName = 100
    static let mostQuery = 4000
    /// Views that a user has at most.
    static let most: Int64 = 100

    /// The strong entity tag of this version, without its quotes.
    var entityTag: String { "\(id)-\(version)" }

    /// By which a user's names are kept apart.
    var nameKey: String { name.trimmed.caseFolded }

    var json: JSON {
        [
            "id": .int(id), "user_id": .int(userID), "name": .string(name), "query": .string(query),
            "is_shared": .bool(isShared), "version": .int(version), "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }

    /// What the audit trail keeps of it.
    var summary: JSON { ["name": .string(name), "query": .string(query), "is_shared": .bool(isShared)] }
}
