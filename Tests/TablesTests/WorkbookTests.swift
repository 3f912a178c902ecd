import Testing

@testable import Tables

/// XLSX workbooks, made part by part.
@Suite struct WorkbookTests {
    private func read(
        _ rows: String,
        strings: [String] = [],
        styles: String = "",
        properties: String = "",
        records: Int64? = nil
    ) throws -> Conversion {
        try Conversion(workbook(rows, strings: strings, styles: styles, properties: properties), records: records)
    }

    private func workbook(
        _ rows: String,
        strings: [String] = [],
        styles: String = "",
        properties: String = ""
    ) -> [UInt8] {
        WorkbookFixture(
            sheets: [("Products", "visible", rows)],
            strings: strings,
            styles: styles,
            workbookProperties: properties
        ).bytes
    }

    /// Text cells in the first columns.
    private func row(_ number: Int, _ texts: String...) -> String {
        let cells = texts.map { "<c t=\"inlineStr\"><is><t>\($0)</t></is></c>" }
        return "<row r=\"\(number)\">\(cells.joined())</row>"
    }

    @Test func kindsOfCells() throws {
        let read = try read(
            row(1, "text", "shared", "number", "true", "false", "formula", "error", "date", "inline")
                + """
                <row r="2"><c r="A2" t="str"><f>1+1</f><v>a &amp; b</v></c><c r="B2" t="s"><v>1</v></c>\
                <c r="C2"><v>12.5</v></c><c r="D2" t="b"><v>1</v></c><c r="E2" t="b"><v>0</v></c>\
                <c r="F2" t="n"><f>A1*2</f><v>84</v></c><c r="G2" t="e"><v>#N/A</v></c>\
                <c r="H2" t="d"><v>2024-01-31</v></c>\
                <c r="I2" t="inlineStr"><is><r><t>bold</t></r><r><t xml:space="preserve"> and plain</t></r>\
                <rPh sb="0" eb="1"><t>reading</t></rPh></is></c></row>
                """,
            strings: ["<t>first</t>", "<r><t>sec</t></r><r><t>ond</t></r><rPh><t>reading</t></rPh>"]
        )
        #expect(read.format.kind == .xlsx)
        #expect(read.format.sheet == "Products")
        #expect(
            read.cells[1] == ["a & b", "second", "12.5", "TRUE", "FALSE", "84", "#N/A", "2024-01-31", "bold and plain"]
        )
    }

    @Test func sparseRowsAndCellsKeepTheirPlace() throws {
        let read = try read(
            """
            <row r="3"><c r="B3" t="str"><v>sku</v></c><c r="D3" t="str"><v>name</v></c></row>\
            <row r="5"><c r="D5" t="str"><v>two\nlines</v></c></row><row r="6"><c r="A6" s="1"/><c r="F6"/></row>\
            <row r="9"><c r="B9" t="str"><v>A</v></c><c r="F9" t="str"><v>beyond</v></c></row>\
            <row><c t="str"><v>next</v></c><c t="str"><v>one</v></c></row>
            """
        )
        #expect(read.records.map(\.line) == [3, 5, 9, 10])
        #expect(
            read.cells == [
                ["", "sku", "", "name"], ["", "", "", "two\nlines"], ["", "A", "", "", "", "beyond"],
                ["next", "one", "", ""],
            ]
        )
    }

    @Test func sheetsByName() throws {
        let fixture = WorkbookFixture(
            sheets: [
                ("Hidden", "hidden", row(1, "a")), ("First", "visible", row(1, "b")),
                ("Größe &amp; Co", "visible", row(1, "c")),
            ]
        )
        let read = try Conversion(fixture.bytes)
        #expect(read.format.sheets == ["Hidden", "First", "Größe & Co"])
        #expect(read.cells == [["b"]])
        var choices = TableChoices()
        for (name, cell) in [("Hidden", "a"), ("first", "b"), ("größe & co", "c")] {
            choices.sheet = name
            #expect(try Conversion(fixture.bytes, choices).cells == [[cell]])
        }
        choices.sheet = "None"
        #expect(
            refusal(fixture.bytes, choices)
                == "no_such_sheet: The workbook has no sheet 'None'. It has 'Hidden', 'First', 'Größe & Co'."
        )
    }

    @Test func numbersAndDatesAsShown() throws {
        let styles = """
            <numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="dd.mm.yyyy"/>\
            </numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>\
            <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="2"/></cellXfs>
            """
        let rows =
            row(1, "a", "b", "c", "d", "e")
                + """
                <row r="2"><c s="1"><v>1234</v></c><c s="2"><v>45322</v></c><c s="3"><v>0.5</v></c>\
                <c><v>8.4E+12</v></c><c s="99"><v>0.30000000000000004</v></c></row>
                """
        #expect(
            try read(rows, styles: styles).cells[1] == ["01234", "31.01.2024", "0.50", "8400000000000", "0.3"]
        )
        let older = try read(rows, styles: styles, properties: "<workbookPr date1904=\"1\"/>")
        #expect(older.cells[1][1] == "01.02.2028")
    }

    @Test func escapesOfTheStandard() throws {
        #expect(
            try read(row(1, "a_x000D_b", "_x005F_x000D_", "_x12_", "_xZZZZ_")).cells == [
                ["a\rb", "_x000D_", "_x12_", "_xZZZZ_"]
            ]
        )
    }

    @Test func aPreviewReadsNoMoreThanItNeeds() throws {
        let rows =
            row(1, "sku", "name")
            + (2...500).map { "<row r=\"\($0)\"><c t=\"s\"><v>\(($0 * 7) % 40)</v></c></row>" }.joined()
        let strings = (0..<400).map { "<t>text \($0)</t>" }
        let whole = try read(rows, strings: strings)
        let head = try read(rows, strings: strings, records: 20)
        #expect(head.cells.count == 20)
        #expect(head.cells == Array(whole.cells.prefix(20)))
    }

    @Test func manySharedTexts() throws {
        let strings = try SharedStrings(scratch: "/tmp", limits: .standard, blocks: 3)
        let texts = (0..<400).map { "\($0) " + String(repeating: "x", count: $0 % 97 * 400) }
        for text in texts { try strings.append(Array(text.utf8)) }
        try strings.seal()
        #expect(strings.count == texts.count)
        // More than fits the cache, asked for forwards, backwards and in leaps.
        for index in Array(0..<400) + (0..<400).reversed() + (0..<400).map({ $0 * 37 % 400 }) {
            let text = try strings.text(index)
            #expect(text.map { String(decoding: $0, as: UTF8.self) } == texts[index])
        }
        let beyond = [try strings.text(400), try strings.text(-1)]
        #expect(beyond.allSatisfy { $0 == nil })
    }

    @Test func whatIsDamaged() {
        #expect(refusal(workbook("<row r=\"1\"><c>")).hasPrefix("damaged_file"))
        #expect(
            refusal(workbook("<row r=\"2\"><c t=\"str\"><v>a</v></c></row><row r=\"1\"/>")).contains("row 1 stands")
        )
        #expect(refusal(workbook("<row><c r=\"B1\"/><c r=\"A1\"/></row>")).contains("order of columns"))
        #expect(refusal(workbook("<row><c t=\"s\"><v>5</v></c></row>")).contains("text 5, which is missing"))
        #expect(refusal(workbook("&unknown;")).hasPrefix("damaged_file"))
        let entity = "<!DOCTYPE a [<!ENTITY b \"c\">]>"
        let parts = WorkbookFixture(sheets: [("S", "visible", "")]).bytes
        #expect(refusal(parts) == "accepted")
        let doctype = Packing.zip([
            .init("[Content_Types].xml", "<T/>"), .init("xl/workbook.xml", "\(entity)<workbook/>"),
        ])
        #expect(refusal(doctype).contains("document type"))
    }

    @Test func limits() {
        var limits = TableLimits()
        limits.columns = 3
        let wide = workbook(row(1, "a", "b", "c", "d"))
        #expect(refusal(wide, limits: limits) == "too_many_columns: The table has more columns than 3.")
        limits.rows = 5
        let long = workbook(row(6, "a"))
        #expect(refusal(long, limits: limits) == "too_many_rows: The sheet has more rows than 5.")
        limits.strings = 2
        let texts = workbook("", strings: ["<t>a</t>", "<t>b</t>", "<t>c</t>"])
        #expect(refusal(texts, limits: limits) == "too_many_strings: The texts of the workbook are more than 2 texts.")
        limits.part = 100
        #expect(refusal(workbook(""), limits: limits).hasPrefix("too_large_part") == false)
        #expect(
            refusal(workbook("", styles: String(repeating: "<a/>", count: 50_000)), limits: limits).hasPrefix(
                "part_too_large"
            )
        )
    }

    @Test func aRowOverTheLimitIsOneBadRow() throws {
        let long = String(repeating: "x", count: 600_000)
        let read = try read(row(1, "sku", "name") + row(2, long, long) + row(3, "B", "b"))
        #expect(read.records.map(\.line) == [1, 2, 3])
        #expect(read.cells[1].isEmpty)
        #expect(read.cells[2] == ["B", "b"])
    }
}
