package import Markup

/// The keys that the script listens to, and the box that turns them off: single keys get in the way of those who
/// dictate, or whose hands meet keys by chance (WCAG 2.1.4).
package struct ShortcutList: Sendable {
    private let shell: Shell

    /// Where they stand as a page of their own.
    package static let path = "/shortcuts"

    package init(_ shell: Shell) {
        self.shell = shell
    }

    package var html: HTML {
        """
        <dl class="keys">
        \(each: shell.navigation.filter { shell.allows($0.permission) }, place)
        \(key("n", "Something new: a product, a user, a token"))
        \(key("/", "Search this list, or everything"))
        \(key("j", "The next row of a list"))
        \(key("k", "The row before"))
        \(key("Enter", "Open that row"))
        \(key("x", "Select that row"))
        \(key("e", "Edit that row in place"))
        \(key("?", "This list of keys"))
        \(key("Esc", "Close this list, the menu, a message"))
        </dl>
        <div class="check" data-keys-setting hidden><input type="checkbox" id="keys-enabled" checked>\
        <div><label for="keys-enabled">Use these keys in this browser</label>\
        <p class="hint">They are never taken while you type in a field.</p></div></div>
        """
    }

    private func place(_ entry: NavigationEntry) -> HTML {
        guard let letter = entry.shortcut else { return .empty }
        return """
            <div><dt><kbd>g</kbd> <span class="quiet">then</span> <kbd>\(String(letter))</kbd></dt>\
            <dd>\(entry.title)</dd></div>

            """
    }

    private func key(_ name: String, _ words: String) -> HTML {
        "<div><dt><kbd>\(name)</kbd></dt><dd>\(words)</dd></div>"
    }
}
