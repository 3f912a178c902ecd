/// Why a cell of a workbook, or an object of JSON, has no value that could be relied on.
///
/// A converted table is plain text, so the reason stands in it in front of what the cell shows: the byte FF, which
/// neither UTF-8 nor XML has, and a letter. Such a cell is refused by every field as what is not UTF-8, and only then
/// the reason is looked for: reading a sound cell costs nothing.
public enum CellFault: UInt8, Sendable, CaseIterable {
    /// A formula that no program has calculated.
    case noValue = 0x6E
    /// An error of the spreadsheet: `#N/A`, `#REF!`.
    case errorValue = 0x65
    /// A number of more than 15 digits, of which a spreadsheet keeps 15.
    case impreciseNumber = 0x69
    /// What should be a JSON object and is none; it is the only cell of its record.
    case badJSON = 0x6A

    private static let mark: UInt8 = 0xFF

    /// The code by which a row is refused.
    public var code: String {
        switch self {
        case .noValue: "no_value"
        case .errorValue: "error_value"
        case .impreciseNumber: "imprecise_number"
        case .badJSON: "bad_json"
        }
    }

    /// The reason that stands in front of a cell; nil for a cell that has a value.
    public init?(_ cell: UnsafeBufferPointer<UInt8>) {
        guard cell.count >= 2, cell[0] == Self.mark else { return nil }
        self.init(rawValue: cell[1])
    }

    /// What a cell shows, with the reason in front of it.
    func marked(_ shown: some Sequence<UInt8>) -> [UInt8] { [Self.mark, rawValue] + shown }

    /// What a cell shows, without a reason.
    public static func shown(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        CellFault(cell) == nil ? cell : UnsafeBufferPointer(rebasing: cell[2...])
    }

    /// A record as it stands in a converted table, without the reasons in front of its cells.
    public static func unmarked(_ record: [UInt8]) -> [UInt8] {
        guard record.contains(mark) else { return record }
        var plain: [UInt8] = []
        plain.reserveCapacity(record.count)
        var index = 0
        while index < record.count {
            if record[index] == mark, index + 1 < record.count, CellFault(rawValue: record[index + 1]) != nil {
                index += 2
            } else {
                plain.append(record[index])
                index += 1
            }
        }
        return plain
    }
}
