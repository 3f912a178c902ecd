/// How cells are parted and quoted. Record ends are not part of it: LF, CRLF and a lone CR all end a record.
public struct CSVDialect: Sendable, Equatable {
    /// The byte between two cells.
    public let delimiter: UInt8
    /// The byte around a cell that may hold delimiters and line breaks, doubled inside it; nil: nothing is quoted.
    public let quote: UInt8?

    /// RFC 4180: comma and double quote.
    public static let rfc4180 = CSVDialect(checked: UInt8(ascii: ","), UInt8(ascii: "\""))
    /// Tab-separated, with double quotes as spreadsheets write them.
    public static let tabs = CSVDialect(checked: UInt8(ascii: "\t"), UInt8(ascii: "\""))

    /// nil unless delimiter and quote are two different ASCII bytes, neither a line break nor NUL.
    public init?(delimiter: UInt8, quote: UInt8? = UInt8(ascii: "\"")) {
        let bytes = [delimiter] + (quote.map { [$0] } ?? [])
        let usable = bytes.allSatisfy { $0 != lineFeed && $0 != carriageReturn && $0 != 0 && $0 < 0x80 }
        guard usable, delimiter != quote else { return nil }
        self.init(checked: delimiter, quote)
    }

    private init(checked delimiter: UInt8, _ quote: UInt8?) {
        self.delimiter = delimiter
        self.quote = quote
    }
}

let lineFeed = UInt8(ascii: "\n")
let carriageReturn = UInt8(ascii: "\r")
/// U+FEFF in UTF-8, which some programs put before the first record.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
