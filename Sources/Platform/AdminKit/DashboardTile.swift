package import Markup
package import Web

/// One figure on the home page. A feature lists its own; the page shows those the user may open.
package struct DashboardTile: Sendable, Equatable {
    package var title: String
    /// The figure, ready to read: `1,234`.
    package var value: String
    /// A few words under it.
    package var note: String?
    /// Where the figure comes from.
    package var path: String
    package var permission: Permission
    /// What the figure was before, in order of time; drawn as a line where there are two or more.
    package var past: [Int64]

    package init(
        _ title: String,
        value: String,
        note: String? = nil,
        path: String,
        permission: Permission,
        past: [Int64] = []
    ) {
        self.title = title
        self.value = value
        self.note = note
        self.path = path
        self.permission = permission
        self.past = past
    }

    package var html: HTML {
        """
        <li class="tile"><a href="\(path)"><span class="tile-title">\(title)</span>\
        <span class="tile-value">\(value)</span>\(note.map { "<span class=\"tile-note\">\($0)</span>" })\
        \(Sparkline.html(past))</a></li>
        """
    }
}
