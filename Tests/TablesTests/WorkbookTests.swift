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
            read.cells[1] == [
                "a & b", "second", "12.5", "TRUE", "FALSE", "84", "\u{FFFD}e#N/A", "2024-01-31", "bold and plain",
            ]
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

    /// What has no value that could be relied on says why in front of what it shows.
    @Test(
        arguments: [
            ("<c><f>1+1</f></c>", "n"), ("<c><f>1+1</f><v></v></c>", "n"), ("<c t=\"str\"><f>A1</f></c>", "n"),
            ("<c><f t=\"shared\" si=\"0\"/></c>", "n"), ("<c t=\"e\"><v>#REF!</v></c>", "e#REF!"),
            ("<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>", "e#DIV/0!"),
            ("<c><v>1234567890123456</v></c>", "i1234567890123456"),
            ("<c><v>-2.1E17</v></c>", "i-2.1E17"), ("<c s=\"1\"><v>1000000000000000</v></c>", "i1000000000000000"),
        ]
    )
    func cellsWithoutAValue(cell: String, shown: String) throws {
        let styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"1\"/></cellXfs>"
        let read = try read(row(1, "a") + "<row r=\"2\">\(cell)</row>", styles: styles)
        #expect(read.cells == [["a"], ["\u{FFFD}\(shown)"]])
    }

    @Test(
        arguments: [
            ("<c t=\"str\"><f>A1</f><v></v></c>", ""), ("<c><v></v></c>", ""), ("<c><f>1</f><v>2</v></c>", "2"),
            ("<c><v>999999999999999</v></c>", "999999999999999"), ("<c><v>4.006381333948E12</v></c>", "4006381333948"),
            ("<c t=\"str\"><v>1234567890123456</v></c>", "1234567890123456"),
            ("<c><v>19.990000000000002</v></c>", "19.99"), ("<c t=\"str\"><v>#N/A</v></c>", "#N/A"),
        ]
    )
    func cellsWithAValue(cell: String, shown: String) throws {
        let read = try read(row(1, "a", "b") + "<row r=\"2\"><c t=\"str\"><v>x</v></c>\(cell)</row>")
        #expect(read.cells == [["a", "b"], ["x", shown]])
    }

    /// What follows the list of sheets may say something else of the workbook, but nothing of its dates.
    @Test(arguments: ["", "<extLst><ext><x:workbookPr xmlns:x=\"urn:x\" chartTrackingRefBase=\"1\"/></ext></extLst>"])
    func datesSince1904(extensions: String) throws {
        let styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"
        let rows = row(1, "a") + "<row r=\"2\"><c s=\"1\"><v>100</v></c></row>"
        let properties = "<workbookPr date1904=\"1\"/>\(extensions)"
        #expect(try read(rows, styles: styles, properties: properties).cells[1] == ["1904-04-10"])
    }

    // MARK: Merged cells

    private func merged(_ rows: String, _ ranges: String..., header: Int64? = 1) throws -> [[String]] {
        let list = ranges.map { "<mergeCell ref=\"\($0)\"/>" }.joined()
        let behind = "</sheetData><mergeCells count=\"\(ranges.count)\">\(list)</mergeCells><sheetData>"
        let bytes = workbook(rows + behind)
        let head = try Conversion(bytes, records: 50, header: header).cells
        let whole = try Conversion(bytes, header: header).cells
        #expect(head == whole, "a preview has the merged cells too")
        return whole
    }

    @Test func aMergedCellCountsInEachOfItsRows() throws {
        let rows = row(1, "sku", "name", "brand") + row(2, "A", "a", "Acme") + row(3, "B", "b") + row(4, "C")
        let ends = "<row r=\"5\"><c r=\"B5\"/></row>" + row(6, "D", "d")
        let read = try merged(rows + ends, "C2:C5", "B3:B4")
        #expect(
            read == [
                ["sku", "name", "brand"], ["A", "a", "Acme"], ["B", "b", "Acme"], ["C", "b", "Acme"], ["D", "d", ""],
            ]
        )
        // A cell that has a value keeps it, whatever a program has written there.
        #expect(try merged(row(1, "a", "b") + row(2, "x", "y") + row(3, "v", "w"), "B2:B3")[2] == ["v", "w"])
        #expect(try merged(row(1, "a", "b") + row(2, "x", "y"), "B2", "2:3", "B3:B2", "ZZZZZ1:B2")[1] == ["x", "y"])
    }

    /// To the right in records only: neither in what stands above them, nor in a heading among them.
    @Test func aMergedCellCountsInEachOfItsColumns() throws {
        let head = row(1, "List") + row(2, "sku", "name", "text", "more")
        let body = row(3, "A", "a") + row(4, "Lamps") + row(5, "B", "b", "c", "d")
        #expect(
            try merged(head + body, "A1:D1", "B3:D3", "A4:D4", header: 2) == [
                ["List"], ["sku", "name", "text", "more"], ["A", "a", "a", "a"], ["Lamps"], ["B", "b", "c", "d"],
            ]
        )
        let block = row(1, "a", "b", "c") + row(2, "A", "x") + row(3, "B")
        #expect(try merged(block, "B2:C3") == [["a", "b", "c"], ["A", "x", "x"], ["B", "x", "x"]])
        #expect(try merged(block, "B2:XFD3")[2] == ["B", "x", "x"], "no further than the widest row")
        // As long as nobody knows where the header stands, only downwards.
        #expect(try merged(block, "B2:C3", header: nil) == [["a", "b", "c"], ["A", "x", ""], ["B", "x", ""]])
    }

    @Test func theTwoRowsOfAHeader() throws {
        let rows = row(1, "SKU", "Name", "Preise") + "<row r=\"2\"><c r=\"C2\" t=\"str\"><v>VK</v></c></row>"
        let read = try merged(rows + row(3, "A", "a", "1"), "A1:A2", "B1:B2", header: nil)
        #expect(read == [["SKU", "Name", "Preise"], ["SKU", "Name", "VK"], ["A", "a", "1"]])
    }

    /// A number with a point stands in quotes, so that nobody takes it for a text in which the point parts thousands.
    @Test func numbersAreMarked() throws {
        let styles = """
            <numFmts><numFmt numFmtId="164" formatCode="0.000"/><numFmt numFmtId="165" formatCode="dd.mm.yyyy"/>\
            </numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>
            """
        let rows =
            row(1, "a", "b", "c", "d", "e")
                + """
                <row r="2"><c s="1"><v>12.5</v></c><c><v>7</v></c><c s="2"><v>45322</v></c><c t="str"><v>12.500</v></c>\
                <c><v>1E-2</v></c></row>
                """
        #expect(try read(rows, styles: styles).text == "a,b,c,d,e\n\"12.500\",7,31.01.2024,12.500,\"0.01\"\n")
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
