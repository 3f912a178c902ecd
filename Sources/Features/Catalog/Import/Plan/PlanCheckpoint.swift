package import Support

/// How far a plan was carried out: the checkpoint of an import that has one.
package struct PlanCheckpoint: Sendable, Equatable {
    /// The plan's file.
    package var path: String
    /// The next entry, from 0.
    package var entry: Int64 = 0
    /// Whether somebody confirmed it: then a product that has changed since is held back.
    package var isReviewed: Bool
    package var deleted: Int64 = 0
    package var deactivated: Int64 = 0
    package var heldBack: Int64 = 0

    package init(path: String, isReviewed: Bool) {
        self.path = path
        self.isReviewed = isReviewed
    }

    package init?(json: JSON?) {
        guard let json, let path = json["plan"]?.stringValue else { return nil }
        self.path = path
        isReviewed = json["reviewed"]?.boolValue ?? true
        entry = json["entry"]?.intValue ?? 0
        deleted = json["deleted"]?.intValue ?? 0
        deactivated = json["deactivated"]?.intValue ?? 0
        heldBack = json["held_back"]?.intValue ?? 0
    }

    package var json: JSON {
        [
            "plan": .string(path), "entry": .int(entry), "reviewed": .bool(isReviewed), "deleted": .int(deleted),
            "deactivated": .int(deactivated), "held_back": .int(heldBack),
        ]
    }
}
