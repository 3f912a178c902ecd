import Markup

/// What stands around the content: the navigation (at the side, or in a menu on a narrow screen, where `<details>`
/// opens without script), the user's corner, the footer and the list of keys.
struct ShellFrame {
    let shell: Shell

    /// A cask from its side, with two hoops and its bung.
    static let brandMark: HTML = """
        <svg class="brand-mark" width="24" height="24" viewBox="2 2 20 20" aria-hidden="true" focusable="false">\
        <path d="M6.25 2.5h11.5c3 6 3 13 0 19H6.25c-3-6-3-13 0-19z" fill="currentColor"/>\
        <path d="M4.5 7.75h15M4.5 16.25h15" fill="none" stroke="var(--side)" stroke-width="1.75"/>\
        <circle cx="12" cy="12" r="1.9" fill="var(--side)"/></svg>
        """

    private var brand: HTML { "<a class=\"brand\" href=\"/\">\(Self.brandMark)\(shell.name)</a>" }

    /// For wide screens.
    var sideBar: HTML {
        """
        <header class="sidebar">
        \(brand)
        \(search("side"))
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
        \(search("top"))
        \(navigation)
        \(userCorner)
        </div></details>
        </header>
        """
    }

    /// Finds products, jobs and users from every page; the `/` key goes there where a list has no search of its own.
    private func search(_ place: String) -> HTML {
        guard shell.user != nil else { return .empty }
        return """
            <search class="search-box"><form method="get" action="/search">\(Icon.search.html(shell.assets))\
            <input type="search" name="q" value="\(shell.search)" aria-label="Find anything" \
            placeholder="Find anything" autocomplete="off" maxlength="200" data-everything="\(place)">\
            <kbd aria-hidden="true">/</kbd></form></search>
            """
    }

    private var visible: [NavigationEntry] {
        shell.navigation.filter { shell.allows($0.permission) }
    }

    private var navigation: HTML {
        var groups: [String] = []
        for entry in visible where !groups.contains(entry.group) { groups.append(entry.group) }
        return """
            <nav class="menu-nav" aria-label="Main">
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
        let waiting = shell.waiting[entry.path] ?? 0
        let count: HTML = """
            <span class="count hot">\(Format.integer(waiting))\
            <span class="visually-hidden"> waiting for you</span></span>
            """
        return """
            <li><a href="\(entry.path)"\(current)\(key)>\(entry.icon.html(shell.assets))<span>\(entry.title)</span>\
            \(if: waiting > 0, count)</a></li>
            """
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
        \(if: shell.user != nil, "<p><a href=\"/help\">Help</a></p><p><a href=\"/api/docs\">API</a></p>")
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
