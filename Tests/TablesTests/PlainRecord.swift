import Tables

/// A record as plain values, to be compared.
struct PlainRecord: Equatable {
    var row: Int64
    var line: Int64
    var byteOffset: Int64
    var byteLength: Int64
    var problems: UInt8
    var faultyCell: Int?
    var cells: [[UInt8]]
}

extension PlainRecord {
    init(_ record: CSVRecord) {
        self.init(
            row: record.position.row,
            line: record.position.line,
            byteOffset: record.position.byteOffset,
            byteLength: record.byteLength,
            problems: record.problems.rawValue,
            faultyCell: record.faultyCell,
            cells: (0..<record.count).map { Array(record.cell($0)) }
        )
    }

    var texts: [String] { cells.map { String(decoding: $0, as: UTF8.self) } }
}
