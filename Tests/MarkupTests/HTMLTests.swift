import Markup
import Testing

@Suite struct HTMLTests {
    private let evil = "<b class=\"x\" id='y'>&amp;</b>"
    private let escaped = "&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;"

    @Test func escapesAllFiveCharactersOfAVariable() {
        let html: HTML = "<p title=\"\(evil)\">\(evil)</p>"
        #expect(html.text == "<p title=\"\(escaped)\">\(escaped)</p>")
        #expect(HTML(escaping: evil).text == escaped)
    }

    @Test func leavesEverythingElseAlone() {
        for text in ["", "plain", "äöü€😀", "a\u{0301}", "tab\tline\n", "`$(){};:/\\"] {
            #expect(HTML(escaping: text).text == text)
        }
    }

    @Test func escapesASubstringOfABiggerText() {
        let part = String("xx<yy>zz".dropFirst(2).dropLast(2))
        #expect(HTML(escaping: part).text == "&lt;yy&gt;")
    }

    @Test func aLiteralInsideAnInterpolationIsMarkup() {
        for condition in [true, false] {
            let html: HTML = "<p>\(condition ? "<b>yes</b>" : "")</p>"
            #expect(html.text == (condition ? "<p><b>yes</b></p>" : "<p></p>"))
        }
        let html: HTML = "\("<i>")"
        #expect(html.text == "<i>")
    }

    @Test func aVariableInsideANestedLiteralIsEscaped() {
        let html: HTML = "\(true ? "<i>\(evil)</i>" : "")"
        #expect(html.text == "<i>\(escaped)</i>")
    }

    @Test func aBranchThatMixesALiteralAndAVariableIsEscaped() {
        for condition in [true, false] {
            let html: HTML = "\(condition ? "<i>" : evil)"
            #expect(html.text == (condition ? "&lt;i&gt;" : escaped))
        }
    }

    @Test func optionalsAndFallbacksAreEscaped() {
        let some: String? = "<x>"
        let none: String? = nil
        #expect(("\(some)" as HTML).text == "&lt;x&gt;")
        #expect(("\(none)" as HTML).text == "")
        #expect(("\(none ?? evil)" as HTML).text == escaped)
        let concatenated: HTML = "\("<" + evil)"
        #expect(concatenated.text == "&lt;\(escaped)")
    }

    @Test func markupIsInsertedAsItIs() {
        let part: HTML = "<td>\("x" as String)</td>"
        let optional: HTML? = part
        let absent: HTML? = nil
        let html: HTML = "\(part)\(optional)\(absent)\([part, part])"
        #expect(html.text == String(repeating: "<td>x</td>", count: 4))
    }

    @Test func numbersConditionsAndListsCompose() {
        let rows = ["<1>", "2"]
        let html: HTML = "\(42)\(-7 as Int64)\(if: true, "<hr>")\(if: false, "<br>")\(each: rows, { "<li>\($0)</li>" })"
        #expect(html.text == "42-7<hr><li>&lt;1&gt;</li><li>2</li>")
    }

    @Test func rawIsTheLoudException() {
        #expect(("\(raw: "<svg/>")" as HTML).text == "<svg/>")
    }

    @Test func joinsAndAppends() {
        let parts: [HTML] = ["<a>", "<b>", "<c>"]
        #expect(parts.joined(separator: "<br>").text == "<a><br><b><br><c>")
        #expect([HTML]().joined(separator: "<br>").text == "")
        var html: HTML = "<p>"
        html += "</p>"
        #expect(html.text == "<p></p>")
    }
}
