package import Markup

/// What a list says when it has nothing to show: why, and what to do.
package struct EmptyState: Sendable {
    package var title: String
    package var text: String
    package var action: HTML

    package init(_ title: String, _ text: String, action: HTML = "") {
        self.title = title
        self.text = text
        self.action = action
    }

    package var html: HTML {
        """
        <div class="empty">
        <h2>\(title)</h2>
        <p>\(text)</p>
        \(if: action != .empty, "<div class=\"actions\">\(action)</div>")
        </div>
        """
    }
}
