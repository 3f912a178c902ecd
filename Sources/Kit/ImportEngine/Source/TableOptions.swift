package import Support
package import Tables
import Web

/// The options of an upload that say how its file is to be read: each replaces what would be found.
extension TableChoices {
    /// In characters; spreadsheets allow 31.
    package static let maxSheet = 255
    package static let optionNames = ["delimiter", "quote", "encoding", "sheet", "items", "header_row"]
    /// Characters of the names that lead to a list of objects.
    package static let maxItems = 255
    /// What the option `encoding` takes.
    static let encodingRule = """
        utf-8, windows-1252, windows-1250, windows-1251, iso-8859-2, shift_jis, gbk or any other label of the WHATWG \
        Encoding Standard
        """
    /// A header below is none that people would find.
    package static let headerRows: ClosedRange<Int64> = 1...100

    /// Takes one of `optionNames`.
    ///
    /// Throws 422 `bad_option` with what the option takes.
    package mutating func set(_ name: String, _ value: String) throws {
        switch name {
        case "delimiter":
            delimiter = try Self.checked(
                name,
                value,
                Self.delimiter,
                "comma, semicolon, tab, pipe or one ASCII character"
            )
        case "quote":
            quote = try Self.checked(name, value, Self.quote, "double, single or none")
        case "encoding":
            encoding = try Self.checked(name, value, TextEncoding.init(name:), Self.encodingRule)
        case "header_row":
            headerLine = try Self.checked(
                name,
                value,
                { text in Int64(text).flatMap { Self.headerRows.contains($0) ? $0 : nil } },
                "the number of a line, \(Self.headerRows.lowerBound) to \(Self.headerRows.upperBound)"
            )
        case "items":
            list = try Self.checked(
                name,
                value,
                { text in text.unicodeScalars.count <= Self.maxItems ? text : nil },
                "at most \(Self.maxItems) characters"
            )
        default:
            sheet = try Self.checked(
                name,
                value,
                { text in text.unicodeScalars.count <= Self.maxSheet ? text : nil },
                "at most \(Self.maxSheet) characters"
            )
        }
        guard delimiter == nil || .some(.byte(delimiter ?? 0)) != quote else {
            throw WebError.invalid([Problem(name, "bad_option", "delimiter and quote cannot be the same character.")])
        }
    }

    private static func checked<Value>(
        _ name: String,
        _ value: String,
        _ read: (String) -> Value?,
        _ takes: String
    ) throws -> Value {
        guard let found = read(value) else {
            throw WebError.invalid([Problem(name, "bad_option", "\(name) takes \(takes), not '\(value)'.")])
        }
        return found
    }

    /// What was chosen, as the job keeps and shows it; nothing for what is to be found.
    package var members: [JSON.Member] {
        var members: [JSON.Member] = []
        if let delimiter { members.append(JSON.Member("delimiter", .string(String(UnicodeScalar(delimiter))))) }
        switch quote {
        case .byte(let byte): members.append(JSON.Member("quote", .string(String(UnicodeScalar(byte)))))
        case .some(.none): members.append(JSON.Member("quote", "none"))
        case nil: break
        }
        if let encoding { members.append(JSON.Member("encoding", .string(encoding.rawValue))) }
        if let sheet { members.append(JSON.Member("sheet", .string(sheet))) }
        if let list { members.append(JSON.Member("items", .string(list))) }
        if let headerLine { members.append(JSON.Member("header_row", .int(headerLine))) }
        return members
    }

    /// Back from `members`.
    package init(json: JSON) {
        self.init()
        delimiter = json["delimiter"]?.stringValue.flatMap(Self.delimiter)
        quote = json["quote"]?.stringValue.flatMap(Self.quote)
        encoding = json["encoding"]?.stringValue.flatMap(TextEncoding.init(name:))
        sheet = json["sheet"]?.stringValue
        list = json["items"]?.stringValue
        headerLine = json["header_row"]?.intValue
    }

    /// These choices, and those of a profile where nothing was chosen.
    package func filled(from profile: ImportProfile) -> TableChoices {
        let other = profile.table
        var all = self
        all.delimiter = delimiter ?? other.delimiter
        all.quote = quote ?? other.quote
        all.encoding = encoding ?? other.encoding
        // A delimiter that the caller chose may be what the profile takes for the quote.
        if let byte = all.delimiter, all.quote == .byte(byte) { all.quote = quote }
        return all
    }

    /// The names of the options that only a profile has said.
    package func names(from profile: ImportProfile) -> [String] {
        let all = filled(from: profile)
        return [
            delimiter != all.delimiter ? "delimiter" : nil, quote != all.quote ? "quote" : nil,
            encoding != all.encoding ? "encoding" : nil,
        ].compactMap { $0 }
    }
}
