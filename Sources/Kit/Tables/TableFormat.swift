public import Support

/// What a file turned out to be, or was said to be: all that is needed to read it as a table. Shown to people, kept
/// with the job.
public struct TableFormat: Sendable, Equatable {
    public enum Container: String, Sendable {
        case none, gzip, zip
    }

    public enum Kind: String, Sendable {
        case delimited, xlsx
        /// One JSON object after the other, usually one a line.
        case ndjson
        /// One JSON array of objects.
        case json
    }

    public var container = Container.none
    /// The name of the file in the archive.
    public var entry: String?
    public var kind = Kind.delimited
    public var encoding = TextEncoding.utf8
    /// Where the encoding is only a guess: those that are likely, the best first. Empty when it is certain or was said.
    public var likelyEncodings: [TextEncoding] = []
    /// The text begins with a byte order mark.
    public var hasByteOrderMark = false
    public var dialect = CSVDialect.rfc4180
    /// Bytes of what stands before the header: a line `sep=;`, by which spreadsheets name the delimiter, or a title.
    /// Counted in the table in UTF-8.
    public var preambleBytes: Int64 = 0
    /// The line, or the row of the sheet, in which the header stands or is looked for from.
    public var headerLine: Int64 = 1
    /// The sheet that is read, and up to 100 of those that there are.
    public var sheet: String?
    public var sheets: [String] = []
    /// The names, parted by points, under which the objects stand that are read; nil when they are the whole text, and
    /// the places where else objects stand, up to 100.
    public var list: String?
    public var lists: [String] = []
    /// The objects stand under names of their own, which are a column too.
    public var isKeyed = false

    public init() {}

    /// The file is not read as it is but turned into a plain table in UTF-8 first.
    public var isConverted: Bool { container != .none || kind != .delimited || encoding != .utf8 }

    /// How the table that is read is delimited: as the file is, or as the conversion writes it.
    public var readDialect: CSVDialect { kind == .delimited ? dialect : .rfc4180 }

    /// Cells of a workbook and values of JSON are numbers or texts. In the table that is made of them a number with a
    /// point or an exponent stands in quotes, which a text like it never needs: `12.500` may be read in two ways, but
    /// the number `"12.500"` cannot.
    public var marksNumbers: Bool { kind != .delimited }

    /// Line breaks in quoted cells are lines of the file too; a converted sheet has one line for each row.
    public var countsInnerLines: Bool { kind == .delimited }

    /// Where the header stands, or is looked for from. JSON has no line for it, so that its first object can stand in
    /// line 1.
    public var start: CSVPosition {
        guard hasHeaderLine else { return CSVPosition(byteOffset: 0, line: 0, row: 0) }
        return CSVPosition(byteOffset: preambleBytes, line: headerLine, row: 0)
    }

    /// Whether the names of the columns stand in a line of the file.
    public var hasHeaderLine: Bool { kind == .delimited || kind == .xlsx }

    public var json: JSON {
        [
            "container": .string(container.rawValue), "entry": .optional(entry), "kind": .string(kind.rawValue),
            "encoding": .string(encoding.rawValue),
            "likely_encodings": .array(likelyEncodings.map { .string($0.rawValue) }),
            "byte_order_mark": .bool(hasByteOrderMark),
            "delimiter": .string(String(UnicodeScalar(dialect.delimiter))),
            "quote": .optional(dialect.quote.map { String(UnicodeScalar($0)) }), "preamble": .int(preambleBytes),
            "header_line": .int(headerLine),
            "sheet": .optional(sheet), "sheets": .array(sheets.map(JSON.string)),
            "list": .optional(list), "lists": .array(lists.map(JSON.string)), "keyed": .bool(isKeyed),
        ]
    }

    /// What of it everybody may see who sees the job.
    public var found: JSON {
        [
            "kind": .string(kind.rawValue), "encoding": .string(encoding.rawValue),
            "likely_encodings": .array(likelyEncodings.map { .string($0.rawValue) }),
        ]
    }

    /// Back from `json`; what is missing or unknown is as in a plain CSV file.
    public init(json: JSON) {
        container = json["container"]?.stringValue.flatMap(Container.init) ?? .none
        entry = json["entry"]?.stringValue
        kind = json["kind"]?.stringValue.flatMap(Kind.init) ?? .delimited
        encoding = json["encoding"]?.stringValue.flatMap(TextEncoding.init(name:)) ?? .utf8
        likelyEncodings = (json["likely_encodings"]?.arrayValue ?? []).compactMap(\.stringValue)
            .compactMap(TextEncoding.init(name:))
        hasByteOrderMark = json["byte_order_mark"]?.boolValue ?? false
        if let delimiter = json["delimiter"]?.stringValue?.utf8.first {
            dialect = CSVDialect(delimiter: delimiter, quote: json["quote"]?.stringValue?.utf8.first) ?? .rfc4180
        }
        preambleBytes = max(0, json["preamble"]?.intValue ?? 0)
        // Jobs of earlier versions knew only the line `sep=;` before a header.
        headerLine = max(1, json["header_line"]?.intValue ?? (preambleBytes > 0 ? 2 : 1))
        sheet = json["sheet"]?.stringValue
        sheets = (json["sheets"]?.arrayValue ?? []).compactMap(\.stringValue)
        list = json["list"]?.stringValue
        lists = (json["lists"]?.arrayValue ?? []).compactMap(\.stringValue)
        isKeyed = json["keyed"]?.boolValue ?? false
    }
}

/// What a person says of a file; it wins over what is found.
public struct TableChoices: Sendable, Equatable {
    public enum Quote: Sendable, Equatable {
        case none
        case byte(UInt8)
    }

    public var delimiter: UInt8?
    public var quote: Quote?
    public var encoding: TextEncoding?
    public var sheet: String?
    /// The names, parted by points, that lead to the list of objects.
    public var list: String?
    /// The line, or the row of the sheet, with the names of the columns.
    public var headerLine: Int64?

    public init() {}

    /// A delimiter by itself or by its name.
    public static func delimiter(named name: String) -> UInt8? {
        switch name.lowercased() {
        case "comma": return UInt8(ascii: ",")
        case "semicolon": return UInt8(ascii: ";")
        case "tab", "\\t": return UInt8(ascii: "\t")
        case "pipe": return UInt8(ascii: "|")
        default:
            guard name.utf8.count == 1, let byte = name.utf8.first else { return nil }
            return CSVDialect(delimiter: byte, quote: nil) == nil ? nil : byte
        }
    }

    /// A quote by itself or by its name.
    public static func quote(named name: String) -> Quote? {
        switch name.lowercased() {
        case "none": return Quote.none
        case "\"", "double": return .byte(UInt8(ascii: "\""))
        case "'", "single": return .byte(UInt8(ascii: "'"))
        default: return nil
        }
    }
}
