/// The part of CommonMark (https://spec.commonmark.org/0.31.2/) that our own pages of help are written in: headings,
/// paragraphs, fenced code, lists and tables of one line a row; code, strong, emphasis and links within them. Text from
/// outside may come in too: all of it is escaped, and links lead to `/…`, `#…` and `https://…` only.
public struct Markdown: Sendable {
    /// A heading of the text, for a list of contents.
    public struct Heading: Sendable, Equatable {
        /// 1 to 6.
        public let level: Int
        public let title: String
        /// Names it within the page.
        public let id: String
    }

    private enum Block {
        case heading(Heading)
        case paragraph(String)
        case code(String)
        case list([String])
        case table(head: [String], rows: [[String]])
    }

    private let blocks: [Block]

    public init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        var blocks: [Block] = []
        while let line = lines.first {
            if line.allSatisfy(\.isWhitespace) {
                lines.removeFirst()
            } else if line.hasPrefix("```") {
                blocks.append(Self.code(&lines))
            } else if let heading = Self.heading(line) {
                lines.removeFirst()
                blocks.append(.heading(heading))
            } else if line.hasPrefix("|") {
                blocks.append(Self.table(&lines))
            } else if line.hasPrefix("- ") {
                blocks.append(Self.list(&lines))
            } else {
                blocks.append(.paragraph(Self.taken(&lines) { !Self.beginsBlock($0) }.joined(separator: " ")))
            }
        }
        self.blocks = blocks
    }

    public var headings: [Heading] {
        blocks.compactMap { if case .heading(let heading) = $0 { heading } else { nil } }
    }

    public var html: HTML {
        """
        \(each: blocks, { block in
            switch block {
            case .heading(let heading): return Self.html(heading)
            case .paragraph(let text): return "<p>\(Self.inline(text))</p>\n"
            case .code(let text): return "<pre tabindex=\"0\"><code>\(text)</code></pre>\n"
            case .list(let items): return "<ul>\(each: items, { "<li>\(Self.inline($0))</li>" })</ul>\n"
            case .table(let head, let rows): return Self.table(head, rows)
            }
        })
        """
    }

    // MARK: Blocks

    private static func beginsBlock(_ line: String) -> Bool {
        line.allSatisfy(\.isWhitespace) || line.hasPrefix("```") || line.hasPrefix("|") || line.hasPrefix("- ")
            || heading(line) != nil
    }

    private static func taken(_ lines: inout ArraySlice<String>, while goesOn: (String) -> Bool) -> [String] {
        // The first line belongs to the block whatever it looks like, so that there is always an end.
        var taken = [lines.removeFirst()]
        while let line = lines.first, goesOn(line) {
            taken.append(line)
            lines.removeFirst()
        }
        return taken
    }

    private static func code(_ lines: inout ArraySlice<String>) -> Block {
        lines.removeFirst()
        var text: [String] = []
        while let line = lines.popFirst(), !line.hasPrefix("```") { text.append(line) }
        return .code(text.joined(separator: "\n"))
    }

    private static func heading(_ line: String) -> Heading? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
        let title = String(line.dropFirst(level + 1))
        let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }
        return Heading(level: level, title: title, id: words.joined(separator: "-"))
    }

    private static func list(_ lines: inout ArraySlice<String>) -> Block {
        var items: [String] = []
        for line in taken(&lines, while: { $0.hasPrefix("- ") || $0.hasPrefix("  ") }) {
            if line.hasPrefix("- ") || items.isEmpty {
                items.append(String(line.dropFirst(2)))
            } else {
                items[items.count - 1] += " \(line.drop(while: \.isWhitespace))"
            }
        }
        return .list(items)
    }

    private static func table(_ lines: inout ArraySlice<String>) -> Block {
        let rows = taken(&lines) { $0.hasPrefix("|") }.map(cells)
        let isRule = rows.count > 1 && rows[1].allSatisfy { $0.allSatisfy { "-: ".contains($0) } }
        return .table(head: isRule ? rows[0] : [], rows: Array(rows.dropFirst(isRule ? 2 : 0)))
    }

    /// A bar in code or behind a backslash parts no cells.
    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isCode = false
        var isEscaped = false
        for character in line.dropFirst() {
            if character == "`" { isCode.toggle() }
            if character == "|", !isCode, !isEscaped {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
            isEscaped = character == "\\"
        }
        if cells.last?.allSatisfy(\.isWhitespace) == true { cells.removeLast() }
        return cells.map { cell in
            let text = cell.drop(while: \.isWhitespace)
            return String(text.reversed().drop(while: \.isWhitespace).reversed())
        }
    }

    private static func html(_ heading: Heading) -> HTML {
        // A level is one of six, see above.
        let tag: HTML = "\(raw: "h\(heading.level)")"
        return "<\(tag) id=\"\(heading.id)\">\(inline(heading.title))</\(tag)>\n"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> HTML {
        let heading: HTML = "<thead><tr>\(each: head, { "<th scope=\"col\">\(inline($0))</th>" })</tr></thead>"
        return """
            <div class="table-frame"><table>\(if: !head.isEmpty, heading)<tbody>\(each: rows, { row in
                "<tr>\(each: row, { "<td>\(inline($0))</td>" })</tr>"
            })</tbody></table></div>

            """
    }

    // MARK: Within a line

    private static func inline(_ text: String) -> HTML {
        var html = HTML.empty
        var rest = text[...]
        while let mark = rest.firstIndex(where: { "`*[".contains($0) }) {
            html += HTML(escaping: String(rest[..<mark]))
            if let (part, end) = marked(rest[mark...]) {
                html += part
                rest = rest[end...]
            } else {
                html += HTML(escaping: String(rest[mark]))
                rest = rest[rest.index(after: mark)...]
            }
        }
        return "\(html)\(String(rest))"
    }

    /// What stands between two marks at the beginning of a text, and where that ends; nil where it is only a character.
    private static func marked(_ text: Substring) -> (HTML, Substring.Index)? {
        if let (inner, end) = between("`", "`", text) { return ("<code>\(String(inner))</code>", end) }
        if let (inner, end) = between("**", "**", text) { return ("<strong>\(inline(String(inner)))</strong>", end) }
        if let (inner, end) = between("*", "*", text), inner.first?.isWhitespace == false {
            return ("<em>\(inline(String(inner)))</em>", end)
        }
        guard let (title, end) = between("[", "](", text), let close = text[end...].firstIndex(of: ")") else {
            return nil
        }
        let target = String(text[end..<close])
        // Two slashes begin the address of another host.
        guard ["/", "#", "https://"].contains(where: target.hasPrefix), !target.hasPrefix("//") else { return nil }
        return ("<a href=\"\(target)\">\(inline(String(title)))</a>", text.index(after: close))
    }

    private static func between(_ open: String, _ close: String, _ text: Substring) -> (Substring, Substring.Index)? {
        guard text.hasPrefix(open) else { return nil }
        let inner = text.dropFirst(open.count)
        var end = inner.startIndex
        while end < inner.endIndex, !inner[end...].hasPrefix(close) { end = inner.index(after: end) }
        guard end < inner.endIndex, end > inner.startIndex else { return nil }
        return (inner[..<end], inner.index(end, offsetBy: close.count))
    }
}
