package import Markup

/// Text that breaks out of every place in a page unless it is escaped. Each carries a name, so that a test can tell
/// which field is missing.
package func hostile(_ name: String) -> String {
    "\"'><b>\(name)&amp;<script>alert(1)</script>"
}

/// The names whose hostile text does not stand in the page in its escaped form, or nothing.
package func missing(_ names: [String], in page: HTML) -> [String] {
    names.filter { !page.text.contains("&quot;&#39;&gt;&lt;b&gt;\($0)&amp;amp;&lt;script&gt;") }
}
