package import AdminKit
package import Markup
package import RecordKit
package import Support
package import Web

/// What the page of one product shows, new or not.
package struct ProductEditModel: Sendable, Equatable {
    /// A product that is stored already.
    package struct Stored: Sendable, Equatable {
        package var id: Int64
        package var name: String
        package var status: String
        /// The version that the form was made from; sent along as the optimistic lock.
        package var version: Int64
        package var createdAt: Timestamp
        package var updatedAt: Timestamp

        package init(
            id: Int64,
            name: String,
            status: String,
            version: Int64,
            createdAt: Timestamp,
            updatedAt: Timestamp
        ) {
            self.id = id
            self.name = name
            self.status = status
            self.version = version
            self.createdAt = createdAt
            self.updatedAt = updatedAt
        }
    }

    /// Nil for a new one.
    package var stored: Stored?
    /// Made from the field table, with the values as typed and the problems at their fields.
    package var fields: [FormField]
    /// Problems of no single field.
    package var problems: [Problem]
    /// Somebody saved while this was being edited; `stored.version` is then the newer one.
    package var conflict: ProductConflict?
    /// Newest first.
    package var revisions: [RecordRevisionRow]
    /// Other products of its group.
    package var siblings: ProductSiblings?
    /// Its metafields, where there are any or could be.
    package var metafields: MetafieldSection?
    /// Its pictures; nil for a new product.
    package var images: ImageSection?
    /// Whether the user may save and delete; without it the page shows the values only.
    package var canWrite: Bool

    package init(
        stored: Stored?,
        fields: [FormField],
        problems: [Problem] = [],
        conflict: ProductConflict? = nil,
        revisions: [RecordRevisionRow] = [],
        siblings: ProductSiblings? = nil,
        canWrite: Bool
    ) {
        self.stored = stored
        self.fields = fields
        self.problems = problems
        self.conflict = conflict
        self.revisions = revisions
        self.siblings = siblings
        self.canWrite = canWrite
    }
}

/// Two people changed one product: who was faster, and where the two differ.
package struct ProductConflict: Sendable, Equatable {
    package struct Difference: Sendable, Equatable {
        package var label: String
        /// What both began with; nil when that is not known any more.
        package var base: String?
        package var stored: String
        package var typed: String

        package init(label: String, base: String? = nil, stored: String, typed: String) {
            self.label = label
            self.base = base
            self.stored = stored
            self.typed = typed
        }
    }

    /// Who saved first.
    package var by: String
    package var at: Timestamp
    /// The fields that differ; empty when both wrote the same.
    package var differences: [Difference]
    /// Labels of fields that they changed and I did not: the form has theirs.
    package var kept: [String] = []

    package init(by: String, at: Timestamp, differences: [Difference]) {
        self.by = by
        self.at = at
        self.differences = differences
    }
}

