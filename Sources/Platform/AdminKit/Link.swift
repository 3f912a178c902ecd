package import Markup

/// A text that leads somewhere in Bodega.
package struct Link: Sendable, Equatable {
    package var title: String
    /// Path and query, made by us; never a text from outside.
    package var path: String

    package init(_ title: String, _ path: String) {
        self.title = title
        self.path = path
    }

    package var html: HTML { "<a href=\"\(path)\">\(title)</a>" }

    /// As a button. At most one a page is primary.
    /// - Parameter key: the key that follows it, e.g. `n` for something new; `ShortcutList` says so.
    package func button(_ style: ButtonStyle = .secondary, key: Character? = nil) -> HTML {
        let keys: HTML? = key.map { " data-key=\"\(String($0))\" aria-keyshortcuts=\"\(String($0))\"" }
        return "<a class=\"button \(style.rawValue)\" href=\"\(path)\"\(keys)>\(title)</a>"
    }
}

/// How loud a button is.
package enum ButtonStyle: String, Sendable {
    case primary
    case secondary
    case danger
    /// Destructive, but not the point of the page: red words only.
    case quietDanger = "quiet-danger"
}
