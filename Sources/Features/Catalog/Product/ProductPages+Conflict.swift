import AdminKit
import Database
import Identity
import Money
import RecordKit
import Web

/// A form that was made from an earlier version than the one that stands there now.
extension ProductPages {
    /// Saves it when what it changes and what others changed since do not meet; else asks.
    ///
    /// Throws `StaleForm` where another one has saved just now, and refusals of the store.
    static func merge(_ form: Fields, _ seen: Int64, _ found: Product, _ context: RequestContext) throws -> Response {
        guard let (draft, merge) = try merged(form, seen, found, context), draft.problems.isEmpty,
            merge.collisions.isEmpty
        else { return try conflict(found, form, seen, context) }
        _ = try ProductStore(context.database).update(found.id, try context.writeContext) { current in
            try requireVersion(found.version, of: current)
            return merge.merged
        }
        ProductSearch.indexAfterCommit(context.database)
        return .seeOther("\(CatalogPath.product(found.id))?done=\(merge.kept.isEmpty ? "saved" : "merged")")
    }

    /// Nil where the version that the form was made from is not known any more.
    private static func merged(
        _ form: Fields,
        _ seen: Int64,
        _ found: Product,
        _ context: RequestContext
    ) throws -> (ProductDraft, ProductMerge)? {
        guard let base = try ProductMerge.product(found, at: seen, context.database) else { return nil }
        let draft = try ProductForm.draft(form, onto: base, try context.currency, CategoryNames(context.database))
        return (draft, ProductMerge(base: base, theirs: found, mine: draft.product))
    }

    /// The form once more, with both changes in it where they do not meet, and beside it what each side has where they
    /// do.
    static func conflict(
        _ product: Product,
        _ form: Fields,
        _ seen: Int64,
        _ context: RequestContext
    ) throws -> Response {
        let currency = try context.currency
        let categories = CategoryNames(context.database)
        let typed = ProductForm.fields(form, currency)
        let stored = try ProductForm.fields(product, currency, categories)
        let merge = try merged(form, seen, product, context)
        func shown(_ field: ProductField, _ value: ProductField.Value) throws -> String {
            try ProductHistory.shown(field, value, currency, categories) ?? ""
        }
        let html = try page(product, context) { model in
            var conflict = ProductConflict(
                by: model.revisions.first?.actor ?? "Another user",
                at: product.updatedAt,
                differences: zip(stored, typed).filter { $0.value != $1.value }.map {
                    .init(label: $0.label, stored: $0.value, typed: $1.value)
                }
            )
            model.fields = typed
            if let (draft, merge) = merge {
                conflict.differences = try merge.collisions.map { collision in
                    .init(
                        label: collision.field.label,
                        base: try shown(collision.field, collision.base),
                        stored: try shown(collision.field, collision.theirs),
                        typed: try shown(collision.field, collision.mine)
                    )
                }
                conflict.kept = merge.kept.map(\.label)
                if draft.problems.isEmpty {
                    model.fields = try ProductForm.fields(merge.merged, currency, categories)
                } else {
                    (model.fields, model.problems) = typed.showing(draft.problems)
                }
            }
            model.conflict = conflict
        }
        return .page(html, status: 409)
    }
}
