import AdminKit
import ImportEngine
import Support
import Tables
import Web

/// How a file is read, as controls: what was found is the first choice of each.
enum MappingFormat {
    /// Only those that mean something for this kind of file.
    static func fields(_ table: ImportSampleTable, _ choices: TableChoices) -> [FormField] {
        let format = table.format
        var fields: [FormField] = []
        if format.kind == .delimited {
            fields.append(
                field("delimiter", "Delimiter", ImportFormatView.delimiter(format.dialect), delimiters) {
                    TableChoices.delimiter(named: $0) == choices.delimiter
                }
            )
            fields.append(
                field("quote", "Quote", ImportFormatView.quote(format.dialect), quotes) {
                    TableChoices.quote(named: $0) == choices.quote
                }
            )
        }
        if format.kind != .xlsx {
            let encodings = TextEncoding.readable.map { ($0.rawValue, $0.title) }
            fields.append(
                field("encoding", "Encoding", format.encoding.title, encodings) { $0 == choices.encoding?.rawValue }
            )
        }
        if format.sheets.count > 1 {
            let sheets = format.sheets.map { ($0, $0) }
            fields.append(field("sheet", "Sheet", format.sheet ?? "", sheets) { $0 == choices.sheet })
        }
        if format.lists.count > 1 {
            let lists = format.lists.map { ($0, $0) }
            fields.append(field("items", "List of products", format.list ?? "", lists) { $0 == choices.list })
        }
        if table.firstLines.count > 1 {
            let lines = table.firstLines.map { (String($0.line), "Line \($0.line): \($0.text)") }
            fields.append(
                field("header_row", "Header", "Line \(format.headerLine)", lines) { Int64($0) == choices.headerLine }
            )
        }
        return fields
    }

    private static let quotes = [("double", "Double (\")"), ("single", "Single (')"), ("none", "None")]

    private static let delimiters = [
        ("comma", "Comma"), ("semicolon", "Semicolon"), ("tab", "Tab"), ("pipe", "Vertical bar"),
    ]

    private static func field(
        _ name: String,
        _ label: String,
        _ found: String,
        _ choices: [(value: String, title: String)],
        isChosen: (String) -> Bool
    ) -> FormField {
        let chosen = choices.first { isChosen($0.value) }?.value ?? ""
        let first = FormField.Choice("", chosen.isEmpty ? "\(found) (found)" : "As found")
        return FormField(
            name,
            label,
            .select([first] + choices.map { FormField.Choice($0.value, $0.title) }),
            value: chosen
        )
    }
}
