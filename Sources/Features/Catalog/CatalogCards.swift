import AdminKit
import Identity
import ImportKit
import Jobs
import Markup
import Support
import Web

/// What the home page shows of the catalogue beside its figures: what the last imports did, and what products lack.
enum CatalogCards {
    /// As many bars as can be told apart on a narrow screen.
    private static let imports = 30

    @Sendable static func cards(_ context: RequestContext) throws -> [DashboardCard] {
        [try lastImports(context), try quality(context)].compactMap { $0 }
    }

    private static func lastImports(_ context: RequestContext) throws -> DashboardCard? {
        var filter = JobStore.Filter()
        filter.kinds = [ProductImport.kind]
        filter.statuses = [.completed, .failed, .cancelled, .processing]
        let jobs = try JobStore(context.database).list(filter, limit: imports).filter { $0.books.processed > 0 }
        guard !jobs.isEmpty else { return nil }
        let bars = jobs.reversed().map { job in
            StackedBars.Bar(
                "\(job.filename ?? job.displayName), \(Format.time(job.createdAt))",
                [job.books.created, job.books.updated, job.books.unchanged, job.books.skipped, job.books.failed]
            )
        }
        let chart = StackedBars(
            "Rows of the last \(Format.count(bars.count, Noun("import", "imports"))), the newest at the right",
            parts: [
                .init("Created", colour: 2), .init("Updated", colour: 4), .init("Unchanged", colour: 0),
                .init("Skipped", colour: 3), .init("Failed", colour: 5),
            ],
            bars: bars
        )
        return DashboardCard(
            "last-imports",
            "Last imports",
            more: Link("All imports", ImportPath.imports.description),
            permission: .readJobs,
            content: "<div class=\"card-body\">\(chart.html)</div>"
        )
    }

    private static func quality(_ context: RequestContext) throws -> DashboardCard? {
        guard let figures = try CatalogueFiguresStore(context.database).newest(), figures.products > 0 else {
            return nil
        }
        return DashboardCard(
            "quality",
            "What products lack",
            permission: .readProducts,
            content: """
                <ul class="quality">\(each: figures.lacks, { line($0, of: figures.products) })</ul>
                <p class="card-foot">Counted \(Time(figures.at).html)</p>
                """
        )
    }

    private static func line(_ lack: CatalogueFigures.Lack, of products: Int64) -> HTML {
        let field = lack.field
        let rest = products > 0 ? Int((products - lack.products) * 100 / products) : 100
        return """
            <li><a href="\(CatalogPath.products.description)?lacks=\(field.name)"><span>No \(field.words)</span>\
            \(ProgressBar(rest, label: "Products with a \(field.words)").html)\
            <span class="number">\(Format.integer(lack.products))</span></a></li>
            """
    }
}
