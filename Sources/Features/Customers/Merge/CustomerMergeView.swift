import AdminKit
import Markup
import RecordKit
import Records
import Web

/// What the page of duplicates shows.
struct CustomerDuplicateModel {
    let field: CustomerDuplicateStore.Field
    let state: ListState
    /// The customers of each group, the oldest first.
    let groups: [[RecordShown]]
    let pagination: Pagination
}

/// Merges on pages.
enum CustomerMergeView {
    /// Of a customer that is another one.
    /// - Parameter csrf: nil for those who may not take it back; the reason, which may name somebody, is not for them.
    static func merged(
        into root: RecordShown,
        _ merge: CustomerMergeStore.Merge,
        of id: Int64,
        _ csrf: CSRFField?
    ) -> HTML {
        let back = csrf.map {
            Form.button("Take apart", action: CustomersPath.unmergeCustomer(id).description, csrf: $0)
        }
        return section(
            "Merged",
            """
            <p>This customer is the same person as \(Link(root.title, root.path).html) (\(root.label)), merged on \
            \(Time(merge.at).html)\(csrf == nil ? nil : merge.reason.map { ": \($0)" }). Nothing was rewritten.</p>
            \(back)
            """
        )
    }

    /// Of a customer that stands for itself, and for those that are merged into it.
    static func root(_ merged: [RecordShown], of id: Int64, _ csrf: CSRFField?) -> HTML {
        let list: HTML? =
            merged.isEmpty
            ? nil
            : """
            <ul>\(each: merged, { "<li>\(Link($0.title, $0.path).html) (\($0.label))</li>" })</ul>
            """
        let form = csrf.map { csrf in
            Form(
                action: CustomersPath.mergeCustomer(id).description,
                csrf: csrf,
                fields: [
                    FormField(
                        "into",
                        "Code of the customer that stays",
                        hint: "This one then counts as that one. It can be taken apart again.",
                        isRequired: true,
                        maxLength: 128
                    )
                ],
                submit: "Merge customer",
                style: .secondary
            ).html
        }
        guard list != nil || form != nil else { return "" }
        return section("Merges", "\(list)\(if: merged.isEmpty, form ?? "")")
    }

    private static func section(_ title: String, _ content: HTML) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="merges-title"><h2 id="merges-title">\(title)</h2>
        \(content)
        </section>
        """
    }

    // MARK: Duplicates

    static func duplicates(_ model: CustomerDuplicateModel, in shell: Shell) -> HTML {
        let choices = [FormField.Choice("email", "The same e-mail"), FormField.Choice("phone", "The same phone")]
        let bar = FilterBar(
            state: model.state,
            fields: [FormField("by", "Have in common", .select(choices), value: model.field.rawValue)]
        )
        return Page(
            "Duplicates",
            parent: Link("Customers", CustomersPath.customers.description),
            content: """
                \(bar.html)
                \(model.groups.isEmpty ? nothing : "")\(each: model.groups, { group($0, shell) })
                \(if: !model.groups.isEmpty, model.pagination.html)
                """
        ).html(in: shell)
    }

    private static let nothing: HTML = EmptyState(
        "No duplicates",
        "Customers that share an e-mail address or a phone number stand here, to be merged into one."
    ).html

    /// The customers of one group side by side, and the way to merge the others into the oldest.
    private static func group(_ customers: [RecordShown], _ shell: Shell) -> HTML {
        guard let oldest = customers.first else { return "" }
        let merge = Column<RecordShown>("Merge") { shown in
            guard shown.record.id != oldest.record.id else { return "Stays" }
            return Form.button(
                "Merge into \(oldest.label)",
                action: CustomersPath.mergeCustomer(shown.record.id).description,
                csrf: shell.csrf,
                hidden: [Form.Hidden("into", oldest.label)]
            )
        }
        let names = ["first_name", "last_name", "email", "phone", "address", "postal_code", "city", "country"]
        return Table(
            "Customers that seem to be \(oldest.title)",
            columns: [
                Column("Customer", style: "wide", isRowHeading: true) { shown in
                    "\(Link(shown.title, shown.path).html)<span class=\"row-note\">\(shown.label)</span>"
                },
                Column("What is held", style: "text") { shown in
                    HTML.text(names.map(shown.text).filter { !$0.isEmpty }.joined(separator: ", "))
                },
                Column("Created", style: "nowrap time") { Time($0.record.createdAt).html }, merge,
            ],
            rows: customers,
            style: "records"
        ).html
    }
}
