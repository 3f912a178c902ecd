package import Markup

/// A whole page inside the shell: navigation, title with the one main action, messages, content, footer.
package struct Page: Sendable {
    /// The heading, and the first part of the window's title.
    package var title: String
    /// The list that this page belongs to, one level up.
    package var parent: Link?
    /// Beside the title, e.g. a status badge.
    package var badge: HTML
    /// One quiet line under the title.
    package var meta: HTML
    /// The buttons at the right of the title, the main one last.
    package var actions: HTML
    /// Above the title: the error summary. It also turns the window's title into "Error: …".
    package var errors: HTML
    package var content: HTML
    /// Without script the page loads itself again after this number of seconds; nil means never.
    package var refreshSeconds: Int?

    package init(
        _ title: String,
        parent: Link? = nil,
        badge: HTML = "",
        meta: HTML = "",
        actions: HTML = "",
        errors: HTML = "",
        refreshSeconds: Int? = nil,
        content: HTML
    ) {
        self.title = title
        self.parent = parent
        self.badge = badge
        self.meta = meta
        self.actions = actions
        self.errors = errors
        self.refreshSeconds = refreshSeconds
        self.content = content
    }

    /// The document.
    package func html(in shell: Shell) -> HTML {
        let frame = ShellFrame(shell: shell)
        let windowTitle = errors == .empty ? title : "Error: \(title)"
        return Page.document(
            windowTitle,
            of: shell.name,
            assets: shell.assets,
            refreshSeconds: refreshSeconds,
            body: """
                <body class="app">
                <a class="skip-link" href="#main">Skip to content</a>
                \(frame.topBar)
                \(frame.sideBar)
                <div class="column">
                <main id="main" tabindex="-1">
                \(Flash.list(shell.flashes, path: shell.path))
                \(errors)
                \(head)
                \(content)
                </main>
                \(frame.footer)
                </div>
                \(frame.shortcutsDialog)
                <p class="visually-hidden" role="status" data-announcer></p>
                </body>
                """
        )
    }

    private var head: HTML {
        """
        <div class="page-head">
        <div>
        \(parent.map { "<p class=\"crumb\">\($0.html)</p>" })
        <h1>\(title)</h1> \(badge)
        \(if: meta != .empty, "<p class=\"page-meta\">\(meta)</p>")
        </div>
        \(if: actions != .empty, "<div class=\"actions\">\(actions)</div>")
        </div>
        """
    }

    /// A page without navigation, for those who are not logged in: login and errors. It says nothing about the house
    /// but its name.
    package static func bare(
        _ title: String,
        of shop: String = "Bodega",
        assets: StaticAssets,
        hasErrors: Bool = false,
        content: HTML
    ) -> HTML {
        document(
            hasErrors ? "Error: \(title)" : title,
            of: shop,
            assets: assets,
            body: """
                <body class="bare">
                <main id="main">
                <p class="brand">\(ShellFrame.brandMark)\(shop)</p>
                \(content)
                </main>
                </body>
                """
        )
    }

    private static func document(
        _ title: String,
        of shop: String = "Bodega",
        assets: StaticAssets,
        refreshSeconds: Int? = nil,
        body: HTML
    ) -> HTML {
        let refresh: HTML? = refreshSeconds.map {
            "<noscript><meta http-equiv=\"refresh\" content=\"\($0)\"></noscript>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            \(refresh)<title>\(title) – \(shop)</title>
            \(assets.head)
            </head>
            \(body)
            </html>

            """
    }
}
