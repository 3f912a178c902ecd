import Glibc
import Support
import Tables
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct ImportHeaderTests {
    private func read(_ bytes: [UInt8], _ mapping: ImportMapping = [:]) throws -> ImportColumns {
        let folder = try TemporaryFolder()
        let file = try Files.open(try folder.write("f", bytes), O_RDONLY)
        let head = try ImportHead.read(
            file.raw,
            0..<Int64(bytes.count),
            TableChoices(),
            target: .products,
            scratch: folder.path
        )
        var options = ImportOptions()
        options.mapping = mapping
        return try ImportHeader.columns(head.headers, options)
    }

    private func read(_ text: String, _ mapping: ImportMapping = [:]) throws -> ImportColumns {
        try read(Array(text.utf8), mapping)
    }

    private func refusal(_ bytes: [UInt8], _ mapping: ImportMapping = [:]) -> String {
        do {
            _ = try read(bytes, mapping)
            return "accepted"
        } catch let error as WebError {
            return "\(error.status) \(error.code ?? "-")"
        } catch {
            return "\(error)"
        }
    }

    /// Columns of the first fields of the table; the others have none.
    private func places(_ first: [Int?]) -> [Int?] {
        first + Array(repeating: nil, count: ProductFields.all.count - first.count)
    }

    @Test func namesAreComparedWithoutCaseBlanksAndMarks() throws {
        let columns = try read("\u{FEFF} S_K-U ,NA ME,Other,De_scription,PRICE,Status\n")
        #expect(columns.positions == places([0, 1, nil, 3, 4, nil, nil, 5]))
        #expect(columns.headers == ["S_K-U", "NA ME", "Other", "De_scription", "PRICE", "Status"])
        #expect(columns.ignored == ["Other"])
        #expect(try read("name,sku").positions == places([1, 0]))
    }

    @Test func theMappingWinsOverAColumnsOwnName() throws {
        let columns = try read("WineID,WineName,sku,name", ["WineID": "sku", "wine name": "name"])
        #expect(columns.positions == places([0, 1]))
        #expect(columns.ignored == ["sku", "name"])
        #expect(
            try read("sku,Title,name", ["name": "description", "Title": "name"]).positions
                == places([0, 1, nil, 2])
        )
    }

    @Test func whatIsRefused() {
        func refusal(_ text: String, _ mapping: ImportMapping = [:]) -> String {
            self.refusal(Array(text.utf8), mapping)
        }
        #expect(refusal("") == "422 empty_file")
        #expect(refusal("\n\r\n") == "422 empty_file")
        #expect(refusal("\u{FEFF}") == "422 empty_file")
        #expect(refusal("name,price\n") == "422 no_sku_column")
        #expect(refusal("sku,name,S K U\n") == "422 duplicate_column")
        #expect(refusal("sku,name,NAME\n") == "422 duplicate_column")
        #expect(refusal("sku,Colour,colour\n") == "accepted", "columns that feed nothing may repeat")
        #expect(refusal("a,b", ["a": "sku", "b": "sku"]) == "422 duplicate_column")
        #expect(refusal("sku,name", ["Title": "name"]) == "422 missing_column")
        #expect(refusal("sku,\"name\n1,One") == "415 not_a_table")
        #expect(refusal(String(repeating: "sku", count: 1 << 20)) == "415 not_a_table")
    }

    @Test(
        arguments: [
            [0xFF, 0xD8, 0xFF, 0xE0], [0x89, 0x50, 0x4E, 0x47], Array("GIF89a".utf8), Array("%PDF-1.7".utf8),
            [0xD0, 0xCF, 0x11, 0xE0], [0x7F, 0x45, 0x4C, 0x46], Array("SQLite format 3\u{0}".utf8),
            [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD], Array("BZh91AY&SY".utf8),
            Array("<?xml version=\"1.0\"?>".utf8), Array("sku,name\n1,\u{0}\n".utf8),
        ] as [[UInt8]]
    )
    func whatIsNoTable(bytes: [UInt8]) {
        #expect(refusal(bytes + Array("\nsku,name\n".utf8)) == "415 not_a_table")
    }

    @Test func whatIsDamagedSaysSo() {
        #expect(refusal([0x50, 0x4B, 0x03, 0x04, 0x14] + Array("\nsku,name\n".utf8)) == "422 damaged_file")
        #expect(refusal([0x1F, 0x8B, 0x08] + Array("\nsku,name\n".utf8)) == "422 damaged_file")
    }
}
