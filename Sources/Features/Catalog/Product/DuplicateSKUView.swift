import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// A product that shares its SKU, as a line.
struct DuplicateSKURow: Sendable, Equatable {
    var id: Int64
    var sku: String
    var name: String
    var updatedAt: Timestamp
    /// Whether it is the one that was changed last.
    var stays: Bool
    /// How many others have its SKU.
    var others: Int64
}

/// What the page before a removal of duplicates shows.
struct DuplicateSKUModel: Sendable, Equatable {
    /// Which products would be deleted, and how many.
    var survey: DuplicateSKUStore.Survey
    /// The products of some SKUs, of each the one that stays first.
    var rows: [DuplicateSKURow]
    /// Links to the first and the next SKUs.
    var first: String?
    var next: String?
    /// What was wrong with the number that was typed.
    var error: String?
}

/// Shows which products share their SKU and which of them stay, and asks before the others are deleted.
enum DuplicateSKUView {
    private static let noun = Noun("product", "products")

    static func html(_ model: DuplicateSKUModel, in shell: Shell) -> HTML {
        ConfirmPage(
            "Keep one product of each SKU?",
            parent: Link("Products", CatalogPath.products.description),
            count: Int(clamping: model.survey.count),
            noun: noun,
            consequence: """
                Of the products that share a SKU the one that was changed last stays, and the others are deleted: \
                \(Format.count(model.survey.count, noun)). Their histories stay. To keep another one, give it a SKU of \
                its own or change it once more first.
                """,
            details: """
                \(table(model.rows))
                \(pages(model))
                <p>It runs as a job that you can watch. Products of a SKU that is changed before it comes to them are \
                left alone. Undo brings a product back whose SKU is free then.</p>
                """,
            action: CatalogPath.duplicates.description,
            hidden: [Form.Hidden("seen", model.survey.seen)],
            error: model.error
        ).html(in: shell)
    }

    /// Says on the page of products that some share their SKU.
    /// - Parameter skus: some of these; nothing is said without one.
    static func banner(_ skus: [String], canResolve: Bool) -> HTML? {
        guard !skus.isEmpty else { return nil }
        return Banner(
            .warning,
            "Several products share one SKU, among others: \(skus.joined(separator: ", ")).",
            more: canResolve
                ? " \(Link("See them and keep one of each", CatalogPath.duplicates.description).html)"
                : " A user who may delete products can keep one of each."
        ).html
    }

    private static func table(_ rows: [DuplicateSKURow]) -> HTML {
        Table(
            "Products that share their SKU",
            columns: [
                Column("SKU", style: "code") { HTML(escaping: $0.sku) },
                Column("Name", style: "wide", isRowHeading: true) {
                    Link($0.name, CatalogPath.product($0.id).description).html
                },
                Column("What happens") { outcome($0) },
                Column("Changed", style: "nowrap") { Time($0.updatedAt, seconds: true).html },
                .number("ID") { "\($0.id)" },
            ],
            rows: rows
        ).html
    }

    private static func outcome(_ row: DuplicateSKURow) -> HTML {
        row.stays ? StatusBadge("Stays", .success).html : StatusBadge("Deleted", .danger).html
    }

    private static func pages(_ model: DuplicateSKUModel) -> HTML? {
        guard model.first != nil || model.next != nil else { return nil }
        return """
            <p>\(model.first.map { Link("First SKUs", $0).html }) \(model.next.map { Link("Next SKUs", $0).html })</p>
            """
    }
}

/// What a removal of duplicates did, on the page of its job.
enum DuplicateRemovalPanel {
    @Sendable static func html(_ job: Job, _ context: RequestContext) -> HTML {
        """
        <section class="stack" aria-labelledby="counts-title">
        <h2 id="counts-title">Products</h2>
        \(JobSum.html(
            [
                ("Deleted", "updated_rows", job.books.updated),
                ("Left alone", "skipped_rows", job.books.skipped),
            ],
            job
        ))
        \(if: job.books.skipped > 0, """
            <p class="quiet">Products whose SKU no other product has any more, and those of a SKU of which one was \
            changed since, were left alone: look at the \
            \(Link("products that share a SKU", CatalogPath.duplicates.description).html) again.</p>
            """)
        </section>
        """
    }
}
