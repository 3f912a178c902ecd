/// What keeps a whole file from being read as a table: with a code for programs, a sentence for people, and what helps.
///
/// Faults of a single row are not among them: those stand on the row, and the rows around it are imported.
public enum TableFault: Error, Sendable, Equatable {
    /// The bytes are no table that can be read; what they are instead.
    case notATable(String)
    /// A file that should be of a format breaks the rules of it.
    case damaged(format: String, detail: String)
    /// An archive with no file in it, or with several.
    case noEntry
    case severalEntries([String])
    /// An archive in an archive, or compressed twice.
    case nested(String)
    /// A protected archive or a method of compression that is not read.
    case unreadableEntry(name: String, reason: String)
    case noSuchSheet(String, sheets: [String])
    /// A JSON text without a list of objects of that name.
    case noSuchList(String, lists: [String])
    /// A limit of ``TableLimits`` and its value in words.
    case limit(TableLimits.Name, String)
    /// JSON that is no list of objects.
    case notRecords(line: Int64, detail: String)
    /// The text is not in the encoding that was chosen.
    case badEncoding(String)
    /// An encoding that is not read, or not on this machine.
    case unreadableEncoding(String)

    public var code: String {
        switch self {
        case .notATable: "not_a_table"
        case .damaged: "damaged_file"
        case .noEntry: "empty_archive"
        case .severalEntries: "several_files"
        case .nested: "nested_archive"
        case .unreadableEntry: "unreadable_archive"
        case .noSuchSheet: "no_such_sheet"
        case .noSuchList: "no_such_list"
        case .limit(let name, _): name.rawValue
        case .notRecords: "bad_json"
        case .badEncoding: "bad_encoding"
        case .unreadableEncoding: "unreadable_encoding"
        }
    }

    /// What is wrong, in one sentence.
    public var text: String {
        switch self {
        case .notATable(let kind): "This file is \(kind), not a table."
        case .damaged(let format, let detail): "The \(format) file is damaged: \(detail)."
        case .noEntry: "The ZIP archive holds no file."
        case .severalEntries(let names):
            "The ZIP archive holds \(names.count) files, and which is meant cannot be told: \(Self.list(names))."
        case .nested(let name): "\(name) is compressed once more inside the compressed file."
        case .unreadableEntry(let name, let reason): "\(name) in the ZIP archive cannot be read: \(reason)."
        case .noSuchSheet(let name, let sheets): "The workbook has no sheet '\(name)'. It has \(Self.list(sheets))."
        case .noSuchList(let name, let lists):
            "The file has no list '\(name)'.\(lists.isEmpty ? "" : " It has \(Self.list(lists)).")"
        case .limit(let name, let value): "\(name.subject) \(value)."
        case .notRecords(let line, let detail): "Line \(line) is not readable as JSON objects: \(detail)."
        case .badEncoding(let name): "The file is not text in \(name)."
        case .unreadableEncoding(let name): "Text in \(name) cannot be read here."
        }
    }

    /// What makes the file readable.
    public var cure: String {
        switch self {
        case .notATable: "Save it as CSV in UTF-8 or as XLSX and upload that."
        case .damaged: "Save or download it once more and upload that."
        case .noEntry: "Put the table into it, or upload the table itself."
        case .severalEntries: "Upload one archive for each file, or the file itself."
        case .nested: "Unpack it and upload what is inside."
        case .unreadableEntry: "Pack it again without a password, as an ordinary ZIP, or upload the file itself."
        case .noSuchSheet: "Name one of these, or leave the sheet out for the first."
        case .noSuchList: "Name the list of products as it stands in the file, as in data.products."
        case .limit(let name, _): name.cure
        case .notRecords: "Write one array of objects, or one object a line, and upload the file again."
        case .badEncoding: "Choose another encoding, or leave it out to have it found."
        case .unreadableEncoding: "Save the file as UTF-8 and upload that."
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\(String($0.prefix(60)))'" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}

extension TableFault: CustomStringConvertible {
    public var description: String { "\(text) \(cure)" }
}
