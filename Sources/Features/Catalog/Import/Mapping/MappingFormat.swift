import AdminKit
import Support
import Tables
import Web

/// How a file is read, as controls: what was found is the first choice of each.
enum MappingFormat {
    /// Only those that mean something for this kind of file.
    static func fields(_ format: TableFormat, _ choices: TableChoices) -> [FormField] {
        var fields: [FormField] = []
        if format.kind == .delimited {
            fields.append(
                field("delimiter", "Delimiter", ImportFormatView.delimiter(format.dialect), delimiters) {
                    TableChoices.delimiter(named: $0) == choices.delimiter
                }
            )
        }
        if format.kind != .xlsx {
            let encodings = TextEncoding.allCases.map { ($0.rawValue, $0.title) }
            fields.append(
                field("encoding", "Encoding", format.encoding.title, encodings) { $0 == choices.encoding?.rawValue }
            )
        }
        if format.sheets.count > 1 {
            let sheets = format.sheets.map { ($0, $0) }
            fields.append(field("sheet", "Sheet", format.sheet ?? "", sheets) { $0 == choices.sheet })
        }
        return fields
    }

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
        let first = FormField.Choice("", chosen.isEmpty ? "As found: \(found)" : "As found")
        return FormField(
            name,
            label,
            .select([first] + choices.map { FormField.Choice($0.value, $0.title) }),
            value: chosen
        )
    }
}
