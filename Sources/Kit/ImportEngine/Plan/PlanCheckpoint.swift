package import Support

/// How far a plan was carried out: the checkpoint of an import that has one.
package struct PlanCheckpoint: Sendable, Equatable {
    /// Which plan it is, see `PlanHeader.identity`. Where it stands the job's source tells.
    package var plan: String
    /// The next entry, from 0.
    package var entry: Int64 = 0
    /// Whether a user confirmed it: then a product that has changed since is held back.
    package var isReviewed: Bool
    package var deleted: Int64 = 0
    package var deactivated: Int64 = 0
    package var heldBack: Int64 = 0
    /// Tells the table that the plan was made of from any other; nil for plans of earlier versions.
    package var table: String?

    package init(plan: String, isReviewed: Bool, table: String? = nil) {
        self.plan = plan
        self.isReviewed = isReviewed
        self.table = table
    }

    package init?(json: JSON?) {
        guard let json, let plan = json["plan"]?.stringValue else { return nil }
        // A path is what earlier versions wrote; a worker of one may do so until the new program has taken over.
        self.plan = plan.hasPrefix("/") ? "" : plan
        isReviewed = json["reviewed"]?.boolValue ?? true
        entry = json["entry"]?.intValue ?? 0
        deleted = json["deleted"]?.intValue ?? 0
        deactivated = json["deactivated"]?.intValue ?? 0
        heldBack = json["held_back"]?.intValue ?? 0
        table = json["table"]?.stringValue
    }

    package var json: JSON {
        [
            "plan": .string(plan), "entry": .int(entry), "reviewed": .bool(isReviewed), "deleted": .int(deleted),
            "deactivated": .int(deactivated), "held_back": .int(heldBack),
            "table": .optional(table),
        ]
    }
}
