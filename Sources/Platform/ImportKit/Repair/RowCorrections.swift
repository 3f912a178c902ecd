import ImportEngine
import Support
import Web

/// What was typed into the form of failing rows.
struct RowCorrections {
    /// By row, then by the cell's place in it.
    private let typed: [Int64: [Int: String]]
    /// Rows that are right as they stand.
    private let accepted: Set<Int64>

    /// The name of a cell's control.
    static func cellName(_ row: Int64, _ cell: Int) -> String { "cell-\(row)-\(cell)" }
    /// The name of the box that says that a row is right as it stands.
    static func boxName(_ row: Int64) -> String { "right-\(row)" }

    /// Fields of other names are passed over.
    init(_ form: Fields) {
        var typed: [Int64: [Int: String]] = [:]
        var accepted: Set<Int64> = []
        for field in form.all {
            let parts = field.name.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count >= 2, let row = Int64(parts[1]) else { continue }
            if parts[0] == "cell", parts.count == 3, let cell = Int(parts[2]) {
                typed[row, default: [:]][cell] = field.value
            } else if parts[0] == "right", parts.count == 2 {
                accepted.insert(row)
            }
        }
        self.typed = typed
        self.accepted = accepted
    }

    /// The rows that the form held, ascending.
    var rows: [Int64] { Set(typed.keys).union(accepted).sorted() }

    func isAccepted(_ row: Int64) -> Bool { accepted.contains(row) }

    /// What was typed into a cell; nil where the form had no control for it.
    func text(_ row: Int64, _ cell: Int) -> String? { typed[row]?[cell] }

    /// The cells of a row as they are to be imported; nil when nothing was changed and nothing was said to be right.
    func cells(_ row: FailingCells) -> [[UInt8]]? {
        guard var cells = row.cells else { return nil }
        var isChanged = accepted.contains(row.row)
        for (index, cell) in cells.enumerated() {
            guard let text = text(row.row, index), let bytes = Self.changed(cell, text) else { continue }
            cells[index] = bytes
            isChanged = true
        }
        return isChanged ? cells : nil
    }

    /// What stands in the control of a cell before anything was typed. Malformed UTF-8 shows as U+FFFD, and so does
    /// NUL, which HTML cannot hold.
    static func shown(_ cell: [UInt8]) -> String {
        let text = String(decoding: cell, as: UTF8.self)
        guard cell.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
    }

    /// The bytes that a text replaces a cell's by; nil when it says the same.
    private static func changed(_ cell: [UInt8], _ text: String) -> [UInt8]? {
        let after = withPlainBreaks(text)
        return withPlainBreaks(shown(cell)) == after ? nil : after
    }

    /// Forms send each line break as CR LF, whatever it was.
    private static func withPlainBreaks(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var isBehindReturn = false
        for byte in text.utf8 {
            if byte != 0x0A || !isBehindReturn { bytes.append(byte == 0x0D ? 0x0A : byte) }
            isBehindReturn = byte == 0x0D
        }
        return bytes
    }
}
