import Markup

/// What stands around the content: the navigation (at the side, or in a menu on a narrow screen, where `<details>`
/// opens without script), the user's corner, the footer and the list of keys.
struct ShellFrame {
    let shell: Shell

    /// A cask from its end, in the text's colour.
    static let brandMark: HTML = """
        <svg class="brand-mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">\
        <circle cx="10" cy="10" r="8.25" fill="none" stroke="currentColor" stroke-width="1.5"/>\
        <path d="M2.5 7h15M2.5 13h15M7.25 2.25v15.5M12.75 2.25v15.5" stroke="currentColor" stroke-width="1.25"/></svg>
        """

    private var brand: HTML { "<a class=\"brand\" href=\"/\">\(Self.brandMark)\(shell.name)</a>" }

    /// For wide screens.
    var sideBar: HTML {
        """
        <header class="sidebar">
        \(brand)
        \(navigation)
        \(userCorner)
        </header>
        """
    }

    /// For narrow screens; the style sheet shows one of the two.
    var topBar: HTML {
        """
        <header class="topbar">
        \(brand)
        <details class="menu"><summary>Menu</summary>
        <div class="menu-panel">
        \(navigation)
        \(userCorner)
        </div></details>
        </header>
        """
    }

    private var visible: [NavigationEntry] {
        shell.navigation.filter { shell.allows($0.permission) }
    }

    private var navigation: HTML {
        var groups: [String] = []
        for entry in visible where !groups.contains(entry.group) { groups.append(entry.group) }
        return """
            <nav aria-label="Main">
            \(each: groups, { group in
                """
                \(if: !group.isEmpty, "<p class=\"nav-group\">\(group)</p>")
                <ul>\(each: visible.filter { $0.group == group }, item)</ul>
                """
            })
            </nav>
            """
    }

    private func item(_ entry: NavigationEntry) -> HTML {
        let current: HTML = entry.contains(shell.path) ? " aria-current=\"page\"" : ""
        let key: HTML? = entry.shortcut.map { " data-go=\"\(String($0))\"" }
        return "<li><a href=\"\(entry.path)\"\(current)\(key)>\(entry.title)</a></li>"
    }

    private var userCorner: HTML {
        guard let user = shell.user else { return .empty }
        let isProfile = shell.path == "/profile"
        return """
            <div class="user">
            <p class="user-name"><a href="/profile"\(if: isProfile, " aria-current=\"page\"")>\(user.name)\
            <span class="visually-hidden">, your profile</span></a><span>\(user.role)</span></p>
            <form method="post" action="/logout">\(shell.csrf.html)\
            <button class="button secondary small">Log out</button></form>
            </div>
            """
    }

    var footer: HTML {
        """
        <footer class="footer">
        <p>Bodega \(shell.version)</p>
        <p>Times in <span data-zone>UTC</span></p>
        \(if: shell.user != nil, "<p><a href=\"/api/docs\">API</a></p>")
        \(if: shell.user != nil, """
            <p class="keys-link"><a href="\(ShortcutList.path)" data-opens="shortcuts">Keyboard shortcuts</a></p>
            """)
        </footer>
        """
    }

    /// Opened by `?`; the page of the same keys needs no second one.
    var shortcutsDialog: HTML {
        guard shell.user != nil, shell.path != ShortcutList.path else { return .empty }
        return """
            <dialog id="shortcuts" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">Keyboard shortcuts</h2>
            \(ShortcutList(shell).html)
            <form method="dialog"><button class="button secondary" autofocus>Close</button></form>
            </dialog>
            """
    }
}
