import Database
import Records
import Support

/// Changes that people make to one product leave an entry in the audit trail; what a job or a bulk change does to many
/// leaves one for all of them, and a revision for each.
extension ProductStore {
    /// Adds an entry with the fields that differ; none when none does. Call inside the change's transaction.
    /// - Parameter verb: `create`, `update`, `delete` or `restore`.
    func audit(
        _ verb: String,
        id: Int64,
        from old: Product?,
        to new: Product?,
        metafields: [MetafieldChange] = [],
        images: ImagesChange? = nil,
        _ context: WriteContext
    ) throws(DatabaseError) {
        let fields = ProductFields.all.filter { field in
            (old.map(field.read) ?? RecordValue.none) != (new.map(field.read) ?? RecordValue.none)
        }
        guard !fields.isEmpty || !metafields.isEmpty || images != nil else { return }
        let images = images?.differing
        let entry = AuditEntry(
            "product.\(verb)",
            "product",
            id: id,
            before: old.map { Self.snapshot($0, fields, metafields.map { ($0.name, $0.before) }, images?.before) },
            after: new.map { Self.snapshot($0, fields, metafields.map { ($0.name, $0.after) }, images?.after) }
        )
        try AuditStore(connection).append(entry, context: context)
    }
}
