import AdminKit
import Database
import Identity
import Jobs
import Support

/// The history of one product as its page shows it.
struct ProductHistory {
    let connection: Connection
    let currency: Currency

    /// Newest first.
    func rows(of product: Product) throws -> [ProductRevisionRow] {
        let revisions = try RevisionStore(connection).history(product.id)
        var names = ActorNames(connection)
        // What a field held after a change is what the next change found, or what stands there now.
        var after: [String: String?] = [:]
        for field in ProductFields.all { after[field.name] = shown(field, field.read(product)) }
        return try revisions.map { revision in
            var changes: [ProductRevisionRow.Change] = []
            for field in ProductFields.all {
                guard let value = revision.before?[field.name] else { continue }
                let before = shown(field, field.value(stored: value))
                changes.append(.init(label: field.label, before: before, after: after[field.name] ?? nil))
                after[field.name] = before
            }
            return ProductRevisionRow(
                version: revision.version,
                at: revision.at,
                actor: try names.name(of: revision.actor),
                job: try revision.jobID.flatMap { try names.job($0) },
                kind: revision.change.rawValue,
                changes: changes
            )
        }
    }

    private func shown(_ field: ProductField, _ value: ProductField.Value) -> String? {
        guard value != .none else { return nil }
        let text = field.text(value, currency)
        // As the form has them: one a line, not as the object that is stored.
        guard field.kind == .attributes, let attributes = try? CustomAttributes(stored: text) else { return text }
        return attributes.lines
    }
}

extension ActorNames {
    init(_ connection: Connection) {
        self.init(UserStore(connection), TokenStore(connection), JobStore(connection))
    }
}
