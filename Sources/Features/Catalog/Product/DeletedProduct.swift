import AdminKit
import Database
import Identity
import Markup
import RecordKit
import Records
import Support
import Web

/// A product that is gone, as its last revision tells.
struct DeletedProduct {
    var id: Int64
    var sku: String
    var name: String
    var at: Timestamp
    /// Who deleted it, in words.
    var actor: String
    /// The job that did, if it was one.
    var job: Link?
    /// What the deletion made it; the one before is what can come back.
    var version: Int64
    /// Label and text of every field that held something.
    var fields: [(label: String, text: String)]

    /// The button that puts it back, from wherever it stands.
    func wayBack(_ title: String, _ shell: CSRFField, style: ButtonStyle = .secondary) -> HTML {
        Form.button(
            title,
            action: CatalogPath.restoreProduct(id).description,
            csrf: shell,
            hidden: [Form.Hidden("version", String(version - 1)), Form.Hidden("seen", String(version))],
            style: style
        )
    }
}

/// Finds them.
struct DeletedProducts {
    private let context: RequestContext

    init(_ context: RequestContext) {
        self.context = context
    }

    /// Nil where it is there, and where nothing is known of it any more.
    func find(_ id: Int64) throws -> DeletedProduct? {
        guard let newest = try RevisionStore(context.database).newest(id), newest.change == .delete else { return nil }
        return try read([newest]).first
    }

    func read(_ revisions: [Revision]) throws -> [DeletedProduct] {
        var names = try ActorNames(context)
        let currency = try context.currency
        let categories = CategoryNames(context.database)
        return try revisions.map { revision in
            var fields: [(label: String, text: String)] = []
            for field in ProductSection.fields {
                guard let value = revision.before?[field.name].map(RecordValue.init(stored:)), value != .none else {
                    continue
                }
                let text = try ProductHistory.shown(field, value, currency, categories) ?? ""
                fields.append((field.label, text))
            }
            return DeletedProduct(
                id: revision.recordID,
                sku: revision.before?["sku"]?.stringValue ?? "",
                name: revision.before?["name"]?.stringValue ?? "",
                at: revision.at,
                actor: try names.name(of: revision.actor),
                job: try revision.jobID.flatMap { try names.job($0) },
                version: revision.version,
                fields: fields
            )
        }
    }

    /// The button that puts one back; nil where it is not gone.
    func wayBack(_ id: Int64, _ title: String) throws -> HTML? {
        guard let token = try context.visitor()?.csrfToken, let product = try find(id) else { return nil }
        return product.wayBack(title, CSRFField(token: token))
    }
}
