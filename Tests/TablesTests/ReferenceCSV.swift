/// The rules of `CSVReader` over a whole file in memory, one byte after the other: slow, and short enough to be seen to
/// be right. Shares nothing with the reader.
struct ReferenceCSV {
    let bytes: [UInt8]
    let delimiter: UInt8
    let quote: UInt8?
    let limit: Int
    /// How many cells each record has; 0: as many as stand there.
    let width: Int

    private var index = 0
    private var line: Int64 = 1
    private var record = PlainRecord(row: 0, line: 0, byteOffset: 0, byteLength: 0, problems: 0, cells: [])

    private static let tooLong: UInt8 = 1
    private static let unclosed: UInt8 = 2
    private static let bad: UInt8 = 4

    init(_ bytes: [UInt8], delimiter: UInt8 = 0x2C, quote: UInt8? = 0x22, limit: Int = 1 << 20, width: Int = 0) {
        self.bytes = bytes
        self.delimiter = delimiter
        self.quote = quote
        self.limit = limit
        self.width = width
    }

    mutating func records() -> [PlainRecord] {
        var records: [PlainRecord] = []
        index = 0
        while bytes[index...].starts(with: [0xEF, 0xBB, 0xBF]) { index += 3 }
        while index < bytes.count {
            if let length = lineEnd {
                index += length
                line += 1
                continue
            }
            readRecord(row: Int64(records.count))
            guard record.problems == 0 else {
                records.append(record)
                continue
            }
            if record.cells.allSatisfy(Self.isBlank) { continue }
            if width > 0, record.cells.dropFirst(width).allSatisfy(Self.isBlank) {
                record.cells = Array(record.cells.prefix(width))
                while record.cells.count < width { record.cells.append([]) }
            }
            records.append(record)
        }
        return records
    }

    /// Whether a cell holds nothing but white space.
    static func isBlank(_ cell: [UInt8]) -> Bool {
        guard let text = String(validating: cell, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Length of the line end that stands here.
    private var lineEnd: Int? {
        guard byte == 0x0A || byte == 0x0D else { return nil }
        return byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    }

    private mutating func readRecord(row: Int64) {
        let start = index
        record = PlainRecord(row: row, line: line, byteOffset: Int64(start), byteLength: 0, problems: 0, cells: [])
        readCell()
        while byte == delimiter {
            index += 1
            readCell()
        }
        let isTooLong = index - start > limit
        if let length = lineEnd { index += length }
        line += 1
        record.byteLength = Int64(index - start)
        if isTooLong {
            record.problems |= Self.tooLong
            record.faultyCell = nil
            record.cells = []
        }
    }

    private mutating func readCell() {
        var cell: [UInt8] = []
        if let byte, byte == quote {
            index += 1
            let isClosed = readQuoted(&cell)
            if !isClosed {
                note(Self.unclosed)
            } else if let next = self.byte, next != delimiter, lineEnd == nil {
                note(Self.bad)
            }
        }
        while let byte, byte != delimiter, lineEnd == nil {
            cell.append(byte)
            index += 1
        }
        record.cells.append(cell)
    }

    private mutating func readQuoted(_ cell: inout [UInt8]) -> Bool {
        while let byte {
            if byte == quote {
                index += 1
                if self.byte != quote { return true }
                cell.append(byte)
                index += 1
            } else if let length = lineEnd {
                cell += bytes[index..<index + length]
                index += length
                line += 1
            } else {
                cell.append(byte)
                index += 1
            }
        }
        return false
    }

    private mutating func note(_ problem: UInt8) {
        record.problems |= problem
        if record.faultyCell == nil { record.faultyCell = record.cells.count }
    }
}
