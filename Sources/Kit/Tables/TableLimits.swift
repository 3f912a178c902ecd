/// How much a file may ask for. A file over a limit is refused with the limit named; neither the disk nor the memory is
/// filled before that.
public struct TableLimits: Sendable, Equatable {
    /// The limits by the codes that refusals carry.
    public enum Name: String, Sendable, CaseIterable {
        case ratio = "too_compressed"
        case bytes = "too_large_unpacked"
        case entries = "too_many_entries"
        case strings = "too_many_strings"
        case columns = "too_many_columns"
        case rows = "too_many_rows"
        case depth = "nested_too_deep"
        case object = "object_too_long"
        case part = "part_too_large"

        var subject: String {
            switch self {
            case .ratio: "The file is compressed more than any table would be: unpacked it would be more than"
            case .bytes: "Unpacked, the table is larger than"
            case .entries: "The archive lists more entries than"
            case .strings: "The texts of the workbook are more than"
            case .columns: "The table has more columns than"
            case .rows: "The sheet has more rows than"
            case .depth: "The values are nested deeper than"
            case .object: "An object is longer than"
            case .part: "A part of the workbook that describes it is larger than"
            }
        }

        var cure: String {
            switch self {
            case .ratio, .bytes: "Split the table into several files, or upload it uncompressed."
            case .entries: "Upload the one file that holds the table."
            case .strings: "Split the workbook, or save the sheet as CSV."
            case .columns: "Remove the columns that are not needed."
            case .rows: "Split the sheet, or save it as CSV."
            case .depth: "Write the values that are needed as members of the object itself."
            case .object: "Shorten its values, or split it."
            case .part: "Copy the sheet into a new workbook, or save it as CSV."
            }
        }
    }

    /// Unpacked bytes for each packed byte, looked at from `ratioFloor` unpacked bytes on.
    public var ratio: Int64 = 200
    public var ratioFloor: Int64 = 64 << 20
    /// Bytes of the table once it is unpacked and in UTF-8.
    public var bytes: Int64 = 16 << 30
    /// Entries of an archive.
    public var entries = 10_000
    /// Shared texts of a workbook, and their bytes.
    public var strings = 4_000_000
    public var stringBytes: Int64 = 1 << 30
    /// Columns of a table that is converted.
    public var columns = 2_000
    /// Rows of a sheet: what the format itself allows.
    public var rows: Int64 = 1_048_576
    /// How deep JSON may nest, the record's object counted.
    public var depth = 64
    /// Bytes of one JSON object, and of one cell that is kept.
    public var record = CSVReader.recordLimit
    /// Bytes of a part that describes a workbook: its list of sheets, its styles.
    public var part: Int64 = 32 << 20

    public init() {}

    public static let standard = TableLimits()
}
