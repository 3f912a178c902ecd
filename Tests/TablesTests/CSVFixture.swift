import Glibc
import Support
import Tables

/// A file without a name that holds the given bytes, with something else around them.
struct CSVFixture: ~Copyable {
    let file: OwnedDescriptor
    let range: Range<Int64>

    /// - Parameter padding: bytes before and behind the table, to show that the range is kept to.
    init(_ bytes: [UInt8], padding: Int = 0) throws {
        var name = Array("/tmp/bodega-csv-XXXXXX".utf8CString)
        file = OwnedDescriptor(mkstemp(&name))
        unlink(name)
        let around = [UInt8](repeating: UInt8(ascii: "\""), count: padding)
        try Files.writeAll(around + bytes + around, to: file.raw, "fixture")
        range = Int64(padding)..<Int64(padding + bytes.count)
    }

    func reader(
        _ dialect: CSVDialect = .rfc4180,
        from position: CSVPosition = .start,
        limit: Int = CSVReader.recordLimit,
        readSize: Int = 1 << 16,
        width: Int = 0
    ) -> CSVReader {
        CSVReader(
            descriptor: file.raw,
            range: range,
            dialect: dialect,
            width: width,
            from: position,
            recordLimit: limit,
            readSize: readSize
        )
    }
}

/// Every record that a reader gives, and where it stood after each.
func readAll(_ reader: consuming CSVReader) throws -> (records: [PlainRecord], positions: [CSVPosition]) {
    var records: [PlainRecord] = []
    var positions: [CSVPosition] = []
    while try reader.next() {
        records.append(PlainRecord(reader.record))
        positions.append(reader.position)
    }
    return (records, positions)
}

/// The cells of a text in the usual dialect.
func cells(_ text: String) throws -> [[String]] {
    let fixture = try CSVFixture(Array(text.utf8))
    return try readAll(fixture.reader()).records.map { $0.texts }
}

/// splitmix64: the same numbers for the same seed, so that a failure can be repeated.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value &>> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value &>> 31)
    }
}

/// A short file made of what hurts: quotes, delimiters, every line end, a byte order mark, NUL, malformed UTF-8.
func randomTable(_ random: inout SeededRandom, delimiter: UInt8 = UInt8(ascii: ",")) -> [UInt8] {
    let pieces: [[UInt8]] = [
        [delimiter], [delimiter], [0x22], [0x22], [0x22, 0x22], [0x0A], [0x0D], [0x0D, 0x0A], [0x61], [0x62, 0x63],
        Array("longer text than a search step".utf8), Array("é€😀".utf8), [0x00], [0xFF], [0x20], [0x2D],
        [delimiter], Array("\u{A0}".utf8), Array("\u{3000}".utf8),
    ]
    var bytes: [UInt8] = Bool.random(using: &random) ? [] : [0xEF, 0xBB, 0xBF]
    for _ in 0..<Int.random(in: 0...40, using: &random) {
        bytes += pieces[Int.random(in: 0..<pieces.count, using: &random)]
    }
    return bytes
}
