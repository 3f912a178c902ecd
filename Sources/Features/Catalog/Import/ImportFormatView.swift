import AdminKit
import Markup
import Tables

/// What a file was found to be, in words.
enum ImportFormatView {
    /// For the file chooser.
    static let accepted = ".csv,.tsv,.tab,.txt,.gz,.zip,.xlsx,.ndjson,.jsonl,.json"
    static let formats = "CSV or text with tabs, also as .gz or .zip, Excel (.xlsx), or JSON"

    /// Format, encoding, delimiter and sheet; a word says which of them was chosen and not found.
    static func facts(_ format: TableFormat, _ choices: TableChoices) -> HTML {
        let isText = format.kind == .delimited
        return """
            <div><dt>Format</dt><dd>\(kind(format))</dd></div>
            \(if: isText, fact("Delimiter", delimiter(format.dialect), isChosen: choices.delimiter != nil))
            \(if: isText, fact("Quote", quote(format.dialect), isChosen: choices.quote != nil))
            \(if: format.kind != .xlsx, """
                \(fact("Encoding", format.encoding.title, isChosen: choices.encoding != nil))
                """)
            \(format.sheet.map { sheet($0, format, isChosen: choices.sheet != nil) })
            """
    }

    private static func kind(_ format: TableFormat) -> HTML {
        let kind: HTML =
            switch format.kind {
            case .delimited: "Delimited text"
            case .xlsx: "Excel workbook"
            case .ndjson: "JSON, one object a line"
            case .json: "JSON array"
            }
        switch format.container {
        case .none: return kind
        case .gzip: return "\(kind), compressed with gzip"
        case .zip: return "\(kind), in a ZIP archive as <span class=\"code\">\(format.entry)</span>"
        }
    }

    private static func fact(_ label: String, _ value: String, isChosen: Bool) -> HTML {
        "<div><dt>\(label)</dt><dd>\(value)\(if: isChosen, " (chosen)")</dd></div>"
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

    static func delimiter(_ dialect: CSVDialect) -> String {
        switch dialect.delimiter {
        case UInt8(ascii: ","): "Comma"
        case UInt8(ascii: ";"): "Semicolon"
        case UInt8(ascii: "\t"): "Tab"
        case UInt8(ascii: "|"): "Vertical bar"
        case let byte: String(UnicodeScalar(byte))
        }
    }

    private static func quote(_ dialect: CSVDialect) -> String {
        switch dialect.quote {
        case UInt8(ascii: "\""): "Double (\")"
        case UInt8(ascii: "'"): "Single (')"
        case let byte?: String(UnicodeScalar(byte))
        case nil: "None"
        }
    }
}
