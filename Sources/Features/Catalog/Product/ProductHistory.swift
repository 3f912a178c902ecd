import AdminKit
import Database
import Identity
import Jobs
import Money
import RecordKit
import Records
import Support

/// The history of one product as its page shows it.
struct ProductHistory {
    let connection: Connection
    let currency: Currency
    /// Tells what the jobs are called that changed it.
    let kinds: JobDescriptions

    /// Newest first.
    func rows(of product: Product) throws -> [RecordRevisionRow] {
        let revisions = try RevisionStore(connection).history(product.id)
        var names = ActorNames(connection, kinds)
        // What a field held after a change is what the next change found, or what stands there now.
        var after: [String: String?] = [:]
        let categories = CategoryNames(connection)
        var metafields = try MetafieldHistory(connection, product.id)
        var images = try ImagesPast(connection, product.id)
        for field in ProductFields.all { after[field.name] = try shown(field, field.read(product), categories) }
        return try revisions.map { revision in
            var changes: [RecordRevisionRow.Change] = []
            for field in ProductFields.all {
                guard let value = revision.before?[field.name] else {
                    // A deletion keeps what was there; the rest was empty.
                    if revision.change == .delete { after[field.name] = .some(nil) }
                    continue
                }
                let before = try shown(field, RecordValue(stored: value), categories)
                changes.append(.init(label: field.label, before: before, after: after[field.name] ?? nil))
                after[field.name] = before
            }
            changes += try metafields.changes(of: revision)
            if let pictures = images.takeBack(revision) {
                let (before, after) = (pictures.before.lines, pictures.after.lines)
                changes.append(.init(label: ImagesChange.label, before: before, after: after))
            }
            return RecordRevisionRow(
                version: revision.version,
                at: revision.at,
                actor: try names.name(of: revision.actor),
                job: try revision.jobID.flatMap { try names.job($0) },
                kind: revision.change.rawValue,
                changes: changes
            )
        }
    }

    private func shown(
        _ field: ProductField,
        _ value: ProductField.Value,
        _ categories: CategoryNames
    ) throws -> String? {
        try Self.shown(field, value, currency, categories)
    }

    /// A value as people read it; nil for none.
    static func shown(
        _ field: ProductField,
        _ value: ProductField.Value,
        _ currency: Currency,
        _ categories: CategoryNames
    ) throws -> String? {
        guard value != .none else { return nil }
        if case .reference = field.kind, case .integer(let id) = value {
            return try categories.text(of: id) ?? "A category that was deleted"
        }
        let text = field.text(value, currency)
        // As the form has them: one a line, not as the object that is stored.
        guard field.kind == .attributes, let attributes = try? CustomAttributes(stored: text) else { return text }
        return attributes.lines
    }
}
