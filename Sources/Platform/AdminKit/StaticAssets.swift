package import Markup

/// The addresses of the files in `static/`. The prefix names the folder's hash, so a browser may keep them for ever.
package struct StaticAssets: Sendable, Equatable {
    /// Without a final slash, e.g. `/static/3f9a0c12`.
    package let prefix: String

    package init(prefix: String) {
        self.prefix = prefix
    }

    /// The address of one file.
    package func path(_ file: String) -> String { "\(prefix)/\(file)" }

    /// What the head of every page links to.
    package var head: HTML {
        """
        <link rel="icon" href="\(path("favicon.svg"))" type="image/svg+xml">
        <link rel="stylesheet" href="\(path("tokens.css"))">
        <link rel="stylesheet" href="\(path("bodega.css"))">
        <script type="module" src="\(path("bodega.js"))"></script>
        """
    }
}
