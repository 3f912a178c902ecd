import AdminKit
import Identity
import Markup
import Support
import Web

/// The search in the frame: products, jobs and users by what people know of them.
enum SearchPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/search",
            access: .login,
            .page("Finds products, jobs and users"),
            handler: show
        )
    ]

    /// What nobody types, and what a search should not be made to look for.
    private static let maxLength = 200

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["q"])
        let words = String((context.request.query["q"] ?? "").trimmed.prefix(maxLength))
        var shell = try context.shell()
        shell.search = words
        let sources = try context.setting(SharedSources.self)
        let hits = words.isEmpty ? [] : try sources.search(context, words).filter { shell.allows($0.permission) }
        return .page(html(words, hits, in: shell))
    }

    private static func html(_ words: String, _ hits: [SearchHit], in shell: Shell) -> HTML {
        var groups: [String] = []
        for hit in hits where !groups.contains(hit.group) { groups.append(hit.group) }
        return Page(
            words.isEmpty ? "Search" : "Search for “\(words)”",
            content: """
                \(if: hits.isEmpty, nothing(words))
                \(each: groups, { group in card(group, hits.filter { $0.group == group }, shell) })
                """
        ).html(in: shell)
    }

    private static func nothing(_ words: String) -> HTML {
        EmptyState(
            words.isEmpty ? "What are you looking for?" : "Nothing found",
            "Search by name, SKU, brand or number of a product, by the file of an import, or by a user's name."
        ).html
    }

    private static func card(_ group: String, _ hits: [SearchHit], _ shell: Shell) -> HTML {
        DashboardCard(
            group.lowercased().map { $0.isLetter ? String($0) : "-" }.joined(),
            group,
            permission: .manageAccount,
            content: """
                <ul class="rows">\(each: hits, { hit in
                    """
                    <li><span class="disc">\(hit.icon.html(shell.assets))</span><div class="grow">\
                    <p>\(Link(hit.title, hit.path).html)</p><p>\(hit.note)</p></div></li>
                    """
                })</ul>
                """
        ).html
    }
}