/// The page of one product: the form that the field table drives, the conflict of two editors, the history.
package enum ProductEditView {
    package static func html(_ model: ProductEditModel, in shell: Shell) -> HTML {
        Page(
            model.stored?.name ?? "New product",
            parent: Link("Products", CatalogPath.products.description),
            badge: model.stored.map { ProductStatusBadge.html($0.status) } ?? "",
            meta: model.stored.map(meta) ?? "",
            errors: ErrorSummary(
                model.fields + (model.metafields?.fields ?? []) + (model.images?.fields ?? []),
                general: model.problems + (model.metafields?.problems ?? [])
            ).html,
            content: """
                \(model.conflict.map { conflict($0, model) })
                \(model.canWrite ? form(model, shell) : values(model.fields))
                \(model.images.map { ImageSectionView.html($0, canWrite: model.canWrite, shell) })
                \(model.metafields.map { MetafieldSectionView.html($0, canWrite: model.canWrite, shell) })
                \(model.siblings.map { ProductSiblingsView.html($0) })
                \(model.stored.map { history(model, $0, shell) })
                """
        ).html(in: shell)
    }

    private static func history(
        _ model: ProductEditModel,
        _ stored: ProductEditModel.Stored,
        _ shell: Shell
    ) -> HTML {
        let first = model.revisions.last?.version ?? 1
        let path = "\(CatalogPath.compareProduct(stored.id))?from=\(max(1, first))"
        let compare = Link("Compare two versions", path)
        guard model.canWrite else { return RecordHistoryView.html(model.revisions, of: "product", compare: compare) }
        return RecordHistoryView.html(model.revisions, of: "product", compare: compare) { version in
            Form.button(
                "Restore version \(version)",
                action: CatalogPath.restoreProduct(stored.id).description,
                csrf: shell.csrf,
                hidden: [Form.Hidden("version", String(version)), Form.Hidden("seen", String(stored.version))]
            )
        }
    }

    private static func meta(_ product: ProductEditModel.Stored) -> HTML {
        """
        ID \(product.id) · version \(product.version) · created \(Time(product.createdAt).html) · \
        updated \(Time(product.updatedAt).html)
        """
    }

    private static func form(_ model: ProductEditModel, _ shell: Shell) -> HTML {
        guard let stored = model.stored else {
            return Form(
                action: CatalogPath.newProduct.description,
                csrf: shell.csrf,
                sections: sections(model.fields),
                submit: "Create product",
                cancel: Link("Cancel", CatalogPath.products.description)
            ).html
        }
        let delete = Link("Delete product…", CatalogPath.deleteProduct(stored.id).description)
        return Form(
            action: CatalogPath.product(stored.id).description,
            csrf: shell.csrf,
            sections: sections(model.fields),
            hidden: [Form.Hidden("version", String(stored.version))],
            submit: model.conflict == nil ? "Save changes" : "Save my values over theirs",
            cancel: model.conflict == nil
                ? nil : Link("Discard mine, show theirs", CatalogPath.product(stored.id).description),
            aside: "<span class=\"push\">\(delete.button(.quietDanger))</span>"
        ).html
    }

    private static func conflict(_ conflict: ProductConflict, _ model: ProductEditModel) -> HTML {
        """
        \(Banner(
            .warning,
            "Another user changed this product meanwhile.",
            role: "alert",
            more: " \(conflict.by) saved it on \(Time(conflict.at).html), after you had opened it. \(advice(conflict))"
        ).html)
        \(if: !conflict.differences.isEmpty, Table(
            "Where the two differ",
            columns: [
                Column("Field", isRowHeading: true) { HTML(escaping: $0.label) },
            ] + (conflict.differences.contains { $0.base != nil } ? [
                Column("You both began with") { .text($0.base) }
            ] : []) + [
                Column("Theirs, saved now") { .text($0.stored) },
                Column("Yours, not saved") { .text($0.typed) },
            ],
            rows: conflict.differences,
            style: "three"
        ).html)
        """
    }

    private static func advice(_ conflict: ProductConflict) -> String {
        conflict.differences.isEmpty
            ? "Both say the same, so nothing is lost."
            : """
            Nothing of yours is saved yet. The form below holds your values: change them as needed and save again.\
            \(conflict.kept.isEmpty ? "" : " It has their change of \(conflict.kept.joined(separator: ", ")) already.")
            """
    }

    private static func sections(_ fields: [FormField]) -> [FormSection] {
        ProductSection.all.map { section in
            FormSection(
                section.title,
                section.names.compactMap { name in fields.first { $0.name == name } },
                isAside: section.isAside,
                columns: section.columns
            )
        }
    }

    /// What there is, for those who may only look.
    private static func values(_ fields: [FormField]) -> HTML {
        let told = sections(fields).map { section in
            FormSection(section.title, section.fields.filter { !$0.value.isEmpty })
        }
        return """
            \(each: told.filter { !$0.fields.isEmpty }, { section in
                """
                <section class="stack"><h2>\(section.title)</h2>
                <dl class="facts">\(each: section.fields, {
                    "<div><dt>\($0.label)</dt><dd>\(HTML.text($0.value))</dd></div>"
                })</dl></section>

                """
            })
            """
    }
}
