/// Archives and workbooks made by hand, byte by byte: nothing of what is tested has a part in them.
enum Packing {
    /// A gzip member whose contents are stored, not compressed.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        out += deflateStored(bytes)
        return out + little(crc32(bytes), 4) + little(UInt32(bytes.count), 4)
    }

    /// Deflated data of stored blocks.
    static func deflateStored(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let length = UInt32(block.count)
            out += [rest.isEmpty ? 1 : 0] + little(length, 2) + little(~length & 0xFFFF, 2) + block
        } while !rest.isEmpty
        return out
    }

    struct File {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 8
        var flags: UInt16 = 0

        init(_ name: String, _ text: String) {
            self.name = name
            bytes = Array(text.utf8)
        }

        init(_ name: String, bytes: [UInt8], method: UInt16 = 8, flags: UInt16 = 0) {
            self.name = name
            self.bytes = bytes
            self.method = method
            self.flags = flags
        }
    }

    static func zip(_ files: [File], comment: String = "") -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let packed = file.method == 0 ? file.bytes : deflateStored(file.bytes)
            let sizes =
                little(crc32(file.bytes), 4) + little(UInt32(packed.count), 4) + little(UInt32(file.bytes.count), 4)
            let common =
                little(UInt32(file.flags), 2) + little(UInt32(file.method), 2) + [0, 0, 0, 0] + sizes
                + little(UInt32(file.name.utf8.count), 2)
            directory +=
                little(0x0201_4B50, 4) + [20, 0, 20, 0] + common + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
                + little(UInt32(out.count), 4) + Array(file.name.utf8)
            out += little(0x0403_4B50, 4) + [20, 0] + common + [0, 0] + Array(file.name.utf8) + packed
        }
        let count = little(UInt32(files.count), 2)
        let end =
            little(0x0605_4B50, 4) + [0, 0, 0, 0] + count + count + little(UInt32(directory.count), 4)
            + little(UInt32(out.count), 4) + little(UInt32(comment.utf8.count), 2) + Array(comment.utf8)
        return out + directory + end
    }

    static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// CRC-32 of ISO 3309, bit by bit.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

/// A workbook of parts.
struct WorkbookFixture {
    var sheets: [(name: String, state: String, rows: String)] = []
    var strings: [String] = []
    var styles = ""
    var workbookProperties = ""

    var bytes: [UInt8] {
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let tabs = sheets.enumerated().map { index, sheet in
            "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\" state=\"\(sheet.state)\" r:id=\"s\(index)\"/>"
        }
        let relations = sheets.indices.map { index in
            "<Relationship Id=\"s\(index)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\(index).xml\"/>"
        }
        var files = [
            Packing.File("[Content_Types].xml", "<Types/>"),
            Packing.File(
                "_rels/.rels",
                "<Relationships><Relationship Id=\"w\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/>"
                    + "</Relationships>"
            ),
            Packing.File(
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\">\(workbookProperties)"
                    + "<sheets>\(tabs.joined())</sheets></workbook>"
            ),
            Packing.File(
                "xl/_rels/workbook.xml.rels",
                "<Relationships>\(relations.joined())"
                    + "<Relationship Id=\"t\" Type=\"\(office)/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
                    + "<Relationship Id=\"y\" Type=\"\(office)/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
            Packing.File("xl/styles.xml", "<styleSheet>\(styles)</styleSheet>"),
            Packing.File("xl/sharedStrings.xml", "<sst>\(strings.map { "<si>\($0)</si>" }.joined())</sst>"),
        ]
        for (index, sheet) in sheets.enumerated() {
            files.append(
                Packing.File(
                    "xl/worksheets/sheet\(index).xml",
                    "<worksheet xmlns=\"\(main)\"><sheetData>\(sheet.rows)</sheetData></worksheet>"
                )
            )
        }
        return Packing.zip(files)
    }
}
