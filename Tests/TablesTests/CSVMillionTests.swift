import Glibc
import Support
import TestSupport
import Testing

@testable import Tables

/// The fast reader against the slow one on generated files: every dialect and encoding, quotes, line ends, ragged rows,
/// NUL, lone quotes. A long run looks at a million.
@Suite struct CSVMillionTests {
    private static let cases = isLongRun ? 1_000_000 : 16_000
    private static let groups = 8

    @Test(arguments: 0..<groups)
    func readersAgree(group: Int) throws {
        let source = try ScratchFile()
        let target = try ScratchFile()
        let share = Self.cases / Self.groups
        for seed in group * share..<(group + 1) * share {
            var random = SeededRandom(state: 0xC5_5000_0000 + UInt64(seed))
            let item = try GeneratedTable(&random)
            try source.fill(item.encoded)
            var file = source.file.raw
            var length = Int64(item.encoded.count)
            if item.format.isConverted {
                try target.fill([])
                try TableConverter.convert(
                    source.file.raw,
                    0..<length,
                    item.format,
                    to: target.file.raw,
                    scratch: "/tmp"
                )
                file = target.file.raw
                length = Int64(lseek(file, 0, SEEK_END))
            }
            let reader = CSVReader(
                descriptor: file,
                range: 0..<length,
                dialect: item.format.dialect,
                recordLimit: item.limit,
                readSize: item.readSize
            )
            let found = try readAll(reader).records
            var reference = ReferenceCSV(
                item.utf8,
                delimiter: item.format.dialect.delimiter,
                quote: item.format.dialect.quote,
                limit: item.limit
            )
            guard found == reference.records() else {
                Issue.record("seed \(seed): \(item)")
                return
            }
        }
    }
}

/// A file, as it is encoded and as the reference reads it.
private struct GeneratedTable {
    var format = TableFormat()
    var encoded: [UInt8] = []
    var utf8: [UInt8] = []
    let limit: Int
    let readSize: Int
    private static let encodings = [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian, .windows1252]

    init(_ random: inout SeededRandom) throws {
        let delimiter = Array(",;\t|".utf8)[Int.random(in: 0..<4, using: &random)]
        let quote = [UInt8(ascii: "\""), UInt8(ascii: "\""), UInt8(ascii: "'"), nil][
            Int.random(in: 0..<4, using: &random)
        ]
        format.dialect = try #require(CSVDialect(delimiter: delimiter, quote: quote))
        format.encoding = Self.encodings[Int.random(in: 0..<Self.encodings.count, using: &random)]
        limit =
            Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 1...60, using: &random) : CSVReader.recordLimit
        readSize = Int.random(in: 1...64, using: &random)
        let line = [["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]][Int.random(in: 0..<4, using: &random)]
        let mark = String(UnicodeScalar(delimiter))
        let quotes = quote.map { String(UnicodeScalar($0)) } ?? "\""
        let pieces = [
            mark, mark, mark, quotes, quotes, quotes + quotes, "a", "bc", "longer than one step", "\u{0}", " ", "'",
            "\"", "é", "ß",
        ]
        if format.encoding == .utf8, Bool.random(using: &random) { utf8 = byteOrderMark }
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<4: append(line[Int.random(in: 0..<line.count, using: &random)])
            case 4: append(quotes + pieces[Int.random(in: 6..<9, using: &random)] + line[0] + quotes)
            case 5 where format.encoding == .utf8: utf8.append(UInt8.random(in: 0x80...0xFF, using: &random))
            case 6: append("€")
            case 7 where format.encoding != .windows1252: append("😀")
            default: append(pieces[Int.random(in: 0..<pieces.count, using: &random)])
            }
        }
        if format.encoding == .utf8 { encoded = utf8 }
    }

    private mutating func append(_ text: String) {
        utf8 += text.utf8
        for scalar in text.unicodeScalars { encode(scalar) }
    }

    private mutating func encode(_ scalar: Unicode.Scalar) {
        switch format.encoding {
        case .utf8: break
        case .utf16LittleEndian:
            for unit in UTF16.encode(scalar) ?? .init() { encoded += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        case .utf16BigEndian:
            for unit in UTF16.encode(scalar) ?? .init() { encoded += [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        default: encoded.append(scalar == "€" ? 0x80 : UInt8(scalar.value))
        }
    }
}

/// One nameless file, filled anew for each case.
private struct ScratchFile: ~Copyable {
    let file: OwnedDescriptor

    init() throws { file = try Files.temporary() }

    func fill(_ bytes: [UInt8]) throws {
        guard ftruncate(file.raw, 0) == 0, lseek(file.raw, 0, SEEK_SET) == 0 else {
            throw SystemError("empty the file")
        }
        try Files.writeAll(bytes, to: file.raw, "the case")
    }
}
