/// Tells files that are no tables by their first bytes or by what an archive holds.
enum FileSignature {
    private static let known: [(bytes: [UInt8], kind: String)] = [
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"), ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
        (Array("GIF8".utf8), "a GIF picture"), (Array("%PDF".utf8), "a PDF document"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office document, or a workbook with a password"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program"), (Array("SQLite format 3".utf8), "a database"),
        (Array("{\\rtf".utf8), "a text document"), (Array("<!DOCTYPE".utf8), "a web page"),
        (Array("<html".utf8), "a web page"), (Array("<?xml".utf8), "XML"),
    ]

    private static let archives: [(bytes: [UInt8], kind: String)] = [
        (Array("BZh".utf8), "compressed with bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard"), ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
        (Array("Rar!".utf8) + [0x1A], "a RAR archive"),
    ]

    /// What the file is when it is known to be no table; nil otherwise.
    static func kind(_ head: [UInt8]) -> String? {
        if let match = (known + archives).first(where: { head.starts(with: $0.bytes) }) {
            // A header may begin with these three letters; bzip2 goes on with a digit and a fixed number.
            if match.kind == "compressed with bzip2" && !isBzip(head) { return nil }
            return match.kind
        }
        let isTar = head.count >= 262 && head[257..<262].elementsEqual("ustar".utf8)
        return isTar ? "a tar archive" : nil
    }

    static func isGzip(_ head: [UInt8]) -> Bool { head.starts(with: [0x1F, 0x8B, 0x08]) }

    /// Also one without any file.
    static func isZip(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    static func isOtherArchive(_ head: [UInt8]) -> Bool {
        archives.contains { head.starts(with: $0.bytes) } && (head.first != 0x42 || isBzip(head))
    }

    /// Documents of other programs are ZIP archives too.
    static func kind(_ directory: ZipDirectory) -> String? {
        let names = directory.entries.lazy.map(\.name)
        if names.contains(where: { $0.hasSuffix("xl/workbook.bin") }) { return "a binary workbook (XLSB)" }
        if names.contains("word/document.xml") { return "a Word document" }
        if names.contains("ppt/presentation.xml") { return "a presentation" }
        if names.first == "mimetype" && names.contains("content.xml") { return "an OpenDocument file" }
        return names.contains("META-INF/MANIFEST.MF") ? "a Java archive" : nil
    }

    private static func isBzip(_ head: [UInt8]) -> Bool {
        head.count > 9 && head[4..<10].elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    }
}
