package import Markup
package import Web

/// A chart or a list of figures on the home page. A feature lists its own (`Feature.cards`); the page shows those the
/// user may open.
package struct DashboardCard: Sendable, Equatable {
    /// Names it within the page: `quality`.
    package var id: String
    package var title: String
    /// Where all of it stands, if anywhere.
    package var more: Link?
    package var permission: Permission
    package var content: HTML

    package init(_ id: String, _ title: String, more: Link? = nil, permission: Permission, content: HTML) {
        self.id = id
        self.title = title
        self.more = more
        self.permission = permission
        self.content = content
    }

    package var html: HTML {
        """
        <section class="card" aria-labelledby="\(id)-title">
        <div class="card-head"><h2 id="\(id)-title">\(title)</h2>\
        \(more.map { "<p class=\"push\">\($0.html)</p>" })</div>
        \(content)
        </section>
        """
    }
}
