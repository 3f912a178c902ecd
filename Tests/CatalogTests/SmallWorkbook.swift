@testable import Tables

/// A workbook of a few parts, with the rows of its sheets as XML.
struct SmallWorkbook {
    var sheets: [(name: String, rows: String)]
    /// What stands behind the rows of each sheet.
    var behind = ""

    /// Rows of text cells in the first columns, as the last of the sheets; what begins with `=` is a number, or an
    /// element from behind its place on.
    init(_ rows: [[String]], merged: [String] = [], sheets: [String] = ["Products"]) {
        let xml = rows.enumerated().map { index, row in
            let cells = row.enumerated().map { column, text in Self.cell(text, "\(Array("ABCDEF")[column])\(index + 1)")
            }
            return "<row r=\"\(index + 1)\">\(cells.joined())</row>"
        }
        self.sheets = sheets.map { ($0, $0 == sheets.last ? xml.joined() : "") }
        let list = merged.map { "<mergeCell ref=\"\($0)\"/>" }.joined()
        behind = "<mergeCells>\(list)</mergeCells>"
    }

    init(sheets: [(name: String, rows: String)]) { self.sheets = sheets }

    private static func cell(_ text: String, _ place: String) -> String {
        guard !text.isEmpty else { return "" }
        guard text.hasPrefix("=") else { return "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>" }
        let rest = text.dropFirst()
        return rest.hasPrefix("<c") ? "<c r=\"\(place)\"\(rest.dropFirst(2))" : "<c r=\"\(place)\"><v>\(rest)</v></c>"
    }

    var bytes: [UInt8] {
        get throws {
            let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            let tabs = sheets.enumerated().map { index, sheet in
                let name = sheet.name.replacing("&", with: "&amp;")
                return "<sheet name=\"\(name)\" sheetId=\"\(index + 1)\" r:id=\"s\(index)\"/>"
            }
            let relations = sheets.indices.map { index in
                "<Relationship Id=\"s\(index)\" Type=\"\(office)/worksheet\" Target=\"worksheets/\(index).xml\"/>"
            }
            let start = "<Relationship Id=\"w\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/>"
            var parts = [
                ("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships>\(start)</Relationships>"),
                ("xl/workbook.xml", "<workbook xmlns:r=\"\(office)\"><sheets>\(tabs.joined())</sheets></workbook>"),
                ("xl/_rels/workbook.xml.rels", "<Relationships>\(relations.joined())</Relationships>"),
            ]
            for (index, sheet) in sheets.enumerated() {
                let xml = "<worksheet><sheetData>\(sheet.rows)</sheetData>\(behind)</worksheet>"
                parts.append(("xl/worksheets/\(index).xml", xml))
            }
            let zip = try ZipWriter()
            for (name, content) in parts {
                zip.begin(name)
                try zip.add(Array(content.utf8))
                zip.end()
            }
            zip.finish()
            return zip.take()
        }
    }
}
