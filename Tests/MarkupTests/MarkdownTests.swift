import Markup
import Testing

@Suite struct MarkdownTests {
    @Test(
        "Blocks as CommonMark has them",
        arguments: [
            ("One\nline.\n\nTwo.", "<p>One line.</p>\n<p>Two.</p>\n"),
            ("## A & b", "<h2 id=\"a-b\">A &amp; b</h2>\n"),
            ("#no heading", "<p>#no heading</p>\n"),
            ("- one\n  goes on\n- two", "<ul><li>one goes on</li><li>two</li></ul>\n"),
            ("```sh\na <b>\n\n| c\n```", "<pre tabindex=\"0\"><code>a &lt;b&gt;\n\n| c</code></pre>\n"),
            ("```\nnever closed", "<pre tabindex=\"0\"><code>never closed</code></pre>\n"),
        ]
    )
    func blocks(text: String, html: String) {
        #expect(Markdown(text).html.text == html)
    }

    @Test(
        "What stands within a line",
        arguments: [
            ("a `b*c*` d", "a <code>b*c*</code> d"), ("**a `b`**", "<strong>a <code>b</code></strong>"),
            ("*a* 2 * 3 * 4", "<em>a</em> 2 * 3 * 4"), ("[a](/b) [c](#d)", "<a href=\"/b\">a</a> <a href=\"#d\">c</a>"),
            ("[a](javascript:alert(1))", "[a](javascript:alert(1))"), ("[a](//evil)", "[a](//evil)"),
            ("`open", "`open"), ("**open", "**open"), ("[open", "[open"), ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"),
        ]
    )
    func inline(text: String, html: String) {
        #expect(Markdown(text).html.text == "<p>\(html)</p>\n")
    }

    @Test func aTableHasItsCells() {
        let html = Markdown("| a | `b|c` |\n|---|---|\n| **d** | e \\| f |").html.text
        #expect(html.contains("<th scope=\"col\">a</th><th scope=\"col\"><code>b|c</code></th>"))
        #expect(html.contains("<td><strong>d</strong></td>"))
        #expect(html.contains("<tbody><tr>") && !html.contains("---"))
    }

    @Test func rubbishEnds() {
        for text in ["", "\n\n", "|", "- ", "```", "#", "*", "[](", "|`|", String(repeating: "*[`", count: 300)] {
            _ = Markdown(text).html
        }
        #expect(Markdown("# A\n## B b\n").headings.map(\.id) == ["a", "b-b"])
    }
}
