import AdminKit
import Markup
import Tables

/// What a file was found to be, in words.
enum ImportFormatView {
    /// For the file chooser.
    static let accepted = ".csv,.tsv,.tab,.txt,.gz,.zip,.xlsx,.ndjson,.jsonl,.json"
    static let formats = "CSV or text with tabs, also as .gz or .zip, Excel (.xlsx), or JSON"

    /// Format, encoding, delimiter, sheet and header; a word says which of them was not found but chosen, or is the
    /// profile's.
    /// - Parameter reading: the names of the options that the profile has said.
    static func facts(_ format: TableFormat, _ choices: TableChoices, reading: [String] = []) -> HTML {
        func origin(_ option: String, _ isSaid: Bool) -> String? {
            guard isSaid else { return nil }
            return reading.contains(option) ? "from the profile" : "chosen"
        }
        let isGuess = !format.likelyEncodings.isEmpty
        let encoding = isGuess ? "a guess" : origin("encoding", choices.encoding != nil)
        let isText = format.kind == .delimited
        let header = origin("header_row", choices.headerLine != nil)
        return """
            <div><dt>Format</dt><dd>\(kind(format))</dd></div>
            \(if: isText, fact("Delimiter", delimiter(format.dialect), origin("delimiter", choices.delimiter != nil)))
            \(if: isText, fact("Quote", quote(format.dialect), origin("quote", choices.quote != nil)))
            \(if: format.kind != .xlsx, """
                \(fact("Encoding", format.encoding.title, encoding))
                """)
            \(format.sheet.map { sheet($0, format, isChosen: choices.sheet != nil) })
            \(format.list.map { list($0, format, isChosen: choices.list != nil) })
            \(if: format.hasHeaderLine && (format.headerLine > 1 || header != nil), """
                \(fact("Header", "Line \(format.headerLine)", header))
                """)
            """
    }

    private static func kind(_ format: TableFormat) -> HTML {
        let kind: HTML =
            switch format.kind {
            case .delimited: "Delimited text"
            case .xlsx: "Excel workbook"
            case .ndjson: "JSON, one object a line"
            case .json where format.isKeyed: "JSON, objects by name"
            case .json: format.list == nil ? "JSON array" : "JSON, a list in an object"
            }
        switch format.container {
        case .none: return kind
        case .gzip: return "\(kind), compressed with gzip"
        case .zip: return "\(kind), in a ZIP archive as <span class=\"code\">\(format.entry)</span>"
        }
    }

    private static func fact(_ label: String, _ value: String, _ origin: String?) -> HTML {
        "<div><dt>\(label)</dt><dd>\(value)\(origin.map { " (\($0))" })</dd></div>"
    }

    private static func sheet(_ name: String, _ format: TableFormat, isChosen: Bool) -> HTML {
        let others = format.sheets.filter { $0 != name }
        let more = others.count > 5 ? " and \(others.count - 5) more" : ""
        return """
            <div><dt>Sheet</dt><dd>\(name)\(if: isChosen, " (chosen)")\
            \(if: !others.isEmpty, """
                <span class="row-note">Not read: \(others.prefix(5).joined(separator: ", "))\(more)</span>
                """)</dd></div>
            """
    }

    private static func list(_ path: String, _ format: TableFormat, isChosen: Bool) -> HTML {
        let others = format.lists.filter { $0 != path }
        return """
            \(if: !path.isEmpty, """
                <div><dt>List</dt><dd><span class="code">\(path)</span>\(if: isChosen, " (chosen)")\
                \(if: !others.isEmpty, """
                    <span class="row-note">Not read: \(others.prefix(5).joined(separator: ", "))</span>
                    """)</dd></div>
                """)
            """
    }

    static func delimiter(_ dialect: CSVDialect) -> String { delimiter(dialect.delimiter) }

    static func delimiter(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: ","): "Comma"
        case UInt8(ascii: ";"): "Semicolon"
        case UInt8(ascii: "\t"): "Tab"
        case UInt8(ascii: "|"): "Vertical bar"
        default: String(UnicodeScalar(byte))
        }
    }

    static func quote(_ dialect: CSVDialect) -> String {
        quote(dialect.quote.map { .byte($0) } ?? TableChoices.Quote.none)
    }

    static func quote(_ quote: TableChoices.Quote) -> String {
        switch quote {
        case .byte(UInt8(ascii: "\"")): "Double (\")"
        case .byte(UInt8(ascii: "'")): "Single (')"
        case .byte(let byte): String(UnicodeScalar(byte))
        case .none: "None"
        }
    }
}
