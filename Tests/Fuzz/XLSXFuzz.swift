import Glibc
import Support
import Tables

/// An input is a byte of settings, then the rows of a sheet, the shared texts and a number format, parted by zeros. The
/// harness makes a workbook of them: a random change of an archive hardly ever leaves its checksums right.
func checkXLSX(_ input: UnsafeBufferPointer<UInt8>) {
    guard !input.isEmpty else { return }
    var parts = input.dropFirst().split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    while parts.count < 3 { parts.append([]) }
    check(rows: parts[0], texts: parts[1], code: parts[2], older: input[0] & 1 == 1, head: Int64(input[0] >> 4) + 1)
}

private func check(rows: [UInt8], texts: [UInt8], code: [UInt8], older: Bool, head: Int64) {
    archive.fill(workbook(rows, texts, code, older))
    guard let whole = convert(records: nil) else { return }
    // A preview is the beginning of the whole, although it reads only the texts that it needs.
    guard let beginning = convert(records: head), whole.starts(with: beginning) else {
        fatalError("the preview differs: \(rows) \(texts) \(code)")
    }
    checkLines(whole)
}

/// What was written is a table: no bad quotes, rows in the order of their lines, each as wide as the header or wider.
private func checkLines(_ table: [UInt8]) {
    archive.fill(table)
    var reader = CSVReader(descriptor: archive.descriptor, range: 0..<archive.size, countsInnerLines: false)
    var line: Int64 = 0
    var width: Int?
    do {
        while try reader.next() {
            let record = reader.record
            guard record.problems.isEmpty, record.position.line > line, record.count >= width ?? 1 else {
                fatalError("not a table: \(table)")
            }
            line = record.position.line
            width = width ?? record.count
        }
    } catch {
        fatalError("\(error)")
    }
}

/// - Returns: the table; nil when the workbook was refused in words.
private func convert(records: Int64?) -> [UInt8]? {
    do {
        let format = try TableSniffer.sniff(archive.descriptor, 0..<archive.size)
        let target = try Files.temporary()
        try TableConverter.convert(
            archive.descriptor,
            0..<archive.size,
            format,
            to: target.raw,
            scratch: "/tmp",
            records: records
        )
        var bytes = [UInt8](repeating: 0, count: Int(lseek(target.raw, 0, SEEK_END)))
        guard pread(target.raw, &bytes, bytes.count, 0) == bytes.count else { fatalError("the table cannot be read") }
        return bytes
    } catch let error as TableError {
        guard error.fault != nil else { fatalError("\(error)") }
        return nil
    } catch {
        fatalError("\(error)")
    }
}

private func workbook(_ rows: [UInt8], _ texts: [UInt8], _ code: [UInt8], _ older: Bool) -> [UInt8] {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    func part(_ name: String, _ before: String, _ bytes: [UInt8], _ after: String) -> Packing.File {
        Packing.File(name, bytes: Array(before.utf8) + bytes + Array(after.utf8), method: 0)
    }
    let quoted = code.flatMap { $0 == 0x22 ? Array("&quot;".utf8) : [$0] }
    return Packing.zip([
        part("[Content_Types].xml", "<Types/>", [], ""),
        part(
            "xl/workbook.xml",
            "<workbook><workbookPr date1904=\"\(older ? 1 : 0)\"/><sheets><sheet name=\"S\" id=\"a\"/></sheets></workbook>",
            [],
            ""
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            "<R><Relationship Id=\"a\" Type=\"\(office)/worksheet\" Target=\"s.xml\"/>"
                + "<Relationship Id=\"b\" Type=\"\(office)/sharedStrings\" Target=\"t.xml\"/>"
                + "<Relationship Id=\"c\" Type=\"\(office)/styles\" Target=\"y.xml\"/></R>",
            [],
            ""
        ),
        part("xl/s.xml", "<worksheet><sheetData>", rows, "</sheetData></worksheet>"),
        part("xl/t.xml", "<sst>", texts, "</sst>"),
        part(
            "xl/y.xml",
            "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"",
            quoted,
            "\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>"
        ),
    ])
}

/// One nameless file for all inputs. The fuzzer calls from one thread.
private nonisolated(unsafe) var archive = ScratchFile()
