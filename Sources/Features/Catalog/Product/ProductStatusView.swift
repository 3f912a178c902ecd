import AdminKit
import Markup
import Support
import Web

/// What the page shows that gives many products one status.
struct ProductStatusModel {
    /// How many are named.
    static let examples = 6

    var state: ListState
    var count: Int
    /// Tells these products from any others.
    var seen: String
    /// Of the first of them.
    var names: [String]
    var chosen: String
    /// They are others than those that were shown.
    var error: String?
    var statusError: String?
}

/// Asks which status many products are to get.
enum ProductStatusView {
    static func html(_ model: ProductStatusModel, in shell: Shell) -> HTML {
        let count = Format.count(model.count, Noun("product", "products"))
        let status = FormField(
            "to",
            "New status",
            .select([.init("", "Choose")] + choices),
            value: model.chosen,
            error: model.statusError,
            isRequired: true
        )
        let back = Link("Products", model.state.link([]))
        let isTooMany = model.count > ProductStatusChange.most
        let form = Form(
            action: model.state.action(CatalogPath.productStatus.description),
            csrf: shell.csrf,
            fields: [status],
            hidden: [Form.Hidden("seen", model.seen)],
            submit: "Set status of \(count)",
            cancel: Link("Cancel", back.path)
        )
        return Page(
            "Set the status of \(count)",
            parent: back,
            errors: ErrorSummary([status]).html,
            content: """
                \(model.error.map { Banner(.danger, $0, role: "alert").html })
                \(ProductDeleteView.filterFacts(model.state))
                \(names(model))
                \(isTooMany ? tooMany : form.html)
                """
        ).html(in: shell)
    }

    private static let choices = Product.Status.allCases.map { status in
        FormField.Choice(status.rawValue, ProductStatusBadge.word(status.rawValue))
    }

    private static let tooMany = Banner(
        .warning,
        "At most \(Format.integer(ProductStatusChange.most)) products get a status at once.",
        more: " Narrow the list by a filter, or import a file with a column for the status."
    ).html

    private static func names(_ model: ProductStatusModel) -> HTML {
        let more = model.count - model.names.count
        return """
            <ul class="named">\(each: model.names, { "<li>\($0)</li>" })\
            \(if: more > 0, "<li class=\"quiet\">and \(Format.integer(more)) more</li>")</ul>
            """
    }
}
